"""Knowledge entries as rows: the text as JSON, and what lists and clocks need of it as columns."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import date
from typing import Any

from dialog.knowledge.entry import Entry, EntryState, Secrecy
from dialog.knowledge.life import Version

_SHARED = ("source", "clause", "owner_unit", "category", "area", "nature")
_DATES = ("effective", "expires", "checked", "next_check")
_LISTS = ("similar", "keywords")
_KNOWN = {one.name for one in fields(Entry)}


def write_entry(entry: Entry) -> dict[str, Any]:
    """An entry as a JSON object, without what is empty."""
    row = {name: value for name, value in asdict(entry).items() if value not in ("", (), None)}
    for name in _DATES:
        if name in row:
            row[name] = row[name].isoformat()
    return row | {"state": entry.state.value, "secrecy": entry.secrecy.value}


def read_entry(stored: Mapping[str, Any]) -> Entry:
    """The inverse of :func:`write_entry`."""
    values = {name: value for name, value in stored.items() if name in _KNOWN}
    for name in _DATES:
        if values.get(name):
            values[name] = date.fromisoformat(values[name])
    for name in _SHARED:  # thousands of entries name the same few documents and units
        values[name] = sys.intern(values.get(name, ""))
    for name in _LISTS:
        values[name] = tuple(values.get(name, ()))
    secrecy = Secrecy(values.get("secrecy", Secrecy.PUBLIC))
    return Entry(**values | {"state": EntryState(values["state"]), "secrecy": secrecy})


def version_columns(version: Version) -> dict[str, Any]:
    """A version's row, but for when and for what it was written."""
    entry = version.entry
    return {
        "entry": entry.id,
        "n": version.n,
        "text": write_entry(entry),
        "question": entry.question,
        "owner_unit": entry.owner_unit,
        "expires": entry.expires,
        "next_check": entry.next_check,
        "state": entry.state.value,
        "editor": version.editor,
        "reviewer": version.reviewer,
        "note": version.note,
    }


def read_version(row: Mapping[str, Any]) -> Version:
    """The inverse of :func:`version_columns`."""
    entry = read_entry({**row["text"], "state": row["state"]})
    return Version(entry, row["n"], row["editor"], row["reviewer"], row["note"])
