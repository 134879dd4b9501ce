"""Private messages and invitations out, files in, against Weibo played on loopback."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import unquote

import pytest

from channels.errors import Credential, Later, Never, SendError, Unknown, WindowClosed
from channels.fit import fit
from channels.message import Address, Attachment, Choice, Kind, Notice, Outbound, Say
from channels.weibo.capabilities import CAPABILITIES
from channels.weibo.errors import error_of
from dialog.phrases import LOCALES, phrases
from tests.channels.weibo.case import OUTBOUND, called
from tests.channels.weibo.conftest import NOW
from tests.channels.weibo.peer import PUBLIC_TOKEN, TOKEN, WeiboPeer
from tests.channels.weibo.test_reading import SAMPLES, WEIBO

TEXT = (SAMPLES / "messages" / "text.json").read_bytes()
INVITATION = Say("感谢关注。请私信我们说明事情和地点。")
ON_A_COMMENT = Outbound(
    key="r:1",
    address=Address("weibo", "city", "public:5000067890"),
    body=INVITATION,
    in_reply_to="comment:5200000000000001:5200000000000201",
)
ON_A_POST = replace(ON_A_COMMENT, in_reply_to="status:5200000000000101")


@pytest.mark.parametrize(
    ("words", "data"),
    [
        ("中文消息", "%7B%22text%22%3A%22%E4%B8%AD%E6%96%87%E6%B6%88%E6%81%AF%22%7D"),  # the wiki's example
        (
            "您的诉求已受理",
            "%7B%22text%22%3A%22%E6%82%A8%E7%9A%84%E8%AF%89%E6%B1%82%E5%B7%B2%E5%8F%97%E7%90%86%22%7D",
        ),
    ],
)
def test_the_reply_in_the_response_is_weibo_s_published_form(words: str, data: str) -> None:
    answer = WEIBO.answer(called("", TEXT), Say(words))
    assert answer.content_type == "application/json"
    wanted = {"result": True, "sender_id": "6000012345", "receiver_id": "5000067890", "type": "text", "data": data}
    assert json.loads(answer.body) == wanted


def test_choices_are_listed_and_nothing_to_say_is_an_empty_body() -> None:
    answer = WEIBO.answer(called("", TEXT), Say("请评价", (Choice("a", "满意", "1"), Choice("b", "不满意", "2"))))
    assert json.loads(unquote(json.loads(answer.body)["data"]))["text"] == "请评价\n1 满意 2 不满意"
    for nothing in (None, Say(""), Say(" \x00")):
        assert WEIBO.answer(called("", TEXT), nothing).body == b""


async def test_a_private_message_is_one_form_encoded_once(peer: WeiboPeer, weibo: Any) -> None:
    assert await weibo.send(OUTBOUND) == ""
    (form,) = peer.said
    assert form == {
        "access_token": TOKEN,
        "type": "text",
        "data": '{"text":"您好，已收到"}',
        "receiver_id": "5000067890",
        "save_sender_box": "1",
    }


async def test_a_commercial_account_has_other_addresses(peer: WeiboPeer, opened: Callable[..., Any]) -> None:
    weibo = opened(commercial=True)
    peer.errors["/2/messages/reply.json"] = peer.errors["/2/comments/reply.json"] = [(404, {})] * 2
    await weibo.send(OUTBOUND)
    await weibo.send(ON_A_COMMENT)
    assert [path for path, _ in peer.comments] == ["/2/comments/reply/biz.json"]


async def test_a_full_text_and_a_longer_one_are_taken(peer: WeiboPeer, weibo: Any) -> None:
    for words in ("长" * 299, "长" * 900):
        await weibo.send(replace(OUTBOUND, body=fit(Notice("ticket.replied", {}, words), CAPABILITIES)))
    assert [len(json.loads(form["data"])["text"]) for form in peer.said] == [299, 299]
    with pytest.raises(Never):
        await weibo.send(replace(OUTBOUND, body=Say(" \x00")))


async def test_a_comment_is_answered_and_a_post_commented_each_unlike_the_last(peer: WeiboPeer, weibo: Any) -> None:
    assert (await weibo.send(ON_A_COMMENT)).isdigit()
    await weibo.send(ON_A_POST)
    await weibo.send(replace(ON_A_POST, in_reply_to="status:5200000000000102"))
    words = [form.pop("comment") for _, form in peer.comments]
    assert words == [f"{INVITATION.text}（{mark}）" for mark in ("000201", "000101", "000102")]
    assert peer.comments == [
        (
            "/2/comments/reply.json",
            {
                "access_token": PUBLIC_TOKEN,
                "id": "5200000000000001",
                "cid": "5200000000000201",
                "without_mention": "0",
                "rip": "203.0.113.7",
            },
        ),
        ("/2/comments/create.json", {"access_token": PUBLIC_TOKEN, "id": "5200000000000101", "rip": "203.0.113.7"}),
        ("/2/comments/create.json", {"access_token": PUBLIC_TOKEN, "id": "5200000000000102", "rip": "203.0.113.7"}),
    ]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("key", ["public.invite", "public.urgent"])
async def test_every_public_word_of_ours_fits_whole(peer: WeiboPeer, weibo: Any, locale: str, key: str) -> None:
    words = phrases(locale)(key, hotline="泉城市12345")
    await weibo.send(replace(ON_A_COMMENT, body=Say(words)))
    assert peer.comments[0][1]["comment"].startswith(words)


async def test_in_public_nothing_else_is_ever_said(peer: WeiboPeer, weibo: Any) -> None:
    for answers in ("", "5000067890:1789734791:text:ab", "status:", "comment:1", "status:1 "):
        with pytest.raises(Never, match="invitation"):
            await weibo.send(replace(ON_A_COMMENT, in_reply_to=answers))
    assert peer.comments == peer.said == []


async def test_a_pushed_mention_is_answered_in_private(peer: WeiboPeer, weibo: Any) -> None:
    await weibo.send(replace(ON_A_COMMENT, in_reply_to="mention:5000067890:1789734791:ab"))
    assert peer.comments == []
    assert [(form["receiver_id"], json.loads(form["data"])["text"]) for form in peer.said] == [
        ("5000067890", INVITATION.text)
    ]


async def test_what_keeps_invitations_back_leaves_private_messages_alone(peer: WeiboPeer, weibo: Any) -> None:
    peer.errors["/2/comments/reply.json"] = [
        (403, {"error": "Insufficient app permissions!", "error_code": 10014}),
        (403, {"error": "User requests out of rate limit!", "error_code": 10023}),
        (400, {"error": "repeat content!", "error_code": 20019}),
    ]
    with pytest.raises(Never) as refused:
        await weibo.send(ON_A_COMMENT)
    assert refused.value.code == "10014"
    for code, after in (("10023", 1200), ("20019", 600)):
        with pytest.raises(Later) as later:
            await weibo.send(ON_A_COMMENT)
        assert (later.value.code, later.value.after, later.value.whole_account) == (code, after, False)
    await weibo.send(OUTBOUND)


async def test_the_calls_of_an_hour_come_back_with_the_next(peer: WeiboPeer, weibo: Any) -> None:
    peer.refuse("10022")
    with pytest.raises(Later) as later:
        await weibo.send(OUTBOUND)
    assert (later.value.after, later.value.whole_account) == (1200, True)  # it is 20:40


async def test_published_but_slow_is_published(peer: WeiboPeer, weibo: Any) -> None:
    peer.refuse("20032")
    assert await weibo.send(OUTBOUND) == ""


def test_no_quota_closes_the_window_whatever_its_number() -> None:
    assert type(error_of("21602", "no quota to send message", now=NOW)) is WindowClosed
    assert type(error_of("21602", "消息配额不足", now=NOW)) is WindowClosed
    unknown = error_of("21602", "您好，已收到", now=NOW)
    assert type(unknown) is Never
    assert "您好" not in str(unknown)


@pytest.mark.parametrize(
    ("status", "raw", "decision"),
    [
        (500, b"", Unknown),
        (502, b"<html>", Unknown),
        (200, b"<html>", Unknown),
        (200, b"[]", Unknown),
        (200, b'{"error":"x"}', Unknown),
        (200, b'{"error":"x","error_code":"10001"}', Later),
        (200, b'{"result":false}', Never),
        (302, b"", Unknown),
        (429, b"", Later),
        (403, b"", Credential),
        (404, b"", Never),
    ],
)
async def test_strange_answers(peer: WeiboPeer, weibo: Any, status: int, raw: bytes, decision: type[SendError]) -> None:
    peer.raw = status, raw
    with pytest.raises(decision) as caught:
        await weibo.send(OUTBOUND)
    assert type(caught.value) is decision
    assert TOKEN not in repr(caught.value)


async def test_a_file_is_fetched_by_our_number_for_it(peer: WeiboPeer, weibo: Any) -> None:
    peer.files["821804472"] = ("image/jpeg", b"\xff\xd8\xff\xe0photo")
    photo = Attachment("821804472", Kind.IMAGE)
    assert await weibo.fetch(photo) == (b"\xff\xd8\xff\xe0photo", "image/jpeg")
    with pytest.raises(Never):
        await weibo.fetch(replace(photo, ref="1"))
    for trouble, decision in (
        ((200, {"error": "expired_token", "error_code": 21327}), Credential),
        ((200, {"anything": 1}), Never),
        ((502, {}), Later),
    ):
        peer.errors["/2/mss/msget"] = [trouble]
        with pytest.raises(decision):
            await weibo.fetch(photo)
