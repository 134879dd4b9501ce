"""Messages out, against WeChat's API played on loopback."""

from __future__ import annotations

import asyncio
import socket
from datetime import timedelta
from typing import Any

import aiohttp
import pytest

from channels.adapter import Tools
from channels.capabilities import Permit
from channels.errors import Credential, Later, Never, OptedOut, SendError, Unknown, WindowClosed
from channels.message import Address, Choice, Notice, Outbound, Say
from channels.wechat import CHANNEL
from channels.wechat.adapter import WeChat
from channels.wechat.errors import error_of
from channels.wechat.render import template_message
from channels.wechat.settings import Template
from channels.wechat.values import value_of
from tests.channels.wechat.case import ACCOUNT, EXPECTED, OUTBOUND
from tests.channels.wechat.conftest import Clock
from tests.channels.wechat.peer import WeChatPeer

TO = Address("wechat", "city", "oCitizen")
CHOICES = (Choice("r5.T1", "满意", "5"), Choice("r1.T1", "不满意", "1"))
PARAMS = {"number": "2026 0101", "title": "泉景路路灯\n不亮" * 5, "state": "已受理待分派"}


def notice(key: str, params: dict[str, str] = PARAMS, *, route: str = "template") -> Outbound:
    return Outbound(key="hub-9", address=TO, body=Notice(key, params, "您的工单已受理"), route=route)


async def test_words_leave_as_they_are(peer: WeChatPeer, wechat: WeChat) -> None:
    assert await wechat.send(OUTBOUND) == "200228332"
    ((path, sent, raw),) = peer.calls
    assert path == "/cgi-bin/message/custom/send"
    assert sent == {"touser": "oCitizen", "msgtype": "text", "text": {"content": "您好，已收到"}}
    assert "您好".encode() in raw
    (asked,) = peer.token_calls
    assert asked["appid"] == ACCOUNT["app_id"]
    assert asked["force_refresh"] is False


async def test_choices_leave_as_a_menu_or_else_as_words(peer: WeChatPeer, wechat: WeChat) -> None:
    out = Outbound(key="k", address=TO, body=Notice("survey.ask", {}, "请评价", CHOICES))
    await wechat.send(out)
    menu = peer.calls[0][1]["msgmenu"]
    assert menu["head_content"] == "请评价"
    assert menu["list"] == [{"id": "r5.T1", "content": "满意"}, {"id": "r1.T1", "content": "不满意"}]
    peer.errors = [{"errcode": 40200, "errmsg": "invalid account type"}]
    await wechat.send(out)
    assert [sent["msgtype"] for _, sent, _ in peer.calls] == ["msgmenu", "msgmenu", "text"]
    assert peer.calls[-1][1]["text"]["content"] == "请评价\n5 满意 1 不满意"


async def test_a_template_is_filled_and_cut_to_its_fields(peer: WeChatPeer, wechat: WeChat) -> None:
    assert await wechat.send(notice("ticket.accepted")) == "200228332"
    ((path, sent, _),) = peer.calls
    assert path == "/cgi-bin/message/template/send"
    assert sent["client_msg_id"] == "hub-9"
    assert sent["url"] == "https://hub.example/t/2026%200101"
    values = {key: field["value"] for key, field in sent["data"].items()}
    assert values["character_string1"] == "2026 0101"
    assert values["phrase3"] == "已受理待分"
    assert len(values["thing2"]) == 20
    assert values["thing2"].startswith("泉景路路灯 不亮泉")
    assert values["thing2"].endswith("…")


async def test_a_subscription_notice(peer: WeChatPeer, wechat: WeChat) -> None:
    await wechat.send(notice("survey.ask", {"title": "", "number": "7"}, route="subscription"))
    ((path, sent, _),) = peer.calls
    assert path == "/cgi-bin/message/subscribe/bizsend"
    assert sent["page"] == "pages/rate?no=7"
    assert sent["data"] == {"thing1": {"value": "无"}}
    assert wechat.permits == {"survey.ask": Permit("TPL_survey", lasting=True)}


async def test_a_notice_goes_by_the_template_of_the_route(peer: WeChatPeer, wechat: WeChat) -> None:
    await wechat.send(notice("survey.ask", {"title": "路灯", "due": "2026-09-04"}))
    ((path, sent, _),) = peer.calls
    assert (path, sent["template_id"]) == ("/cgi-bin/message/template/send", "TPL_survey_t")
    assert sent["data"]["date2"]["value"] == "2026年9月4日"


async def test_what_does_not_fit_a_field_goes_another_way(peer: WeChatPeer, wechat: WeChat) -> None:
    with pytest.raises(WindowClosed, match="date2") as caught:
        await wechat.send(notice("survey.ask", {"title": "路灯", "due": "尽快"}))
    assert caught.value.code == ""
    assert peer.calls == []


@pytest.mark.parametrize(
    "out",
    [
        notice("ticket.closed"),
        notice("ticket.unheard"),
        notice("survey.ask", {}, route="subscription"),
        notice("ticket.accepted", route="subscription"),
        Outbound(key="k", address=TO, body=Say("自由的话"), route="template"),
        Outbound(key="k", address=TO, body=Say("x"), route="inline"),
        Outbound(key="k", address=TO, body=Say(" \x00")),
    ],
)
async def test_what_cannot_leave_is_told_before_anything_is_called(
    peer: WeChatPeer, wechat: WeChat, out: Outbound
) -> None:
    with pytest.raises(Never):
        await wechat.send(out)
    assert peer.token_calls == []
    assert wechat.templates == {"ticket.accepted", "survey.ask"}


@pytest.mark.parametrize("code", EXPECTED)
async def test_every_code_is_a_decision(peer: WeChatPeer, wechat: WeChat, code: str) -> None:
    peer.refuse(code)
    with pytest.raises(SendError) as caught:
        await wechat.send(OUTBOUND)
    assert type(caught.value) is EXPECTED[code]
    assert caught.value.code == code
    assert "rid: 6512-aa" in str(caught.value)


async def test_a_repeated_client_id_was_taken_before(peer: WeChatPeer, wechat: WeChat) -> None:
    peer.refuse("45065")
    assert await wechat.send(OUTBOUND) == ""


def test_of_their_words_only_what_an_operator_needs_is_kept(clock: Clock) -> None:
    error = error_of(47003, "argument invalid! data.thing2.value invalid 路灯 rid: 65aa-01", now=clock())
    assert "data.thing2.value rid: 65aa-01" in str(error)
    assert "路灯" not in str(error)
    assert type(error_of(123456, "路灯", now=clock())) is Never


async def test_the_day_s_quota_ends_at_midnight_in_china(peer: WeChatPeer, wechat: WeChat, clock: Clock) -> None:
    peer.refuse("45009")
    with pytest.raises(Later) as caught:
        await wechat.send(OUTBOUND)
    assert caught.value.whole_account
    assert caught.value.after == 8 * 3600  # 16:00 in Shanghai
    clock.now += timedelta(hours=7, minutes=59, seconds=59)
    with pytest.raises(Later) as caught:
        await wechat.send(OUTBOUND)
    assert caught.value.after == 1


@pytest.mark.parametrize(
    ("status", "raw", "decision"),
    [
        (500, b"", Unknown),
        (502, b"<html>", Unknown),
        (200, b"<html>", Unknown),
        (200, b"[]", Unknown),
        (200, b'{"errcode":"x"}', Unknown),
        (302, b"", Unknown),
        (429, b"", Later),
        (403, b"", Credential),
        (404, b"", Never),
    ],
)
async def test_strange_answers(
    peer: WeChatPeer, wechat: WeChat, status: int, raw: bytes, decision: type[SendError]
) -> None:
    peer.status, peer.raw = status, raw
    with pytest.raises(decision) as caught:
        await wechat.send(OUTBOUND)
    assert type(caught.value) is decision


async def test_silence_after_the_request_left_is_unknown(peer: WeChatPeer, wechat: WeChat) -> None:
    peer.hang()
    with pytest.raises(Unknown):
        await wechat.send(OUTBOUND)
    peer.drop()
    with pytest.raises(Unknown) as caught:
        await wechat.send(OUTBOUND)
    assert "token-" not in repr(caught.value)
    assert caught.value.__cause__ is None
    assert len(peer.calls) == 2


async def test_what_never_left_is_tried_later(clock: Clock) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        settings: Any = CHANNEL.settings.model_validate({**ACCOUNT, "api_base": base})
        async with aiohttp.ClientSession() as session:
            adapter = CHANNEL.build("city", settings, Tools(now=clock, http=lambda: session))
            with pytest.raises(Later):
                await adapter.send(OUTBOUND)
            await adapter.close()


async def test_closed_windows_and_departed_citizens(peer: WeChatPeer, wechat: WeChat) -> None:
    peer.errors = [{"errcode": code, "errmsg": ""} for code in (45015, 45047, 43004)]
    outcomes = []
    for _ in range(3):
        outcomes += await asyncio.gather(wechat.send(OUTBOUND), return_exceptions=True)
    assert [type(outcome) for outcome in outcomes] == [WindowClosed, WindowClosed, OptedOut]


def test_a_template_without_placeholders_needs_no_parameters() -> None:
    template = Template(kind="template", id="T", fields={"first": "您好", "remark": ""})
    _, content = template_message(notice("x", {}), {"x": (template,)})
    assert content["data"] == {"first": {"value": "您好"}, "remark": {"value": "-"}}


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("thing1", "路灯" * 20, "路灯" * 9 + "路…"),
        ("thing1", " \n", "无"),
        ("name2", "姓名" * 9, "姓名" * 5),
        ("phrase3", "办理中已派单", "办理中已派"),
        ("number4", "3", "3"),
        ("number4", "三件", None),
        ("letter5", "abc", "abc"),
        ("letter5", "甲", None),
        ("character_string6", "2609180002175", "2609180002175"),
        ("character_string6", "x" * 33, None),
        ("character_string6", "编号", None),
        ("date7", "2026-09-04", "2026年9月4日"),
        ("time8", "2026-09-04T17:00:00+08:00", "2026年9月4日 17:00"),
        ("time8", "15:01~16:00", "15:01~16:00"),
        ("time8", "", None),
        ("date7", "明天", None),
        ("amount9", "¥12.50", "¥12.50"),
        ("amount9", "很多钱", None),
        ("phone_number10", "0531-12345", "0531-12345"),
        ("keyword1", "任何话", "任何话"),
    ],
)
def test_values_fit_their_fields_or_are_refused(key: str, text: str, value: str | None) -> None:
    if value is None:
        with pytest.raises(WindowClosed, match=key):
            value_of(key, text)
    else:
        assert value_of(key, text) == value
        assert value_of(key, value) == value
