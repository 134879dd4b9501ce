"""话务登记: what an agent writes down while a citizen speaks becomes the same appeal, and the same acts, as if he had written."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from channels.message import Address, Inbound, Kind
from dialog.city import City
from dialog.districts import locate
from dialog.emotion import emotion
from dialog.flow import Talk
from dialog.flows import urge
from dialog.flows.report_slots import TITLE, Gathered
from dialog.flows.supplement import what_he_adds
from dialog.lexicon import fold
from dialog.matters import matter_of, type_of
from dialog.memory import Memory
from dialog.phrases import phrases
from dialog.turn import Turn
from dialog.view import FreshNumber, TicketView, View
from tickets.appeal import AppealType, Draft, Urgency

NO_NUMBER = FreshNumber("", "")
"""Nothing is opened by what continues a ticket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elements:
    """The five elements (五要素: 时间、地点、人物、事件、诉求) and how the agent sees them; "" where the form was left
    empty: type, category, district and title are then found by the rules that read citizens' words."""

    what: str = field(repr=False)
    occurred: str = field(default="", repr=False)
    place: str = field(default="", repr=False)
    respondent: str = field(default="", repr=False)
    wanted: str = field(default="", repr=False)
    title: str = field(default="", repr=False)
    type: AppealType | None = None
    category: str = ""
    district: str = ""
    urgency: Urgency | None = None
    confidential: bool = False


def draft(given: Elements, *, city: City) -> Draft:
    """The appeal; what was not given is marked as missing (要素不全). Raises ValueError without the matter itself."""
    if not given.what.strip():
        raise ValueError("a call is registered with what it was about")
    text, found = fold(given.what), locate(fold(f"{given.place} {given.what}"), city)
    matter = matter_of(text)
    kind = given.type or type_of(text, matter) or (AppealType(matter.type) if matter.type else AppealType.HELP)
    gathered = Gathered(
        type=kind,
        category=given.category or matter.category,
        texts=(given.what.strip(),),
        place=given.place.strip() or found.place,
        district=given.district or found.district,
        occurred=given.occurred.strip(),
        respondent=given.respondent.strip(),
        emotion=emotion(text),
    )
    return Draft(
        type=kind,
        category=gathered.category,
        title=(given.title.strip() or given.what.strip())[:TITLE],
        content=given.what.strip(),
        urgency=given.urgency or (Urgency.URGENT if gathered.matter.urgent else Urgency.NORMAL),
        emotion=gathered.emotion,
        district=gathered.district,
        place=gathered.place,
        occurred=gathered.occurred,
        respondent=gathered.respondent,
        wanted=given.wanted.strip() or gathered.matter.wanted,
        confidential=given.confidential or kind is AppealType.REPORT,
        missing=gathered.missing(),
    )


def urged(one: TicketView, *, city: City, supervision: str, now: datetime) -> Turn:
    """催办 by telephone: what a citizen who writes it would be told, for the agent to say, and the acts."""
    return urge.ask(_talk("", one, city=city, supervision=supervision, now=now))


def added(one: TicketView, text: str, *, city: City, now: datetime) -> Turn:
    """补充 by telephone. Raises ValueError without words."""
    if not text.strip():
        raise ValueError("a supplement needs words")
    talk = _talk(text.strip(), one, city=city, supervision="", now=now)
    return Turn(talk.memory, None, (what_he_adds(talk, one.handled_as),))


def _talk(text: str, one: TicketView, *, city: City, supervision: str, now: datetime) -> Talk:
    said = Inbound(address=Address("", "", ""), id="", sent_at=now, kind=Kind.TEXT, text=text)
    return Talk(
        memory=Memory(),
        inbound=said,
        view=View(fresh=NO_NUMBER, tickets=(one,), supervision=supervision),
        city=city,
        now=city.calendar.local(now),
        text=fold(text),
        phrases=phrases("zh_CN"),
    )
