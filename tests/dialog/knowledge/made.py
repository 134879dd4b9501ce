"""Entries for the tests, as short as the question allows."""

from __future__ import annotations

from datetime import date
from typing import Any

from dialog.knowledge.entry import Entry, EntryState

TODAY = date(2026, 11, 24)


def made(entry_id: str, question: str, **more: Any) -> Entry:
    """A published entry that has been in force since January."""
    fields: dict[str, Any] = {
        "answer": f"关于“{question}”的答复。",
        "effective": date(2026, 1, 1),
        "checked": date(2026, 10, 20),
        "state": EntryState.PUBLISHED,
    }
    return Entry(id=entry_id, question=question, **fields | more)
