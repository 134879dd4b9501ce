"""The knowledge base by the clock: reports looked at, last days kept, checks opened, late tasks counted."""

from __future__ import annotations

from sqlalchemy import func, select, update

from bot.knowledge.keeper import Keeper
from bot.knowledge.release import RULES, Release
from bot.knowledge.tasks import TaskKind, due, open_task
from bot.logs import logger
from bot.store.entry_rows import read_version
from bot.store.tables import knowledge_report, knowledge_task, knowledge_version
from bot.store.tables.knowledge import LIVE_VERSION, OPEN_TASK, UNPLACED
from dialog.knowledge.entry import EntryState
from dialog.knowledge.life import Deed, Hand, advance

log = logger(__name__)

AT_ONCE = 200
IN_DOUBT = "{count}位市民反映答复有误，待核实"


async def take_reports(keeper: Keeper) -> int:
    """Reports on an entry become a task of its owner; from so many citizens, the entry is held until somebody looked."""
    async with keeper.conversing.database.read() as connection:
        new = select(knowledge_report.c.entry).where(UNPLACED).distinct().limit(AT_ONCE)
        entries = (await connection.scalars(new)).all()
    for entry_id in entries:
        async with keeper.editors.releasing(now=keeper.now) as release:
            await _take_report(keeper, release, entry_id)
    return len(entries)


async def _take_report(keeper: Keeper, release: Release, entry_id: str) -> None:
    entry, connection = keeper.index.get(entry_id), release.connection
    facts = {"question": entry.question, "owner_unit": entry.owner_unit} if entry else {}
    task = await open_task(connection, TaskKind.REPORT, entry=entry_id, rules=keeper.rules, now=release.now, **facts)
    mine = update(knowledge_report).where(knowledge_report.c.entry == entry_id, UNPLACED)
    new = (await connection.execute(mine.values(task_id=task))).rowcount
    counted = update(knowledge_task).where(knowledge_task.c.id == task)
    await connection.execute(counted.values(asked=knowledge_task.c.asked + new))
    await release.adopt([entry_id])
    live = await release.live(entry_id)
    if live is None:
        return
    doubt = keeper.rules.policies.at(keeper.rules.today(release.now)).knowledge.doubt
    since = max(release.now - doubt.within.roughly, live["reviewed_at"] or release.now - doubt.within.roughly)
    citizens = select(func.count(knowledge_report.c.citizen.distinct())).where(
        knowledge_report.c.entry == entry_id, knowledge_report.c.at > since
    )
    count = await connection.scalar(citizens) or 0
    if count >= doubt.citizens and await release.hold(entry_id, note=IN_DOUBT.format(count=count)):
        log.warning("entry held", action="knowledge.held", name=entry_id, count=count)


async def end_versions(keeper: Keeper) -> int:
    """What was valid until yesterday is over today."""
    today = keeper.rules.today(keeper.now)
    async with keeper.conversing.database.read() as connection:
        over = select(knowledge_version.c.entry).where(LIVE_VERSION, knowledge_version.c.expires < today)
        entries = (await connection.scalars(over.limit(AT_ONCE))).all()
    for entry_id in entries:
        async with keeper.editors.releasing(now=keeper.now) as release:
            row = await release.live(entry_id)
            if row is None or row["expires"] is None or row["expires"] >= today:
                continue  # somebody was faster
            after = advance(read_version(row), Deed.EXPIRE, hand=Hand.RULES, by=RULES, today=today)
            await release.write([after])
            await release.serve([after.entry])
    return len(entries)


async def open_checks(keeper: Keeper) -> int:
    """核验到期: who keeps an entry compares it with its source again. Entries of the city's files have no row yet, so
    those come from the index of this process."""
    today, now = keeper.rules.today(keeper.now), keeper.now
    due_now = {
        entry.id: entry
        for entry in keeper.index
        if entry.next_check is not None and entry.next_check <= today and entry.state is EntryState.PUBLISHED
    }
    async with keeper.conversing.database.begin() as connection:
        under_way = select(knowledge_task.c.entry).where(knowledge_task.c.kind == TaskKind.CHECK, OPEN_TASK)
        fresh = sorted(set(due_now) - set(await connection.scalars(under_way)))
        for id_ in fresh:
            facts = {"question": due_now[id_].question, "owner_unit": due_now[id_].owner_unit}
            await open_task(connection, TaskKind.CHECK, entry=id_, rules=keeper.rules, now=now, **facts)
    return len(fresh)


async def remind_late(keeper: Keeper) -> int:
    """A task past its limit is counted as reminded, again and again, until it is done: lists show how often."""
    now = keeper.now
    policy = keeper.rules.policies.at(keeper.rules.today(now)).knowledge
    late = update(knowledge_task).where(OPEN_TASK, knowledge_task.c.remind_at <= now)
    values = {"reminders": knowledge_task.c.reminders + 1, "remind_at": due(keeper.rules, policy.remind, now)}
    async with keeper.conversing.database.begin() as connection:
        count = (await connection.execute(late.values(values))).rowcount
    if count:
        log.warning("knowledge tasks late", action="knowledge.late", count=count)
    return int(count)
