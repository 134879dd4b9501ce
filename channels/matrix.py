"""What every channel can do, as the table of channels/README.md: ``python -m channels.matrix`` writes it anew."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from channels import registry
from channels.adapter import Channel
from channels.capabilities import Capabilities, Choices, Unit

README = Path(__file__).with_name("README.md")
_BEGIN, _END = "<!-- matrix -->\n", "<!-- /matrix -->"
_UNITS: Mapping[Unit, str] = {
    Unit.CHARACTERS: "characters",
    Unit.UTF8_BYTES: "UTF-8 bytes",
    Unit.UTF16_UNITS: "UTF-16 units",
}


def _windows(can: Capabilities) -> str:
    return ", ".join(
        f"{trigger}: {'any' if window.count is None else window.count} in {window.lasts.total_seconds() / 60:g} min"
        for trigger, window in can.windows.items()
    )


_COLUMNS: Mapping[str, Callable[[Capabilities], str]] = {
    "text": lambda can: f"{can.text_limit} {_UNITS[can.text_unit]}" if can.routes else "none",
    "ways out": lambda can: ", ".join(can.routes) or "by text or call to the phone",
    "inline within": lambda can: f"{can.inline_seconds:g} s" if can.inline_seconds else "",
    "free messages": lambda can: _windows(can) or ("any time" if can.routes else ""),
    "choices": lambda can: "buttons" if can.choices is Choices.BUTTONS else "as text",
    "segments": lambda can: _yes(can.segments),
    "receipts": lambda can: _yes(can.receipts),
    "repeat is safe": lambda can: _yes(can.idempotent),
    "media in": lambda can: _yes(can.media_in),
    "phone": lambda can: _yes(can.phone_addressed),
    "rate": lambda can: f"{can.rate.per_second:g}/s, burst {can.rate.burst}",
    "checked": lambda can: can.checked,
}


def row(channel: Channel) -> str:
    """The table's line of one channel."""
    cells = (
        f"[{channel.name}]({channel.name}/) {channel.title}",
        *(cell(channel.capabilities) for cell in _COLUMNS.values()),
    )
    return f"| {' | '.join(cells)} |"


def table() -> str:
    """The whole table, in Markdown."""
    head = ("channel", *_COLUMNS)
    return "\n".join(
        (f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(row(registry.load(n)) for n in registry.known()))
    )


def refreshed(text: str) -> str:
    """``text`` with the table between its two marks written anew."""
    return re.sub(f"(?s)(?<={re.escape(_BEGIN)}).*(?={re.escape(_END)})", lambda _: f"\n{table()}\n\n", text)


def _yes(fact: object) -> str:
    return "yes" if fact else ""


if __name__ == "__main__":
    README.write_text(refreshed(README.read_text("utf-8")), encoding="utf-8")
