"""Tells what a file is by its first bytes, because WeChat's own label is often wrong or absent."""

from __future__ import annotations

_STARTS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"GIF8", "image/gif"),
    (8, b"WEBP", "image/webp"),
    (0, b"#!AMR-WB", "audio/amr-wb"),
    (0, b"#!AMR", "audio/amr"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"\xff\xfb", "audio/mpeg"),
    (0, b"\xff\xf3", "audio/mpeg"),
    (0, b"OggS", "audio/ogg"),
    (8, b"WAVE", "audio/wav"),
    (4, b"ftyp", "video/mp4"),
)


def media_type_of(content: bytes) -> str:
    """The media type of what citizens send over WeChat; "application/octet-stream" for anything else."""
    for offset, start, media_type in _STARTS:
        if content.startswith(start, offset):
            return media_type
    return "application/octet-stream"
