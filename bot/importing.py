"""Reads an editors' sheet (XLSX, CSV, Markdown, YAML) into knowledge entries: all of it, or nothing and every reason."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from dialog.knowledge.entry import Entry, EntryError, distinct
from dialog.knowledge.loader import entry_of, load_file

COLUMNS = {
    "编号": "id", "标题": "question", "问题": "question", "相似问": "similar", "答案": "answer", "依据": "source",
    "条款": "clause", "责任单位": "owner_unit", "区域": "area", "分类": "category", "类型": "nature", "关键词": "keywords",
    "生效日期": "effective", "失效日期": "expires", "核验日期": "checked", "状态": "state",
}  # fmt: skip
STATES = {"草稿": "draft", "待审": "review", "发布": "published", "停用": "expired"}
FAULTS_TOLD = 50


class BadSheet(ValueError):
    """The sheet cannot be imported; the message lists its rows and reasons."""


def read_kb(path: Path) -> list[Entry]:
    """The entries of a file. Raises BadSheet; then nothing of it may be imported."""
    readers = {".xlsx": _xlsx, ".csv": _csv}
    if path.suffix in {".md", ".yaml", ".yml"}:
        try:
            return distinct(load_file(path))
        except EntryError as error:
            raise BadSheet(str(error)) from None
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadSheet(f"{path.name}: 不支持的文件类型,请使用 xlsx、csv、md 或 yaml")
    return _entries(path.name, list(reader(path)))


def _entries(name: str, rows: Sequence[Sequence[Any]]) -> list[Entry]:
    if not rows:
        raise BadSheet(f"{name}: 空表")
    header = [COLUMNS.get(str(cell or "").strip(), "") for cell in rows[0]]
    missing = [
        chinese for chinese, field in (("编号", "id"), ("标题", "question"), ("答案", "answer")) if field not in header
    ]
    if missing:
        raise BadSheet(f"{name}: 第1行缺少列 {'、'.join(missing)};可用的列:{'、'.join(COLUMNS)}")
    entries: list[Entry] = []
    faults: list[str] = []
    for number, row in enumerate(rows[1:], 2):
        values = {
            field: _plain(cell) for field, cell in zip(header, row, strict=False) if field and cell not in (None, "")
        }
        if not values:
            continue
        values["state"] = STATES.get(str(values.get("state", "发布")), str(values.get("state", "")))
        try:
            entries.append(entry_of(values))
        except (EntryError, ValueError, TypeError) as error:
            faults.append(f"第{number}行: {error}")
    try:
        distinct(entries)
    except EntryError as error:
        faults.append(str(error))
    if faults:
        more = f"\n……另有 {len(faults) - FAULTS_TOLD} 处" if len(faults) > FAULTS_TOLD else ""
        raise BadSheet(f"{name}: 有 {len(faults)} 处错误,未导入任何一条:\n" + "\n".join(faults[:FAULTS_TOLD]) + more)
    return entries


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    return str(cell).strip()


def _xlsx(path: Path) -> Iterator[Sequence[Any]]:

    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except Exception as error:
        raise BadSheet(f"{path.name}: 不是有效的 xlsx 文件({type(error).__name__})") from None
    try:
        sheet = book.worksheets[0]
        yield from sheet.iter_rows(values_only=True)
    finally:
        book.close()


def _csv(path: Path) -> Iterator[Sequence[Any]]:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        yield from csv.reader(io.StringIO(text))
        return
    raise BadSheet(f"{path.name}: 编码既不是 UTF-8 也不是 GB18030")
