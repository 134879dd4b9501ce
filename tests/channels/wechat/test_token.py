"""The access token under load: one fetch for all, one refresh, no storms."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from channels.errors import Credential, Later, SendError
from channels.wechat.adapter import WeChat
from tests.channels.wechat.case import OUTBOUND
from tests.channels.wechat.conftest import Clock
from tests.channels.wechat.peer import WeChatPeer, playing


@pytest.fixture
def patience() -> float:
    """Crowds need some: two hundred calls share a hundred connections, and the machine with other work."""
    return 30.0


@pytest.fixture
async def peer(patience: float) -> AsyncIterator[WeChatPeer]:
    async with playing() as one:
        one.settings["timeout_seconds"] = patience
        yield one


async def crowd(wechat: WeChat, size: int = 200) -> list[object]:
    return list(await asyncio.gather(*(wechat.send(OUTBOUND) for _ in range(size)), return_exceptions=True))


async def test_two_hundred_sends_fetch_one_token(peer: WeChatPeer, wechat: WeChat) -> None:
    peer.token_delay = 0.05
    assert await crowd(wechat) == ["200228332"] * 200
    assert len(peer.token_calls) == 1


async def test_two_hundred_refused_sends_refresh_once(peer: WeChatPeer, wechat: WeChat) -> None:
    await wechat.send(OUTBOUND)
    peer.knock_out()
    peer.token_delay = 0.05
    assert await crowd(wechat) == ["200228332"] * 200
    assert len(peer.token_calls) == 2
    assert [call["force_refresh"] for call in peer.token_calls] == [False, False]


async def test_a_token_refused_for_good_ends_in_few_calls(peer: WeChatPeer, wechat: WeChat) -> None:
    peer.never_content = True
    outcomes = await crowd(wechat, 50)
    assert {type(outcome) for outcome in outcomes} == {Credential}
    assert peer.refusals == 100  # each send asked twice, not more
    assert sum(call["force_refresh"] for call in peer.token_calls) == 1
    assert len(peer.token_calls) <= 4


async def test_a_wrong_secret_is_asked_once_by_a_crowd(peer: WeChatPeer, wechat: WeChat) -> None:
    peer.token_delay = 0.05
    peer.token_errors = [{"errcode": 40125, "errmsg": "invalid appsecret rid: 1-1"}] * 5
    outcomes = await crowd(wechat)
    assert {type(outcome) for outcome in outcomes} == {Credential}
    assert len(peer.token_calls) == 1
    assert "secret-of" not in str(outcomes[0])


async def test_an_old_token_is_renewed_five_minutes_early(peer: WeChatPeer, wechat: WeChat, clock: Clock) -> None:
    await wechat.send(OUTBOUND)
    clock.now += timedelta(seconds=6899)
    await wechat.send(OUTBOUND)
    assert len(peer.token_calls) == 1
    clock.now += timedelta(seconds=1)
    await wechat.send(OUTBOUND)
    assert len(peer.token_calls) == 2


async def test_a_forced_refresh_waits_half_a_minute(peer: WeChatPeer, wechat: WeChat, clock: Clock) -> None:
    peer.never_content = True
    for seconds, forced in ((0, 1), (29, 1), (1, 2)):
        clock.now += timedelta(seconds=seconds)
        with pytest.raises(Credential):
            await wechat.send(OUTBOUND)
        assert sum(call["force_refresh"] for call in peer.token_calls) == forced


@pytest.mark.parametrize(
    ("answer", "decision"),
    [
        ({"errcode": -1, "errmsg": "system error"}, Later),
        ({"errcode": 45009, "errmsg": ""}, Later),
        ({"errcode": 45011, "errmsg": ""}, Later),
        ({"errcode": 9001002, "errmsg": ""}, Later),
        ({"errcode": 40164, "errmsg": "invalid ip 1.2.3.4"}, Credential),
        ({"errcode": 40243, "errmsg": ""}, Credential),
        ({"access_token": "", "expires_in": 7200}, Later),
        ({"access_token": "t", "expires_in": "soon"}, Later),
    ],
)
async def test_trouble_with_the_token_is_never_unknown(
    peer: WeChatPeer, wechat: WeChat, answer: dict[str, object], decision: type[SendError]
) -> None:
    peer.token_errors = [answer]
    with pytest.raises(decision) as caught:
        await wechat.send(OUTBOUND)
    assert type(caught.value) is decision
    assert peer.calls == []
    assert await wechat.send(OUTBOUND) == "200228332"


@pytest.mark.parametrize("patience", [0.4])
async def test_a_slow_token_is_later_and_closing_stops_it(peer: WeChatPeer, wechat: WeChat) -> None:
    peer.token_delay = 5
    with pytest.raises(Later):
        await wechat.send(OUTBOUND)
    waiting = asyncio.create_task(wechat.send(OUTBOUND))
    await asyncio.sleep(0.05)
    await wechat.close()
    (outcome,) = await asyncio.gather(waiting, return_exceptions=True)
    assert isinstance(outcome, asyncio.CancelledError)
