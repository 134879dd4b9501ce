"""The desk: what the dialog, officers, units and jobs do to tickets, surveys and conversations, each in one place."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.store.conversations import Conversation
from bot.store.tables import alarm, citizen_request, consultation_answer, handover, supplement, survey, unanswered
from bot.store.wording import storable
from bot.ticketing import Overlay, Ticketing
from bot.work import Changes
from dialog import turn as acts
from dialog.turn import Act, Asks, Owner
from tickets.appeal import Satisfaction
from tickets.orders import Command, NotAllowed, Order
from tickets.ticket import Actor, Role
from tickets.triage import cause_for_redo

CITIZEN = Actor(Role.CITIZEN)
SYSTEM = Actor(Role.SYSTEM)


@dataclass(frozen=True, slots=True)
class _Case:
    """Everything an act is applied with."""

    changes: Changes = field(repr=False)
    overlay: Overlay = field(repr=False)
    conversation: Conversation = field(repr=False)
    message_id: int
    now: datetime


class Desk:
    """Applies what a turn decided. Plain functions over a :class:`Changes`: nothing here waits for anything."""

    def __init__(self, ticketing: Ticketing) -> None:
        self.ticketing = ticketing
        self._how: Mapping[type, Callable[[_Case, Any], None]] = {
            acts.OpenTicket: self._open,
            acts.Supplement: self._supplement,
            acts.Urge: self._urge,
            acts.Withdraw: self._withdraw,
            acts.Restore: self._restore,
            acts.Rate: self._rate,
            acts.HandOver: self._hand_over,
            acts.TakeBack: self._take_back,
            acts.RaiseAlarm: self._raise_alarm,
            acts.Answered: self._answered,
            acts.Helped: self._helped,
            acts.Unanswered: self._unanswered,
            acts.Consent: self._consent,
            acts.AskForData: self._ask_for_data,
        }

    @staticmethod
    def touches(decided: Iterable[Act]) -> set[str]:
        """Numbers of the tickets these acts will change: they must be locked first."""
        return {
            act.number
            for act in decided
            if isinstance(act, acts.Supplement | acts.Urge | acts.Withdraw | acts.Restore | acts.Rate)
        }

    def apply(
        self,
        changes: Changes,
        overlay: Overlay,
        conversation: Conversation,
        act: Act,
        *,
        message_id: int,
        now: datetime,
    ) -> None:
        """One act of a turn. Raises NotAllowed when the life cycle refuses it."""
        self._how[type(act)](_Case(changes, overlay, conversation, message_id, now), act)

    def _order(self, case: _Case, number: str, command: Command, actor: Actor = CITIZEN, **data: object) -> None:
        # The notices due are dropped on purpose: the citizen is being answered at this very moment.
        self.ticketing.order(case.changes, case.overlay, number, Order(command, actor, data), now=case.now)

    def _open(self, case: _Case, act: acts.OpenTicket) -> None:
        row = {
            "conversation_id": case.conversation.id,
            "citizen": case.conversation.citizen,
            "query_code": act.number.query_code,
        }
        self.ticketing.open(case.changes, act.draft, number=act.number.number, row=row, now=case.now)

    def _supplement(self, case: _Case, act: acts.Supplement) -> None:
        self._order(case, act.number, Command.SUPPLEMENT, text=act.text, attachments=act.attachments)
        case.changes.insert(
            supplement, ticket=act.number, at=case.now, text=storable(act.text), attachments=list(act.attachments)
        )

    def _urge(self, case: _Case, act: acts.Urge) -> None:
        self._order(case, act.number, Command.URGE)

    def _withdraw(self, case: _Case, act: acts.Withdraw) -> None:
        self._order(case, act.number, Command.WITHDRAW, reason=act.reason)

    def _restore(self, case: _Case, act: acts.Restore) -> None:
        self._order(case, act.number, Command.RESTORE)

    def _rate(self, case: _Case, act: acts.Rate) -> None:
        """An answer changes the survey; a complete one is an order to the ticket."""
        row = case.overlay[act.number]
        answered = {
            "solved": act.solved.value if act.solved else None,
            "satisfaction": act.satisfaction.value if act.satisfaction else None,
            "comment": storable(act.comment) if act.comment else None,
            "reasons": [reason.value for reason in act.reasons] or None,
        }
        columns: dict[str, Any] = {name: value for name, value in answered.items() if value is not None}
        if act.asks_next is not None:
            columns["asks"] = act.asks_next.value
        else:
            columns |= {"state": "answered", "answered_at": case.now}
        case.changes.update(survey, "id", survey_id(row), **columns)
        if act.satisfaction is None or act.asks_next in (Asks.SOLVED, Asks.RATING):
            return
        # "不满意" counts at once: were the citizen to fall silent when asked why, it must not end as "not reached".
        self._order(
            case,
            act.number,
            Command.RATE,
            solved=act.solved,
            satisfaction=act.satisfaction,
            reasons=act.reasons,
        )
        if act.satisfaction is Satisfaction.DISSATISFIED:
            self._redo_if_due(case, act)

    def _redo_if_due(self, case: _Case, act: acts.Rate) -> None:
        policy = self.ticketing.policies.get(case.overlay[act.number]["policy"])
        cause = cause_for_redo(act.reasons, policy)
        if cause is None:
            return  # a reviewer decides: it stays in callback, marked dissatisfied
        with contextlib.suppress(NotAllowed):  # the limit of redos is reached: again a reviewer
            self._order(case, act.number, Command.REDO, SYSTEM, cause=cause)

    def _hand_over(self, case: _Case, act: acts.HandOver) -> None:
        if case.conversation.owner is not Owner.BOT:
            return
        case.conversation.owner = Owner.QUEUE
        case.conversation.owner_since = case.now
        case.changes.insert(
            handover,
            conversation_id=case.conversation.id,
            reason=act.reason,
            summary=storable(act.summary),
            at=case.now,
        )

    def _take_back(self, case: _Case, _act: acts.TakeBack) -> None:
        case.conversation.owner = Owner.BOT
        case.conversation.agent = ""
        case.conversation.owner_since = None

    def _raise_alarm(self, case: _Case, act: acts.RaiseAlarm) -> None:
        case.changes.insert(
            alarm,
            level=act.level,
            kind=act.kind,
            conversation_id=case.conversation.id,
            message_id=case.message_id,
            raised_at=case.now,
        )

    def _answered(self, case: _Case, act: acts.Answered) -> None:
        _consulted(case, act.entry)

    def _helped(self, case: _Case, act: acts.Helped) -> None:
        _consulted(case, act.entry, solved=act.solved.value)

    def _unanswered(self, case: _Case, act: acts.Unanswered) -> None:
        case.changes.insert(
            unanswered, conversation_id=case.conversation.id, question=storable(act.question), at=case.now
        )

    def _consent(self, case: _Case, act: acts.Consent) -> None:
        case.conversation.opted_out_at = None if act.notices else case.now

    def _ask_for_data(self, case: _Case, act: acts.AskForData) -> None:
        case.changes.keep(
            citizen_request,
            kind=act.kind,
            citizen=case.conversation.citizen,
            asked_by="",
            asked_at=case.now,
            reason="",
        )


def _consulted(case: _Case, entry: str, **verdict: str) -> None:
    case.changes.insert(
        consultation_answer,
        conversation_id=case.conversation.id,
        entry=entry,
        at=case.now,
        message_id=case.message_id,
        **verdict,
    )


def survey_id(row: Mapping[str, Any]) -> str:
    """The survey of a ticket's current handling: each redo asks anew."""
    return f"{row['number']}-{row['redo_no']}"
