"""S13: letters to the mayor by mail and by the web form, answered by mail, through real servers."""

from __future__ import annotations

import asyncio
import re
from datetime import timedelta
from typing import Any

import pytest

from bot.store.tables import alarm, attachment, conversation, message, outbox, supplement, survey, ticket
from tests.channels.mailbox.letters import letter
from tests.journeys.letters import MailCitizen
from tests.journeys.town import Town
from tests.mail_servers import MailServers

TITLE = "关于明湖小区二次供水浑浊的反映"
BODY = "我家住历下区明湖小区3号楼，从9月10日开始自来水一直浑浊发黄，物业说不归他们管。希望尽快清洗水箱并检测水质。"


@pytest.fixture
def more(mail: MailServers) -> dict[str, Any]:
    return {"mailbox": {"mayor": mail.account}}


@pytest.fixture
def policy() -> str:
    return "demo"


@pytest.fixture
def citizen(mail: MailServers) -> MailCitizen:
    return MailCitizen(mail)


async def eventually(rows: Any, count: int) -> list[Any]:
    async with asyncio.timeout(20):
        while len(found := await rows()) < count:
            await asyncio.sleep(0.1)
    return list(found)


async def test_a_letter_lives_from_receipt_to_rating_by_mail(town: Town, citizen: MailCitizen) -> None:
    await citizen.write(TITLE, BODY)
    receipt = await citizen.hears()
    row = await town.ticket()
    number, code = row["number"], row["query_code"]
    assert f"您的来信《{TITLE}》已收到，编号{number}，查询码{code}，3个工作日内告知受理情况。" in receipt
    assert citizen.last["Subject"] == f"【工单尾号{number[-4:]}】来信答复"
    assert citizen.last["Auto-Submitted"] == "auto-replied"
    assert citizen.last["In-Reply-To"]
    assert (row["title"], row["content"], row["category"]) == (TITLE, BODY, "0401")
    assert row["missing"] == []
    assert "明湖小区" in row["place"]

    # The citizen adds something by answering; the bot asks nothing back.
    await citizen.answer("补充：今天早上水里有红色的虫子。")
    assert f"编号{number}" in await citizen.hears()
    (added,) = await town.rows(supplement)
    assert (added["ticket"], added["text"]) == (number, "补充：今天早上水里有红色的虫子。")

    await town.handle(number, "经核查，已于9月19日清洗水箱，水质检测合格。")
    told = [await citizen.hears() for _ in range(3)]
    assert "办理结果" in told[-1]
    assert citizen.last["Subject"] == f"【工单尾号{number[-4:]}】办理结果答复"
    assert citizen.last["Auto-Submitted"] == "auto-generated"

    town.clock.advance(timedelta(seconds=21))
    assert await town.call_back() == 1
    assert "问题是否解决" in await citizen.hears()
    await citizen.answer("1\n\n李明\n13800138000")
    assert "请对办理情况评价" in await citizen.hears()
    await citizen.answer("满意，谢谢")
    assert "感谢评价" in await citizen.hears()
    row = await town.ticket()
    assert (row["state"], row["solved"], row["satisfaction"]) == ("closed", "solved", "satisfied")
    assert len(await town.rows(conversation)) == 1
    assert [one["state"] for one in await town.rows(survey)] == ["answered"]


async def test_what_a_letter_lacks_is_marked_and_nothing_is_asked(town: Town, citizen: MailCitizen) -> None:
    await citizen.write("路灯", "路灯不亮了")
    told = await citizen.hears()
    row = await town.ticket()
    assert row["missing"] == ["where", "when"]
    assert "没有写明地点、时间" in told
    assert (await town.rows(conversation))[0]["memory"] == {"greeted": True}


async def test_machines_are_kept_and_never_answered(town: Town, citizen: MailCitizen) -> None:
    await citizen.write("自动回复：您的来信", "我正在休假，着火了请打119。", Auto_Submitted="auto-replied")
    await citizen.write("本周特价", "大促销", List_Id="<news.shop.test>")
    rows = await eventually(lambda: town.rows(message), 2)
    assert [row["kind"] for row in rows] == ["automatic", "automatic"]
    assert rows[0]["body"]["extra"] == {"why": "auto-submitted"}
    assert (await town.rows(outbox), await town.rows(ticket), await town.rows(alarm)) == ([], [], [])


async def test_two_machines_that_do_not_know_each_other_fall_silent(town: Town, citizen: MailCitizen) -> None:
    for n in range(13):
        await citizen.write(f"您好{n}", f"系统通知第{n}条：请查收附件的处理结果。")
    await eventually(lambda: town.rows(message), 13)
    await eventually(lambda: town.rows(outbox), 10)
    assert len(await town.rows(outbox)) == 10
    assert len(await town.rows(ticket)) == 13, "nothing is lost"


async def test_danger_in_a_letter_alarms_a_person(town: Town, citizen: MailCitizen) -> None:
    await citizen.write("楼道煤气味", "楼道里好大煤气味")
    assert "不要开关电器" in await citizen.hears()
    assert [row["kind"] for row in await town.rows(alarm)] == ["gas"]


async def test_a_bounce_becomes_a_failure_a_person_sees(town: Town, mail: MailServers) -> None:
    """Postfix itself bounces what it took from us and cannot deliver."""
    citizen = MailCitizen(mail, "gone@bounced.test")
    await citizen.write(TITLE, BODY)

    async def failed() -> list[Any]:
        return [row for row in await town.rows(outbox) if row["error_class"] == "ReportedFailed"]

    (row,) = await eventually(failed, 1)
    assert row["error_code"] == "4.4.1"
    assert row["state"] in ("queued", "dead")
    assert len(await town.rows(message)) == 1, "a bounce is no letter"


async def test_files_lie_in_the_store_before_the_letter_is_taken(town: Town, mail: MailServers) -> None:
    one = letter(TITLE, BODY)
    photo = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\0" * 200
    one.add_attachment(photo, maintype="application", subtype="octet-stream", filename="现场.jpg")
    one.add_attachment(b"MZ" + b"\0" * 99, maintype="image", subtype="jpeg", filename="照片.jpg")
    await asyncio.to_thread(mail.deliver, one)
    (row,) = await eventually(lambda: town.rows(attachment), 1)
    assert (row["state"], row["media_type"], row["name"]) == ("stored", "image/jpeg", "现场.jpg")
    assert town.services.files.path(row["sha256"]).read_bytes() == photo
    assert (await town.ticket())["attachments"] == [row["id"]]
    assert (await town.rows(message))[0]["body"]["extra"]["files_refused"] == "executable"


async def test_a_reply_from_another_address_is_no_way_into_a_ticket(town: Town, mail: MailServers) -> None:
    owner, other = MailCitizen(mail), MailCitizen(mail, "hotline2@elsewhere.test")
    await owner.write(TITLE, BODY)
    await owner.hears()
    other.last = owner.last
    await other.answer("撤单")
    await other.answer("我也要补充，水很脏，请你们把结果发给我看看。")
    await eventually(lambda: town.rows(message), 3)
    tickets = await town.rows(ticket)
    assert [row["state"] for row in tickets] == ["to_dispatch", "received"], "nothing was withdrawn"
    assert await town.rows(supplement) == []
    assert len({row["citizen"] for row in tickets}) == len(tickets)


async def form(town: Town, **given: str) -> tuple[int, str]:
    """Fill in and send the web form as a browser does."""
    async with town.http.get(f"{town.base}/mailbox") as response:
        key = re.search(r'name="key" value="([^"]+)"', await response.text())
    assert key
    filled = {
        "sort": "help", "title": TITLE, "body": BODY, "name": "李明", "phone": "13800138000", "key": key[1],
    }  # fmt: skip
    async with town.http.post(f"{town.base}/mailbox", data=filled | given) as response:
        return response.status, await response.text()


async def test_the_form_opens_a_ticket_and_its_code_shows_where_it_stands(town: Town) -> None:
    status, shown = await form(town)
    assert status == 200
    row = await town.ticket()
    assert f"编号{row['number']}，查询码{row['query_code']}" in shown
    assert (row["type"], row["title"]) == ("help", TITLE)
    (heard,) = await town.rows(message)
    assert heard["body"]["letter"] == {"title": TITLE, "sort": "help", "name": "李明", "contact": "13800138000"}
    assert "13800138000" not in row["content"]
    await town.handle(row["number"], "已清洗水箱，水质合格。")

    async def look(number: str, code: str) -> tuple[int, str]:
        async with town.http.post(f"{town.base}/mailbox/progress", data={"number": number, "code": code}) as response:
            return response.status, await response.text()

    status, shown = await look(row["number"], row["query_code"])
    assert status == 200
    assert "已清洗水箱，水质合格。" in shown
    wrong = [await look(row["number"], f"{n:010d}") for n in range(12)]
    assert {status for status, _ in wrong} == {404, 429}
    assert all(TITLE not in shown for _, shown in wrong)
    assert (await look(row["number"], row["query_code"]))[0] == 429, "guessing shuts the number for a while"


async def test_a_body_that_is_no_form_asks_for_nothing_and_breaks_nothing(town: Town) -> None:
    torn = {"Content-Type": "multipart/form-data"}
    for path, status in (("/mailbox", 422), ("/mailbox/progress", 404)):
        async with town.http.post(f"{town.base}{path}", data=b"x", headers=torn) as response:
            assert response.status == status


async def test_a_letter_of_the_form_with_a_mail_address_is_answered_there(town: Town, citizen: MailCitizen) -> None:
    status, _ = await form(town, mail="li.ming@CITY.test", sort="complaint")
    assert status == 200
    assert TITLE in await citizen.hears()
    await citizen.answer("补充：三号楼全楼都这样。")
    await citizen.hears()
    assert len(await town.rows(supplement)) == 1


async def test_a_second_click_is_the_same_letter(town: Town) -> None:
    first = await form(town, key="k" * 24)
    assert first == await form(town, key="k" * 24)
    assert (await form(town, key="k" * 24, body="别的内容" * 10))[0] == 409
    assert len(await town.rows(ticket)) == 1


@pytest.mark.parametrize(
    ("given", "told"),
    [
        ({"title": "太短"}, "标题请写10到25个字"),
        ({"title": "长" * 26}, "现在是26个字"),
        ({"body": "长" * 601}, "内容最多600个字"),
        ({"sort": "praise"}, "请选择来信类型"),
        ({"name": ""}, "请填写真实姓名"),
        ({"phone": "123"}, "请填写手机号"),
        ({"mail": "no"}, "邮箱地址不正确"),
    ],
)
async def test_what_is_wrong_is_said_and_what_was_written_stays(town: Town, given: dict[str, str], told: str) -> None:
    status, shown = await form(town, **given)
    assert status == 422
    assert told in shown
    assert BODY in shown or "body" in given
    assert await town.rows(ticket) == []
