"""评价: the satisfaction callback's questions, answered by digit, by tap, or in the citizen's own words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeVar

from channels.message import Choice
from dialog.flow import Flow, Talk
from dialog.intents import bare, begun
from dialog.matters import matter_of
from dialog.phrases import Phrases
from dialog.turn import Asks, Rate, SurveyView, Turn
from tickets.appeal import Reason, Satisfaction, Solved

M = TypeVar("M")
SOLVED = (Solved.SOLVED, Solved.PARTLY, Solved.UNSOLVED)
GRADES = (Satisfaction.VERY, Satisfaction.SATISFIED, Satisfaction.BASIC, Satisfaction.DISSATISFIED)
REASONS = tuple(Reason)
_A_VERDICT = 20
"""Longer texts tell of a matter, not of how it was handled."""
_VERDICT = re.compile(r"解决|修好|处理|满意|好了|还是|办好")
"""Words of how a matter was handled, where the matter itself is named again."""
_NOT_ELSEWHERE = {"", "thanks"}
_ASKS = re.compile(r"请问|咨询|怎么(?!还)|如何|什么时候|哪里|多少|吗[?]?$")
_CIRCLED = str.maketrans("①②③④⑤⑥", "123456")

# Free words, the most particular first.
_SOLVED_WORDS = (
    (Solved.UNSOLVED, re.compile(r"没有?解决|未解决|没有?人?处理|没办|没人管|还是(?:不|没)|没修|没变|根本没")),
    (Solved.PARTLY, re.compile(r"部分|一部分|好一点|好点|差不多|解决了一些|基本解决")),
    (Solved.SOLVED, re.compile(r"解决|修好|处理好|好了|弄好|搞定|办好|可以了|不错")),
)
_GRADE_WORDS = (
    (
        Satisfaction.DISSATISFIED,
        re.compile(
            r"(?:不|没有?)(?:太|是?很|够|怎么|大|算|咋|多)?(?:满意|好|行$|可以)|满意(?:个|什么|啥)|很差|太差|差评|差劲|失望|糟|敷衍"
        ),
    ),
    (Satisfaction.BASIC, re.compile(r"基本满意|还行|还可以|一般|凑合|马马虎虎|勉强")),
    (Satisfaction.VERY, re.compile(r"很满意|非常满意|十分满意|特别满意|太好了|非常好|很好|点赞|给力")),
    (Satisfaction.SATISFIED, re.compile(r"满意|不错|挺好|可以(?!了)|(?<!你|您)好$")),
)

_REASON_WORDS = (
    (Reason.NOT_CONTACTED, re.compile(r"没(?:有)?(?:任何)?人(?:来|联系|找)|没(?:有)?联系|没(?:有)?(?:打|接到)过?电话")),
    (Reason.NOT_SOLVED, re.compile(r"没(?:有)?(?:解决|修|处理|改)|还是(?:不|没|老样)|问题还在")),
    (Reason.NOT_TRUE, re.compile(r"没(?:有)?来|不符|不属实|不真实|撒谎|说谎|骗人|胡说|造假")),
    (Reason.ATTITUDE, re.compile(r"态度|骂人|不耐烦|凶")),
    (Reason.POLICY, re.compile(r"政策|规定不合理|标准不合理")),
)


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
    return len(text) <= _A_VERDICT and (not matter_of(text).title or bool(_VERDICT.search(text)))


def _hear_solved(talk: Talk, survey: SurveyView) -> Turn | None:
    said = bare(talk.text)
    solved = SOLVED[int(said) - 1] if said in {"1", "2", "3"} else _words(_SOLVED_WORDS, said)
    grade = None if said.isdigit() else _words(_GRADE_WORDS, said)
    if solved is None and grade is None:
        return None
    if solved is Solved.SOLVED and grade is None and "谢" in said:
        # Solved, with thanks: who would ask him for a mark on top?
        grade = Satisfaction.SATISFIED
    if grade is Satisfaction.DISSATISFIED:
        return _dissatisfied(talk, survey, solved)
    if grade:
        return talk.aside("survey.thanks", acts=[Rate(survey.number, solved, grade)])
    return ask_rating(talk, survey, solved)


def ask_rating(talk: Talk, survey: SurveyView, solved: Solved | None) -> Turn:
    """The second question."""
    act = Rate(survey.number, solved, asks_next=Asks.RATING)
    return talk.aside("survey.rating", acts=[act], choices=_grades(talk, survey.number))


def _hear_rating(talk: Talk, survey: SurveyView) -> Turn | None:
    said = bare(talk.text)
    grade = GRADES[int(said) - 1] if said in {"1", "2", "3", "4"} else _words(_GRADE_WORDS, said)
    if grade:
        return give(talk, survey, grade)
    solved = _words(_SOLVED_WORDS, said)
    return ask_rating(talk, survey, solved) if solved else None


def give(talk: Talk, survey: SurveyView, grade: Satisfaction) -> Turn:
    """A rating; a bad one is asked for its reason before anything follows from it."""
    if grade is Satisfaction.DISSATISFIED:
        return _dissatisfied(talk, survey, None)
    return talk.aside("survey.thanks", acts=[Rate(survey.number, survey.solved, grade)])


def _dissatisfied(talk: Talk, survey: SurveyView, solved: Solved | None) -> Turn:
    act = Rate(survey.number, solved, Satisfaction.DISSATISFIED, asks_next=Asks.REASON)
    choices = [
        Choice(f"survey:{survey.number}:reason:{reason}", talk.phrases(f"survey.reasons.{reason}"))
        for reason in REASONS
    ]
    return talk.aside("survey.reason", acts=[act], choices=choices if talk.view.buttons else ())


def _hear_reason(talk: Talk, survey: SurveyView) -> Turn | None:
    digits = re.match(r"^[\s,，、和]*([1-6](?:[\s,，、和]*[1-6])*)(?!\d)", talk.text.translate(_CIRCLED))
    chosen = (
        tuple(dict.fromkeys(REASONS[int(digit) - 1] for digit in re.findall(r"[1-6]", digits[1]))) if digits else ()
    )
    return because(talk, survey, chosen or _reasons_in(talk.text) or (Reason.OTHER,))


def _reasons_in(text: str) -> tuple[Reason, ...]:
    return tuple(reason for reason, pattern in _REASON_WORDS if pattern.search(text))


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


def _words(table: Sequence[tuple[M, re.Pattern[str]]], said: str) -> M | None:
    return next((meaning for meaning, pattern in table if pattern.search(said)), None)


_HEAR = {Asks.SOLVED: _hear_solved, Asks.RATING: _hear_rating, Asks.REASON: _hear_reason}
FLOW = Flow("rate", choices={"survey": tapped})
