"""An account at each provider, called and calling over loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from aiohttp import ClientSession

from channels.adapter import Request, Tools
from channels.errors import BadSignature, Credential, Later, Malformed, Never, SendError, TooLarge, Unknown
from channels.message import Notice, Say, Stage
from channels.sms.adapter import Sms
from channels.sms.building import build
from channels.sms.settings import SmsSettings
from tests.channels.sms.case import ACCEPTED, ALIYUN, HOOK_SECRET, TENCENT, pushed
from tests.channels.sms.peer import AliyunPeer, SmsPeer, TencentPeer, playing

NOW = datetime(2026, 1, 1, 15, 0, tzinfo=UTC)  # an hour before Beijing's midnight
KINDS = {"aliyun": (AliyunPeer, ALIYUN), "tencent": (TencentPeer, TENCENT)}


def account(settings: Any, http: Any = None) -> Sms:
    return build("city", SmsSettings.model_validate(settings), Tools(now=lambda: NOW, http=lambda: http))


@pytest.fixture(params=KINDS)
async def pair(request: pytest.FixtureRequest) -> AsyncIterator[tuple[SmsPeer, Sms]]:
    kind, settings = KINDS[request.param]
    async with playing(kind) as peer, ClientSession() as http:
        yield peer, account({**settings, **peer.settings}, http)


async def failure(adapter: Sms) -> SendError:
    with pytest.raises(SendError) as error:
        await adapter.send(ACCEPTED)
    return error.value


async def test_what_the_providers_take() -> None:
    async with playing(AliyunPeer) as peer, ClientSession() as http:
        assert await account({**ALIYUN, **peer.settings}, http).send(ACCEPTED) == "900619746936498441^0"
        assert peer.taken == [
            {
                "PhoneNumbers": "13800138000",
                "SignName": "示例市",
                "TemplateCode": "SMS_123456789",
                "TemplateParam": {"no": "26010100001", "unit": "市城市管理局"},
                "OutId": "hub-msg-1",
                "SmsUpExtendCode": "12",
            }
        ]
    async with playing(TencentPeer) as peer, ClientSession() as http:
        assert await account({**TENCENT, **peer.settings}, http).send(ACCEPTED) == "2645:1"
        assert peer.taken[0]["PhoneNumberSet"] == ["+8613800138000"]
        assert peer.taken[0]["TemplateParamSet"] == ["26010100001", "市城市管理局"]
        assert peer.taken[0]["ExtendCode"] == "12"


async def test_the_id_of_a_send_is_the_id_of_its_report(pair: tuple[SmsPeer, Sms]) -> None:
    _, adapter = pair
    provider_id = await adapter.send(ACCEPTED)
    bodies = {
        AliyunPeer: '[{"biz_id":"%s","success":true}]',
        TencentPeer: '[{"sid":"%s","report_status":"SUCCESS"}]',
    }
    body = bodies[type(pair[0])] % provider_id
    receipt = adapter.parse(pushed("report", body.encode())).receipts[0]
    assert (receipt.provider_id, receipt.stage) == (provider_id, Stage.DELIVERED)


async def test_free_words_leave_in_the_template_for_replies(pair: tuple[SmsPeer, Sms]) -> None:
    peer, adapter = pair
    await adapter.send(replace(ACCEPTED, body=Say("已收到，\n正在核实🙂 & 100%"), route="direct"))
    await adapter.send(replace(ACCEPTED, body=Notice("ticket.accepted", {"number": "1"}, "已受理"), route="direct"))
    sent = [one.get("TemplateParam") or dict(enumerate(one["TemplateParamSet"])) for one in peer.taken]
    assert [list(values.values()) for values in sent] == [["已收到， 正在核实🙂 & 100%"], ["已受理"]]


@pytest.mark.parametrize(
    ("body", "route", "told"),
    [
        (Say("字" * 36), "direct", "longer than the 35"),
        (Notice("survey.ask", {}), "template", "templates.survey.ask"),
        (Notice("ticket.accepted", {"number": "1"}), "template", '"unit"'),
        (Say("  "), "direct", '"text"'),
    ],
)
async def test_what_no_template_can_carry_never_leaves(
    pair: tuple[SmsPeer, Sms], body: Say | Notice, route: str, told: str
) -> None:
    peer, adapter = pair
    with pytest.raises(Never, match=told):
        await adapter.send(replace(ACCEPTED, body=body, route=route))
    assert peer.taken == []


async def test_without_a_template_for_replies_there_are_none() -> None:
    adapter = account({**ALIYUN, "templates": {}})
    with pytest.raises(Never, match=r"templates\.reply"):
        await adapter.send(replace(ACCEPTED, body=Say("您好"), route="direct"))


async def test_a_long_variable_of_a_notice_is_shortened(pair: tuple[SmsPeer, Sms]) -> None:
    peer, adapter = pair
    notice = Notice("ticket.accepted", {"number": "1", "unit": "某" * 60})
    await adapter.send(replace(ACCEPTED, body=notice))
    assert "某" * 34 + "…" in str(peer.taken[0])


async def test_a_wrong_key_stops_the_account(pair: tuple[SmsPeer, Sms]) -> None:
    peer, _ = pair
    settings = KINDS["aliyun" if isinstance(peer, AliyunPeer) else "tencent"][1]
    async with ClientSession() as http:
        error = await failure(account({**settings, **peer.settings, "access_key_secret": "wrong"}, http))
    assert type(error) is Credential
    assert error.code == peer.bad_signature


@pytest.mark.parametrize(
    ("words", "after"),
    [
        ("触发分钟级流控Permits:1", 60),
        ("触发小时级流控Permits:5", 3600),
        ("触发天级流控Permits:10", 86_400),
        ("业务限流", 3600),
    ],
)
async def test_aliyun_says_in_words_how_long_to_wait(words: str, after: float) -> None:
    async with playing(AliyunPeer) as peer, ClientSession() as http:
        peer.words = words
        peer.refuse("isv.BUSINESS_LIMIT_CONTROL")
        error = await failure(account({**ALIYUN, **peer.settings}, http))
    assert isinstance(error, Later)
    assert (error.after, error.whole_account) == (after, False)


@pytest.mark.parametrize(
    ("code", "after", "whole"),
    [
        ("LimitExceeded.PhoneNumberThirtySecondLimit", 30, False),
        ("LimitExceeded.PhoneNumberOneHourLimit", 3600, False),
        ("LimitExceeded.PhoneNumberDailyLimit", 3600, False),  # NOW is an hour before midnight
        ("LimitExceeded.DeliveryFrequencyLimit", 1, True),
        ("InternalError.OtherError", None, False),
    ],
)
async def test_tencent_says_by_code_how_long_to_wait(code: str, after: float | None, whole: bool) -> None:
    async with playing(TencentPeer) as peer, ClientSession() as http:
        peer.refuse(code)
        error = await failure(account({**TENCENT, **peer.settings}, http))
    assert isinstance(error, Later)
    assert (error.after, error.whole_account) == (after, whole)


@pytest.mark.parametrize(
    ("status", "body", "wanted"),
    [
        (502, b"<html>bad gateway</html>", Unknown),
        (200, b"{}", Unknown),
        (200, b'{"Code":"OK"}', Unknown),
        (200, b'{"Response":{"SendStatusSet":[]}}', Unknown),
        (429, b"slow down", Later),
        (404, b"not found", Credential),
        (301, b"", Credential),
    ],
)
async def test_an_answer_nobody_can_read(
    pair: tuple[SmsPeer, Sms], status: int, body: bytes, wanted: type[SendError]
) -> None:
    peer, adapter = pair
    peer.raw = (status, body)
    assert type(await failure(adapter)) is wanted


async def test_an_error_never_shows_the_phone(pair: tuple[SmsPeer, Sms]) -> None:
    peer, adapter = pair
    peer.refuse("isv.MOBILE_NUMBER_ILLEGAL")
    error = await failure(adapter)
    assert "13800138000" not in repr(error) + str(error.__context__)


def call(method: str = "POST", *, tail: str = f"{HOOK_SECRET}/reply", body: bytes = b"", remote: str = "") -> Request:
    return Request(method=method, query={}, headers={}, body=body, received_at=NOW, tail=tail, remote=remote)


def test_the_check_of_our_address_gets_the_exact_answer() -> None:
    answer = account(ALIYUN).verify(call("GET"))
    assert answer is not None
    assert (answer.status, answer.body.decode(), answer.content_type) == (
        200,
        '{"code":0,"msg":"成功"}',
        "application/json",
    )
    with pytest.raises(BadSignature):
        account(ALIYUN).verify(call("GET", tail="guess/reply"))


@pytest.mark.parametrize("tail", [f"{HOOK_SECRET}/other", f"{HOOK_SECRET}/reply/more", f"{HOOK_SECRET}reply"])
def test_only_the_two_addresses_exist(tail: str) -> None:
    with pytest.raises(BadSignature):
        account(ALIYUN).verify(call(tail=tail))


@pytest.mark.parametrize(
    ("remote", "let_in"),
    [("203.0.113.9", True), ("198.51.100.1", False), ("", False), ("nonsense", False), ("::1", False)],
)
def test_only_allowed_nets_may_call(remote: str, let_in: bool) -> None:
    adapter = account({**ALIYUN, "allowed_nets": ["203.0.113.0/24"]})
    if let_in:
        assert adapter.verify(call(remote=remote)) is None
    else:
        with pytest.raises(BadSignature):
            adapter.verify(call(remote=remote))


def test_answers_are_what_each_provider_understands() -> None:
    aliyun, tencent = account(ALIYUN), account(TENCENT)
    assert aliyun.answer(call(), None).body.decode() == '{"code":0,"msg":"接收成功"}'
    assert tencent.answer(call(), None).body == b'{"result":0,"errmsg":"OK"}'
    assert aliyun.refuse(call(), 503).status == 503
    assert b'"code":0' not in aliyun.refuse(call(), 503).body
    assert b'"result":0' not in tencent.refuse(call(), 503).body


def test_a_huge_body_is_too_large() -> None:
    with pytest.raises(TooLarge):
        account(ALIYUN).verify(call(body=b"x" * (1 << 20) + b"x"))


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            b'[{"phone_number":"1381111****","content":"x","send_time":"2026-01-01 16:00:00"}]',
            "phone_number is not a phone",
        ),
        (b'[{"phone_number":"13800138000","content":"x","send_time":"yesterday"}]', "send_time is not a time"),
        (b'[{"phone_number":"13800138000","send_time":"2026-01-01 16:00:00"}]', "neither a reply nor a report"),
        (b'[{"biz_id":"1","success":"perhaps"}]', r"body\[0\]\.success is a text, not true or false"),
    ],
)
def test_what_cannot_be_read_says_where(body: bytes, told: str) -> None:
    with pytest.raises(Malformed, match=told):
        account(ALIYUN).parse(call(body=body))


def test_an_empty_push_says_nothing() -> None:
    assert account(ALIYUN).parse(call(body=b"[]")).messages == ()


def test_which_notices_have_a_template() -> None:
    settings = {**ALIYUN, "templates": {**ALIYUN["templates"], "survey.ask": {"params": {}}}}  # type: ignore[dict-item]
    assert account(settings).templates == {"ticket.accepted"}
