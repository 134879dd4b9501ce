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
from dataclasses import fields
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import yaml

from dialog.knowledge.entry import Entry, EntryError, EntryState, Secrecy, distinct

E = TypeVar("E", bound=StrEnum)

_HEADING = re.compile(r"^##\s+(\S+)\s+(.+?)\s*$", re.MULTILINE)
_LINE = re.compile(r"^-\s*([^:：]+?)\s*[:：]\s*(.+?)\s*$")
_SOURCE = re.compile(r"^(《.+?》)\s*(.*)$")
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
_FIELDS = {
    "问": "similar", "依据": "source", "单位": "owner_unit", "区域": "area", "分类": "category", "关键词": "keywords",
    "生效": "effective", "失效": "expires", "核验": "checked", "状态": "state", "类型": "nature",
    "条件": "conditions", "材料": "materials", "流程": "process", "结果": "result", "费用": "fee", "时限": "time_limit",
    "地点": "where", "对象": "audience", "网址": "url", "公开范围": "secrecy", "下次核验": "next_check",
}  # fmt: skip
_NAMES = {"id": "编号", "question": "问题", "answer": "答案", "checked": "核验日期"}
_LISTS = ("similar", "keywords")
_ENTRY = {field.name for field in fields(Entry)}
_DATES = ("effective", "expires", "checked", "next_check")


def load_folder(folder: Path) -> list[Entry]:
    """Every entry of every ``*.md`` and ``*.yaml`` below ``folder``. Raises EntryError naming file, entry and cure."""
    files = sorted(path for path in folder.rglob("*") if path.suffix in {".md", ".yaml"})
    return distinct(entry for path in files for entry in load_file(path))


def load_file(path: Path) -> list[Entry]:
    """The entries of one file."""
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError:
        raise EntryError(f"{path.name}: 不是 UTF-8 文本,请另存为 UTF-8") from None
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
    unknown = set(row) - _ENTRY
    if unknown:
        raise EntryError(f"不认识的字段 {'、'.join(sorted(unknown))},可用 {'、'.join(sorted(_ENTRY))}")
    values = dict(row)
    for name in _DATES:
        if isinstance(values.get(name), str):
            values[name] = _day(values[name])
    for name in _LISTS:
        if isinstance(values.get(name), str):
            values[name] = _parts(values[name])
        values[name] = tuple(values.get(name) or ())
    values["state"] = _one_of(EntryState, values.get("state") or EntryState.PUBLISHED, "状态")
    values["secrecy"] = _one_of(Secrecy, values.get("secrecy") or Secrecy.PUBLIC, "公开范围")
    values.setdefault("effective", values.get("checked"))
    missing = [name for name in ("id", "question", "answer", "checked") if not values.get(name)]
    if missing:
        raise EntryError(f"缺少 {'、'.join(_NAMES[name] for name in missing)},请补上")
    return Entry(**values)


def _one_of(kind: type[E], value: str, name: str) -> E:
    try:
        return kind(value)
    except ValueError:
        raise EntryError(f"不认识的{name} {value},可用 {'、'.join(kind)}") from None


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r"[;；\n]", text) if part.strip()]


def _day(text: str) -> date:
    found = _DAY.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else date.fromisoformat(text.strip())
    except ValueError:
        raise EntryError(f"日期 {text} 不存在或写法不对,请写成 2026-01-31") from None


def _listed(text: str, name: str) -> list[dict[str, Any]]:
    try:
        rows = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise EntryError(f"{name}: 不是有效的 YAML({error.__class__.__name__})") from None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise EntryError(f"{name}: 请写成列表,每条以 - 开头")
    return rows


def _markdown(text: str, name: str) -> Iterator[dict[str, Any]]:
    shared: dict[str, Any] = {}
    if text.startswith("---\n"):
        head, _, text = text[4:].partition("\n---\n")
        shared = _mapping(head, name)
    found = list(_HEADING.finditer(text))
    if not found:
        raise EntryError(f"{name}: 没有条目;每条以 “## 编号 问题” 开头")
    for place, heading in enumerate(found):
        end = found[place + 1].start() if place + 1 < len(found) else len(text)
        yield {**shared, "id": heading[1], "question": heading[2], **_body(text[heading.end() : end], heading[1], name)}


def _mapping(head: str, name: str) -> dict[str, Any]:
    try:
        shared = yaml.safe_load(head) or {}
    except (yaml.YAMLError, ValueError) as error:
        raise EntryError(f"{name}: 文件头不是有效的 YAML({error.__class__.__name__})") from None
    if not isinstance(shared, dict):
        raise EntryError(f"{name}: 文件头请写成 字段: 值")
    return shared


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
            row.setdefault(field, []).extend(_parts(found[2]))
        elif field == "source" and (parts := _SOURCE.match(found[2])):
            row["source"], row["clause"] = parts[1], parts[2]
        else:
            row[field] = found[2]
    row["answer"] = "\n".join(answer).strip()
    return row
