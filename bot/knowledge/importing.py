"""Reads an editors' sheet (XLSX, CSV, Markdown, YAML) into knowledge entries: all of it, or nothing and every reason."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl

from dialog.knowledge.entry import Entry, EntryError, distinct
from dialog.knowledge.loader import entry_of, load_file

COLUMNS = {
    "编号": "id", "标题": "question", "问题": "question", "相似问": "similar", "答案": "answer", "依据": "source",
    "条款": "clause", "责任单位": "owner_unit", "区域": "area", "分类": "category", "类型": "nature", "关键词": "keywords",
    "生效日期": "effective", "失效日期": "expires", "核验日期": "checked", "状态": "state", "下次核验": "next_check",
    "前置条件": "conditions", "审批要件": "materials", "办事流程": "process", "办理结果": "result", "费用": "fee",
    "时限": "time_limit", "地点": "where", "对象": "audience", "网址": "url", "公开范围": "secrecy",
}  # fmt: skip
STATES = {"草稿": "draft", "待审": "review", "发布": "published", "停用": "withdrawn"}
SECRECY = {"公开": "public", "内部": "internal"}
FAULTS_TOLD = 50
GIVEN = "KB-"
"""Begins the id of a row that brings none."""
ROWS_AT_MOST = 1000
"""A sheet a person can still review; larger ones are split (GB/T 44191-2024 practice, domain.md Appendix B)."""


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
    return _entries(path.name, reader(path))


def _entries(name: str, rows: Sequence[Sequence[Any]]) -> list[Entry]:
    header = _header(name, rows)
    filled = [(number, row) for number, row in enumerate(rows[1:], 2) if any(_plain(cell) for cell in row)]
    if len(filled) > ROWS_AT_MOST:
        raise BadSheet(f"{name}: 共 {len(filled)} 行,一次最多导入 {ROWS_AT_MOST} 行,请拆成几个文件")
    entries: list[Entry] = []
    faults: list[str] = []
    for number, row in filled:
        try:
            entry = entry_of(_values(header, row))
            distinct([*entries, entry])
            entries.append(entry)
        except EntryError as error:
            faults.append(f"第{number}行: {error}")
    if faults:
        more = f"\n……另有 {len(faults) - FAULTS_TOLD} 处" if len(faults) > FAULTS_TOLD else ""
        raise BadSheet(f"{name}: 有 {len(faults)} 处错误,未导入任何一条:\n" + "\n".join(faults[:FAULTS_TOLD]) + more)
    return entries


def _header(name: str, rows: Sequence[Sequence[Any]]) -> list[str]:
    if not rows:
        raise BadSheet(f"{name}: 空表")
    header = [COLUMNS.get(str(_plain(cell)), "") for cell in rows[0]]
    missing = [title for title, field in (("标题", "question"), ("答案", "answer")) if field not in header]
    if missing:
        raise BadSheet(f"{name}: 第1行缺少列 {'、'.join(missing)};可用的列:{'、'.join(COLUMNS)}")
    twice = [str(_plain(rows[0][place])) for place, field in enumerate(header) if field and field in header[:place]]
    if twice:
        raise BadSheet(f"{name}: 第1行有重复的列 {'、'.join(twice)},请只留一列")
    return header


def _values(header: Sequence[str], row: Sequence[Any]) -> dict[str, Any]:
    values = {field: value for field, cell in zip(header, row, strict=False) if field and (value := _plain(cell))}
    state = values.get("state", "发布")
    if state not in STATES:
        raise EntryError(f"不认识的状态 {state},可用 {'、'.join(STATES)}")
    values["state"] = STATES[state]
    secrecy = values.get("secrecy", "公开")
    if secrecy not in SECRECY:
        raise EntryError(f"不认识的公开范围 {secrecy},可用 {'、'.join(SECRECY)}")
    values["secrecy"] = SECRECY[secrecy]
    if "question" in values:
        values.setdefault("id", id_of(values["question"], values.get("area", "")))
    return values


def id_of(question: str, area: str) -> str:
    """The same question gets the same id again, so that a corrected sheet replaces and does not double."""
    return f"{GIVEN}{hashlib.sha256(f'{area}|{question}'.encode()).hexdigest()[:10].upper()}"


def _plain(cell: Any) -> Any:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _xlsx(path: Path) -> list[Sequence[Any]]:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        try:
            return list(book.worksheets[0].iter_rows(values_only=True))
        finally:
            book.close()
    except Exception as error:  # whatever a damaged file makes the zip and XML readers say
        raise BadSheet(f"{path.name}: 不是有效的 xlsx 文件({type(error).__name__}),请用表格软件另存后重试") from None


def _csv(path: Path) -> list[Sequence[Any]]:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(raw.decode(encoding), newline="")))
        except UnicodeDecodeError:
            continue
        except csv.Error as error:
            raise BadSheet(f"{path.name}: 不是有效的 CSV({error})") from None
    raise BadSheet(f"{path.name}: 编码既不是 UTF-8 也不是 GB18030,请另存为 UTF-8")
