"""查询: where a ticket stands, in the citizen's words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from channels.message import Choice
from dialog.flow import Flow, Place, Talk
from dialog.flows.mine import named, named_tail, numbered, open_ones
from dialog.intents import after_lead
from dialog.phrases import Phrases
from dialog.turn import Turn
from dialog.view import TicketView
from tickets.number import tail
from tickets.ticket import State

WHICH = Place("progress", "which")
_KEYS = {
    State.RECEIVED: "received",
    State.TO_DISPATCH: "received",
    State.DISPATCHED: "dispatched",
    State.HANDLING: "handling",
    State.TO_REVIEW: "reviewing",
    State.TO_CALLBACK: "replied",
    State.CLOSED: "closed",
    State.ANSWERED: "closed",
    State.WITHDRAWN: "withdrawn",
    State.IN_CONSULTATION: "consulted",
    State.SUSPENDED: "suspended",
    State.NOT_ACCEPTED: "refused",
    State.EMERGENCY_DIVERTED: "diverted",
    State.TERMINATED: "terminated",
    State.MERGED: "merged",
}


def ask(talk: Talk) -> Turn:
    """By number, the only open one, or a choice of the open ones."""
    words = after_lead("progress", talk.text)
    if wanted := named_tail(words):
        one = named(words, talk.view.tickets)
        return tell(talk, one) if one else talk.reply("progress.unknown", tail=wanted)
    if answered := numbered(talk.view.about, talk.view.tickets):
        return tell(talk, answered)
    mine = open_ones(talk.view.tickets) or list(talk.view.tickets[:1])
    if not mine:
        return talk.reply("progress.none")
    if len(mine) == 1:
        return tell(talk, mine[0])
    return _which(talk, mine)


def _which(talk: Talk, mine: list[TicketView]) -> Turn:
    text = talk.phrases("progress.which", count=len(mine))
    choices = [
        Choice(f"ticket:{one.number}", talk.phrases("progress.pick", tail=tail(one.number), title=one.title[:12]))
        for one in mine[:6]
    ]
    if talk.view.buttons:
        return talk.say(text, to=WHICH, choices=choices)
    separator = " " if talk.view.brief else "\n"
    listed = separator.join(
        tail(one.number) if talk.view.brief else choice.label for one, choice in zip(mine, choices, strict=False)
    )
    return talk.say(f"{text}{separator}{listed}", to=WHICH)


def tell(talk: Talk, one: TicketView) -> Turn:
    """One ticket's state."""
    return talk.say(standing(talk.phrases, talk.date, one))


def standing(phrases: Phrases, day: Callable[[datetime], str], one: TicketView) -> str:
    """Where a ticket stands, in words; ``day`` writes a day as citizens read it."""
    key = _KEYS.get(one.stands, "other")
    if key == "handling" and (one.redo_no or one.signed_at is None):
        key = "redo" if one.redo_no else "dispatched"
    told = phrases(
        f"progress.{key}",
        tail=tail(one.number),
        unit=one.unit,
        due=day(one.due_at) if one.due_at else "",
        signed=day(one.signed_at) if one.signed_at else "",
        reply=one.public_reply,
        redo=one.redo_no,
    )
    return phrases("progress.follows", parent=one.parent) + told if one.follows else told


def _hear_which(talk: Talk) -> Turn | None:
    one = named(talk.text, talk.view.tickets)
    return tell(talk, one) if one else None


def tapped(talk: Talk) -> Turn | None:
    """A tapped ticket."""
    one = numbered(talk.inbound.choice.partition(":")[2], talk.view.tickets)
    return tell(talk, one) if one else None


FLOW = Flow("progress", steps={"which": _hear_which}, begins={"progress": ask}, choices={"ticket": tapped})
