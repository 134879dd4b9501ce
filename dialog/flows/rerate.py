"""改评价: a citizen may change his rating once, within the policy's window; what he said first is kept beside it."""

from __future__ import annotations

from channels.message import Choice
from dialog.acts import ChangeRating
from dialog.flow import Flow, Place, Talk
from dialog.flows.mine import named_tail
from dialog.flows.rate import GRADES
from dialog.intents import bare
from dialog.rating_words import grade_in, reasons_in
from dialog.turn import Turn
from dialog.view import TicketView
from tickets.appeal import Satisfaction
from tickets.limits.deadlines import add
from tickets.number import tail
from tickets.state import State

WANTED = Place("rerate", "grade")
_RATED = {State.CLOSED, State.TO_CALLBACK}


def ask(talk: Talk) -> Turn | None:
    """Which grade instead: of the ticket that is named, or of the one rated last."""
    wanted = named_tail(talk.text)
    rated = [one for one in talk.view.tickets if one.satisfaction and one.state in _RATED]
    mine = next((one for one in rated if not wanted or tail(one.number) == wanted), None)
    if mine is None or mine.satisfaction is None:
        return talk.reply("survey.none")
    if not _may_change(talk, mine):
        return talk.reply("survey.kept", tail=tail(mine.number))
    choices = [
        Choice(f"rerate:{mine.number}:{one}", talk.phrases(f"survey.grade.{one}"), str(at))
        for at, one in enumerate(GRADES, 1)
    ]
    return talk.reply(
        "survey.change",
        to=WANTED,
        slots={"number": mine.number},
        choices=() if talk.view.brief else choices,
        tail=tail(mine.number),
        grade=talk.phrases(f"survey.grade.{mine.satisfaction}"),
    )


def hear(talk: Talk) -> Turn | None:
    """The new grade by digit or in words."""
    said = bare(talk.text)
    grade = GRADES[int(said) - 1] if said in {"1", "2", "3", "4"} else grade_in(said)
    mine = _named(talk, talk.slots["number"])
    return change(talk, mine, grade) if mine and grade else None


def tapped(talk: Talk) -> Turn | None:
    """The new grade by a button."""
    _, number, answer = (*talk.inbound.choice.split(":"), "", "")[:3]
    mine = _named(talk, number)
    if mine is None or answer not in set(GRADES):
        return talk.reply("survey.none")
    return change(talk, mine, Satisfaction(answer))


def change(talk: Talk, mine: TicketView, grade: Satisfaction) -> Turn:
    """Written down beside the first one, if there is still time."""
    if not _may_change(talk, mine) or mine.satisfaction is grade:
        return talk.reply("survey.kept", tail=tail(mine.number))
    reasons = reasons_in(talk.text) if grade is Satisfaction.DISSATISFIED else ()
    comment = "" if talk.text.isdigit() else talk.inbound.text
    act = ChangeRating(mine.number, grade, reasons, comment)
    return talk.reply("survey.changed", acts=[act], grade=talk.phrases(f"survey.grade.{grade}"))


def _named(talk: Talk, number: str) -> TicketView | None:
    return next((one for one in talk.view.tickets if one.number == number), None)


def _may_change(talk: Talk, mine: TicketView) -> bool:
    if mine.satisfaction in {None, Satisfaction.UNREACHABLE} or mine.rating_changed or mine.state not in _RATED:
        return False
    until = add(talk.city.calendar, mine.closed_at, talk.city.policy.callback.change) if mine.closed_at else talk.now
    return talk.now <= until


FLOW = Flow("rerate", steps={WANTED.step: hear}, begins={"rerate": ask}, choices={"rerate": tapped})
