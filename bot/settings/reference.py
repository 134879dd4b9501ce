"""Writes the settings' reference for the README: ``python -m bot.settings.reference``."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel

from bot.settings.model import House


def lines() -> Iterator[str]:
    """A table: key, default, meaning."""
    yield "| key | default | meaning |"
    yield "|---|---|---|"
    for section, field in House.model_fields.items():
        part: Any = field.annotation
        assert issubclass(part, BaseModel)
        for name, one in part.model_fields.items():
            default = "–" if one.default is None else f"`{one.default}`"
            yield f"| `[{section}] {name}` | {default} | {one.description} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(lines()) + "\n")
