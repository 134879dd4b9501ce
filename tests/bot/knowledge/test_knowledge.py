"""Entries in the database: versions follow each other, contradictions are held, reports and clocks make tasks."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from bot.jobs import gaps, knowledge
from bot.knowledge.tasks import TaskKind
from bot.knowledge.upkeep import NoSuchEntry
from bot.services import Services
from bot.store.tables import knowledge_entry, knowledge_task, knowledge_version
from dialog.knowledge.entry import Entry, EntryError, EntryState
from dialog.knowledge.life import Deed, Hand, NotPossible
from dialog.knowledge.policy import Verdict
from tests.bot.house import NOW, at_work, house, one

SWIM = {
    "question": "残疾人去市游泳馆要钱吗",
    "answer": "持残疾人证免费，每天一场。",
    "owner_unit": "M21",
    "source": "《泉城市残疾人优待办法》",
}
TODAY = date(2026, 9, 18)


class Days:
    """A clock the test moves."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def days() -> Days:
    return Days()


@pytest.fixture
async def services(database_url: str, tmp_path: Path, days: Days) -> AsyncIterator[Services]:
    async with at_work(house(database_url, tmp_path, now=days)) as running:
        yield running


def entry(id_: str = "KB-9001", **facts: object) -> Entry:
    usual = {
        "id": id_,
        "question": SWIM["question"],
        "answer": SWIM["answer"],
        "owner_unit": "M21",
        "effective": TODAY,
        "checked": TODAY,
        "state": EntryState.PUBLISHED,
    }
    return Entry(**(usual | facts))  # type: ignore[arg-type]


async def versions(services: Services, id_: str) -> list[tuple[int, str]]:
    async with services.database.read() as connection:
        rows = await connection.execute(
            select(knowledge_version.c.n, knowledge_version.c.state)
            .where(knowledge_version.c.entry == id_)
            .order_by(knowledge_version.c.n)
        )
        return [tuple(row) for row in rows]


async def tasks(services: Services, kind: TaskKind) -> list[dict[str, object]]:
    async with services.database.read() as connection:
        rows = await connection.execute(select(knowledge_task).where(knowledge_task.c.kind == kind.value))
        return [dict(row) for row in rows.mappings()]


def said(services: Services, question: str) -> str:
    outcome = services.city.index.ask(question, today=TODAY)
    return outcome.found[0].entry.id if outcome.verdict is Verdict.ANSWER else ""


async def published(services: Services, **given: str) -> str:
    keep = services.learning.upkeep
    id_ = await keep.draft(SWIM | given, by="李编辑")
    await keep.order(id_, Deed.SUBMIT, hand=Hand.EDITOR, by="李编辑")
    await keep.order(id_, Deed.APPROVE, hand=Hand.REVIEWER, by="王审核")
    return id_


async def test_from_draft_to_service_by_two_people(services: Services) -> None:
    keep = services.learning.upkeep
    id_ = await keep.draft(SWIM, by="李编辑")
    assert said(services, SWIM["question"]) == ""
    with pytest.raises(NotPossible) as early:
        await keep.order(id_, Deed.APPROVE, hand=Hand.REVIEWER, by="王审核")
    assert early.value.reason == "state"
    await keep.order(id_, Deed.SUBMIT, hand=Hand.EDITOR, by="李编辑")
    with pytest.raises(NotPossible):
        await keep.draft(SWIM | {"answer": "改一改"}, by="李编辑", entry_id=id_)
    with pytest.raises(NotPossible) as alone:
        await keep.order(id_, Deed.APPROVE, hand=Hand.REVIEWER, by="李编辑")
    assert alone.value.reason == "same_person"
    await keep.order(id_, Deed.APPROVE, hand=Hand.REVIEWER, by="王审核")
    assert said(services, SWIM["question"]) == id_
    stored = services.city.index.get(id_)
    assert stored is not None
    assert stored.next_check == date(2027, 9, 18)
    await keep.draft(SWIM | {"answer": "凭残疾人证免费。"}, by="李编辑", entry_id=id_)
    assert said(services, SWIM["question"]) == id_  # the old text serves while the new one is written
    await keep.order(id_, Deed.SUBMIT, hand=Hand.EDITOR, by="李编辑")
    await keep.order(id_, Deed.APPROVE, hand=Hand.REVIEWER, by="王审核")
    assert await versions(services, id_) == [(1, "replaced"), (2, "published")]
    await keep.order(id_, Deed.WITHDRAW, hand=Hand.REVIEWER, by="王审核", note="场馆停业")
    assert said(services, SWIM["question"]) == ""
    assert await versions(services, id_) == [(1, "replaced"), (2, "withdrawn")]
    with pytest.raises(NoSuchEntry):
        await keep.order("KB-none", Deed.WITHDRAW, hand=Hand.REVIEWER, by="王审核", note="无")


async def test_an_entry_of_the_citys_files_goes_on_from_there(services: Services) -> None:
    keep = services.learning.upkeep
    before = services.city.index.get("KB-0412")
    assert before is not None
    await keep.draft(
        {"question": before.question, "answer": "供暖期为11月10日至3月20日。", "owner_unit": "E02"},
        by="李编辑",
        entry_id="KB-0412",
    )
    assert await versions(services, "KB-0412") == [(1, "published"), (2, "draft")]
    await keep.order("KB-0412", Deed.SUBMIT, hand=Hand.EDITOR, by="李编辑")
    await keep.order("KB-0412", Deed.APPROVE, hand=Hand.REVIEWER, by="王审核")
    after = services.city.index.get("KB-0412")
    assert after is not None
    assert after.answer.startswith("供暖期为11月10日")


async def test_two_that_contradict_are_both_off_until_one_is_settled(services: Services) -> None:
    keep, editors = services.learning.upkeep, services.learning.editors
    first = await published(services)
    held = await editors.publish([entry("KB-9002", answer="每位20元。")], now=NOW)
    await editors.refresh()
    assert set(held) == {"KB-9002", first}
    assert said(services, SWIM["question"]) == ""
    (task,) = await tasks(services, TaskKind.CONFLICT)
    assert {task["entry"], task["other"]} == {first, "KB-9002"}
    await keep.order("KB-9002", Deed.WITHDRAW, hand=Hand.REVIEWER, by="王审核", note="以体育局口径为准")
    assert (await tasks(services, TaskKind.CONFLICT))[0]["done_at"] is None
    await keep.order(first, Deed.CONFIRM, hand=Hand.REVIEWER, by="王审核")
    assert said(services, SWIM["question"]) == first
    assert (await tasks(services, TaskKind.CONFLICT))[0]["outcome"] == "kept"


async def test_no_conflict_where_no_citizen_could_get_both(services: Services) -> None:
    await published(services)
    others = [
        entry("KB-1A", answer="每位20元。", area="04"),
        entry("KB-1B", answer="每位30元。", effective=date(2020, 1, 1), expires=date(2020, 12, 31)),
    ]
    assert await services.learning.editors.publish(others, now=NOW) == []
    with pytest.raises(EntryError, match="相同"):
        await services.learning.editors.publish([entry("KB-1C")], now=NOW)


async def test_importing_again_changes_nothing_and_a_draft_takes_nothing_away(services: Services) -> None:
    editors = services.learning.editors
    for _ in range(2):
        await editors.publish([entry()], now=NOW)
    await editors.publish([entry(answer="待定。", state=EntryState.DRAFT)], now=NOW)
    await editors.refresh()
    assert await versions(services, "KB-9001") == [(1, "published"), (2, "draft")]
    assert said(services, SWIM["question"]) == "KB-9001"
    await editors.publish([entry(state=EntryState.WITHDRAWN)], now=NOW)
    await editors.refresh()
    assert said(services, SWIM["question"]) == ""


async def test_a_units_line_is_said_instead_of_what_is_older(services: Services, days: Days) -> None:
    await services.learning.editors.publish([entry(effective=date(2026, 1, 1))], now=NOW)
    line = entry(
        "KB-L1",
        question="残疾人到市游泳馆要钱吗",
        answer="维修期间暂停免费场。",
        nature="口径",
        expires=date(2026, 9, 30),
    )
    assert await services.learning.editors.publish([line], now=NOW) == []
    await services.learning.editors.refresh()
    assert said(services, SWIM["question"]) == "KB-L1"
    days.at += timedelta(days=13)
    assert await knowledge.end_versions(services.learning.keeper) == 1
    await services.learning.editors.refresh()
    assert await versions(services, "KB-L1") == [(1, "expired")]
    assert said(services, SWIM["question"]) == "KB-9001"
    assert await knowledge.end_versions(services.learning.keeper) == 0


async def test_citizens_reports_become_a_task_and_enough_of_them_hold_the_entry(services: Services, days: Days) -> None:
    keeper, keep = services.learning.keeper, services.learning.upkeep
    id_ = await published(services)
    days.at += timedelta(hours=1)
    for number, words in enumerate(("答案不对", "过期了", "已经变了,早就收费了")):
        await services.hub.receive(one(f"peer-{number}", SWIM["question"]))
        await services.hub.receive(one(f"peer-{number}", words))
        await services.hub.receive(one(f"peer-{number}", SWIM["question"]))
        await services.hub.receive(one(f"peer-{number}", words))  # the same citizen twice counts once
        assert await knowledge.take_reports(keeper) == 1
        await services.learning.editors.refresh()
        assert said(services, SWIM["question"]) == (id_ if number < 2 else "")
    (task,) = await tasks(services, TaskKind.REPORT)
    assert (task["entry"], task["owner_unit"], task["asked"]) == (id_, "M21", 6)
    days.at += timedelta(hours=1)
    await keep.order(id_, Deed.CONFIRM, hand=Hand.REVIEWER, by="王审核")
    assert said(services, SWIM["question"]) == id_
    (task,) = await tasks(services, TaskKind.REPORT)
    assert task["outcome"] == "kept"
    await keep.report(id_, "outdated", "价目表换了", by="张坐席")
    assert await knowledge.take_reports(keeper) == 1
    assert said(services, SWIM["question"]) == id_  # what was said before the look counts no more
    assert await knowledge.take_reports(keeper) == 0


async def test_checks_fall_due_and_late_tasks_are_reminded(services: Services, days: Days) -> None:
    keeper = services.learning.keeper
    await services.learning.editors.publish([entry(next_check=date(2026, 10, 20))], now=NOW)
    await services.learning.editors.refresh()
    assert await knowledge.open_checks(keeper) == 0
    days.at = datetime(2026, 10, 20, 2, tzinfo=UTC)
    assert await knowledge.open_checks(keeper) == 1
    assert await knowledge.open_checks(keeper) == 0
    assert await knowledge.remind_late(keeper) == 0
    days.at = datetime(2026, 10, 26, 2, tzinfo=UTC)
    assert await knowledge.remind_late(keeper) == 1
    assert await knowledge.remind_late(keeper) == 0
    (task,) = await tasks(services, TaskKind.CHECK)
    assert (task["owner_unit"], task["reminders"]) == ("M21", 1)
    await services.learning.upkeep.order("KB-9001", Deed.CONFIRM, hand=Hand.REVIEWER, by="王审核")
    (task,) = await tasks(services, TaskKind.CHECK)
    assert task["outcome"] == "kept"
    checked = services.city.index.get("KB-9001")
    assert checked is not None
    assert (checked.checked, checked.next_check) == (date(2026, 10, 26), date(2027, 10, 26))


async def test_alike_questions_are_one_gap_and_one_of_them_can_be_taken_out(services: Services) -> None:
    asked = ("火星车号牌怎么申领", "怎么申领火星车的号牌", "请问火星车号牌怎么申领呢", "深海旅馆可以订吗")
    for number, words in enumerate(asked):
        await services.hub.receive(one(f"peer-{number}", "我要咨询"))
        await services.hub.receive(one(f"peer-{number}", f"{words}，我叫张三丰，电话13800138000"))
    assert await gaps.gather_gaps(services.learning.keeper) == len(asked)
    assert await gaps.gather_gaps(services.learning.keeper) == 0
    found = await tasks(services, TaskKind.GAP)
    assert sorted(task["asked"] for task in found) == [1, 3]  # type: ignore[type-var]
    assert all("13800138000" not in str(task) and "张三丰" not in str(task) for task in found)
    await services.learning.upkeep.take_out(3)
    assert sorted(task["asked"] for task in await tasks(services, TaskKind.GAP)) == [1, 1, 2]  # type: ignore[type-var]


async def test_running_hubs_hear_of_it(services: Services, database_url: str, tmp_path: Path) -> None:
    other = house(database_url, tmp_path)
    id_ = await published(services)
    assert other.city.index.get(id_) is None
    assert await other.learning.editors.refresh() == 1
    assert other.city.index.get(id_) == services.city.index.get(id_)
    async with services.database.read() as connection:
        numbers = (await connection.scalars(select(knowledge_entry.c.version))).all()
    assert len(set(numbers)) == len(numbers)
    assert replace(entry(), id=id_).says_the_same(services.city.index.get(id_) or entry())
    await other.database.close()
