"""The satisfaction callback: digits belong to the open question, words are understood, silence is never satisfied."""

import pytest

from channels.message import Event
from dialog.acts import OpenTicket, Rate
from dialog.view import Asks, SurveyView
from tests.dialog.talk import Citizen
from tickets.appeal import Reason, Satisfaction, Solved

NUMBER = "2609180000217"


def asked(asks: Asks, **view: object) -> Citizen:
    return Citizen(survey=SurveyView(NUMBER, asks), **view)


@pytest.mark.parametrize(
    ("words", "solved"),
    [("1", Solved.SOLVED), ("2", Solved.PARTLY), ("3", Solved.UNSOLVED), ("没解决", Solved.UNSOLVED),
     ("解决了一部分", Solved.PARTLY), ("根本没修", Solved.UNSOLVED), ("修好了", Solved.SOLVED),
     ("还没有人处理", Solved.UNSOLVED), ("可以了", Solved.SOLVED)],
)  # fmt: skip
def test_is_it_solved(words, solved):
    act = asked(Asks.SOLVED).says(words).one(Rate)
    assert (act.solved, act.asks_next) == (solved, Asks.RATING)


@pytest.mark.parametrize(
    ("words", "grade"),
    [("1", "very"), ("2", "satisfied"), ("3", "basic"), ("还行吧", "basic"), ("很满意", "very"), ("满意", "satisfied"),
     ("挺好的", "satisfied"), ("基本满意", "basic"), ("非常好,给力", "very")],
)  # fmt: skip
def test_how_good_was_it(words, grade):
    act = asked(Asks.RATING).says(words).one(Rate)
    assert (act.satisfaction, act.asks_next) == (Satisfaction(grade), None)


@pytest.mark.parametrize("words", ["谢谢解决了", "修好了,谢谢"])
def test_solved_with_thanks_is_satisfied(words):
    act = asked(Asks.SOLVED).says(words).one(Rate)
    assert (act.solved, act.satisfaction) == (Solved.SOLVED, Satisfaction.SATISFIED)


@pytest.mark.parametrize("words", ["4", "不满意", "不太满意", "不是很满意", "太差了", "满意个啥", "很失望"])
def test_a_bad_rating_is_asked_for_its_reason(words):
    act = asked(Asks.RATING).says(words).one(Rate)
    assert (act.satisfaction, act.asks_next) == (Satisfaction.DISSATISFIED, Asks.REASON)


@pytest.mark.parametrize("asks", [Asks.SOLVED, Asks.RATING])
@pytest.mark.parametrize(
    "words",
    ["你好", "您好", "你好,请问公积金怎么提取", "谢谢", "楼下烧烤店天天晚上冒烟,没人管", "今年几号供暖", "CX", "5", "在吗",
     "我要投诉物业乱收费,小区停车费不好好收还打人骂人,住户都受不了了"],
)  # fmt: skip
def test_what_is_no_rating(asks, words):
    assert not any(isinstance(act, Rate) for act in asked(asks).says(words).did)


def test_reasons_by_words_alone_are_a_comment():
    act = asked(Asks.REASON).says("他们根本没来现场").one(Rate)
    assert act.comment == "他们根本没来现场"
    assert act.satisfaction is Satisfaction.DISSATISFIED
    assert Reason.NOT_CONTACTED in act.reasons or Reason.NOT_TRUE in act.reasons


def test_a_question_is_no_reason():
    assert not any(isinstance(act, Rate) for act in asked(Asks.REASON).says("请问公积金怎么提取").did)


def test_a_digit_inside_a_report_belongs_to_the_report():
    citizen = asked(Asks.SOLVED, media=True)
    citizen.says("我要投诉").says("1号楼楼下烧烤店油烟扰民").says("1")
    assert not any(isinstance(act, Rate) for act in citizen.all_acts)
    assert citizen.memory.flow == "report"


def test_a_tapped_answer_belongs_to_its_own_survey():
    citizen = asked(Asks.SOLVED, buttons=True).taps(f"survey:{NUMBER}:solved:partly")
    assert citizen.one(Rate).solved is Solved.PARTLY
    assert citizen.said.choices[0].id == f"survey:{NUMBER}:satisfaction:very"
    other = asked(Asks.SOLVED, buttons=True).taps("survey:2609180000093:solved:partly")
    assert other.did == []


def test_a_tap_does_not_lose_a_report_under_way():
    citizen = asked(Asks.RATING, buttons=True).says("楼下烧烤店天天晚上冒烟,没人管")
    flow = citizen.memory.flow
    citizen.happens(Event.RATED, choice=f"survey:{NUMBER}:satisfaction:satisfied")
    assert citizen.one(Rate).satisfaction is Satisfaction.SATISFIED
    assert citizen.memory.flow == flow == "report"


def test_without_a_survey_a_late_digit_rates_nothing():
    assert Citizen().says("2").did == []


def test_an_insult_with_a_survey_open_opens_nothing():
    assert not any(isinstance(act, OpenTicket) for act in asked(Asks.SOLVED).says("滚").did)
