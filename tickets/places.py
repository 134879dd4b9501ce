"""The city's districts and counties (区县), as officers list them and citizens call them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tickets.sheet import read


@dataclass(frozen=True, slots=True)
class District:
    """A district or county. ``aliases`` are the other ways citizens write it ("天桥" for 天桥区)."""

    code: str
    name: str
    aliases: tuple[str, ...] = ()
    streets: tuple[str, ...] = ()


def load_districts(path: Path) -> tuple[District, ...]:
    """Read ``districts.yaml``, a list of districts. Raises SheetError."""
    return read(tuple[District, ...], path.read_text("utf-8"), source=path.name)
