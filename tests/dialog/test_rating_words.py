"""Real wordings of citizens who are asked how it went: what they mean, and where nobody could tell."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from dialog.acts import ChangeRating, Rate
from dialog.rating_words import grade_in, reasons_in, solved_in, unclear
from dialog.view import Asks, SurveyView, TicketView
from tests.dialog.talk import EVENING, Citizen
from tickets.appeal import AppealType, Reason, Satisfaction, Solved, Urgency
from tickets.state import State

NUMBER = "2609180000217"
S, G = Solved, Satisfaction
WORDS = [
    # words, solved, grade
    ("没解决", S.UNSOLVED, None),
    ("没有解决", S.UNSOLVED, None),
    ("没有得到解决", S.UNSOLVED, None),
    ("还没解决呢", S.UNSOLVED, None),
    ("问题还在", S.UNSOLVED, None),
    ("问题依旧", S.UNSOLVED, None),
    ("还是老样子", S.UNSOLVED, None),
    ("又开始漏了", S.UNSOLVED, None),
    ("没人来", S.UNSOLVED, None),
    ("压根没人管", S.UNSOLVED, None),
    ("一点都没变", S.UNSOLVED, None),
    ("白反映了", S.UNSOLVED, None),
    ("解决不了", S.UNSOLVED, None),
    ("没有完全解决", S.PARTLY, None),
    ("解决了一部分", S.PARTLY, None),
    ("比上次好点", S.PARTLY, None),
    ("好一点了", S.PARTLY, None),
    ("比以前好多了", S.PARTLY, None),
    ("有所改善", S.PARTLY, None),
    ("暂时好了", S.PARTLY, None),
    ("解决了", S.SOLVED, None),
    ("已经修好了", S.SOLVED, None),
    ("不漏了", S.SOLVED, None),
    ("来电了", S.SOLVED, None),
    ("搞定了", S.SOLVED, None),
    ("解决是解决了就是慢", S.SOLVED, None),
    ("不好意思才看到,解决了", S.SOLVED, None),
    ("弄好了但是态度差", S.SOLVED, G.DISSATISFIED),
    ("解决了,很满意", S.SOLVED, G.VERY),
    ("修好了,师傅态度也好", S.SOLVED, G.SATISFIED),
    ("没解决,不满意", S.UNSOLVED, G.DISSATISFIED),
    ("还行吧", None, G.BASIC),
    ("还可以", None, G.BASIC),
    ("一般般", None, G.BASIC),
    ("一般", None, G.BASIC),
    ("马马虎虎", None, G.BASIC),
    ("凑合", None, G.BASIC),
    ("将就吧", None, G.BASIC),
    ("就那样", None, G.BASIC),
    ("基本满意", None, G.BASIC),
    ("还算满意", None, G.BASIC),
    ("可以吧", None, G.BASIC),
    ("可以可以", None, G.SATISFIED),
    ("满意啊", None, G.SATISFIED),
    ("满意", None, G.SATISFIED),
    ("挺好的", None, G.SATISFIED),
    ("挺满意的", None, G.SATISFIED),
    ("没什么不满意的", None, G.SATISFIED),
    ("没意见", None, G.SATISFIED),
    ("👍", None, G.SATISFIED),
    ("👌", None, G.SATISFIED),
    ("ok", None, G.SATISFIED),
    ("OK的", None, G.SATISFIED),
    ("非常满意", None, G.VERY),
    ("特别满意", None, G.VERY),
    ("太满意了", None, G.VERY),
    ("给力", None, G.VERY),
    ("点赞", None, G.VERY),
    ("太好了,谢谢政府", None, G.VERY),
    ("效率真高", None, G.VERY),
    ("五星好评", None, G.VERY),
    ("非常不满意", None, G.DISSATISFIED),
    ("不满意", None, G.DISSATISFIED),
    ("不太满意", None, G.DISSATISFIED),
    ("不是很满意", None, G.DISSATISFIED),
    ("不怎么满意", None, G.DISSATISFIED),
    ("一点也不满意", None, G.DISSATISFIED),
    ("不太行", None, G.DISSATISFIED),
    ("不行", None, G.DISSATISFIED),
    ("不咋地", None, G.DISSATISFIED),
    ("不咋样", None, G.DISSATISFIED),
    ("不怎么样", None, G.DISSATISFIED),
    ("太差了", None, G.DISSATISFIED),
    ("差评", None, G.DISSATISFIED),
    ("很失望", None, G.DISSATISFIED),
    ("敷衍了事", None, G.DISSATISFIED),
    ("满意个屁", None, G.DISSATISFIED),
    ("态度恶劣", None, G.DISSATISFIED),
    ("踢皮球", None, G.DISSATISFIED),
    ("👎", None, G.DISSATISFIED),
]  # fmt: skip
UNSURE = [
    "呵呵", "你们可真行", "真有你们的", "满意得很呐", "好得很", "呵呵太好了", "不好说", "说不上满意", "谈不上满意不满意",
    "再看看吧", "服了", "无语",
]  # fmt: skip
PERHAPS_DANGER = {"又开始漏了", "不漏了", "来电了"}
"""Gas or power: whoever may be in danger is asked about that first, survey or not."""
NO_VERDICT = ["您好", "谢谢", "在吗", "请问公积金怎么提取", "CX", "楼下烧烤店天天冒烟没人管", "5", "12"]


def asked(asks: Asks, **view: object) -> Citizen:
    return Citizen(survey=SurveyView(NUMBER, asks), **view)


@pytest.mark.parametrize(("words", "solved", "grade"), WORDS)
def test_what_the_words_say(words: str, solved: Solved | None, grade: Satisfaction | None) -> None:
    said = words.lower()
    # Of a bare grade nobody concludes that it is solved.
    assert (solved_in(said) if solved else None, grade_in(said)) == (solved, grade)


@pytest.mark.parametrize(("words", "solved", "grade"), WORDS)
def test_what_the_first_question_makes_of_it(words: str, solved: Solved | None, grade: Satisfaction | None) -> None:
    if words in PERHAPS_DANGER:
        asked(Asks.SOLVED).says(words).hears_of("您现在安全吗")
        return
    act = asked(Asks.SOLVED).says(words).one(Rate)
    assert act.satisfaction is grade
    if solved:
        assert act.solved is solved


@pytest.mark.parametrize(("words", "grade"), [(words, grade) for words, _, grade in WORDS if grade])
def test_what_the_second_question_makes_of_it(words: str, grade: Satisfaction) -> None:
    assert asked(Asks.RATING).says(words).one(Rate).satisfaction is grade


@pytest.mark.parametrize("asks", [Asks.SOLVED, Asks.RATING])
@pytest.mark.parametrize("words", UNSURE)
def test_irony_is_asked_once_more_and_never_guessed(words: str, asks: Asks) -> None:
    citizen = asked(asks).says(words)
    assert unclear(words)
    assert not any(isinstance(act, Rate) and act.satisfaction for act in citizen.did)
    citizen.hears_of("没有明白您的意思", "1")
    citizen.says(words)
    assert "没有明白您的意思" not in citizen.heard
    assert not any(isinstance(act, Rate) and act.satisfaction for act in citizen.all_acts)


def test_after_being_asked_again_a_digit_counts() -> None:
    citizen = asked(Asks.RATING).says("呵呵").says("4")
    assert citizen.one(Rate).satisfaction is Satisfaction.DISSATISFIED


def test_slow_but_solved_is_asked_for_a_grade_and_what_was_solved_is_kept() -> None:
    citizen = asked(Asks.RATING).says("解决是解决了就是慢")
    act = citizen.one(Rate)
    assert (act.solved, act.satisfaction, act.asks_next) == (Solved.SOLVED, None, Asks.RATING)
    citizen.hears_of("没有明白您的意思")


@pytest.mark.parametrize("asks", [Asks.SOLVED, Asks.RATING])
@pytest.mark.parametrize("words", NO_VERDICT)
def test_what_is_no_verdict(words: str, asks: Asks) -> None:
    assert not any(isinstance(act, Rate) for act in asked(asks).says(words).did)


@pytest.mark.parametrize(
    ("words", "reasons"),
    [
        ("弄好了但是态度差", [Reason.ATTITUDE]),
        ("不满意,没人联系我", [Reason.NOT_CONTACTED]),
        ("不满意,根本没解决", [Reason.NOT_SOLVED]),
        ("太敷衍了", [Reason.ATTITUDE]),
        ("不满意", []),
    ],
)
def test_who_says_why_is_not_asked_why(words: str, reasons: list[Reason]) -> None:
    act = asked(Asks.RATING).says(words).one(Rate)
    assert act.satisfaction is Satisfaction.DISSATISFIED
    assert list(reasons_in(words)) == reasons == list(act.reasons)
    assert act.asks_next is (None if reasons else Asks.REASON)


RATED = TicketView(
    number=NUMBER,
    type=AppealType.COMPLAINT,
    urgency=Urgency.NORMAL,
    state=State.CLOSED,
    title="油烟",
    category="0106",
    received_at=EVENING - timedelta(days=9),
    closed_at=EVENING - timedelta(days=2),
    satisfaction=Satisfaction.SATISFIED,
)


@pytest.mark.parametrize(("said", "grade"), [("4", G.DISSATISFIED), ("很满意", G.VERY), ("还行吧", G.BASIC)])
def test_a_rating_may_be_changed_once(said: str, grade: Satisfaction) -> None:
    citizen = Citizen(tickets=(RATED,)).says("我想改一下评价").hears_of("尾号0217", "满意", "1 很满意")
    assert citizen.says(said).one(ChangeRating).satisfaction is grade
    citizen.hears_of("原评价一并保留")


def test_by_button_too() -> None:
    citizen = Citizen(tickets=(RATED,), buttons=True).says("修改评价")
    ids = [choice.id for choice in citizen.said.choices]
    assert citizen.taps(ids[-1]).one(ChangeRating).satisfaction is Satisfaction.DISSATISFIED


@pytest.mark.parametrize(
    "changes",
    [
        {"rating_changed": True},
        {"closed_at": EVENING - timedelta(days=8)},
        {"satisfaction": Satisfaction.UNREACHABLE},
        {"state": State.HANDLING},
    ],
)
def test_not_twice_not_late_and_not_what_was_never_given(changes: dict[str, object]) -> None:
    citizen = Citizen(tickets=(replace(RATED, **changes),)).says("改评价").says("4")
    assert not any(isinstance(act, ChangeRating) for act in citizen.all_acts)
