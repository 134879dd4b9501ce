"""Taps on the account's menu speak for the citizen: they lead where the words lead, and harm nothing under way."""

from __future__ import annotations

import pytest

from channels.message import Event
from channels.wechat.menu import menu_faults
from dialog.account_menu import default_menu, leads
from dialog.acts import HandOver, RaiseAlarm, TakeBack
from dialog.phrases import LOCALES
from dialog.view import Owner
from tests.dialog.talk import Citizen

KEYS = [key for entry in default_menu() for key in entry.keys]


@pytest.mark.parametrize("locale", LOCALES)
def test_the_menu_of_a_city_that_wrote_none_can_be_pushed_and_leads_somewhere(locale: str) -> None:
    menu = default_menu(locale)
    assert menu_faults(menu) == []
    assert all(leads(key) for entry in menu for key in entry.keys)
    assert {leads(key) for key in KEYS} >= {"report", "progress", "urge", "supplement", "withdraw", "consult", "human"}


@pytest.mark.parametrize("key", KEYS)
def test_a_tap_is_answered_as_the_words_are(key: str) -> None:
    tapped, typed = Citizen(buttons=True).happens(Event.MENU, key), Citizen(buttons=True).says(key)
    assert tapped.heard == typed.heard != ""
    assert [type(act) for act in tapped.did] == [type(act) for act in typed.did]
    assert (tapped.memory.flow, tapped.memory.step) == (typed.memory.flow, typed.memory.step)


@pytest.mark.parametrize("key", ["V1001_TODAY_MUSIC", "跳舞", "路灯坏了", "", "hall-03"])
def test_a_tap_that_leads_nowhere_is_answered_politely(key: str) -> None:
    citizen = Citizen(buttons=True).happens(Event.MENU, key).hears_of("这个菜单暂时没有对应的服务")
    assert len(citizen.said.choices) == 4
    assert citizen.did == []
    assert citizen.memory.locale == "zh_CN"


def test_a_key_is_no_language() -> None:
    assert Citizen().happens(Event.MENU, "report").hears_of("好的，我来为您登记").memory.locale == "zh_CN"


def test_a_tap_is_never_an_answer_to_what_was_asked() -> None:
    citizen = Citizen().says("天桥区明湖西路路灯不亮").says("三天了")
    slots, step = dict(citizen.memory.slots), citizen.memory.step
    for key in ("查询", "催办", "report"):
        citizen.happens(Event.MENU, key)
        assert dict(citizen.memory.slots) == slots, key
        assert citizen.memory.step == step, key
    citizen.happens(Event.MENU, "人工")
    assert isinstance(citizen.one(HandOver), HandOver)
    assert dict(citizen.memory.slots) == slots


@pytest.mark.parametrize("owner", [Owner.AGENT, Owner.QUEUE])
def test_nothing_speaks_over_a_person(owner: Owner) -> None:
    citizen = Citizen(owner=owner)
    for event, text in ((Event.MENU, "查询"), (Event.SCANNED, "01-ab"), (Event.FOLLOWED, ""), (Event.OPENED, "")):
        citizen.happens(event, text).hears_nothing()


def test_leave_for_templates_is_no_talk() -> None:
    for event in (Event.GRANTED, Event.DECLINED, Event.REVOKED):
        Citizen().happens(event, "TPL").hears_nothing()


def test_where_the_provider_has_the_desk_the_citizen_is_given_there_and_back() -> None:
    citizen = Citizen(desk="微信客服功能").says("转人工").hears_of("正在为您转接人工客服")
    assert citizen.one(HandOver) == HandOver("asked", "转人工", "微信客服功能")
    there = Citizen(desk="微信客服功能", owner=Owner.AGENT, away=True)
    there.says("还在吗").hears_nothing()
    assert there.happens(Event.GIVEN_BACK).hears_nothing().did == [TakeBack()]
    ours = Citizen(desk="微信客服功能", owner=Owner.AGENT)
    assert ours.happens(Event.GIVEN_BACK).hears_nothing().did == []


def test_danger_stays_with_our_own_desk_and_comes_back_to_it() -> None:
    here = Citizen(desk="微信客服功能").says("我家燃气泄漏了,味道很大")
    assert here.one(HandOver).desk == ""  # type: ignore[attr-defined]
    away = Citizen(desk="微信客服功能", owner=Owner.AGENT, away=True).says("我家燃气泄漏了,味道很大")
    assert [type(act) for act in away.did][:3] == [RaiseAlarm, TakeBack, HandOver]
