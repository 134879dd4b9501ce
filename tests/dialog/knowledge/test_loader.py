"""The editors' files become entries, or an error that says where and what to do."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from dialog.knowledge.entry import EntryError, EntryState
from dialog.knowledge.loader import load_file, load_folder

MARKDOWN = """---
category: "0402"
owner_unit: E02
nature: 热点问答
effective: 2026-01-01
---
## KB-0412 每年什么时候供暖？
- 问: 今年几号来暖气
- 问：暖气什么时候停
- 依据: 《泉城市集中供热管理办法》第十二条
- 关键词: 供暖;热力
- 失效: 2027-03-31
- 核验: 2026年10月20日

供热期为每年11月15日
至次年3月15日。

- 遇寒潮可提前

## KB-0413 停暖怎么办？
- 区域: 04
- 核验: 2026/10/20
- 状态: draft

请报修。
"""


def test_markdown_holds_many_entries(tmp_path: Path) -> None:
    path = tmp_path / "heat.md"
    path.write_text(MARKDOWN, "utf-8")
    heat, cold = load_file(path)
    assert heat.similar == ("今年几号来暖气", "暖气什么时候停")
    assert (heat.source, heat.clause) == ("《泉城市集中供热管理办法》", "第十二条")
    assert heat.keywords == ("供暖", "热力")
    assert (heat.category, heat.owner_unit, heat.nature) == ("0402", "E02", "热点问答")
    assert (heat.effective, heat.expires, heat.checked) == (date(2026, 1, 1), date(2027, 3, 31), date(2026, 10, 20))
    assert heat.answer == "供热期为每年11月15日\n至次年3月15日。\n\n- 遇寒潮可提前"
    assert heat.state is EntryState.PUBLISHED
    assert (cold.area, cold.state, cold.checked) == ("04", EntryState.DRAFT, date(2026, 10, 20))


def test_yaml_is_a_list(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(
        "- {id: KB-1, question: 几号供暖, answer: 答, similar: [来暖气], checked: 2026-10-20, state: review}", "utf-8"
    )
    (entry,) = load_folder(tmp_path)
    assert (entry.similar, entry.state, entry.effective) == (("来暖气",), EntryState.REVIEW, date(2026, 10, 20))


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.md", "没有条目", "a.md: 没有条目"),
        ("a.md", "---\n[: \n---\n## KB-1 问\n", "a.md: 文件头不是有效的 YAML"),
        ("a.md", "---\n- 一\n---\n## KB-1 问\n", "a.md: 文件头请写成"),
        ("a.md", "## KB-1 问\n- 核检: 2026-01-01\n\n答", "a.md: KB-1: 不认识的字段 核检,可用 问"),
        ("a.md", "## KB-1 问\n- 核验: 2026-02-30\n\n答", "a.md: KB-1: 日期 2026-02-30"),
        ("a.md", "## KB-1 问\n- 核验: 昨天\n\n答", "a.md: KB-1: 日期 昨天"),
        ("a.md", "## KB-1 问\n- 核验: 2026-01-01\n- 状态: 好\n\n答", "a.md: KB-1: 不认识的状态 好"),
        ("a.md", "## KB-1 问\n\n答", "a.md: KB-1: 缺少 核验日期"),
        ("a.md", "## KB-1 问\n- 核验: 2026-01-01\n", "a.md: KB-1: 缺少 答案"),
        ("a.yaml", "id: KB-1", "a.yaml: 请写成列表"),
        ("a.yaml", "[", "a.yaml: 不是有效的 YAML"),
        ("a.yaml", "- {id: KB-1, title: 问}", "a.yaml: KB-1: 不认识的字段 title"),
    ],
)
def test_an_error_names_file_entry_and_cure(tmp_path: Path, name: str, text: str, said: str) -> None:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    with pytest.raises(EntryError) as caught:
        load_file(path)
    assert said in str(caught.value)


def test_one_id_in_two_files_is_refused(tmp_path: Path) -> None:
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(f"## KB-1 问{name}\n- 核验: 2026-01-01\n\n答", "utf-8")
    with pytest.raises(EntryError, match="KB-1: 编号重复"):
        load_folder(tmp_path)
