"""Takes photos, recordings and documents in, and hands them out again to whoever holds a link."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import IO

import filetype
from aiohttp import BodyPartReader, web
from aiohttp.http import HttpProcessingError

from channels.app.parts import Parts
from channels.app.problems import Problem

ALLOWED = {
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/gif": ".gif",
    "image/webp": ".webp",
    "image/heic": ".heic",
    "application/pdf": ".pdf",
    "video/mp4": ".mp4",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "audio/amr": ".amr",
    "audio/mpeg": ".mp3",
    "audio/mp4": ".m4a",
    "audio/x-wav": ".wav",
    "audio/ogg": ".ogg",
}
"""What is taken, by its content (never by its name or the declared type), and the ending it is kept under."""
_SHOWN_INLINE = ("image/", "video/", "audio/")
_SNIFF_BYTES = 8192
_SPOOL_BYTES = 1024 * 1024
_CHUNK_BYTES = 64 * 1024
_KEPT_AT_ONCE = 2
"""Whole files in memory at one time; the rest wait on disk."""
_BROKEN_FORM = (ValueError, AssertionError, HttpProcessingError)
"""What aiohttp raises for a multipart body that is not one."""
_DOWNLOAD_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "private, max-age=3600",
}


@dataclass(frozen=True, slots=True)
class Uploads:
    """POST /uploads and GET /files of one account."""

    parts: Parts
    most_bytes: int
    keeping: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_KEPT_AT_ONCE), repr=False)

    async def take(self, request: web.Request) -> web.StreamResponse:
        """POST /uploads: one file in the multipart field ``file``. The original is kept as it came: where and when a
        photo was taken is evidence, and only the officers who handle the matter see it."""
        session = self.parts.gate.session(request)
        self.parts.gate.spend("upload", peer=session.peer, ip=request.remote or "")
        if (request.content_length or 0) > self.most_bytes + _CHUNK_BYTES:
            raise Problem("too_large")
        part = await _file_part(request)
        with tempfile.SpooledTemporaryFile(max_size=_SPOOL_BYTES) as spool:
            media_type = await self._receive(part, spool)
            async with self.keeping:
                spool.seek(0)
                stored = await self.parts.door.keep(
                    self.parts.address(session),
                    name=_safe_name(part.filename, media_type),
                    media_type=media_type,
                    content=spool.read(),
                )
        body = {
            "file_id": self.parts.links.claim(session.peer, stored.id),
            "media_type": media_type,
            "size": stored.size,
            "url": self.parts.links.url(stored.id, now=self.parts.door.now()),
        }
        return web.json_response(body, status=201, headers={"Cache-Control": "no-store"})

    async def _receive(self, part: BodyPartReader, spool: IO[bytes]) -> str:
        media_type, size = "", 0
        while chunk := await part.read_chunk(_CHUNK_BYTES):
            if not size:
                media_type = sniff(chunk)
            size += len(chunk)
            if size > self.most_bytes:
                raise Problem("too_large")
            spool.write(chunk)
        if not size:
            raise Problem("empty_file")
        return media_type

    async def hand_out(self, request: web.Request) -> web.StreamResponse:
        """GET /files/{file_id}: the link is the permission, so that an <img> can show it."""
        file_id = request.match_info["file_id"]
        given = {name: request.query.get(name, "") for name in ("expires", "signature")}
        if not self.parts.links.opens(file_id, now=self.parts.door.now(), **given):
            raise Problem("bad_link")
        stored = await self.parts.door.file(file_id)
        if stored is None or not stored.path.is_file():
            raise Problem("no_file")
        place = "inline" if stored.media_type.startswith(_SHOWN_INLINE) else "attachment"
        headers = _DOWNLOAD_HEADERS | {
            "Content-Type": stored.media_type,
            "Content-Disposition": f'{place}; filename="file{ALLOWED.get(stored.media_type, "")}"',
        }
        return web.FileResponse(stored.path, headers=headers)


def sniff(head: bytes) -> str:
    """The media type by the first bytes. Raises :class:`Problem` when it is not one we take."""
    media_type = filetype.guess_mime(head[:_SNIFF_BYTES])
    if media_type not in ALLOWED:
        raise Problem("bad_type")
    return str(media_type)


async def _file_part(request: web.Request) -> BodyPartReader:
    if request.content_type != "multipart/form-data":
        raise Problem("bad_upload")
    try:
        part = await (await request.multipart()).next()
    except _BROKEN_FORM:
        raise Problem("bad_upload") from None
    if not isinstance(part, BodyPartReader) or part.name != "file":
        raise Problem("bad_upload")
    return part


def _safe_name(given: str | None, media_type: str) -> str:
    """The last part of the given name, printable, with the ending its content deserves."""
    stem = PurePosixPath((given or "").replace("\\", "/")).stem
    stem = "".join(letter for letter in stem if letter.isprintable()).strip(". ")[:80]
    return f"{stem or 'file'}{ALLOWED[media_type]}"
