"""Turns what an order carried into what JSON can keep."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import Enum
from typing import Any


def plain(data: Mapping[str, Any]) -> dict[str, object]:
    """``data`` with tuples as lists, codes as their text and dates as 2026-01-31."""
    return {name: _value(value) for name, value in data.items()}


def _value(value: Any) -> object:
    if isinstance(value, tuple):
        return [_value(one) for one in value]
    if isinstance(value, Enum):
        return value.value
    return value.isoformat() if isinstance(value, date) else value
