"""异议: a citizen whose appeal was not accepted may object once; somebody else then decides."""

from __future__ import annotations

from dialog.acts import Object
from dialog.flow import Flow, Talk
from dialog.flows.mine import named
from dialog.intents import after_lead
from dialog.turn import Turn
from tickets.limits.deadlines import add
from tickets.number import tail
from tickets.ticket import State


def take(talk: Talk) -> Turn:
    """异议 0217, with whatever else the citizen says as his reason."""
    refused = [one for one in talk.view.tickets if one.state is State.NOT_ACCEPTED]
    one = named(after_lead("object", talk.text), refused) or (refused[0] if refused else None)
    if one is None or one.closed_at is None:
        return talk.reply("objection.none")
    rule = talk.city.policy.objection
    if one.objection_count >= rule.max:
        return talk.reply("objection.again", tail=tail(one.number))
    if talk.now > add(talk.city.calendar, one.closed_at, rule.window):
        return talk.reply("objection.late", tail=tail(one.number))
    return talk.reply("objection.done", acts=[Object(one.number, talk.inbound.text)], tail=tail(one.number))


FLOW = Flow("objection", begins={"object": take})
