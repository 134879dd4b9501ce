"""The editors' sheets come in whole, or not at all with every reason."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.knowledge.importing import ROWS_AT_MOST, BadSheet, read_kb
from dialog.knowledge.entry import EntryState

HEADER = ("标题", "相似问", "答案", "依据", "条款", "责任单位", "区域", "分类", "关键词", "生效日期", "失效日期", "核验日期", "状态")  # fmt: skip
HEAT = (
    "几号供暖", "来暖气时间；何时送暖", "11月15日", "《办法》", "第二条", "E02", "", "0402", "供暖;热力",
    "2026-01-01", "", "2026/10/20", "发布",
)  # fmt: skip


def csv_file(folder: Path, rows: Sequence[Sequence[str]], *, encoding: str = "utf-8-sig") -> Path:
    path = folder / "kb.csv"
    path.write_bytes("\n".join(",".join(f'"{cell}"' for cell in row) for row in rows).encode(encoding))
    return path


def xlsx_file(folder: Path, rows: Sequence[Sequence[object]]) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(list(row))
    book.save(folder / "kb.xlsx")
    return folder / "kb.xlsx"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_csv_in_the_encodings_of_offices(tmp_path: Path, encoding: str) -> None:
    (entry,) = read_kb(csv_file(tmp_path, [HEADER, HEAT], encoding=encoding))
    assert entry.question == "几号供暖"
    assert entry.similar == ("来暖气时间", "何时送暖")
    assert entry.keywords == ("供暖", "热力")
    assert (entry.source, entry.clause, entry.owner_unit, entry.category) == ("《办法》", "第二条", "E02", "0402")
    assert (entry.effective, entry.expires, entry.checked) == (date(2026, 1, 1), None, date(2026, 10, 20))
    assert entry.state is EntryState.PUBLISHED


def test_xlsx_with_real_dates_empty_rows_and_unknown_columns(tmp_path: Path) -> None:
    row = (*HEAT[:9], datetime(2026, 1, 1), None, date(2026, 10, 20), "停用", "随便")  # noqa: DTZ001 as sheets hold them
    (entry,) = read_kb(xlsx_file(tmp_path, [(*HEADER, "备注"), row, (None,) * 14]))
    assert (entry.effective, entry.checked, entry.state) == (date(2026, 1, 1), date(2026, 10, 20), EntryState.WITHDRAWN)


def test_a_corrected_sheet_keeps_its_ids(tmp_path: Path) -> None:
    (first,) = read_kb(csv_file(tmp_path, [HEADER, HEAT]))
    (second,) = read_kb(csv_file(tmp_path, [HEADER, (*HEAT[:2], "11月10日", *HEAT[3:])]))
    assert first.id == second.id
    assert first.answer != second.answer


def test_a_sheet_may_bring_its_own_ids(tmp_path: Path) -> None:
    (entry,) = read_kb(csv_file(tmp_path, [("编号", *HEADER), ("KB-0412", *HEAT)]))
    assert entry.id == "KB-0412"


def test_every_bad_row_is_told_and_nothing_comes_in(tmp_path: Path) -> None:
    def row(question: str, **cells: str) -> tuple[str, ...]:
        return tuple({**dict(zip(HEADER, HEAT, strict=True)), "标题": question, **cells}[title] for title in HEADER)

    rows = [
        HEADER, HEAT, row("二", 答案=""), row("三", 核验日期="去年"), HEAT, row("五", 状态="好"),
        row("六", 失效日期="2025-01-01"), row(""),
    ]  # fmt: skip
    with pytest.raises(BadSheet) as caught:
        read_kb(csv_file(tmp_path, rows))
    told = str(caught.value)
    assert "6 处错误,未导入任何一条" in told
    for number, reason in ((3, "缺少 答案"), (4, "日期 去年"), (5, "编号重复"), (6, "不认识的状态 好"), (7, "早于"), (8, "缺少")):  # fmt: skip
        assert any(line.startswith(f"第{number}行: ") and reason in line for line in told.splitlines()), (number, told)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([], "空表"),
        ([("标题", "备注")], "缺少列 答案"),
        ([("标题", "问题", "答案")], "重复的列 问题"),
        ([HEADER, *[(f"问题{n}", *HEAT[1:]) for n in range(ROWS_AT_MOST + 1)]], "一次最多导入 1000 行"),
    ],
)
def test_a_sheet_that_cannot_be_read_says_why(tmp_path: Path, rows: list[tuple[str, ...]], said: str) -> None:
    with pytest.raises(BadSheet, match=said):
        read_kb(csv_file(tmp_path, rows))


@pytest.mark.parametrize("name", ["kb.xlsx", "kb.csv", "kb.doc", "kb.md", "kb.yaml"])
def test_rubbish_is_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"\xff\xfe\x00PK\x03\x04\x81\x00")
    with pytest.raises(BadSheet, match=name):
        read_kb(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300), st.sampled_from([".csv", ".xlsx", ".md", ".yaml"]))
def test_no_bytes_raise_anything_else(tmp_path: Path, content: bytes, ending: str) -> None:
    path = tmp_path / f"any{ending}"
    path.write_bytes(content)
    with suppress(BadSheet):
        read_kb(path)


def test_markdown_comes_in_too(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("## KB-1 几号供暖\n- 核验: 2026-10-20\n\n11月15日。", "utf-8")
    assert [entry.id for entry in read_kb(path)] == ["KB-1"]
