"""S14, a report with secrecy, through the real doors: nobody at the unit learns who it was, nor does a thief of the database."""

from __future__ import annotations

from sqlalchemy import text

from bot.store.lists.sights import look_at
from bot.store.lists.ticket_lists import whole
from bot.store.tables import metadata, outbox
from tests.journeys.scripts import heard
from tests.journeys.town import Town, until
from tickets.orders import Command, Order
from tickets.privacy.access import FieldClass, Officer, veil
from tickets.privacy.revealing import Purpose
from tickets.state import Actor, Role

CLERK = Officer("clerk", "钱科员", frozenset({Role.UNIT}), "M08")
AGENT = Officer("agent", "孙坐席", frozenset({Role.AGENT}))
LEADER = Officer("leader", "李主任", frozenset({Role.OFFICE_LEADER}))


async def seen_by(town: Town, officer: Officer, number: str) -> str:
    row, events = await whole(town.services.database, number)
    look = await look_at(town.services.database, officer, row, now=town.clock.now())
    return repr(veil(row, look)) + repr([veil(event["data"], look) for event in events])


async def stored(town: Town) -> str:
    """Every stored value, past the column types."""
    found = []
    async with town.services.database.read() as connection:
        for table in metadata.sorted_tables:
            found += [repr(tuple(row)) for row in await connection.execute(text(f"SELECT * FROM {table.name}"))]
    return "\n".join(found)


async def test_a_report_with_secrecy(town: Town) -> None:
    citizen = await town.chat()
    told = await citizen.say(
        "我举报我们单位不给交社保,千万别让老板知道是我。我是财务部的会计,我叫王小明,电话13800138000"
    )
    assert "举报默认保密" in told
    assert "不会提供给被举报单位" in told
    assert "不要写能认出您本人的细节" in told
    for words in ("历下区文化东路88号某某科技有限公司", "从今年3月开始"):
        told = await citizen.say(words)
    assert "是否保密：是" in told
    assert "已受理" in await citizen.say("提交")
    row = await town.ticket()
    number = row["number"]
    assert (row["type"], row["confidential"]) == ("report", True)

    await town.services.office.order(number, Order(Command.DISPATCH, Actor(Role.DISPATCHER, "d"), {"lead": "M08"}))
    seen = await seen_by(town, CLERK, number)
    for secret in ("小明", "13800138000", "会计", "138****"):
        assert secret not in seen
    assert "不给交社保" in seen
    rewrite = {"text": "反映某某科技有限公司未依法缴纳社会保险"}
    await town.services.office.order(number, Order(Command.REWRITE, Actor(Role.AGENT, "agent"), rewrite))
    seen = await seen_by(town, CLERK, number)
    assert "未依法缴纳社会保险" in seen
    assert "老板知道是我" not in seen

    assert "还没有工作人员查看过" in await citizen.say("谁看过我的信息")
    reveals = town.services.reveals
    assert await reveals.ask(AGENT, number, FieldClass.IDENTITY, Purpose.LIFE, "扬言轻生")
    told = await citizen.say("谁看过我的信息")
    assert "9月18日" in told
    assert "危及生命" in told
    assert "agent" not in told
    assert "孙坐席" not in told


async def test_a_texter_is_answered_and_his_number_is_nowhere_in_the_database(town: Town) -> None:
    assert await heard(town, "天桥区明湖西路12号门口的路灯不亮了，三天了")
    assert await heard(town, "提交")
    row = await town.ticket()
    await town.order(row["number"], Command.DISPATCH, lead="D04C")
    before = len(town.sms.texts)
    town.clock.set(2026, 9, 19, 9, 0)
    town.services.outbox.wake()
    await until(lambda: len(town.sms.texts) > before)
    assert "天桥区城管局" in town.sms.texts[-1], "the hub itself still finds him"
    assert {one["channel"] for one in await town.rows(outbox)} == {"sms"}
    assert town.sms.phone not in await stored(town)
