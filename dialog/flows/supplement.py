"""补充: more words or photos on an open ticket."""

from __future__ import annotations

from collections import Counter

from channels.message import Kind
from dialog.acts import Supplement
from dialog.districts import locate, spot_of
from dialog.flow import Flow, Place, Talk
from dialog.flows.mine import named, named_tail, numbered, open_ones
from dialog.intents import after_lead, only_an_answer, said_whole
from dialog.matters import OTHER, matter_of, type_of
from dialog.turn import Turn
from dialog.view import TicketView
from tickets.appeal import AppealType
from tickets.number import tail

WANTED = Place("supplement", "wanted")
MORE = Place("supplement", "more")
_TELLING = 4
"""Shorter words ("好的") tell nothing new."""
_MEDIA = {Kind.IMAGE: "photos", Kind.VIDEO: "videos"}


def ask(talk: Talk) -> Turn:
    """The ticket and what to add, or the question what to add."""
    mine = open_ones(talk.view.tickets)
    words = after_lead("supplement", talk.text)
    one = named(words, mine) or (mine[0] if mine else None)
    if one is None:
        return talk.reply("supplement.none")
    bare_words = words.replace(named_tail(words), "").replace(one.number, "").strip(" ,，:：")
    if (len(bare_words) < 3 and not talk.inbound.attachments) or said_whole("supplement", talk.text):
        return talk.reply("supplement.ask", to=WANTED, slots={"number": one.number}, tail=tail(one.number))
    return _add(talk, one)


def what_he_adds(talk: Talk, number: str) -> Supplement:
    """Everything the message tells, for the ticket ``number``: words, files, and where it is."""
    point = talk.inbound.location
    found = locate(talk.text or (point.label if point else ""), talk.city)
    spot = spot_of(point) if point else ""
    return Supplement(
        number,
        talk.inbound.text or spot,
        tuple(file.ref for file in talk.inbound.attachments),
        district=found.district,
        place=spot or found.place,
        where=point,
    )


def _add(talk: Talk, one: TicketView) -> Turn:
    return talk.reply(
        "supplement.done",
        acts=[what_he_adds(talk, one.handled_as)],
        to=MORE,
        slots={"number": one.number},
        tail=tail(one.number),
        count=one.supplement_count + 1,
        media=_media(talk),
    )


def _media(talk: Talk) -> str:
    counted = Counter(_MEDIA.get(file.kind, "files") for file in talk.inbound.attachments)
    if not counted:
        return ""
    what = "、".join(talk.phrases(f"supplement.{name}", count=count) for name, count in counted.items())
    return talk.phrases("supplement.media", what=what)


def _hear(talk: Talk) -> Turn | None:
    if said_whole("no", talk.text) or said_whole("cancel", talk.text):
        return talk.reply("supplement.end")
    one = numbered(talk.slots.get("number"), open_ones(talk.view.tickets))
    if one and only_an_answer(talk.text) and not talk.inbound.attachments:
        return talk.aside("supplement.ask", tail=tail(one.number))
    return _add(talk, one) if one else None


def _hear_more(talk: Talk) -> Turn | None:
    """The answer to "anything new?"; a question or another kind of matter is not one."""
    if said_whole("no", talk.text):
        return talk.reply("supplement.end")
    one = numbered(talk.slots.get("number"), talk.view.tickets)
    return _hear(talk) if talk.inbound.attachments or (one and _same_matter(talk, one)) else None


def _same_matter(talk: Talk, one: TicketView) -> bool:
    matter = matter_of(talk.text)
    said = type_of(talk.text, matter)
    return matter.category in (OTHER, one.category) and said is not AppealType.CONSULT and len(talk.text) >= _TELLING


FLOW = Flow("supplement", steps={"wanted": _hear, "more": _hear_more}, begins={"supplement": ask})
