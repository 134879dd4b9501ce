"""The index finds what was asked for, serves nothing that may not be said, and changes while it serves."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dialog.knowledge.entry import LINE, Entry, EntryError, EntryState, Secrecy
from dialog.knowledge.index import KnowledgeIndex, overrules
from dialog.knowledge.normal import normal
from dialog.knowledge.policy import Verdict
from tests.dialog.knowledge.made import TODAY, made

HEAT = made("KB-0412", "每年什么时候开始供暖", similar=("今年几号供暖",), keywords=("供暖时间",))
FUND = made("KB-1501", "公积金怎么提取", similar=("租房能提取公积金吗",))
DOG = made("KB-1201", "养狗要办证吗")


def ids(index: KnowledgeIndex, question: str, *, today: date = TODAY, district: str = "") -> list[str]:
    return [found.entry.id for found in index.ask(question, today=today, district=district).found]


@pytest.fixture
def index() -> KnowledgeIndex:
    return KnowledgeIndex.build([HEAT, FUND, DOG])


@pytest.mark.parametrize(
    ("question", "entry"),
    [
        ("请问今年几号开始供暖？", HEAT),
        ("暖气啥时候来", HEAT),
        ("供暖时间", HEAT),
        ("您好，麻烦问一下住房公积金咋提取呀", FUND),
        ("租房子，可以提取公积金吗？", FUND),
        ("养狗要办证吗？？", DOG),
    ],
)
def test_finds_it_in_other_words(index: KnowledgeIndex, question: str, entry: Entry) -> None:
    assert ids(index, question)[0] == entry.id


@pytest.mark.parametrize(
    "question", ["", "？？？", "你好", "🙂", "a", "今天天气真好我们去爬山", "x" * 5000, "\x00\ud800"]
)
def test_says_nothing_where_it_knows_nothing(index: KnowledgeIndex, question: str) -> None:
    assert index.ask(question, today=TODAY).verdict is Verdict.NONE


@given(st.text(max_size=200))
def test_never_raises(question: str) -> None:
    KnowledgeIndex.build([HEAT, FUND, DOG]).ask(question, today=TODAY)


def test_an_empty_base_knows_nothing() -> None:
    empty = KnowledgeIndex.build([])
    assert len(empty) == 0
    assert empty.ask("几号供暖", today=TODAY).verdict is Verdict.NONE


@pytest.mark.parametrize("state", [state for state in EntryState if state != EntryState.PUBLISHED])
def test_never_serves_what_is_not_published(state: EntryState) -> None:
    assert ids(KnowledgeIndex.build([made("KB-1", "几号供暖", state=state)]), "几号供暖") == []


@given(st.integers(-40, 80))
def test_never_serves_outside_its_dates(shift: int) -> None:
    start = date(2026, 11, 1)
    index = KnowledgeIndex.build([made("KB-1", "几号供暖", effective=start, expires=start + timedelta(30)), FUND])
    found = ids(index, "几号供暖", today=start + timedelta(shift))
    assert found == (["KB-1"] if 0 <= shift <= 30 else [])


def test_what_is_published_later_is_served_in_place_of_a_better_match_that_is_not() -> None:
    draft = made("KB-2", "几号供暖", state=EntryState.DRAFT, area="")
    assert ids(KnowledgeIndex.build([draft, HEAT]), "几号供暖") == [HEAT.id]


def test_another_districts_entry_is_not_for_this_citizen() -> None:
    hall = made("KB-9", "政务大厅几点上班", area="04")
    index = KnowledgeIndex.build([hall, FUND])
    assert index.ask("政务大厅几点上班", today=TODAY, district="04").verdict is Verdict.ANSWER
    assert index.ask("政务大厅几点上班", today=TODAY, district="05").verdict is Verdict.NONE
    assert index.ask("政务大厅几点上班", today=TODAY).verdict is Verdict.OFFER


def test_a_hundred_other_districts_do_not_hide_this_ones_entry() -> None:
    halls = [made(f"KB-{number}", "政务大厅几点上班", area=f"{number:03}") for number in range(100)]
    index = KnowledgeIndex.build([*halls, FUND])
    assert ids(index, "政务大厅几点上班", district="099") == ["KB-99"]


def test_unknown_district_hears_of_the_whole_city_first() -> None:
    local = made("KB-1", "政务大厅几点上班", area="04")
    city = made("KB-2", "政务大厅几点上班")
    assert ids(KnowledgeIndex.build([local, city]), "政务大厅几点上班")[0] == "KB-2"


def test_put_replaces(index: KnowledgeIndex) -> None:
    index.put([made("KB-1201", "哪里可以给猫打疫苗")])
    assert len(index) == 3
    assert ids(index, "养狗要办证吗") == []
    assert ids(index, "哪里可以给猫打疫苗") == ["KB-1201"]
    assert index.get("KB-0412") is HEAT


def test_an_edited_answer_is_the_one_served(index: KnowledgeIndex) -> None:
    edited = made("KB-1501", "公积金怎么提取", answer="新答案")
    index.put([edited])
    assert index.ask("公积金怎么提取", today=TODAY).found[0].entry is edited


def test_many_edits_leave_it_as_if_built_anew() -> None:
    entries = [made(f"KB-{number}", f"{thing}在哪里{act}") for number, (thing, act) in enumerate(_things())]
    edited = KnowledgeIndex.build([])
    for _ in range(3):
        for entry in entries:
            edited.put([made(entry.id, "另外一个问题")])
            edited.put([entry])
    fresh = KnowledgeIndex.build(entries)
    for entry in entries:
        question = entry.question.replace("哪里", "什么地方")
        assert ids(edited, question)[0] == ids(fresh, question)[0] == entry.id


def test_contradicting_entries_are_refused() -> None:
    with pytest.raises(EntryError, match="问题相同"):
        KnowledgeIndex.build([HEAT, made("KB-2", HEAT.question)])


def test_finds_one_among_thousands_that_look_alike() -> None:
    alike = [
        made(f"B-{number}-{place}", f"在第{number}办事处{act}{thing}需要什么材料")
        for number in range(200)
        for place, (thing, act) in enumerate(_things()[:20])
    ]
    index = KnowledgeIndex.build([*alike, FUND, HEAT])
    assert ids(index, "公积金怎么提取") == [FUND.id]
    assert ids(index, "请问什么时候开始供暖")[0] == HEAT.id
    assert ids(index, "在第137办事处补办护照需要什么材料")[0] == next(
        entry.id for entry in alike if entry.question == "在第137办事处补办护照需要什么材料"
    )


def _things() -> list[tuple[str, str]]:
    things = ("居住证", "社保卡", "护照", "残疾证", "营业执照", "户口簿", "老年证", "车牌")
    return [(thing, act) for thing in things for act in ("办理", "补办", "注销", "年审")]


def test_what_is_internal_is_never_said() -> None:
    assert ids(KnowledgeIndex.build([made("KB-1", "几号供暖", secrecy=Secrecy.INTERNAL)]), "几号供暖") == []


def line(entry_id: str, question: str, **facts: object) -> Entry:
    usual = {"nature": LINE, "effective": date(2026, 11, 1), "expires": date(2026, 12, 31)}
    return made(entry_id, question, **(usual | facts))


def test_a_units_line_takes_the_place_of_what_is_older_on_its_topic() -> None:
    index = KnowledgeIndex.build([HEAT, FUND, line("KB-L", f"今年{HEAT.question}")])
    outcome = index.ask(HEAT.question, today=TODAY)
    assert (outcome.verdict, [found.entry.id for found in outcome.found]) == (Verdict.ANSWER, ["KB-L"])
    assert ids(index, FUND.question)[0] == FUND.id
    after = index.ask(HEAT.question, today=date(2027, 1, 1))
    assert after.found[0].entry is HEAT


def test_a_line_overrules_only_what_is_older_and_here() -> None:
    asked = HEAT.question
    newer = made("KB-N", asked, effective=date(2026, 11, 20))
    assert not overrules(line("KB-L", asked), newer)
    assert not overrules(line("KB-L", asked, area="01"), made("KB-D", asked, area="02"))
    assert not overrules(line("KB-L", "公积金怎么提取"), HEAT)
    assert overrules(line("KB-L2", asked, effective=date(2026, 11, 5)), line("KB-L1", asked))
    assert not overrules(line("KB-L1", asked), line("KB-L2", asked, effective=date(2026, 11, 5)))


def test_the_same_title_is_found_whatever_its_marks() -> None:
    index = KnowledgeIndex.build([HEAT, FUND, DOG])
    assert index.asking({normal(f"{HEAT.question}？！")}) == [HEAT]
    assert index.asking({normal("没有人问过")}) == []
