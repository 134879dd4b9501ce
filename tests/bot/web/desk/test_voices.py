"""A citizen's voice at the desk: heard or downloaded, and its machine-made words marked as such."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession

from bot.services import Services
from bot.web.desk.talks import line_of
from bot.words.desk import EVENTS
from channels.message import Address, Attachment, Batch, Event, Inbound, Kind
from tests.bot.web.desk.test_desk import officer, services, stranger, text_of  # noqa: F401

PEER = "speaks"
MP3, AMR = b"ID3" + b"song" * 50, b"#!AMR\n" + b"voice" * 50


async def speaks(services: Services, content: bytes, media_type: str, text: str = "") -> None:  # noqa: F811
    address = Address("app", "web", PEER)
    kept = await services.door.keep(address, name="voice", media_type=media_type, content=content)
    voice = Attachment(kept.id, Kind.VOICE, kept.media_type, stored=kept.id)
    said = Inbound(
        address=address, id=kept.id, sent_at=datetime.now(UTC), kind=Kind.VOICE, text=text, attachments=(voice,)
    )
    await services.hub.receive(Batch((said,)))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
async def test_a_voice_is_heard_or_downloaded_and_its_words_are_marked(
    services: Services,  # noqa: F811
    officer: ClientSession,  # noqa: F811
) -> None:
    await speaks(services, MP3, "audio/mpeg")
    page = await text_of(officer, "/desk/talks/1")
    heard = re.search(r'<audio controls preload="none" src="(/desk/files/[\w-]+)"', page)
    assert heard, page
    assert "语音识别" not in page
    answer = await officer.get(heard[1])
    assert (await answer.read(), answer.headers["Content-Type"]) == (MP3, "audio/mpeg")
    assert "media-src 'self'" in (await officer.get("/desk/talks/1")).headers["Content-Security-Policy"]
    await speaks(services, AMR, "audio/amr", "小区停水了")
    page = await text_of(officer, "/desk/talks/1")
    assert page.count("<audio") == 1
    assert "下载后收听" in page
    assert re.search(r"语音识别：</small>\s*小区停水了", page)


def test_what_a_citizen_did_without_words_is_told_in_words() -> None:
    row = {"id": 1, "received_at": datetime.now(UTC), "kind": "event", "text": "查询", "body": {"event": "menu"}}
    assert line_of(row, ())["text"] == "〔点击菜单〕查询"
    leave = row | {"text": "TPL_sub", "body": {"event": "granted"}}
    assert line_of(leave, ())["text"] == "〔同意接收订阅通知〕"
    assert set(EVENTS) == set(Event)
