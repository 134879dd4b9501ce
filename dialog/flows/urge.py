"""催办: passed on once a day; after the limit it is more than a note."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dialog.acts import Urge
from dialog.flow import Flow, Talk
from dialog.flows.mine import named, open_ones
from dialog.intents import after_lead
from dialog.turn import Turn
from dialog.view import TicketView
from tickets.limits.deadlines import add
from tickets.number import tail
from tickets.state import WITH_UNIT
from tickets.ticket import State


def ask(talk: Talk) -> Turn:
    """Urge the named ticket, or the latest open one."""
    mine = open_ones(talk.view.tickets)
    one = named(after_lead("urge", talk.text), mine) or (mine[0] if mine else None)
    if one is None:
        return talk.reply("urge.none")
    if one.stands is State.TO_CALLBACK:
        return talk.reply("urge.answered", tail=tail(one.number), reply=one.public_reply)
    last = one.urged_at
    if last and talk.now < add(talk.city.calendar, last, talk.city.policy.urge.interval):
        return talk.reply("urge.again", tail=tail(one.number))
    if one.due_at and talk.now > one.due_at:
        return _overdue(talk, one)
    key, params = _how(talk, one)
    return talk.reply(key, acts=[Urge(one.handled_as)], tail=tail(one.number), **params)


def _overdue(talk: Talk, one: TicketView) -> Turn:
    """Past the promised day the unit comes under written supervision (T47), and the citizen is told its number: the one
    there is already, or the fresh one. While the office has the ticket, its own leader is told."""
    ending = tail(one.number)
    if one.stands not in WITH_UNIT:
        return talk.reply("urge.overdue_office", acts=[Urge(one.handled_as)], tail=ending)
    if one.supervision:
        return talk.reply("urge.supervised", acts=[Urge(one.handled_as)], tail=ending, supervision=one.supervision)
    fresh = talk.view.supervision
    if not fresh or (one.follows and not (one.unit_due_at and talk.now > one.unit_due_at)):
        return talk.reply("urge.overdue_soon", acts=[Urge(one.handled_as)], tail=ending)
    return talk.reply("urge.overdue", acts=[Urge(one.handled_as, fresh)], tail=ending, supervision=fresh)


def _how(talk: Talk, one: TicketView) -> tuple[str, dict[str, Any]]:
    due = talk.date(one.due_at) if one.due_at else ""
    if not one.unit:
        return "urge.within_unassigned", {"due": due}
    if one.contacted_at:
        return "urge.within_contacted", {"due": due}
    return "urge.within", {"due": due, "contact": talk.phrases("urge.no_contact"), "by": _by(talk)}


def _by(talk: Talk) -> str:
    """The end of the next working day, when units are at their desks."""
    day = talk.city.calendar.shift(talk.now.date(), 1)
    if day - talk.now.date() == timedelta(days=1):
        return talk.phrases("urge.tomorrow")
    return talk.phrases("urge.later", day=talk.date(talk.city.calendar.end_of(day)))


FLOW = Flow("urge", begins={"urge": ask})
