"""Photos, voices and videos fetched from WeChat's API played on loopback."""

from __future__ import annotations

import json

import pytest

from channels.errors import Credential, Later, Never, SendError
from channels.message import Attachment, Kind
from channels.wechat import client
from channels.wechat.adapter import WeChat
from channels.wechat.sniff import media_type_of
from tests.channels.wechat.peer import WeChatPeer

JPEG = b"\xff\xd8\xff\xe0" + b"photo" * 1000
PHOTO = Attachment(ref="m1", kind=Kind.IMAGE)


async def test_a_photo_is_named_by_its_bytes(peer: WeChatPeer, wechat: WeChat) -> None:
    peer.media["m1"] = ("application/octet-stream", JPEG)
    assert await wechat.fetch(PHOTO) == (JPEG, "image/jpeg")


async def test_a_knocked_out_token_is_renewed(peer: WeChatPeer, wechat: WeChat) -> None:
    peer.media["m1"] = ("image/jpeg", JPEG)
    await wechat.fetch(PHOTO)
    peer.knock_out()
    assert await wechat.fetch(PHOTO) == (JPEG, "image/jpeg")
    assert len(peer.token_calls) == 2


async def test_a_video_is_fetched_where_it_lies(peer: WeChatPeer, wechat: WeChat) -> None:
    film = b"\x00\x00\x00\x18ftypmp42" + b"film" * 100
    peer.media["film"] = ("video/mp4", film)
    peer.media["m1"] = ("application/json", json.dumps({"video_url": f"{peer.base}/video/film"}).encode())
    assert await wechat.fetch(Attachment(ref="m1", kind=Kind.VIDEO)) == (film, "video/mp4")


@pytest.mark.parametrize(
    ("kind", "content", "decision"),
    [
        ("text/plain", b'{"errcode":40007,"errmsg":"invalid media_id rid: 1"}', Never),
        ("application/json", b'{"errcode":-1,"errmsg":"busy"}', Later),
        ("application/json", b'{"errcode":48001,"errmsg":"unauthorized"}', Credential),
        ("application/json", b'{"video_url":"file:///etc/passwd"}', Never),
        ("application/json", b"{}", Never),
        ("application/json", b"not json", Later),
    ],
)
async def test_no_file_is_a_decision(
    peer: WeChatPeer, wechat: WeChat, kind: str, content: bytes, decision: type[SendError]
) -> None:
    peer.media["m1"] = (kind, content)
    with pytest.raises(decision):
        await wechat.fetch(PHOTO)


async def test_a_failing_server_is_later_a_missing_page_never(peer: WeChatPeer, wechat: WeChat) -> None:
    peer.status = 502
    with pytest.raises(Later):
        await wechat.fetch(PHOTO)
    peer.status = 404
    with pytest.raises(Never):
        await wechat.fetch(PHOTO)


async def test_a_file_too_large_is_not_read_to_its_end(
    peer: WeChatPeer, wechat: WeChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "MEDIA_BYTES", len(JPEG) - 1)
    peer.media["m1"] = ("image/jpeg", JPEG)
    with pytest.raises(Never, match="larger"):
        await wechat.fetch(PHOTO)


@pytest.mark.parametrize(
    ("start", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"GIF89a", "image/gif"),
        (b"RIFF....WEBP", "image/webp"),
        (b"#!AMR\n", "audio/amr"),
        (b"ID3\x04", "audio/mpeg"),
        (b"RIFF....WAVE", "audio/wav"),
        (b"MZ", "application/octet-stream"),
        (b"", "application/octet-stream"),
    ],
)
def test_files_are_told_by_their_first_bytes(start: bytes, media_type: str) -> None:
    assert media_type_of(start) == media_type
