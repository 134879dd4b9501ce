"""Supervision as citizens and units meet it: urged after the limit, told its number, and the unit's head informed."""

from __future__ import annotations

import re
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from bot.city import DEMO
from bot.store.tables import alert, outbox, supervision, ticket_event
from tests.journeys.scripts import heard, report_lamp, report_smoke
from tests.journeys.test_life import report_by_chat
from tests.journeys.town import UNIT, Town, until
from tickets.orders import Command

NUMBER = re.compile(r"DB-\d{6}-\d{3}")


async def handled_by_nobody(town: Town, number: str) -> None:
    """Dispatched, signed, and then left lying."""
    await town.order(number, Command.DISPATCH, lead=UNIT)
    await town.order(number, Command.SIGN)


async def only_supervision(town: Town) -> str:
    (written,) = [row for row in await town.rows(supervision) if row["number"]]
    assert (written["level"], written["ground"], written["unit"]) == ("L3", "urged", UNIT)
    return str(written["number"])


async def heads_told(town: Town) -> set[str]:
    return {row["key"] for row in await town.rows(alert) if (row["post"], row["unit"]) == ("head", UNIT)}


async def test_s4_on_wechat_an_urge_after_the_limit_is_a_supervision(town: Town) -> None:
    await report_smoke(town)
    number = (await town.ticket())["number"]
    await handled_by_nobody(town, number)
    town.clock.set(2026, 9, 21, 10, 0)
    assert "期限内" in await town.wechat.say("都三天了怎么还没人联系我?催一下")
    town.clock.set(2026, 9, 28, 9, 0)
    told = await town.wechat.say("催办")
    assert told == (
        f"抱歉，工单{number[-4:]}已超过办理期限，我已提交督办，督办编号 DB-260928-001，并通知承办单位负责人。"
    )
    assert await only_supervision(town) == "DB-260928-001"
    assert await heads_told(town) == {"unit.urged_late", "supervision.L3"}
    commands = [row["command"] for row in await town.rows(ticket_event)]
    assert commands[-2:] == ["urge", "supervise"]
    # The clock gives the grades it owes, and not the written one again.
    await town.keep_time()
    grades = {f"{row['level']} {row['ground']}" for row in await town.rows(supervision)}
    assert grades == {"L3 urged", "L0 time_used", "L1 contact_missed", "L1 yellow", "L2 red"}
    town.clock.set(2026, 9, 29, 9, 30)
    told = await town.wechat.say("催办")
    assert "正在督办，督办编号 DB-260928-001" in told
    assert "再次" in told
    assert len([row for row in await town.rows(supervision) if row["number"]]) == 1


async def test_s4_by_text_message(town: Town) -> None:
    number = await report_lamp(town)
    await handled_by_nobody(town, number)
    await until(lambda: any("签收" in text for text in town.sms.texts))
    town.clock.set(2026, 9, 28, 9, 0)
    told = await heard(town, "CB")
    assert NUMBER.findall(told) == [await only_supervision(town)]
    assert "已超过办理期限" in told


async def test_s4_in_the_web_chat_and_while_the_office_has_it(town: Town) -> None:
    citizen = await town.chat()
    number = await report_by_chat(town, citizen)
    town.clock.set(2026, 9, 28, 9, 0)
    await citizen.arrive()
    told = await citizen.say("催办")  # nobody dispatched it: there is no unit to supervise
    assert "报告热线负责人" in told
    assert NUMBER.findall(told) == []
    assert [row["key"] for row in await town.rows(alert)] == ["office.urged"]
    await handled_by_nobody(town, number)
    town.clock.set(2026, 9, 29, 9, 30)
    await citizen.arrive()
    assert NUMBER.findall(await citizen.say("催办")) == [await only_supervision(town)]


async def test_a_missed_first_contact_is_a_card_to_the_unit(town: Town) -> None:
    await report_smoke(town)
    await handled_by_nobody(town, (await town.ticket())["number"])
    town.clock.set(2026, 9, 21, 10, 0)
    await town.keep_time()
    missed = [row for row in await town.rows(alert) if row["key"] == "supervision.contact_missed"]
    assert {row["post"] for row in missed} == {"liaison", "deputy_head"}


async def test_more_time_a_plan_and_progress_are_each_told_in_one_plain_line(town: Town) -> None:
    citizen = await town.chat()
    number = await report_by_chat(town, citizen)
    await town.order(number, Command.DISPATCH, lead=UNIT)
    await town.order(number, Command.SIGN)
    asked = {"workdays": 3, "text": "灯杆配件正在采购", "citizen_informed": True}
    await town.order(number, Command.REQUEST_EXTENSION, **asked)
    await town.order(number, Command.APPROVE_EXTENSION)
    await town.order(number, Command.INTERIM, text="已完成现场勘查")
    plan = {"reason": "道路施工未完", "measures": "已设临时照明", "text": "随道路工程一并更换", "until": "2026-11-30"}
    await town.order(number, Command.REQUEST_SUSPEND, **plan)
    await town.order(number, Command.APPROVE_SUSPEND)
    await citizen.arrive()
    told = {line["notice"]: line["text"] for line in await citizen.lines() if "notice" in line}
    ending = f"您的诉求（尾号{number[-4:]}）"
    assert told["ticket.extended"] == f"{ending}答复时间延至9月30日前，原因：灯杆配件正在采购"
    assert told["ticket.interim"] == f"{ending}办理进展：已完成现场勘查"
    assert told["ticket.suspended"] == (
        f"{ending}因道路施工未完暂不能一次办完，已列入计划，预计11月30日前完成，进展会告知您。计划：随道路工程一并更换"
    )
    assert not any("\n" in text for text in told.values())


HEAD, LIAISON = "13900000001", "13900000002"


@pytest.fixture
def staffed(tmp_path: Path) -> dict[str, str]:
    """The demonstration city, with two officers' phones."""
    folder = tmp_path / "city"
    shutil.copytree(DEMO, folder)
    people = f'{UNIT}: {{head: {{name: 甲, phone: "{HEAD}"}}, liaison: {{name: 乙, phone: "{LIAISON}"}}}}\n'
    (folder / "officers.yaml").write_text(people, "utf-8")
    return {"folder": str(folder), "alerts": "sms.city"}


@pytest.fixture
def city(request: pytest.FixtureRequest) -> dict[str, str]:
    return getattr(request, "param", {}) and request.getfixturevalue("staffed")


@pytest.mark.parametrize("city", ["staffed"], indirect=True)
async def test_grave_alerts_reach_the_officers_phone_once_and_not_by_night(town: Town) -> None:
    await report_smoke(town)
    number = (await town.ticket())["number"]
    await handled_by_nobody(town, number)
    town.clock.set(2026, 9, 28, 0, 1)
    await town.keep_time()  # among others the red card, which is for the unit's head
    await town.text_officers()
    await town.text_officers()
    texts = town.sms_peer.texts
    assert texts[HEAD] == [], "not by night"
    town.clock.set(2026, 9, 28, 7, 0)
    await until(lambda: len(texts[HEAD]) == 1)
    assert texts[HEAD] == [f"【天桥区城管局】工单{number}：红牌：已超过办理期限，请单位负责人督促尽快答复市民。"]
    assert "烧烤" not in texts[HEAD][0], "no word of the citizen's"
    await until(lambda: len(texts[LIAISON]) == 1)  # silent for days; his yellow cards wait at the desk
    sent = [row for row in await town.rows(outbox) if row["key"].startswith("alert:")]
    assert len(sent) == len({row["key"] for row in sent}) == len(texts[HEAD]) + len(texts[LIAISON])
    assert {row["texted"] for row in await town.rows(alert)} == {"", "told", "no_phone"}


@pytest.mark.parametrize("city", ["staffed"], indirect=True)
async def test_what_is_critical_wakes_the_head(town: Town) -> None:
    await report_smoke(town)
    number = (await town.ticket())["number"]
    await handled_by_nobody(town, number)
    town.clock.set(2026, 9, 19, 2, 0)
    await town.order(number, Command.RAISE_URGENCY, urgency="critical")
    town.clock.advance(timedelta(hours=3))
    await town.keep_time()
    await town.text_officers()
    await until(lambda: any("红牌" in text for text in town.sms_peer.texts[HEAD]))
