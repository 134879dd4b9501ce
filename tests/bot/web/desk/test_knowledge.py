"""The desk's knowledge pages: from a gap to an answer by two people, reports, versions; and an expert in a conversation."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from aiohttp import ClientSession

from bot.jobs import gaps, knowledge
from bot.services import Services
from bot.talks.duty import look
from bot.words import knowledge as kw
from dialog.knowledge.entry import Entry, EntryState
from dialog.knowledge.life import Deed
from tests.bot.web.desk.test_desk import KEY, hears, officer, services, stranger, text_of
from tickets.limits.calendar import SHANGHAI

__all__ = ["officer", "services", "stranger"]

ASKED = "请问残疾人去市游泳馆办健身卡能打几折？"


async def as_(session: ClientSession, name: str) -> None:
    assert (await session.post("/desk/login", data={"name": name, "key": KEY})).status == 200


async def test_a_gap_becomes_an_answer_by_two_people(services: Services, officer: ClientSession) -> None:
    keeper = services.learning.keeper
    await hears(services, ASKED, "要", "我叫张三丰，电话13800138000")
    await gaps.gather_gaps(keeper)
    assert "残疾人去市游泳馆" in await text_of(officer, "/desk/knowledge/tasks?kind=gap")
    page = await text_of(officer, "/desk/knowledge/tasks/1")
    assert "希望得到通知" in page
    assert (await officer.post("/desk/knowledge/tasks/1/assign", data={"unit": "M21"})).status == 200
    assert (await officer.post("/desk/knowledge/tasks/1/assign", data={"unit": "X99"})).status == 404
    form = await text_of(officer, "/desk/knowledge/new?task=1")
    assert '<option value="M21" selected>' in form
    assert 'name="task" value="1"' in form
    blank = await officer.post("/desk/knowledge/new", data={"question": ASKED, "task": "1"})
    assert (blank.status, "缺少 答案" in await blank.text()) == (400, True)
    given = {"question": ASKED, "answer": "凭残疾人证五折。", "owner_unit": "M21", "task": "1", "materials": "残疾人证"}
    kept = await officer.post("/desk/knowledge/new", data=given)
    entry = kept.url.path
    assert "草稿" in await kept.text()
    assert (await officer.post(f"{entry}/submit")).status == 200
    alone = await officer.post(f"{entry}/approve")
    assert (alone.status, "须为不同的人" in await alone.text()) == (409, True)
    nothing = await officer.post(f"{entry}/return", data={"note": " "})
    assert (nothing.status, "请写明原因" in await nothing.text()) == (409, True)
    await as_(officer, "李强")
    done = await officer.post(f"{entry}/approve")
    assert "已发布" in await done.text()
    assert "已发布答案" in await text_of(officer, "/desk/knowledge/tasks/1")
    assert "没有待办任务" in await text_of(officer, "/desk/knowledge/tasks")
    assert await gaps.tell_askers(keeper) == 1
    for query in ("q=游泳馆", "owner=M21", f"q={entry.rsplit('/', maxsplit=1)[-1]}"):
        assert entry in await text_of(officer, f"/desk/knowledge?{query}")
    assert entry not in await text_of(officer, "/desk/knowledge?owner=M01")


async def test_versions_show_what_changed_and_reports_go_to_the_owner(
    services: Services, officer: ClientSession
) -> None:
    path = "/desk/knowledge/entries/KB-0412"
    assert "来自城市知识文件" in await text_of(officer, path)
    form = await text_of(officer, f"{path}/edit")
    values = dict(re.findall(r'name="(question|source|effective)" value="([^"]*)"', form))
    given = {**values, "answer": "供暖期为11月10日至3月20日。", "owner_unit": "E02"}
    page = await (await officer.post(f"{path}/edit", data=given)).text()
    assert "<del>" in page
    assert "<ins>" in page
    await officer.post(f"{path}/submit")
    locked = await officer.post(f"{path}/edit", data=given)
    assert (locked.status, "正在审核" in await locked.text()) == (409, True)
    assert "待审" in await text_of(officer, "/desk/knowledge?state=review")
    told = await officer.post(f"{path}/report", data={"reason": "outdated", "note": "电话13800138000已停"})
    assert "内容过期" in await told.text()
    await knowledge.take_reports(services.learning.keeper)
    task = await text_of(officer, "/desk/knowledge/tasks/1")
    assert "13800138000" not in task
    assert "热力集团" in task
    assert (await officer.post("/desk/knowledge/tasks/1/dismiss", data={"note": ""})).status == 400
    page = await (await officer.post("/desk/knowledge/tasks/1/dismiss", data={"note": "电话未停"})).text()
    assert "不予处理" in page


async def test_unknown_things_are_not_found(officer: ClientSession) -> None:
    for path in ("entries/KB-none", "entries/KB-none/edit", "tasks/404", f"tasks/{2**62}"):
        assert (await officer.get(f"/desk/knowledge/{path}")).status == 404
    assert (await officer.post("/desk/knowledge/entries/KB-none/withdraw", data={"note": "x"})).status == 404
    assert (await officer.post("/desk/knowledge/asked/404/take_out")).status == 404
    assert (await officer.get("/desk/experts/404")).status == 404
    assert (await officer.post("/desk/experts/duty", data={"unit": "X"})).status == 404
    assert (await officer.post("/desk/talks/404/invite", data={"unit": "M11"})).status == 404


async def test_an_agent_invites_an_expert_who_answers(services: Services, officer: ClientSession) -> None:
    await hears(services, "转人工")
    await officer.post("/desk/talks/1/take")
    assert "邀请单位专家" not in await text_of(officer, "/desk/talks/1")
    await as_(officer, "赵专家")
    await officer.post("/desk/experts/duty", data={"unit": "M11"})
    await look(services.database, services.hub.batching.duty, services.metrics, now=datetime.now(UTC))
    await as_(officer, "王敏")
    assert "邀请单位专家" in await text_of(officer, "/desk/talks/1")
    page = await (
        await officer.post("/desk/talks/1/invite", data={"unit": "M11", "question": "异地手术怎么报销"})
    ).text()
    assert "市医保局专家尚未加入" in page
    assert (await (await officer.get("/desk/news")).json())["experts"] == 1
    await as_(officer, "赵专家")
    assert "异地手术怎么报销" in await text_of(officer, "/desk/experts")
    early = await officer.post("/desk/experts/1/say", data={"text": "您好", "key": "k"})
    assert (early.status, "还没有加入" in await early.text()) == (409, True)
    page = await (await officer.post("/desk/experts/1/join")).text()
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key
    page = await (await officer.post("/desk/experts/1/say", data={"text": "先备案再报销。", "key": key[1]})).text()
    assert "【市医保局 专家】先备案再报销。" in page
    assert (await officer.post("/desk/experts/1/say", data={"text": " ", "key": "k2"})).status == 400
    leak = await officer.post("/desk/experts/1/end", data={"answer": "请打13900139000"})
    assert (leak.status, "手机号或身份证号" in await leak.text()) == (409, True)
    assert (await officer.post("/desk/experts/1/end", data={"answer": "先备案再报销。"})).url.path == "/desk/experts"
    assert (await officer.post("/desk/experts/1/say", data={"text": "再见", "key": "k3"})).status == 409
    page = await text_of(officer, "/desk/experts/1")
    draft = re.search(r'href="(/desk/knowledge/entries/[^"]+)"', page)
    assert draft
    assert "先备案再报销。" in await text_of(officer, draft[1])
    ticket = re.search(r'href="(/desk/tickets/\d+)"', page)
    assert ticket
    assert "直接答复" in await text_of(officer, ticket[1])


def entry(**facts: object) -> Entry:
    day = datetime(2026, 9, 18, tzinfo=SHANGHAI).date()
    usual = {"id": "KB-1", "question": "问", "answer": "每周一休息", "effective": day, "checked": day}
    return Entry(**(usual | {"state": EntryState.PUBLISHED} | facts))  # type: ignore[arg-type]


def test_differences_are_told_to_the_character() -> None:
    (answer, words) = kw.differences(entry(), entry(answer="每周二休息", keywords=("游泳",)))
    assert answer.pieces == (("same", "每周"), ("gone", "一"), ("new", "二"), ("same", "休息"))
    assert (words.name, words.pieces) == ("关键词", (("new", "游泳"),))
    assert list(kw.differences(entry(), entry())) == []


@pytest.mark.parametrize("reason", ["state", "hand", "same_person", "no_owner", "no_note", "over", "not_over"])
def test_every_refusal_has_words(reason: str) -> None:
    assert kw.refusal(reason) != kw.refusal("?")


def test_every_deed_of_a_person_has_a_name() -> None:
    assert set(kw.DEEDS) == set(Deed) - {Deed.EXPIRE, Deed.REPLACE}
    assert set(kw.STATES) == set(EntryState)
