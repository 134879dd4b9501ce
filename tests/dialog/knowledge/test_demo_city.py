"""The demonstration city's knowledge: complete, in form, and found by citizens' own words."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

import bot.demo
from dialog.knowledge.entry import Entry
from dialog.knowledge.index import KnowledgeIndex
from dialog.knowledge.loader import load_folder
from dialog.knowledge.policy import Verdict
from tests.dialog.knowledge.made import TODAY

CITY = Path(next(iter(bot.demo.__path__))) / "city"
ENTRIES = load_folder(CITY / "knowledge")
PARAPHRASES = yaml.safe_load(Path(__file__).with_name("paraphrases.yaml").read_text("utf-8"))
NATIONAL = {
    "110", "119", "120", "122", "12345", "12356", "12366", "12333", "12329", "12348", "12355", "12123", "95598", "96110", "96333",
}  # fmt: skip


@pytest.fixture(scope="module")
def index() -> KnowledgeIndex:
    return KnowledgeIndex.build(ENTRIES)


def test_all_sixteen_fields_of_the_hotline_are_covered() -> None:
    assert len(ENTRIES) >= 120
    assert {entry.category[:2] for entry in ENTRIES} == {f"{number:02}" for number in range(1, 17)}


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_each_entry_is_in_form(entry: Entry) -> None:
    codes = yaml.safe_load((CITY / "categories.yaml").read_text("utf-8"))
    units = {unit["code"] for unit in yaml.safe_load((CITY / "units.yaml").read_text("utf-8"))}
    districts = {place["code"] for place in yaml.safe_load((CITY / "districts.yaml").read_text("utf-8"))}
    assert entry.category in codes
    assert entry.owner_unit in units
    assert entry.area in districts | {""}
    assert entry.source.startswith("《")
    assert 2 <= len(entry.similar) <= 5
    assert 60 <= len(entry.answer) <= 250
    assert entry.checked.year == 2026
    assert entry.effective <= entry.checked <= TODAY
    assert entry.served_on(TODAY)
    phones = re.findall(r"(?:热线|拨打|电话|咨询|详询)(\d{3,})", entry.answer)
    assert set(phones) <= NATIONAL
    assert not re.search(r"1[3-9]\d{9}|0\d{2,3}-\d{7,8}", entry.answer)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.id)
def test_its_own_wordings_find_it_first(index: KnowledgeIndex, entry: Entry) -> None:
    for question in (entry.question, *entry.similar):
        outcome = index.ask(question, today=TODAY, district=entry.area)
        assert outcome.verdict is not Verdict.NONE
        assert outcome.found[0].entry is entry


def test_citizens_find_it_in_words_nobody_foresaw(index: KnowledgeIndex) -> None:
    missed = []
    for wanted, question in PARAPHRASES:
        outcome = index.ask(question, today=TODAY)
        ids = [found.entry.id for found in outcome.found]
        if ids[:1] != [wanted]:
            missed.append((question, wanted, ids))
            assert outcome.verdict is not Verdict.ANSWER, missed
    assert len(PARAPHRASES) >= 60
    assert len(missed) <= 0.03 * len(PARAPHRASES), missed


@pytest.mark.parametrize(
    "complaint",
    [
        "楼下烧烤店天天冒烟",
        "楼下烧烤店天天晚上冒烟,呛得孩子睡不着,到底有没有人管!!",
        "我们小区垃圾三天没人清理了",
        "明湖西路12号工地半夜还在施工，吵得没法睡觉",
        "物业经理骂人，我要投诉他",
        "门口大坑把我车胎扎坏了，必须赔我",
        "感谢热线帮我解决了停水的问题",
        "建议在公园门口加一个公交站",
    ],
)
def test_a_complaint_is_not_answered_like_a_question(index: KnowledgeIndex, complaint: str) -> None:
    assert index.ask(complaint, today=TODAY).verdict is not Verdict.ANSWER


def test_the_script_of_the_heating_question(index: KnowledgeIndex) -> None:
    outcome = index.ask("请问今年几号开始供暖?家里只有15度能投诉吗", today=TODAY)
    assert outcome.verdict is Verdict.ANSWER
    entry = outcome.found[0].entry
    assert (entry.id, entry.source, entry.checked.isoformat()) == (
        "KB-0412",
        "《泉城市集中供热管理办法》",
        "2026-10-20",
    )
    assert all(words in entry.answer for words in ("11月15日", "3月15日", "18℃"))
