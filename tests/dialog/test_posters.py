"""A poster's code names the district, until the citizen names another; voices; the moment to ask for leave."""

from __future__ import annotations

from datetime import timedelta

import pytest

from channels.message import Attachment, Event, Kind
from dialog.acts import OpenTicket
from dialog.view import PosterView
from tests.dialog.talk import Citizen

HERE = PosterView("04-ab12cd34", "04")
VOICE = Attachment("voice-1", Kind.VOICE, "audio/amr")


def scanned(event: Event = Event.SCANNED, poster: PosterView | None = HERE) -> Citizen:
    citizen = Citizen(poster=poster)
    citizen.happens(event, poster.scene if poster else "somebody's")
    return citizen


def opened(citizen: Citizen, *answers: str) -> OpenTicket:
    for answer in answers:
        citizen.says(answer)
    act = citizen.one(OpenTicket)
    assert isinstance(act, OpenTicket)
    return act


@pytest.mark.parametrize("event", [Event.SCANNED, Event.FOLLOWED])
def test_a_report_begun_there_knows_its_district(event: Event) -> None:
    citizen = scanned(event).hears_of("您扫描的是天桥区的二维码", "您好，这里是")
    citizen.says("路灯不亮").says("实验小学门口").says("三天了")
    citizen.hears_of("地点：天桥区实验小学门口")
    assert opened(citizen, "提交").draft.district == "04"


def test_the_citizen_s_own_word_counts_more() -> None:
    citizen = scanned().says("历下区泉城路路灯不亮,三天了")
    assert "天桥" not in citizen.heard
    assert opened(citizen, "提交").draft.district == "01"


def test_the_poster_is_forgotten_the_day_after() -> None:
    citizen = scanned()
    citizen.now += timedelta(hours=25)
    assert opened(citizen, "路灯不亮", "实验小学门口", "三天了", "提交").draft.district == ""
    assert citizen.memory.came == {}


def test_a_code_that_is_not_ours_does_no_harm() -> None:
    citizen = scanned(poster=None).hears_of("您好，这里是")
    assert "二维码" not in citizen.heard
    assert citizen.memory.came == {}
    assert citizen.memory.locale == "zh_CN"


def test_a_poster_of_the_whole_city_only_counts() -> None:
    citizen = scanned(poster=PosterView("city-1", "")).hears_of("您好，这里是")
    assert "二维码" not in citizen.heard
    assert citizen.memory.came["scene"] == "city-1"


def test_a_scan_in_the_middle_of_a_report_leaves_the_report() -> None:
    citizen = Citizen(poster=HERE).says("路灯不亮")
    before = dict(citizen.memory.slots)
    citizen.happens(Event.SCANNED, HERE.scene).hears_of("您扫描的是天桥区的二维码")
    assert dict(citizen.memory.slots) == before
    assert opened(citizen, "实验小学门口", "三天了", "提交").draft.district == "04"


def test_leave_is_asked_for_when_a_ticket_opens() -> None:
    page = "https://mp.weixin.qq.com/s/leave"
    citizen = Citizen(permit_page=page).says("天桥区明湖西路12号路灯不亮,三天了").says("提交")
    citizen.hears_of("已受理", page)
    assert page not in Citizen().says("天桥区明湖西路12号路灯不亮,三天了").says("提交").heard


def test_a_recognised_voice_is_words_and_says_so_on_the_ticket() -> None:
    citizen = Citizen().says("天桥区明湖西路12号路灯不亮,三天了", VOICE, kind=Kind.VOICE)
    made = opened(citizen, "提交").draft
    assert made.attachments == ("voice-1",)
    assert made.content.startswith("天桥区明湖西路12号路灯不亮,三天了")
    assert "语音识别" in made.content


def test_a_voice_without_words_is_kept_and_asked_for_in_writing() -> None:
    citizen = Citizen().says("反映问题").says("", VOICE).hears_of("收到您的语音，已经保留")
    made = opened(citizen, "天桥区明湖西路12号路灯不亮,三天了", "提交").draft
    assert made.attachments == ("voice-1",)
    assert "语音识别" not in made.content


def test_a_voice_in_the_middle_of_a_report_answers_no_question() -> None:
    citizen = Citizen().says("路灯不亮")
    step, asked = citizen.memory.step, citizen.memory.slots["asked"]
    citizen.says("", VOICE).hears_of("收到您的语音")
    assert (citizen.memory.step, citizen.memory.slots["asked"]) == (step, asked)
    made = opened(citizen, "天桥区明湖西路12号", "三天了", "提交").draft
    assert made.attachments == ("voice-1",)


def test_a_voice_about_a_danger_goes_to_those_on_duty() -> None:
    Citizen().says("我家燃气泄漏了,味道很大").says("", VOICE).hears_of("收到，已补充给值班人员")


def test_a_voice_out_of_nowhere_is_asked_for_in_writing() -> None:
    Citizen().says("", VOICE).hears_of("请用文字再说一遍")
