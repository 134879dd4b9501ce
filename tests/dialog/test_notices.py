"""What the hub tells unasked, in words."""

import pytest

from dialog.notices import words
from dialog.phrases import LOCALES
from tests.dialog.talk import city, plain

PARAMS = {
    "number": "2609180000217",
    "unit": "D04",
    "due": "2026-09-24",
    "reply": "商家已加装净化器,城管每晚巡查",
    "text": "已约谈商家",
    "reason": "汛期不能施工",
    "parent": "2609180000308",
    "citizens": "3",
    "agent": "0128",
    "tail": "5678",
    "why": "not_our_area",
    "minutes": "30",
    "question": "游泳馆对残疾人免费吗",
    "answer": "持残疾证免费。",
    "source": "《泉城市残疾人优待办法》第八条",
    "entry": "KB-1",
    "checked": "2026-09-18",
    "until": "2026-09-25",
    "days": "7",
    "code": "12345678",
}
KEYS = [
    *(f"ticket.{name}" for name in ("accepted", "dispatched", "signed", "interim", "replied", "redo", "closed")),
    *(f"ticket.{name}" for name in ("withdrawn", "restored", "supplemented", "urged")),
    *(f"ticket.{name}" for name in ("draft_expired", "refused", "merged", "transferred", "consultation", "extended")),
    *(f"ticket.{name}" for name in ("suspended", "explained", "terminated", "confirmed", "reopened", "overdue")),
    *(f"ticket.{name}" for name in ("resumed", "hastened", "rescheduled", "linked", "unmerged", "unlinked")),
    "ticket.replied_beside",
    "survey.ask", "survey.remind", "human.callback", "agent.joined", "agent.left",
    "draft.remind", "draft.expired", "knowledge.answered",
    "proof.code", "proof.claim",
    *(f"expert.{name}" for name in ("joined", "says", "answered", "nobody", "registered")),
]  # fmt: skip


@pytest.mark.parametrize("brief", [False, True])
@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", KEYS)
def test_every_notice_has_words(key, locale, brief):
    say = words(key, PARAMS, locale=locale, brief=brief, city=city())
    assert say.text
    assert "{" not in say.text


def test_s7_the_question_by_sms():
    say = words("survey.ask", PARAMS, locale="zh_CN", brief=True, city=city())
    assert plain(say.text) == plain(
        "您的诉求(尾号0217)已答复:商家已加装净化器,城管每晚巡查。问题是否解决?1已解决2部分解决3未解决。评价对承办人保密"
    )
    assert len("【泉城12345】" + say.text) <= 70


@pytest.mark.parametrize("key", ["proof.code", "proof.claim"])
def test_a_code_is_one_text(key):
    say = words(key, PARAMS, locale="zh_CN", brief=True, city=city())
    assert len("【泉城12345】" + say.text) <= 70


def test_the_question_with_buttons_belongs_to_its_ticket():
    say = words("survey.ask", PARAMS, locale="zh_CN", brief=False, city=city())
    assert [one.id for one in say.choices] == [
        f"survey:2609180000217:solved:{n}" for n in ("solved", "partly", "unsolved")
    ]


def test_dates_and_units_are_said_as_citizens_know_them():
    text = words("ticket.dispatched", PARAMS, locale="zh_CN", brief=False, city=city()).text
    assert "9月24日" in text
    assert "D04" not in text
    assert "24 September" in words("ticket.dispatched", PARAMS, locale="en", brief=False, city=city()).text


def test_a_missing_blank_is_an_error():
    with pytest.raises(KeyError):
        words("ticket.dispatched", {"number": "2609180000217"}, locale="zh_CN", brief=False, city=city())
