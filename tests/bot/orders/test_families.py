"""One matter of many citizens: found by its place, joined by an officer, told to each, and taken apart again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from bot.jobs import callbacks, families, family_news
from bot.orders.families import Families, NotThere
from bot.orders.office import NoSuchTicket
from bot.services import Services
from bot.store import audit, matters
from bot.store.tables import (
    conversation,
    family_look,
    kept_apart,
    matter,
    matter_member,
    outbox,
    place_key,
    survey,
    ticket,
    ticket_event,
)
from bot.store.tables import (
    family_news as news,
)
from channels.message import Batch, Inbound
from tests.bot.house import at_work, house, words
from tests.journeys.clock import Clock
from tests.journeys.town import EVENING
from tickets.orders import Command as C
from tickets.orders import NotAllowed, Order
from tickets.ticket import Actor, Role

OFFICER = Actor(Role.DISPATCHER, "王敏")
UNIT = Actor(Role.UNIT, "D04C")
LAMP = "天桥区明湖西路12号门口的路灯不亮了，三天了"
LAMPS = (LAMP, "天桥区明湖西路12号的路灯一直不亮，三天了", "天桥区明湖西路12号路灯不亮，晚上太黑，一周了")
HANDLING = (
    Order(C.DISPATCH, Actor(Role.DISPATCHER, "0101"), {"lead": "D04C"}),
    Order(C.SIGN, UNIT),
    Order(C.CONTACT, UNIT, {"method": "phone"}),
    Order(C.SUBMIT_REPLY, UNIT, {"public_reply": "已更换灯头。", "closing_kind": "solved"}),
    Order(C.REVIEW_PASS, Actor(Role.REVIEWER, "0202")),
)


@pytest.fixture
def clock() -> Clock:
    return Clock(EVENING)


@pytest.fixture
async def services(database_url: str, tmp_path: Path, clock: Clock) -> AsyncIterator[Services]:
    async with at_work(house(database_url, tmp_path, now=clock.now)) as one:
        yield one


async def says(services: Services, peer: str, *texts: str, **more: Any) -> None:
    for text in texts:
        message: Inbound = replace(words(peer, text), **more)
        await services.hub.receive(Batch((message,)))


async def report(services: Services, peer: str, text: str) -> str:
    """A citizen's report; his ticket's number."""
    await says(services, peer, text, "提交")
    return (await newest(services))["number"]


async def newest(services: Services) -> Any:
    return (await rows(services, ticket))[-1]


async def rows(services: Services, table: Any, **where: object) -> list[Any]:
    statement = select(table).where(*(table.c[name] == value for name, value in where.items()))
    async with services.database.read() as connection:
        return list((await connection.execute(statement.order_by(*table.primary_key.columns))).mappings())


async def row(services: Services, number: str) -> Any:
    (one,) = await rows(services, ticket, number=number)
    return one


async def told(services: Services, number: str) -> list[str]:
    """The notices about a ticket, oldest first."""
    return [one["notice"] for one in await notices(services, number)]


async def notices(services: Services, number: str) -> list[Any]:
    return [one["body"] for one in await rows(services, outbox, ticket=number) if "notice" in one["body"]]


async def handled(services: Services, number: str) -> None:
    for order in HANDLING:
        await services.office.order(number, order)


@pytest.fixture
async def lamps(services: Services, clock: Clock) -> list[str]:
    """Three citizens report the same lamp, a minute apart."""
    numbers = []
    for n, text in enumerate(LAMPS):
        numbers.append(await report(services, f"p{n}", text))
        clock.advance(timedelta(minutes=1))
    return numbers


@pytest.fixture
async def family(services: Services, lamps: list[str]) -> list[str]:
    """The second and the third joined the first."""
    for child in lamps[1:]:
        await services.families.join(lamps[0], child, by=OFFICER)
    return lamps


async def test_the_same_matter_is_proposed_with_its_evidence(services: Services, lamps: list[str]) -> None:
    assert await families.propose(services.families) == 3
    assert await families.propose(services.families) == 0, "each is looked at once"
    (one,) = await rows(services, matter)
    assert (one["parent"], one["state"], one["category"]) == (lamps[0], "proposed", "0203")
    members = await rows(services, matter_member)
    assert [(each["ticket"], each["state"]) for each in members] == [(lamps[1], "proposed"), (lamps[2], "proposed")]
    evidence = members[0]["evidence"]
    assert (evidence["near"], evidence["category"], evidence["against"]) == ("key", 100, lamps[0])
    assert evidence["text"] >= 20
    assert not any("路灯" in str(value) for value in evidence.values()), "features, no words of citizens"
    assert [each["state"] for each in await rows(services, ticket)] == ["to_dispatch"] * 3, "software only proposes"


@pytest.mark.parametrize(
    "second",
    [
        "天桥区明湖西路98号门口的路灯不亮了，三天了",
        "天桥区的路灯不亮了，三天了",
        "天桥区明湖西路12号楼下烧烤油烟太大，三天了",
        "天桥区明湖西路12号门口的路灯又不亮了，三天了",
        "天桥区明湖西路12号这次是另一个路灯不亮了，三天了",
        "我要举报天桥区明湖西路12号路灯厂偷电，三天了",
    ],
)
async def test_what_is_another_matter_is_not_proposed(services: Services, second: str) -> None:
    await report(services, "p0", LAMP)
    await says(services, "p1", second, "提交", "保密", "提交")
    await families.propose(services.families)
    assert await rows(services, matter_member) == []


async def test_neither_reports_nor_emergencies_can_be_found_by_their_place(services: Services) -> None:
    await says(services, "p0", "天桥区明湖西路12号楼道里好大煤气味")
    await says(services, "p1", "我举报天桥区明湖西路12号泉城公司偷税", "一年了", "提交", "保密", "提交")
    assert len(await rows(services, ticket)) == 2
    assert await rows(services, place_key) == await rows(services, family_look) == []


async def test_ones_own_is_no_family(services: Services) -> None:
    number = await report(services, "p0", LAMP)
    await says(services, "p0", LAMPS[1], "不是一回事", "提交")
    assert len(await rows(services, ticket)) == 2
    assert [one["one"] for one in await rows(services, kept_apart)] == [number]
    await families.propose(services.families)
    assert await rows(services, matter_member) == []


async def test_an_officer_joins_and_each_is_told_with_his_own_number(services: Services, family: list[str]) -> None:
    parent, *children = family
    assert (await row(services, parent))["repeat_count"] == 2
    for n, child in enumerate(children, 2):
        one = await row(services, child)
        assert (one["state"], one["merged_into"]) == ("merged", parent)
        (notice,) = await notices(services, child)
        assert notice["notice"] == "ticket.merged"
        assert notice["params"]["citizens"] == str(n)
        assert f"同一问题已有{n}位市民反映" in notice["text"]
    await handled(services, parent)
    assert await family_news.tell(services.families) == 3
    for child in children:
        assert await told(services, child) == ["ticket.merged", "ticket.dispatched", "ticket.signed", "ticket.replied"]
        texts = [one["text"] for one in await notices(services, child)]
        assert all(child[-4:] in text and parent[-4:] not in text for text in texts[1:])
    assert await rows(services, news) == []
    assert await family_news.tell(services.families) == 0
    found = await audit.verify(services.database)
    assert found.broken == []
    logged = [(one["ticket"], one["command"]) for one in await rows(services, ticket_event) if one["actor"] == "王敏"]
    assert logged == [(children[0], "merge"), (parent, "absorb"), (children[1], "merge"), (parent, "absorb")]


async def test_a_follower_sees_where_his_matter_stands(services: Services, family: list[str]) -> None:
    await handled(services, family[0])
    await says(services, "p1", "查询")
    last = (await rows(services, outbox))[-1]["body"]["text"]
    assert f"已合并至工单{family[0]}" in last
    assert family[1][-4:] in last
    assert "已更换灯头" in last


async def test_each_is_asked_himself_and_keeps_his_own_rating(
    services: Services, family: list[str], clock: Clock
) -> None:
    parent, second, third = family
    await handled(services, parent)
    clock.set(2026, 9, 21, 9, 5)
    assert await callbacks.call_back(services.office) == 1
    await family_news.tell(services.families)
    assert [one["ticket"] for one in await rows(services, survey)] == sorted(family)
    await says(services, "p0", "1", "2")
    await says(services, "p1", "3", "4", "2")
    one, other = await row(services, parent), await row(services, second)
    assert (one["state"], one["satisfaction"]) == ("closed", "satisfied"), "nobody overwrites it"
    assert (other["state"], other["solved"], other["satisfaction"]) == ("merged", "unsolved", "dissatisfied")
    clock.advance(timedelta(days=20))
    assert await families.lapse(services.families) == 1
    assert (await row(services, third))["satisfaction"] == "unreachable"
    assert {each["ticket"]: each["state"] for each in await rows(services, survey)}[third] == "lapsed"
    assert await families.lapse(services.families) == 0


async def test_a_redo_asks_everybody_once_more(services: Services, family: list[str], clock: Clock) -> None:
    await handled(services, family[0])
    clock.set(2026, 9, 21, 9, 5)
    await callbacks.call_back(services.office)
    await family_news.tell(services.families)
    await says(services, "p1", "1", "1")
    await says(services, "p0", "3", "4", "2")
    assert (await row(services, family[0]))["redo_no"] == 1
    for order in HANDLING[2:]:
        await services.office.order(family[0], order)
    clock.set(2026, 9, 23, 9, 5)
    assert await callbacks.call_back(services.office) == 1
    await family_news.tell(services.families)
    assert [one["round"] for one in await rows(services, survey, ticket=family[1])] == [0, 1]
    # Who was silent is asked about the new round only, and about nothing once his matter stands alone.
    assert [one["state"] for one in await rows(services, survey, ticket=family[2])] == ["closed", "open"]
    await says(services, "p2", "我的不一样")
    assert [one["state"] for one in await rows(services, survey, ticket=family[2])] == ["closed", "closed"]
    one = await row(services, family[1])
    assert (one["satisfaction"], one["first_satisfaction"]) == (None, "very")


async def test_mine_is_different(services: Services, family: list[str]) -> None:
    promised = (await row(services, family[1]))["due_at"]
    await says(services, "p1", "我的不一样")
    one, parent = await row(services, family[1]), await row(services, family[0])
    assert (one["state"], one["merged_into"], one["due_at"]) == ("to_dispatch", "", promised)
    assert parent["repeat_count"] == 1
    assert "单独办理" in (await rows(services, outbox))[-1]["body"]["text"]
    (left,) = [each for each in await rows(services, matter_member) if each["state"] == "apart"]
    assert (left["ticket"], left["decided_by"]) == (family[1], "citizen")
    assert [(each["one"], each["other"]) for each in await rows(services, kept_apart)] == [(family[0], family[1])]
    await handled(services, family[0])
    await family_news.tell(services.families)
    assert await told(services, family[1]) == ["ticket.merged"]
    assert len(await told(services, family[2])) == 4


async def test_mine_is_different_while_the_parent_closes(services: Services, family: list[str], clock: Clock) -> None:
    await handled(services, family[0])
    clock.set(2026, 9, 21, 9, 5)
    await callbacks.call_back(services.office)
    await asyncio.gather(says(services, "p0", "很满意"), says(services, "p1", "我的不一样"))
    await says(services, "p2", "我的不一样")
    assert (await row(services, family[0]))["state"] == "closed"
    for child in family[1:]:
        one = await row(services, child)
        assert (one["state"], one["merged_into"]) == ("to_dispatch", "")


async def test_two_officers_join_at_once(services: Services, lamps: list[str]) -> None:
    parent, second, third = lamps
    join = services.families.join
    done = await asyncio.gather(
        join(parent, second, by=OFFICER),
        join(parent, second, by=Actor(Role.AGENT, "李强")),
        join(parent, third, by=OFFICER),
        return_exceptions=True,
    )
    assert sum(isinstance(one, NotAllowed) for one in done) == 1, done
    assert len({one for one in done if isinstance(one, int)}) == 1, "one matter"
    assert (await row(services, parent))["repeat_count"] == 2
    assert sorted(one["ticket"] for one in await rows(services, matter_member)) == [second, third]


async def test_each_into_the_other_at_once_is_not_a_circle(services: Services, lamps: list[str]) -> None:
    join = services.families.join
    done = await asyncio.gather(
        join(lamps[0], lamps[1], by=OFFICER), join(lamps[1], lamps[0], by=OFFICER), return_exceptions=True
    )
    assert [isinstance(one, NotAllowed) for one in done].count(True) == 1
    assert [(await row(services, number))["state"] for number in lamps[:2]].count("merged") == 1


async def test_what_a_unit_has_goes_beside_and_is_told_of_the_reply(services: Services, lamps: list[str]) -> None:
    await services.office.order(lamps[1], HANDLING[0])
    await services.families.join(lamps[0], lamps[1], by=OFFICER)
    one = await row(services, lamps[1])
    assert (one["state"], one["merged_into"], one["linked_to"]) == ("dispatched", "", lamps[0])
    await handled(services, lamps[0])
    await family_news.tell(services.families)
    assert await told(services, lamps[1]) == ["ticket.dispatched", "ticket.linked", "ticket.replied_beside"]
    await says(services, "p1", "我的不一样")
    one = await row(services, lamps[1])
    assert (one["state"], one["linked_to"]) == ("dispatched", "")


async def test_a_refused_proposal_is_never_made_again(services: Services, lamps: list[str]) -> None:
    await families.propose(services.families)
    await services.families.part(lamps[1], by=OFFICER)
    assert (await row(services, lamps[1]))["state"] == "to_dispatch"
    async with services.database.begin() as connection:
        await connection.execute(family_look.insert().values(ticket=lamps[1], at=EVENING))
    await families.propose(services.families)
    states = {one["ticket"]: one["state"] for one in await rows(services, matter_member)}
    assert states == {lamps[1]: "apart", lamps[2]: "proposed"}
    with pytest.raises(NotThere):
        await services.families.part(lamps[1], by=OFFICER)


async def test_split_and_dissolve(services: Services, family: list[str], clock: Clock) -> None:
    parent, second, third = family
    (old,) = await rows(services, matter)
    fresh = await services.families.split(old["id"], [second, third], by=OFFICER)
    assert fresh != old["id"]
    assert (await row(services, parent))["repeat_count"] == 0
    assert (await row(services, second))["state"] == "to_dispatch"
    assert (await row(services, third))["merged_into"] == second
    assert await told(services, third) == ["ticket.merged", "ticket.unmerged", "ticket.merged"]
    await services.families.dissolve(fresh, by=OFFICER)
    assert [each["state"] for each in await rows(services, ticket)] == ["to_dispatch"] * 3
    with pytest.raises(NotThere):
        await services.families.dissolve(fresh, by=OFFICER)
    assert await matters.listed(services.database) == []


async def test_the_first_citizen_withdraws_and_the_others_stand_alone(services: Services, family: list[str]) -> None:
    await says(services, "p0", "撤单", "确认2")
    assert (await row(services, family[0]))["state"] == "withdrawn"
    await family_news.tell(services.families)
    for child in family[1:]:
        assert (await row(services, child))["state"] == "to_dispatch"
        assert await told(services, child) == ["ticket.merged", "ticket.unmerged"]
    assert [one["state"] for one in await rows(services, matter)] == ["dissolved"]


async def test_two_processes_tell_each_follower_once(services: Services, family: list[str]) -> None:
    await handled(services, family[0])
    await asyncio.gather(family_news.tell(services.families), family_news.tell(services.families))
    for child in family[1:]:
        assert len(await told(services, child)) == 4
    async with services.database.read() as connection:
        seqs = select(outbox.c.conversation_id, func.count(), func.count(outbox.c.seq.distinct()))
        for _, count, different in await connection.execute(seqs.group_by(outbox.c.conversation_id)):
            assert count == different


async def test_who_joins_later_does_not_hear_what_was_before(
    services: Services, lamps: list[str], clock: Clock
) -> None:
    await services.families.join(lamps[0], lamps[1], by=OFFICER)
    await services.office.order(lamps[0], HANDLING[0])
    clock.advance(timedelta(minutes=5))
    await services.families.join(lamps[0], lamps[2], by=OFFICER)
    await family_news.tell(services.families)
    assert await told(services, lamps[1]) == ["ticket.merged", "ticket.dispatched"]
    assert await told(services, lamps[2]) == ["ticket.merged"]


async def test_the_policy_may_join_harmless_matters_by_itself(services: Services, lamps: list[str]) -> None:
    office = services.office
    policy = office.ticketing.policies.get("cn-jinan-like@1")
    rule = replace(policy.repeats, auto_join=replace(policy.repeats.auto_join, score=80, categories=("0203",)))
    willing = _Policies(replace(policy, repeats=rule))
    auto = Families(office=replace(office, ticketing=replace(office.ticketing, policies=willing)))  # type: ignore[arg-type]
    assert await families.propose(auto) == 3
    assert [one["merged_into"] for one in await rows(services, ticket)] == ["", lamps[0], lamps[0]]
    events = [one for one in await rows(services, ticket_event) if one["command"] == "merge"]
    assert [one["role"] for one in events] == ["system", "system"]


class _Policies:
    """One policy, whatever is asked for."""

    def __init__(self, policy: Any) -> None:
        self._policy = policy

    def get(self, _policy_id: str) -> Any:
        return self._policy


async def test_there_must_be_something_to_join(services: Services, lamps: list[str]) -> None:
    with pytest.raises(NoSuchTicket):
        await services.families.join(lamps[0], "2609180000999", by=OFFICER)
    with pytest.raises(NotAllowed, match="itself"):
        await services.families.join(lamps[0], lamps[0], by=OFFICER)
    assert await rows(services, matter_member) == []
    assert await rows(services, matter) == []


async def test_his_earlier_tickets_are_found_once_a_channel_proves_who_he_is(services: Services, clock: Clock) -> None:
    phone = "+8613800138217"
    await says(services, "known", "你好", verified_phone=phone)
    number = await report(services, "other", LAMP)
    clock.advance(timedelta(days=3))
    await says(services, "other", "你好", verified_phone=phone)
    await says(services, "known", LAMPS[1])
    last = (await rows(services, outbox))[-1]["body"]["text"]
    assert f"尾号{number[-4:]}" in last
    assert len(await rows(services, conversation)) == 2
    await says(services, "nobody", LAMPS[1])
    assert "反映过同一问题" not in (await rows(services, outbox))[-1]["body"]["text"]
