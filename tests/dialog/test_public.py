"""A public remark is answered once, with the invitation to write in private; danger in it alarms a person."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.message import Trigger
from dialog.acts import HandOver, OpenTicket, RaiseAlarm
from dialog.phrases import LOCALES, phrases
from dialog.view import Owner
from tests.dialog.talk import Citizen, city

REMARK = {"public": True, "trigger": Trigger.MENTION}


def test_who_reports_in_public_is_invited_and_nothing_is_begun() -> None:
    citizen = Citizen()
    citizen.says("@泉城12345 天桥区明湖西路12号门口的路灯不亮了，三天了", **REMARK)
    citizen.hears_of("请私信我们", "保护您的个人信息", "110、119或120")
    assert citizen.did == []
    assert citizen.said.choices == ()
    assert (citizen.memory.flow, citizen.memory.step) == ("", "")
    assert "路灯" not in citizen.heard, "nothing of his is repeated before everybody"


@pytest.mark.parametrize(
    "text",
    ["人工", "1", "查询进度", "催办", "撤单", "退订", "请问几号开始供暖", "什么破热线，一群废物", "2609180002175"],
)
def test_no_command_works_in_public(text: str) -> None:
    citizen = Citizen().says(text, **REMARK)
    assert citizen.did == []
    assert citizen.heard in ("", phrases("zh_CN")("public.invite", hotline=city().hotline))


def test_one_invitation_is_enough_for_a_week() -> None:
    citizen = Citizen().says("@泉城12345 路灯不亮", **REMARK)
    assert citizen.heard
    citizen.says("@泉城12345 怎么没人管", **REMARK).hears_nothing()
    citizen.now += timedelta(days=6, hours=23)
    citizen.says("井盖也坏了", **REMARK).hears_nothing()
    citizen.now += timedelta(hours=2)
    citizen.says("井盖还是坏的", **REMARK).hears_of("请私信我们")


def test_danger_alarms_a_person_and_names_the_numbers_once_more() -> None:
    citizen = Citizen().says("@泉城12345 路灯不亮", **REMARK)
    citizen.says("@泉城12345 着火了，三楼还有人", **REMARK)
    citizen.hears_of("请立即拨打110、119或120", "请私信我们")
    assert [(act.level, act.kind) for act in citizen.did if isinstance(act, RaiseAlarm)] == [("E1", "fire")]
    assert not [act for act in citizen.did if isinstance(act, HandOver | OpenTicket)], "no dialog, no ticket in public"
    citizen.says("火越来越大了", **REMARK).hears_nothing()
    assert isinstance(citizen.did[0], RaiseAlarm), "the person hears of each"
    citizen.says("路灯也不亮", **REMARK).hears_nothing()


def test_a_mere_suspicion_is_shown_to_a_person_and_not_asked_about() -> None:
    citizen = Citizen().says("活着真没意思", **REMARK)
    assert citizen.one(RaiseAlarm)
    citizen.hears_of("请私信我们")


def test_a_remark_without_words_is_not_answered() -> None:
    for text in ("", "！！！", "👍👍"):
        Citizen().says(text, **REMARK).hears_nothing()


def test_who_writes_english_is_invited_in_english() -> None:
    Citizen().says("The street lamp is broken!", **REMARK).hears_of("message us directly")


def test_a_person_who_holds_the_conversation_changes_nothing() -> None:
    Citizen(owner=Owner.QUEUE).says("@泉城12345 路灯不亮", **REMARK).hears_of("请私信我们")


@pytest.mark.parametrize("locale", LOCALES)
def test_public_words_are_short_and_ask_for_nothing_personal(locale: str) -> None:
    for key in ("public.invite", "public.urgent"):
        words = phrases(locale)(key, hotline="泉城市12345")
        assert len(words) <= 130
        assert not [asked for asked in ("姓名", "电话", "手机", "身份证", "name", "phone", "ID") if asked in words]
