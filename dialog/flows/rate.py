"""评价: the satisfaction callback's questions, answered by digit, by tap, or in the citizen's own words."""

from __future__ import annotations

import re
from dataclasses import replace

from channels.message import Choice
from dialog.acts import Rate
from dialog.flow import Flow, Talk
from dialog.intents import bare, begun
from dialog.matters import matter_of
from dialog.phrases import Phrases
from dialog.rating_words import VERDICT, grade_in, reasons_in, solved_in, unclear
from dialog.turn import Turn
from dialog.view import Asks, SurveyView
from tickets.appeal import Reason, Satisfaction, Solved

SOLVED = (Solved.SOLVED, Solved.PARTLY, Solved.UNSOLVED)
GRADES = (Satisfaction.VERY, Satisfaction.SATISFIED, Satisfaction.BASIC, Satisfaction.DISSATISFIED)
REASONS = tuple(Reason)
_A_VERDICT = 20
"""Longer texts tell of a matter, not of how it was handled."""
_NOT_ELSEWHERE = {"", "thanks"}
_ASKS = re.compile(r"请问|咨询|(?<!不)怎么(?!还)|如何|什么时候|哪里|多少|吗[?]?$")
_CIRCLED = str.maketrans("①②③④⑤⑥", "123456")


def hear(talk: Talk) -> Turn | None:
    """An answer to the open survey, None when the message is about something else."""
    survey = talk.view.survey
    if survey is None or not talk.text or not _may_answer(talk.text, survey):
        return None
    return _HEAR[survey.asks](talk, survey)


def _may_answer(text: str, survey: SurveyView) -> bool:
    """A greeting, a command, a question or a long story is no rating: silence is never satisfied, nor is "您好"."""
    if begun(text) not in _NOT_ELSEWHERE or _ASKS.search(text):
        return False
    if survey.asks is Asks.REASON:
        return True
    return len(text) <= _A_VERDICT and (not matter_of(text).title or bool(VERDICT.search(text)))


def _hear_solved(talk: Talk, survey: SurveyView) -> Turn | None:
    said = bare(talk.text)
    solved = SOLVED[int(said) - 1] if said in {"1", "2", "3"} else solved_in(said)
    grade = None if said.isdigit() else grade_in(said)
    if unclear(said) and solved is not Solved.UNSOLVED:
        return _ask_again(talk, survey)
    if solved is None and grade is None:
        return None
    if solved is Solved.SOLVED and grade is None and "谢" in said:
        # Solved, with thanks: who would ask him for a mark on top?
        grade = Satisfaction.SATISFIED
    if grade is None:
        return ask_rating(talk, survey, solved)
    return give(talk, replace(survey, solved=solved), grade)


def ask_rating(talk: Talk, survey: SurveyView, solved: Solved | None) -> Turn:
    """The second question."""
    act = Rate(survey.number, solved, asks_next=Asks.RATING)
    return talk.aside("survey.rating", acts=[act], choices=_grades(talk, survey.number))


def _hear_rating(talk: Talk, survey: SurveyView) -> Turn | None:
    said = bare(talk.text)
    grade = GRADES[int(said) - 1] if said in {"1", "2", "3", "4"} else grade_in(said)
    if grade:
        return give(talk, survey, grade)
    solved = None if said.isdigit() else solved_in(said)
    return _ask_again(talk, replace(survey, solved=solved)) if solved or unclear(said) else None


def _ask_again(talk: Talk, survey: SurveyView) -> Turn | None:
    """Who may mean the opposite is asked once more, and only once; what he said of the matter itself is kept."""
    once = f"{survey.number}:{survey.asks}"
    if talk.slots.get("unsure") == once:
        return None
    solved_asked = survey.asks is Asks.SOLVED
    choices = first_choices(talk.phrases, survey.number) if solved_asked else _grades(talk, survey.number)
    acts = [Rate(survey.number, survey.solved, asks_next=survey.asks)] if survey.solved else []
    shown = () if talk.view.brief else choices
    turn = talk.aside(f"survey.unsure.{survey.asks}", acts=acts, choices=shown)
    return replace(turn, memory=replace(turn.memory, slots={**turn.memory.slots, "unsure": once}))


def give(talk: Talk, survey: SurveyView, grade: Satisfaction) -> Turn:
    """A rating; a bad one is asked for its reason before anything follows from it, unless the words told it."""
    if grade is not Satisfaction.DISSATISFIED:
        return talk.aside("survey.thanks", acts=[Rate(survey.number, survey.solved, grade)])
    if reasons := reasons_in(talk.text):
        return because(talk, survey, reasons)
    return _dissatisfied(talk, survey, survey.solved)


def _dissatisfied(talk: Talk, survey: SurveyView, solved: Solved | None) -> Turn:
    # Several may be named: the words list them, for a button would take only one.
    act = Rate(survey.number, solved, Satisfaction.DISSATISFIED, asks_next=Asks.REASON)
    return talk.aside("survey.reason", acts=[act])


def _hear_reason(talk: Talk, survey: SurveyView) -> Turn | None:
    digits = re.match(r"^[\s,，、和]*([1-6](?:[\s,，、和]*[1-6])*)(?!\d)", talk.text.translate(_CIRCLED))
    chosen = (
        tuple(dict.fromkeys(REASONS[int(digit) - 1] for digit in re.findall(r"[1-6]", digits[1]))) if digits else ()
    )
    return because(talk, survey, chosen or reasons_in(talk.text) or (Reason.OTHER,))


def because(talk: Talk, survey: SurveyView, reasons: tuple[Reason, ...]) -> Turn:
    """The reasons close the survey; a reviewer, not the unit, looks at them."""
    told = " ".join(talk.phrases(f"survey.reasons.{reason}") for reason in reasons)
    act = Rate(survey.number, survey.solved, Satisfaction.DISSATISFIED, reasons, talk.inbound.text)
    return talk.aside("survey.noted", acts=[act], reasons=told)


def tapped(talk: Talk) -> Turn | None:
    """A tapped answer belongs to its own question, and only while that survey is open."""
    _, number, question, answer = (*talk.inbound.choice.split(":"), "", "", "")[:4]
    survey = talk.view.survey
    if survey is None or survey.number != number:
        return talk.aside("survey.thanks")
    if question == "solved" and survey.asks is Asks.SOLVED and answer in set(Solved):
        return ask_rating(talk, survey, Solved(answer))
    if question == "satisfaction" and answer in set(GRADES):
        return give(talk, survey, Satisfaction(answer))
    if question == "reason" and answer in set(Reason):
        return because(talk, survey, (Reason(answer),))
    return None


def first_choices(phrases: Phrases, number: str) -> tuple[Choice, ...]:
    """The choices under the first question, as the notice carries them."""
    return tuple(
        Choice(f"survey:{number}:solved:{one}", phrases(f"survey.solved.{one}"), str(at))
        for at, one in enumerate(SOLVED, 1)
    )


def _grades(talk: Talk, number: str) -> list[Choice]:
    if talk.view.brief:
        return []
    return [
        Choice(f"survey:{number}:satisfaction:{one}", talk.phrases(f"survey.grade.{one}"), str(at))
        for at, one in enumerate(GRADES, 1)
    ]


_HEAR = {Asks.SOLVED: _hear_solved, Asks.RATING: _hear_rating, Asks.REASON: _hear_reason}
FLOW = Flow("rate", choices={"survey": tapped})
