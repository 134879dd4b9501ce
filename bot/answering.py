"""What a turn decided about answers: said, helped, unknown, disputed, an expert to invite, a call to promise."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.orders.ticketing import Overlay, Ticketing
from bot.store.conversations import Conversation
from bot.store.tables import call_task, consultation_answer, knowledge_report, three_way, unanswered
from bot.store.wording import storable
from bot.work import Changes
from dialog import acts
from dialog.view import Owner
from tickets.limits.deadlines import add

MISSED = "missed"
"""The reason of a call task that was promised because nobody could serve the citizen (漏接回拨)."""
DECLINED = "市民表示不用回电"


@dataclass(frozen=True, slots=True)
class Case:
    """Everything an act is applied with."""

    changes: Changes = field(repr=False)
    overlay: Overlay = field(repr=False)
    conversation: Conversation = field(repr=False)
    message_id: int
    now: datetime

    def key_of(self, ref: str) -> str:
        """A short key for something that began with the message ``ref`` of this conversation."""
        return hashlib.sha256(f"{self.conversation.id}:{ref}".encode(errors="replace")).hexdigest()[:40]


def answered(_rules: Ticketing, case: Case, act: acts.Answered) -> None:
    """An entry was said."""
    _consulted(case, act.entry)


def helped(_rules: Ticketing, case: Case, act: acts.Helped) -> None:
    """Whether it solved the question."""
    _consulted(case, act.entry, solved=act.solved.value)


def unknown(_rules: Ticketing, case: Case, act: acts.Unanswered) -> None:
    """A gap; a job finds out which."""
    row = {"conversation_id": case.conversation.id, "question": storable(act.question), "at": case.now}
    case.changes.keep(unanswered, key=case.key_of(act.ref), entry=act.entry, **row)


def wants_told(_rules: Ticketing, case: Case, act: acts.WantsTold) -> None:
    """He agreed to be told."""
    case.changes.update(unanswered, "key", case.key_of(act.ref), wants=True)


def disputed(_rules: Ticketing, case: Case, act: acts.Disputed) -> None:
    """A report on an entry; a job makes it a task of the entry's owner."""
    case.changes.insert(
        knowledge_report,
        entry=act.entry,
        reason=act.how.value,
        words=storable(act.words),
        conversation_id=case.conversation.id,
        citizen=case.conversation.citizen,
        at=case.now,
    )


def invite(rules: Ticketing, case: Case, act: acts.InviteExpert) -> None:
    """The bot itself asks an expert in; it keeps silent until one came or the wait is over."""
    if case.conversation.owner is not Owner.BOT:
        return
    case.conversation.owner, case.conversation.owner_since = Owner.EXPERT, case.now
    wait = rules.policies.at(rules.today(case.now)).three_way.wait
    case.changes.keep(
        three_way,
        conversation_id=case.conversation.id,
        unit=act.unit,
        question=storable(act.question),
        invited_at=case.now,
        wait_until=add(rules.calendar, case.now, wait),
    )


def promise_call(rules: Ticketing, case: Case, act: acts.PromiseCall) -> None:
    """漏接回拨."""
    case.changes.keep(
        call_task,
        key=f"m:{case.key_of(act.ref)}",
        conversation_id=case.conversation.id,
        reason=MISSED,
        text=storable(act.summary),
        created_at=case.now,
        due_at=add(rules.calendar, case.now, act.within),
    )


def release_call(_rules: Ticketing, case: Case, act: acts.ReleaseCall) -> None:
    """He does not want to be called."""
    done = {"done_at": case.now, "result": DECLINED}
    case.changes.update(call_task, "key", f"m:{case.key_of(act.ref)}", **done)


def _consulted(case: Case, entry: str, **verdict: str) -> None:
    case.changes.insert(
        consultation_answer,
        conversation_id=case.conversation.id,
        entry=entry,
        at=case.now,
        message_id=case.message_id,
        **verdict,
    )


ANSWERING: Mapping[type, Callable[[Ticketing, Case, Any], None]] = {
    acts.Answered: answered,
    acts.Helped: helped,
    acts.Unanswered: unknown,
    acts.WantsTold: wants_told,
    acts.Disputed: disputed,
    acts.InviteExpert: invite,
    acts.PromiseCall: promise_call,
    acts.ReleaseCall: release_call,
}
