"""Decides which files of a mail are kept: by what they contain, within limits; what a computer would run is not."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

import filetype

from channels.mailbox.parts import File
from channels.message import Attachment, kind_of_file

MOST = 20
"""Files of one mail kept (protocols.md §4.2)."""
_RUNS = (b"MZ", b"\x7fELF", b"\xca\xfe\xba\xbe", b"#!", b"\xcf\xfa\xed\xfe", b"L\x00\x00\x00\x01\x14\x02\x00")
_RUN_NAMES = re.compile(
    r"\.(?:exe|scr|com|pif|bat|cmd|vbs|vbe|jse?|wsf|wsh|hta|msi|jar|lnk|ps1|reg|dll|cpl|chm|iso|img|docm|xlsm|pptm|apk)$",
    re.IGNORECASE,
)
_PLAIN = "text/plain"
_ENCRYPTED = 0x1


@dataclass(frozen=True, slots=True)
class Sorted:
    """Files kept, and why others were not: "executable", "too large" …, one word each."""

    kept: tuple[Attachment, ...]
    refused: tuple[str, ...]


def sort(files: Iterable[File], *, most_bytes: int) -> Sorted:
    """The files of a mail, each judged by its own bytes; ``most_bytes`` is the largest kept."""
    kept: list[Attachment] = []
    refused: list[str] = []
    for place, file in enumerate(files, 1):
        why = "too many" if len(kept) >= MOST else refusal(file, most_bytes=most_bytes)
        if why:
            refused.append(why)
            continue
        media_type = sniffed(file)
        kept.append(
            Attachment(
                ref=f"{place}",
                kind=kind_of_file(media_type),
                media_type=media_type,
                name=file.name,
                size=len(file.content),
                content=file.content,
            )
        )
    return Sorted(tuple(kept), tuple(refused))


def refusal(file: File, *, most_bytes: int) -> str:
    """Why a file is not kept, "" where it is."""
    if len(file.content) > most_bytes:
        return "too large"
    if file.content.startswith(_RUNS) or _RUN_NAMES.search(file.name):
        return "executable"
    return _inside(file.content) if file.content.startswith(b"PK\x03\x04") else ""


def _inside(content: bytes) -> str:
    """What an archive hides: programs, macros, or everything behind a password."""
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError, OverflowError):
        return "broken archive"
    if any(one.flag_bits & _ENCRYPTED for one in entries):
        return "encrypted archive"
    if any(one.filename.endswith("vbaProject.bin") for one in entries):
        return "macros"
    return "executable" if any(_RUN_NAMES.search(one.filename) for one in entries) else ""


def sniffed(file: File) -> str:
    """The media type by the bytes; the sender's word counts only for text, and never for what a browser would run."""
    found = filetype.guess_mime(file.content[:8192])
    if found:
        return str(found)
    return _PLAIN if file.declared.startswith("text/") else "application/octet-stream"
