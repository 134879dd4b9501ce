"""撤单: asked twice, taken back within a week, and not possible where others are in danger."""

from __future__ import annotations

import re

from dialog.acts import Restore, Withdraw
from dialog.flow import Flow, Place, Talk
from dialog.flows.mine import named, numbered, open_ones
from dialog.intents import after_lead, said_whole
from dialog.turn import Turn
from dialog.view import TicketView
from tickets.limits.deadlines import add
from tickets.number import tail
from tickets.ticket import State
from tickets.withdrawal import goes_on

SURE = Place("withdraw", "sure")
_CONFIRM = re.compile(r"^确认\s*([12])?$")
_LATE = {State.TO_REVIEW, State.TO_CALLBACK}


def ask(talk: Talk) -> Turn:
    """Are you sure, and why?"""
    mine = _alone(talk)
    one = named(after_lead("withdraw", talk.text), mine) or (mine[0] if mine else None)
    if one is None:
        return talk.reply("withdraw.none")
    if refused := _refusal(one):
        return talk.reply(refused, tail=tail(one.number))
    return talk.reply("withdraw.sure", to=SURE, slots={"number": one.number}, tail=tail(one.number))


def _alone(talk: Talk) -> list[TicketView]:
    """What others follow, or is part of theirs, is not one citizen's to end."""
    return [one for one in open_ones(talk.view.tickets) if one.follows is None]


def _hear_sure(talk: Talk) -> Turn | None:
    found = _CONFIRM.match(talk.text)
    if found is None:
        return talk.reply("withdraw.kept") if said_whole("no", talk.text) or said_whole("cancel", talk.text) else None
    one = numbered(talk.slots.get("number"), _alone(talk))
    if one is None:
        return talk.reply("withdraw.none")
    if refused := _refusal(one):  # what was possible when we asked may no longer be
        return talk.reply(refused, tail=tail(one.number))
    reason = "solved" if found[1] == "1" else "other"
    return talk.reply(
        f"withdraw.done_{reason}",
        acts=[Withdraw(one.number, reason)],
        tail=tail(one.number),
        days=talk.phrases("withdraw.days"),
    )


def _refusal(one: TicketView) -> str:
    """The phrase that says why it cannot be withdrawn, "" where it can."""
    if why := goes_on(type=one.type, urgency=one.urgency, state=one.state, safety=one.safety):
        return f"withdraw.{why}"
    return "withdraw.late" if one.state in _LATE else ""


def restore(talk: Talk) -> Turn:
    """恢复0217."""
    withdrawn = [one for one in talk.view.tickets if one.state is State.WITHDRAWN]
    words = after_lead("restore", talk.text)
    one = named(words, withdrawn) or (withdrawn[0] if withdrawn and not words.strip() else None)
    if one is None:
        return talk.reply("withdraw.none")
    closed, window = one.closed_at, talk.city.policy.restore.window
    if closed is None or talk.now > add(talk.city.calendar, closed, window):
        return talk.reply("withdraw.not_restorable", tail=tail(one.number))
    return talk.reply("withdraw.restored", acts=[Restore(one.number)], tail=tail(one.number))


FLOW = Flow("withdraw", steps={"sure": _hear_sure}, begins={"withdraw": ask, "restore": restore})
