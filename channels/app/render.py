"""Turns a line of the conversation into the JSON a citizen's page or app shows."""

from __future__ import annotations

from collections.abc import Callable
from itertools import zip_longest
from typing import Any

from channels.adapter import Line


def render(line: Line, *, peer: str, link: Callable[[str], str]) -> dict[str, Any]:
    """One line. ``link`` makes a download link of a stored file's id; empty members are left out."""
    shown: dict[str, Any] = {
        "seq": line.seq,
        "who": line.who,
        "kind": line.kind,
        "at": line.at.isoformat(timespec="milliseconds"),
        "text": line.text,
        "choices": [{"id": choice, "label": label} for choice, label in line.choices],
        "files": [
            {"url": link(file_id), "media_type": media_type}
            for file_id, media_type in zip_longest(line.attachments, line.attachment_types, fillvalue="")
            if file_id
        ],
        "location": _point(line.location),
        # The hub may know the key by the name it dedupes on, which starts with the address.
        "client_id": line.client_id.removeprefix(f"{peer}:"),
        "notice": line.notice,
    }
    return {name: value for name, value in shown.items() if value not in ("", [], None)}


def _point(location: tuple[float, float, str] | None) -> dict[str, Any] | None:
    if location is None:
        return None
    latitude, longitude, label = location
    return {"latitude": latitude, "longitude": longitude, "label": label}
