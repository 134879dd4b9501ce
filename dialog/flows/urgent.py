"""紧急: the numbers at once, a person alarmed, a ticket opened with what is known; nothing is asked first."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from dialog.acts import Act, HandOver, OpenTicket, RaiseAlarm, TakeBack
from dialog.districts import locate
from dialog.emergency import Alarm, alarms, detect
from dialog.emotion import emotion
from dialog.flow import Flow, Place, Talk
from dialog.flows import report
from dialog.flows.mine import numbered, open_ones
from dialog.flows.supplement import what_he_adds
from dialog.intents import begun, heard, said_whole
from dialog.lexicon import fold
from dialog.matters import matter_of
from dialog.turn import Turn
from dialog.view import Owner
from tickets.appeal import AppealType, Draft, Urgency

FOLLOW, DOUBT = Place("urgent", "follow"), Place("urgent", "doubt")
_LASTS = timedelta(hours=2)
"""How long what is said after an alarm belongs to it."""
_TITLE = 40


def look(talk: Talk) -> Turn | None:
    """The first look at every message."""
    alarm = detect(talk.text) if talk.text else None
    if alarm is None:
        return None
    if not alarm.certain:
        # A person reads more on a ticket and objections, and comes when asked for, anyway: a doubt does not interrupt
        # either. And a row of digits tells of no danger.
        if (
            talk.memory.flow
            or talk.view.owner is not Owner.BOT
            or begun(talk.text) in {"supplement", "object", "human", "claim", "bind"}
        ):
            return None
        if talk.inbound.letter is not None:
            return None  # a letter is not asked back: a person is shown it at once (flows/letter.py)
        return talk.reply("emergency.clarify", to=DOUBT, slots={"said": talk.inbound.text, "kind": alarm.kind})
    if under_way(talk) and (talk.slots.get("kind") == alarm.kind or talk.view.owner is Owner.AGENT):
        return None
    return raise_alarm(talk, alarm)


def under_way(talk: Talk) -> bool:
    """An alarm was raised a short while ago."""
    return talk.memory.flow == FLOW.name and talk.now.timestamp() < talk.slots.get("until", 0)


def raise_alarm(talk: Talk, alarm: Alarm) -> Turn:
    """Words for the citizen first; alarm, hand-over and ticket in the same transaction. Numbers to call are all the
    citizen hears: a ticket number helps nobody now."""
    slots = {"kind": alarm.kind, "until": int((talk.now + _LASTS).timestamp())}
    # From the provider's own desk, which our people do not see, he comes back to ours.
    back = [TakeBack()] if talk.view.away else []
    acts: list[Act] = [RaiseAlarm(alarm.level, alarm.kind), *back, HandOver("emergency", talk.inbound.text)]
    if alarm.ticket:
        acts.append(OpenTicket(talk.view.fresh, _draft(talk, alarm)))
        slots["number"] = talk.view.fresh.number
    return talk.reply(f"emergency.{alarm.kind}", acts=acts, to=FOLLOW, slots=slots)


def _draft(talk: Talk, alarm: Alarm) -> Draft:
    place = locate(talk.text, talk.city)
    where = talk.inbound.location
    return Draft(
        type=AppealType.HELP,
        category=alarm.ticket,
        title=talk.inbound.text[:_TITLE],
        content=talk.inbound.text,
        urgency=Urgency.CRITICAL,
        emotion=emotion(talk.text),
        district=place.district,
        place=place.place,
        latitude=where.latitude if where else None,
        longitude=where.longitude if where else None,
        attachments=tuple(file.ref for file in talk.inbound.attachments),
        missing=() if place.place else ("where",),
        confidential=alarm.level == "E2",
        alarm=alarm.level,
    )


def _follow(talk: Talk) -> Turn | None:
    """What is said after an alarm goes to the people on duty; we do not chat."""
    if not under_way(talk):
        return None
    number = talk.slots.get("number")
    seen = numbered(number, talk.view.tickets)
    takes_more = seen is None or bool(open_ones([seen]))  # one opened in this very transaction is not in the view
    more = what_he_adds(talk, number) if number and takes_more else None
    return talk.aside("emergency.follow", acts=[more] if more and (more.text or more.attachments) else [])


def _hear_doubt(talk: Talk) -> Turn | None:
    """Safe or not? What was said before the question is not lost."""
    said = talk.slots.get("said", "")
    if heard("in_danger", talk.text):
        suspected = alarms()[talk.slots.get("kind", "suicide")]
        return raise_alarm(replace(talk, inbound=replace(talk.inbound, text=f"{said}\n{talk.inbound.text}")), suspected)
    safe = said_whole("safe", talk.text) or said_whole("no", talk.text)
    if matter_of(fold(said)).title:
        return report.from_question(talk, said if safe else f"{said}\n{talk.inbound.text}")
    return report.ask_what(talk) if safe else None


FLOW = Flow("urgent", steps={"follow": _follow, "doubt": _hear_doubt})
