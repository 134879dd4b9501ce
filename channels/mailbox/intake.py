"""Reads the posted form: its texts, and its files by what they contain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from channels.errors import TooLarge
from channels.mailbox.charsets import clean
from channels.mailbox.files import refusal, sniffed
from channels.mailbox.parts import File
from channels.mailbox.written import FIELDS, Written

FILE_BYTES = 10 * 1024 * 1024
"""The largest file a form takes: a phone's photo has five megabytes."""
_TAKEN = ("image/", "video/", "audio/", "application/pdf")
_WORDS: Mapping[str, str] = {
    "too large": "附件太大，每个最多10MB。",
    "executable": "不能上传程序或脚本，请上传照片、视频、录音或PDF。",
}
_TYPE = "附件只能是照片、视频、录音或PDF。"


@dataclass(frozen=True, slots=True)
class Upload:
    """One file; ``problem`` says in the citizen's words why it cannot be taken, "" where it can."""

    name: str = field(repr=False)
    media_type: str
    content: bytes = field(repr=False)
    problem: str = ""


async def received(request: web.Request, *, most: int) -> tuple[Written, list[Upload]]:
    """The letter posted and its files. Raises TooLarge."""
    given = await posted(request)
    texts = {name: _text(given.get(name, "")) for name in (*FIELDS, "key", "deed")}
    files = [one for one in (given.getall("files", ()) if given else ()) if isinstance(one, web.FileField)]
    return Written(**texts), [_upload(one) for one in files[: most + 1] if one.filename]


async def posted(request: web.Request) -> Any:
    """The fields posted; a body that is no form gives none. Raises TooLarge."""
    try:
        return await request.post()
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge("more than the form takes") from None
    except (ValueError, AssertionError):
        return {}


def _text(value: object) -> str:
    return clean(value).strip()[:20_000] if isinstance(value, str) else ""


def _upload(one: web.FileField) -> Upload:
    content = one.file.read(FILE_BYTES + 1)
    file = File(clean(one.filename).replace("\\", "/").rpartition("/")[2][-200:], one.content_type, content)
    media_type = sniffed(file)
    why = refusal(file, most_bytes=FILE_BYTES)
    problem = _WORDS.get(why, _TYPE) if why else "" if media_type.startswith(_TAKEN) else _TYPE
    return Upload(file.name, media_type, content, problem)
