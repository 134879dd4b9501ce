"""重复诉求: before a ticket is opened, the citizen is asked whether it is the matter he reported before (S12)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from channels.message import Choice
from dialog.acts import OpenTicket, Reopen, Repeat
from dialog.flow import Place, Talk
from dialog.flows.mine import numbered
from dialog.flows.report_slots import Gathered, draft, more
from dialog.intents import said_whole
from dialog.turn import Turn
from dialog.view import TicketView
from tickets.assessment.repeats import Appealed, Kind, latest_repeated
from tickets.assessment.spots import Spot
from tickets.limits.deadlines import add, redo_due
from tickets.limits.duration import Duration, Unit
from tickets.number import tail
from tickets.state import OPEN, State

ASKED, EXPLAINED = Place("report", "repeat"), Place("report", "explained")
_OTHER = re.compile(
    r"不是(?:一|同一?)(?:回|件|个|码)|不一样|不同|另(?:外)?一|别处|其他地方|这次是|换了|different|another"
)
_NEVER = re.compile(r"一直|从来|根本|还是|仍|没(?:有)?(?:修|解决|处理|好|人|来|办)|未|never|still")
_AGAIN = re.compile(r"又|复发|再次|反复|好了(?:几天|一阵)|again")
_NOTHING_NEW = re.compile(r"^(?:没有|没了|不用|算了|好的?|知道了?|谢谢|哦|嗯|行)[^新]{0,6}$")
_TELLING = 8
"""Shorter words hold no new fact."""
_PROMISES_NEWS = re.compile(r"^(?:我?有|这是)?(?:一些|点)?新(?:的)?(?:事实|证据|情况|材料)[^,。:：]{0,4}$")


@dataclass(frozen=True, slots=True)
class Onward:
    """It is no repeat, or one that needs a ticket of its own: the report goes on."""

    gathered: Gathered = field(repr=False)
    lead: str = field(default="", repr=False)


def look(talk: Talk, gathered: Gathered) -> Turn | None:
    """The question (or, of a terminated matter, the explanation) where the report repeats an earlier one."""
    earlier = {
        one.number: one.appealed
        for one in (*talk.view.tickets, *talk.view.earlier)
        if one.appealed is not None and one.number not in gathered.unlike and one.number != gathered.repeat_of
    }
    found = latest_repeated(_appealed(talk, gathered), earlier, talk.city.policy.repeats) if earlier else None
    one = numbered(found[0], (*talk.view.tickets, *talk.view.earlier)) if found else None
    if found is None or one is None:
        return None
    return _explain(talk, gathered, one) if found[1].kind is Kind.REPEAT_TERMINATED else _ask(talk, gathered, one)


def _appealed(talk: Talk, gathered: Gathered) -> Appealed:
    return Appealed(
        type=gathered.type,
        category=gathered.category,
        at=talk.now,
        text="\n".join(gathered.texts),
        spot=Spot(
            district=gathered.district,
            words=gathered.place,
            latitude=gathered.latitude,
            longitude=gathered.longitude,
        ),
    )


def _ask(talk: Talk, gathered: Gathered, one: TicketView, *, lead: str = "") -> Turn:
    phrases = talk.phrases
    told = {"date": talk.date(one.received_at), "tail": tail(one.number), "unit": one.unit or phrases("repeat.no_unit")}
    if one.stands in OPEN - {State.TO_CALLBACK}:
        due = phrases("repeat.due", due=talk.date(one.due_at)) if one.due_at else ""
        text = phrases("repeat.found_open", **told, due=due)
        choices = _choices(talk, "same", "other")
    else:
        told["replied"] = talk.date(one.replied_at) if one.replied_at else ""
        answered = phrases("repeat.answered", **told, reply=one.public_reply) if one.public_reply else ""
        rated = phrases(f"survey.grade.{one.satisfaction}") if _graded(one) else ""
        rated = phrases("repeat.rated", grade=rated) if rated else ""
        still = (talk.memory.locale == "zh_CN" and gathered.matter.still) or phrases("repeat.still")
        text = phrases("repeat.found_closed", **told, answered=answered, rated=rated, still=still)
        choices = _choices(talk, "never", "again", "other")
    slots = {**gathered.dump(), "repeats": one.number, "sure": bool(lead)}
    return talk.say(lead + text, to=ASKED, slots=slots, choices=choices)


def _graded(one: TicketView) -> bool:
    return one.satisfaction is not None and one.satisfaction != "unreachable"


def _choices(talk: Talk, *names: str) -> Sequence[Choice]:
    return [talk.choice(f"repeat:{name}", f"repeat.{name}", str(n)) for n, name in enumerate(names, 1)]


def hear(talk: Talk) -> Turn | Onward:
    """The answer to the question."""
    gathered, one = _asked(talk)
    if one is None:
        return Onward(gathered)
    closed = one.stands not in OPEN or one.stands is State.TO_CALLBACK
    said = _said(talk, ("never", "again", "other") if closed else ("same", "other"))
    if said == "other":
        return Onward(
            replace(more(talk, gathered), unlike=(*gathered.unlike, one.number)), talk.phrases("repeat.apart")
        )
    if not said and not talk.slots.get("sure"):
        return _ask(talk, gathered, one, lead=talk.phrases("repeat.unsure"))
    if not said:  # asked twice: better one ticket too many than a citizen who is not heard
        return Onward(replace(more(talk, gathered), unlike=(*gathered.unlike, one.number)))
    gathered = more(talk, gathered)
    return _again(talk, gathered, one, said) if one.stands is State.CLOSED else _join(talk, gathered, one)


def _asked(talk: Talk) -> tuple[Gathered, TicketView | None]:
    gathered = Gathered.load(talk.slots)
    return gathered, numbered(talk.slots.get("repeats"), (*talk.view.tickets, *talk.view.earlier))


def _said(talk: Talk, names: tuple[str, ...]) -> str:
    """Which of the offered answers it is, "" for none."""
    tapped = talk.inbound.choice.partition(":")[2]
    if tapped in names:
        return tapped
    text = talk.text
    if text.isdigit():
        return names[int(text) - 1] if 1 <= int(text) <= len(names) else ""
    if _OTHER.search(text) or said_whole("no", text):
        return "other"
    if "again" in names and _AGAIN.search(text):
        return "again"
    if said_whole("yes", text) or text.startswith(("是", "同一")) or _NEVER.search(text):
        return names[0]
    return ""


def _join(talk: Talk, gathered: Gathered, one: TicketView) -> Turn:
    """An open ticket: supplemented, and urged unless that was done today; no second ticket, no new dispatch."""
    number = one.handled_as
    words = "\n".join(gathered.texts) or talk.phrases("repeat.same")
    acts = [Repeat(number, words, gathered.files)]
    told: dict[str, Any] = {
        "number": one.number,
        "tail": tail(one.number),
        "unit": one.unit or talk.phrases("repeat.no_unit"),
    }
    if one.stands is State.TO_CALLBACK:
        return talk.reply("repeat.joined_answered", acts=acts, **told)
    last, wait = one.urged_at, talk.city.policy.urge.interval
    urged = "urged_before" if last and talk.now < add(talk.city.calendar, last, wait) else "urged"
    due = talk.phrases("repeat.due", due=talk.date(one.due_at)) if one.due_at else ""
    return talk.reply("repeat.joined", acts=acts, **told, urged=talk.phrases(f"repeat.{urged}"), due=due)


def _again(talk: Talk, gathered: Gathered, one: TicketView, said: str) -> Turn | Onward:
    """A closed ticket: handled again by its unit while that is possible, else a new one that shows the old reply."""
    rule = talk.city.policy
    window = rule.repeats.redo if said == "never" else rule.reopen.window
    in_time = one.closed_at is not None and talk.now <= add(talk.city.calendar, one.closed_at, window)
    if not (in_time and one.unit and not one.parent):
        lead = talk.phrases("repeat.linked", tail=tail(one.number))
        return Onward(replace(gathered, repeat_of=one.number), lead)
    by = redo_due(rule, talk.city.calendar, urgency=one.urgency, start=talk.now)
    return talk.reply(
        f"repeat.redo_{said}",
        acts=[Reopen(one.number, "\n".join(gathered.texts), gathered.files)],
        tail=tail(one.number),
        limit=_span(talk, rule.redo.limit.at(one.urgency)),
        due=talk.date(by),
    )


def _span(talk: Talk, limit: Duration) -> str:
    key = {Unit.WORKING_DAY: "workdays", Unit.DAY: "days", Unit.HOUR: "hours", Unit.WORKING_HOUR: "hours"}
    return talk.phrases(f"repeat.{key.get(limit.unit, 'minutes')}", count=limit.amount)


def _explain(talk: Talk, gathered: Gathered, one: TicketView) -> Turn:
    """A terminated matter (终结): when it was answered and ended, the remedies, and the way in for a new fact."""
    replied = talk.phrases("repeat.replied", date=talk.date(one.replied_at)) if one.replied_at else ""
    text = talk.phrases(
        "repeat.terminated",
        title=one.title,
        unit=one.unit or talk.phrases("repeat.no_unit"),
        replied=replied,
        ended=talk.date(one.closed_at or one.received_at),
        tail=tail(one.number),
    )
    return talk.say(text, to=EXPLAINED, slots={**gathered.dump(), "repeats": one.number})


def hear_explained(talk: Talk) -> Turn | Onward:
    """What the citizen of a terminated matter says next: nothing, another matter, or a new fact for a reviewer."""
    gathered, one = _asked(talk)
    if one is None:
        return Onward(gathered)
    if _OTHER.search(talk.text):
        return Onward(
            replace(more(talk, gathered), unlike=(*gathered.unlike, one.number)), talk.phrases("repeat.apart")
        )
    if not talk.inbound.attachments:
        if _NOTHING_NEW.match(talk.text) or said_whole("no", talk.text) or said_whole("thanks", talk.text):
            return talk.reply("repeat.explained_end")
        if len(talk.text) < _TELLING or _PROMISES_NEWS.match(talk.text):
            return talk.say(talk.phrases("repeat.tell_new"), to=EXPLAINED, slots=talk.slots)
    gathered = replace(more(talk, gathered), repeat_of=one.number)
    fresh, made = talk.view.fresh, replace(draft(talk, gathered), new_fact=True)
    return talk.reply(
        "repeat.new_fact",
        acts=[OpenTicket(fresh, made)],
        number=fresh.number,
        code=fresh.query_code,
        tail=tail(one.number),
    )
