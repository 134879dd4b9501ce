"""Public remarks are looked for: each once, the oldest first, none from before we came, and no source holds up another."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import aclosing
from typing import Any

import pytest

from channels.errors import Credential, Later
from channels.message import Batch
from channels.weibo import watching
from channels.weibo.watching import cursor_of, marks_of
from tests.channels.weibo.peer import UID, WeiboPeer

AT_HOME = cursor_of({"mentions": 1, "comment_mentions": 1, "comments": 1})


async def some(weibo: Any, cursor: str, count: int) -> list[tuple[Batch, str]]:
    found = []
    async with asyncio.timeout(5), aclosing(weibo.poll(cursor)) as batches:
        async for one in batches:
            found.append(one)
            if len(found) == count:
                break
    return found


def texts(found: list[tuple[Batch, str]]) -> list[str]:
    return [one.text for batch, _ in found for one in batch.messages]


async def test_what_was_said_before_we_came_is_not_answered(peer: WeiboPeer, weibo: Any) -> None:
    peer.mention("@泉城12345 旧的")
    newest = peer.mention("@泉城12345 也是旧的")
    found = await some(weibo, "", 3)
    assert texts(found) == []
    assert marks_of(found[-1][1]) == {"mentions": newest, "comment_mentions": 0, "comments": 0}
    assert [query["since_id"] for _, query in peer.looks] == ["0", "0", "0"]
    peer.mention("@泉城12345 新的")
    peer.comment("井盖坏了")
    assert texts(await some(weibo, found[-1][1], 2)) == ["@泉城12345 新的", "井盖坏了"]


async def test_pages_are_walked_to_the_end_and_told_from_the_oldest_on(
    peer: WeiboPeer, weibo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "AT_ONCE", 4)
    peer.page = 3
    ids = [peer.mention(f"@泉城12345 第{n}件") for n in range(10)]
    found = await some(weibo, AT_HOME, 3)
    assert texts(found) == [f"@泉城12345 第{n}件" for n in range(10)]
    assert [marks_of(cursor)["mentions"] for _, cursor in found] == [ids[3], ids[7], ids[9]]
    # Died after the second batch: the rest is read again, and nothing else.
    assert texts(await some(weibo, found[1][1], 1)) == ["@泉城12345 第8件", "@泉城12345 第9件"]


async def test_a_flood_further_back_than_we_look_is_told(
    peer: WeiboPeer, weibo: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "_PAGES", 2)
    peer.page = 3
    for n in range(10):
        peer.mention(f"@泉城12345 第{n}件")
    found = await some(weibo, AT_HOME, 2)
    assert found[0][0].ignored == ("further back than we look",)
    assert texts(found) == [f"@泉城12345 第{n}件" for n in range(4, 10)]


async def test_a_page_that_never_changes_ends_the_walk(peer: WeiboPeer, weibo: Any) -> None:
    peer.mention("@泉城12345 一件")
    peer.stubborn = True
    assert texts(await some(weibo, AT_HOME, 1)) == ["@泉城12345 一件"]
    assert len(peer.looks) == 2


async def test_a_comment_found_in_two_ways_is_one(peer: WeiboPeer, weibo: Any) -> None:
    peer.comment("@泉城12345 井盖坏了")
    peer.remarks["comments/mentions"] = peer.remarks["comments/to_me"]
    first, second = (batch.messages for batch, _ in await some(weibo, AT_HOME, 2))
    assert first == second


async def test_our_own_words_move_the_mark_and_are_not_heard(peer: WeiboPeer, weibo: Any) -> None:
    mine = peer.comment("回复@某人:请私信我们", uid=int(UID))
    ((batch, cursor),) = await some(weibo, AT_HOME, 1)
    assert (batch.messages, batch.ignored) == ((), ("our own",))
    assert marks_of(cursor)["comments"] == mine


async def test_one_source_that_fails_does_not_hide_the_others(peer: WeiboPeer, weibo: Any) -> None:
    peer.errors["/2/statuses/mentions.json"] = [(403, {"error": "Insufficient app permissions!", "error_code": 10014})]
    peer.comment("井盖坏了")
    polled = weibo.poll(AT_HOME)
    batch, cursor = await anext(polled)
    assert [one.text for one in batch.messages] == ["井盖坏了"]
    with pytest.raises(Credential):
        await anext(polled)
    assert marks_of(cursor)["mentions"] == 1


@pytest.mark.parametrize(
    ("answer", "decision", "after"),
    [
        ((403, {"error": "out of rate limit", "error_code": 10022}), Later, 1200),
        ((400, {"error": "param error", "error_code": 10008}), Later, 1),
        ((403, {"error": "expired_token", "error_code": 21327}), Credential, None),
        ((502, {}), Later, 1),
        ((200, {"statuses": 7}), Later, 1),
        ((200, {"users": []}), Later, 1),
    ],
)
async def test_looking_ends_in_an_operator_s_care_or_is_done_again(
    peer: WeiboPeer, weibo: Any, answer: tuple[int, dict[str, Any]], decision: type[Exception], after: float | None
) -> None:
    peer.errors["/2/statuses/mentions.json"] = [answer]
    with pytest.raises(decision) as caught:
        await anext(weibo.poll(AT_HOME))
    assert type(caught.value) is decision
    assert getattr(caught.value, "after", None) == after


async def test_reposts_are_asked_for_only_where_wanted(peer: WeiboPeer, opened: Callable[..., Any]) -> None:
    for wanted in (False, True):
        await some(opened(reposts=wanted, public=["mentions"]), "", 1)
    assert [query["filter_by_type"] for _, query in peer.looks] == ["1", "0"]


@pytest.mark.parametrize("cursor", ["", "x", "[]", '{"mentions": "y"}', "\udcff", "{}"])
def test_a_cursor_that_says_nothing(cursor: str) -> None:
    assert marks_of(cursor) == {}
