"""Reads entries from the editors' files: YAML lists, and Markdown where each entry is a heading with its answer below.

::

    ---
    category: "0402"          # what all entries of the file share
    owner_unit: E02
    ---
    ## KB-0412 每年什么时候供暖？
    - 问: 今年几号来暖气
    - 依据: 《泉城市集中供热管理办法》第十二条
    - 核验: 2026-10-20

    供热期为每年11月15日至次年3月15日……
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from dialog.knowledge.entry import Entry, EntryError, EntryState, distinct

_HEADING = re.compile(r"^##\s+(\S+)\s+(.+?)\s*$", re.MULTILINE)
_LINE = re.compile(r"^-\s*([^:：]+?)\s*[:：]\s*(.+?)\s*$")
_SOURCE = re.compile(r"^(《.+?》)\s*(.*)$")
_FIELDS = {
    "问": "similar", "依据": "source", "单位": "owner_unit", "区域": "area", "分类": "category", "关键词": "keywords",
    "生效": "effective", "失效": "expires", "核验": "checked", "状态": "state", "类型": "nature",
}  # fmt: skip
_LISTS = ("similar", "keywords")
_DATES = ("effective", "expires", "checked")


def load_folder(folder: Path) -> list[Entry]:
    """Every entry of every ``*.md`` and ``*.yaml`` below ``folder``. Raises EntryError naming file, entry and cure."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".md", ".yaml"})
    return distinct(entry for path in files for entry in load_file(path))


def load_file(path: Path) -> list[Entry]:
    """The entries of one file."""
    text = path.read_text("utf-8")
    rows = _markdown(text, path.name) if path.suffix == ".md" else _listed(text, path.name)
    entries = []
    for row in rows:
        try:
            entries.append(entry_of(row))
        except (EntryError, TypeError, ValueError) as error:
            raise EntryError(f"{path.name}: {row.get('id', '?')}: {error}") from None
    return entries


def entry_of(row: Mapping[str, Any]) -> Entry:
    """An entry from plain values: dates as dates or ISO text, lists as lists or text parted by ``;`` or new lines."""
    unknown = set(row) - set(Entry.__dataclass_fields__)
    if unknown:
        raise EntryError(f"不认识的字段 {'、'.join(sorted(unknown))},请对照 README 的字段表")
    values = dict(row)
    for name in _DATES:
        if isinstance(values.get(name), str):
            values[name] = date.fromisoformat(values[name])
    for name in _LISTS:
        if isinstance(values.get(name), str):
            values[name] = [part.strip() for part in re.split(r"[;；\n]", values[name]) if part.strip()]
        values[name] = tuple(values.get(name) or ())
    values["state"] = EntryState(values.get("state", EntryState.PUBLISHED))
    values.setdefault("effective", values.get("checked"))
    missing = [name for name in ("id", "question", "answer", "checked") if not values.get(name)]
    if missing:
        raise EntryError(f"缺少字段 {'、'.join(missing)}")
    return Entry(**values)


def _listed(text: str, name: str) -> list[dict[str, Any]]:
    try:
        rows = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise EntryError(f"{name}: 不是有效的 YAML({error.__class__.__name__})") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise EntryError(f"{name}: 请写成列表,每条以 - 开头")
    return rows


def _markdown(text: str, name: str) -> Iterator[dict[str, Any]]:
    shared: dict[str, Any] = {}
    if text.startswith("---\n"):
        head, _, text = text[4:].partition("\n---\n")
        shared = yaml.safe_load(head) or {}
    found = list(_HEADING.finditer(text))
    if not found:
        raise EntryError(f"{name}: 没有条目;每条以 “## 编号 问题” 开头")
    for place, heading in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        yield {**shared, "id": heading[1], "question": heading[2], **_body(text[heading.end() : end], heading[1], name)}


def _body(text: str, entry_id: str, name: str) -> dict[str, Any]:
    row: dict[str, Any] = {}
    answer: list[str] = []
    for line in text.strip().splitlines():
        found = _LINE.match(line) if not answer else None
        if found is None:
            answer.append(line.rstrip())
            continue
        field = _FIELDS.get(found[1])
        if field is None:
            raise EntryError(f"{name}: {entry_id}: 不认识的字段 {found[1]},可用 {'、'.join(_FIELDS)}")
        if field in _LISTS:
            row.setdefault(field, []).append(found[2])
        elif field == "source" and (parts := _SOURCE.match(found[2])):
            row["source"], row["clause"] = parts[1], parts[2]
        else:
            row[field] = found[2]
    row["answer"] = "\n".join(answer).strip()
    return row
