"""紧急: the numbers at once, a person alarmed, a ticket opened with what is known; nothing is asked first."""

from __future__ import annotations

from dialog.districts import locate
from dialog.emergency import Alarm, detect
from dialog.emotion import emotion
from dialog.flow import Flow, Place, Talk
from dialog.matters import matter_of
from dialog.turn import Act, HandOver, OpenTicket, RaiseAlarm, Turn
from tickets.appeal import AppealType, Draft, Urgency

FOLLOW = Place("urgent", "follow")
_CATEGORY = {"gas": "0403", "fire": "1203", "elevator": "0301", "collapse": "0201", "shock": "0404", "poison": "1101"}
_SAFETY = "1200"


def look(talk: Talk) -> Turn | None:
    """The first look at every message."""
    alarm = detect(talk.text) if talk.text else None
    if alarm is None:
        return None
    if not alarm.certain:
        return None if talk.memory.flow == FLOW.name else talk.aside("emergency.clarify")
    return raise_alarm(talk, alarm)


def raise_alarm(talk: Talk, alarm: Alarm) -> Turn:
    """Words for the citizen first; alarm, hand-over and ticket in the same transaction."""
    text = talk.phrases(f"emergency.{alarm.kind}")
    acts: list[Act] = [RaiseAlarm(alarm.level, alarm.kind), HandOver("emergency", talk.inbound.text)]
    # Who speaks of ending a life gets a person, not a number; and one emergency is one ticket.
    if alarm.level != "E0" and talk.memory.flow != FLOW.name:
        acts.append(OpenTicket(talk.view.fresh, _draft(talk, alarm)))
        if not talk.view.brief:
            text += talk.phrases("emergency.ticket", number=talk.view.fresh.number)
    return talk.say(text, acts=acts, to=FOLLOW, slots={"kind": alarm.kind})


def _draft(talk: Talk, alarm: Alarm) -> Draft:
    place = locate(talk.text, talk.city)
    matter = matter_of(talk.text)
    where = talk.inbound.location
    return Draft(
        type=AppealType.HELP,
        category=_CATEGORY.get(alarm.kind) or (matter.category if matter.title else _SAFETY),
        title=talk.inbound.text[:40],
        content=talk.inbound.text,
        urgency=Urgency.CRITICAL,
        emotion=emotion(talk.text),
        district=place.district,
        place=place.place,
        latitude=where.latitude if where else None,
        longitude=where.longitude if where else None,
        missing=() if place.place else ("where",),
        confidential=alarm.level == "E2",
        alarm=alarm.level,
    )


def _follow(talk: Talk) -> Turn:
    """Everything said after an alarm goes to the person on duty; we do not chat."""
    return talk.reply("emergency.follow", to=FOLLOW, slots=talk.slots)


FLOW = Flow("urgent", steps={"follow": _follow})
