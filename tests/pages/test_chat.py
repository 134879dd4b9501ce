"""The chat page as a citizen uses it on a phone."""

from __future__ import annotations

import base64
import re
from datetime import timedelta

import pytest
from playwright.async_api import Page, expect

from channels.adapter import Act, Sign
from channels.message import Stage
from tests.pages.conftest import shoot

pytestmark = pytest.mark.asyncio(loop_scope="session")
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
NO_SOCKET = "delete window.WebSocket"
NO_PLACE = "delete Navigator.prototype.geolocation"


async def say(page: Page, text: str) -> None:
    await page.get_by_label("写下您的问题").fill(text)
    await page.get_by_role("button", name="发送", exact=True).click()


def line(page: Page, text: str):
    return page.locator(".line", has_text=text)


async def online(page: Page) -> None:
    await expect(page.locator("#link")).to_have_text("已连接")


async def test_write_and_be_answered(visit):
    page = await visit()
    await expect(page.get_by_role("heading", level=1)).to_contain_text("12345")
    await expect(page.get_by_role("link", name="拨打 119 火警")).to_have_attribute("href", "tel:119")
    await online(page)
    await shoot(page, "welcome")
    await say(page, "小区门口的路灯不亮")
    await expect(line(page, "已收到：小区门口的路灯不亮")).to_be_visible()
    await expect(page.locator('[data-who="citizen"]')).to_have_count(1)
    assert [await entry.get_attribute("data-seq") for entry in await page.locator(".line").all()] == ["1", "2"]
    await shoot(page, "answered")


async def test_a_quick_button_speaks_for_the_citizen(visit, house):
    page = await visit()
    await page.get_by_role("button", name="反映问题").click()
    await expect(line(page, "已收到：我要反映问题")).to_be_visible()
    await page.get_by_role("button", name="转人工").click()
    await expect(line(page, "已收到：转人工")).to_be_visible()
    assert [message.text for message in house.received] == ["我要反映问题", "转人工"]


async def test_tap_a_choice(visit, house):
    page = await visit()
    await say(page, "菜单")
    await shoot(page, "choices")
    await page.get_by_role("button", name="咨询政策").nth(1).click()
    await expect(line(page, "您选择了 menu:consult")).to_be_visible()
    assert (house.received[-1].choice, house.received[-1].text) == ("menu:consult", "咨询政策")
    await expect(page.locator(".choice").first).to_be_hidden()


async def test_a_number_means_the_choice_with_that_number(visit, house):
    page = await visit()
    await say(page, "菜单")
    await expect(page.locator(".choice")).to_have_count(3)
    await say(page, "3")
    await expect(line(page, "您选择了 menu:progress")).to_be_visible()
    await say(page, "3")
    await expect(line(page, "已收到：3")).to_be_visible()


async def test_send_a_photo(visit, house):
    page = await visit()
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="照片").click()
    await (await chooser.value).set_files({"name": "现场.png", "mimeType": "image/png", "buffer": PNG})
    await expect(line(page, "收到照片")).to_be_visible()
    photo = page.get_by_role("img", name="您发送的照片")
    await expect(photo).to_have_count(1)
    await expect(photo).to_have_attribute("src", re.compile(r"^/api/chat/v1/files/"))
    assert await photo.evaluate("async (img) => (await img.decode(), img.naturalWidth)") == 1
    assert house.names == ["现场.png"]


async def test_a_file_we_do_not_take_is_explained_and_can_be_discarded(visit, house):
    page = await visit()
    async with page.expect_file_chooser() as chooser:
        await page.get_by_role("button", name="照片").click()
    await (await chooser.value).set_files({"name": "照片.png", "mimeType": "image/png", "buffer": b"not a photo"})
    await expect(line(page, "未发送：不支持这种文件")).to_be_visible()
    await shoot(page, "refused")
    await page.get_by_role("button", name="删除").click()
    await expect(page.locator(".line")).to_have_count(0)
    await page.reload()
    await online(page)
    await expect(page.locator(".line")).to_have_count(0)
    assert not house.received


async def test_send_my_place(visit, house):
    page = await visit(geolocation={"latitude": 36.67, "longitude": 117.0}, permissions=["geolocation"])
    await page.get_by_role("button", name="位置").click()
    await shoot(page, "place")
    await page.get_by_role("button", name="发送我现在的位置").click()
    await expect(line(page, "收到位置")).to_be_visible()
    assert house.received[0].location.latitude == 36.67
    assert house.received[0].location.datum == "wgs84"


async def test_without_permission_the_address_is_written(visit, house):
    page = await visit(before=NO_PLACE)
    await page.get_by_role("button", name="位置").click()
    await page.get_by_role("button", name="发送我现在的位置").click()
    await expect(page.get_by_text("没能获取位置")).to_be_visible()
    await page.get_by_label("或写下地址").fill("天桥区明湖西路12号")
    await page.get_by_role("button", name="发送地址").click()
    await expect(line(page, "已收到：地点：天桥区明湖西路12号")).to_be_visible()


async def test_written_without_a_network_and_sent_exactly_once(visit, house):
    page = await visit()
    await online(page)
    await page.context.set_offline(True)
    await expect(page.get_by_text("网络已断开")).to_be_visible()
    for text in ("第一条", "第二条"):
        await say(page, text)
    await expect(line(page, "待发送")).to_have_count(2)
    await shoot(page, "offline")
    assert not house.received
    await page.context.set_offline(False)
    await expect(line(page, "已收到：第二条")).to_be_visible()
    assert [message.text for message in house.received] == ["第一条", "第二条"]
    await expect(page.locator(".line")).to_have_count(4)
    await online(page)


async def test_an_answer_lost_on_the_way_is_asked_for_again_under_the_same_key(visit, house):
    page = await visit()
    await online(page)
    keys = []

    async def lose_the_first_answer(route):
        if route.request.method != "POST":
            return await route.continue_()
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) == 1:
            await route.fetch()
            return await route.abort()
        return await route.continue_()

    await page.route("**/messages", lose_the_first_answer)
    await say(page, "只说一次")
    await expect(line(page, "已收到：只说一次")).to_be_visible()
    while len(keys) < 2:
        await page.wait_for_timeout(50)
    assert len(set(keys)) == 1
    assert len(house.received) == 1
    await expect(page.locator(".line")).to_have_count(2)


async def test_a_message_left_unsent_survives_a_reload(visit, house):
    page = await visit()
    await online(page)
    house.full = True
    await say(page, "先记着")
    await expect(line(page, "待发送")).to_be_visible()
    await page.reload()
    await expect(line(page, "先记着")).to_be_visible()
    house.full = False
    await expect(line(page, "已收到：先记着")).to_be_visible()
    assert len(house.received) == 1


async def test_a_reload_resumes_the_conversation(visit, house):
    page = await visit()
    await say(page, "还记得我吗")
    await expect(line(page, "已收到：还记得我吗")).to_be_visible()
    await page.reload()
    await expect(line(page, "已收到：还记得我吗")).to_be_visible()
    assert len(house.lines) == 1
    house.shift = timedelta(days=60)
    await page.reload()
    await expect(page.get_by_text("之前的对话已过期")).to_be_visible()
    await expect(page.locator(".line")).to_have_count(0)


async def test_the_hub_coming_back_is_noticed(visit, house):
    page = await visit()
    await say(page, "在吗")
    await expect(line(page, "已收到：在吗")).to_be_visible()
    house.shift = timedelta(minutes=45)  # the session token runs out: the page resumes without a word
    await say(page, "还在吗")
    await expect(line(page, "已收到：还在吗")).to_be_visible()
    assert len(house.lines) == 1


@pytest.mark.parametrize("way", ["events", "polls"])
@pytest.mark.parametrize("socket", ["unknown", "refused"])
async def test_lesser_ways_when_no_socket_comes_through(visit, house, socket, way):
    page = await visit(before=NO_SOCKET if socket == "unknown" else "")
    if socket == "refused":
        await page.route_web_socket("**/ws", lambda ws: ws.close(code=1011))
        await page.reload()
    if way == "polls":
        await page.route("**/events?*", lambda route: route.abort())
    await say(page, "你好")
    await expect(line(page, "已收到：你好")).to_be_visible(timeout=15_000)
    await online(page)
    house.say(house.peer, who="agent", text="您好，我是0128号受理员。")
    await expect(line(page, "我是0128号受理员")).to_be_visible()
    assert len(house.received) == 1


async def test_agents_notices_and_surveys_have_their_own_look(visit, house):
    page = await visit()
    await say(page, "楼下烧烤店天天冒烟")
    await expect(page.locator(".line")).to_have_count(2)
    peer = house.peer
    house.say(peer, kind="notice", who="system", notice="agent.joined", text="0128号受理员加入对话")
    house.say(peer, who="agent", text="您好，我来帮您。紧急情况请拨打110。")
    house.say(
        peer,
        kind="notice",
        notice="ticket.dispatched",
        text="您的诉求（尾号0217）已转天桥区城管局，应于9月24日前答复。",
    )
    rating = tuple(
        (f"survey:1:satisfaction:{i}", label) for i, label in enumerate(["很满意", "满意", "基本满意", "不满意"])
    )
    house.say(peer, kind="notice", notice="survey.ask", text="请对办理情况评价：", choices=rating)
    await expect(page.locator('[data-topic="ticket"] .card')).to_contain_text("工单进展")
    await expect(page.get_by_role("link", name="110", exact=True)).to_be_visible()
    await shoot(page, "cards")
    await say(page, "还有一件事")
    await expect(page.get_by_role("button", name="不满意")).to_be_visible()
    await page.get_by_role("button", name="基本满意").click()
    await expect(line(page, "您选择了 survey:1:satisfaction:2")).to_be_visible()
    await expect(page.get_by_role("button", name="不满意")).to_be_hidden()
    await expect(line(page, "加入对话")).to_be_visible()


async def test_what_was_shown_is_acknowledged(visit, house):
    page = await visit()
    await say(page, "你好")
    await expect(line(page, "已收到：你好")).to_be_visible()
    while house.seen_up_to.get((house.peer, Stage.READ)) != 2:
        await page.wait_for_timeout(50)


async def test_each_side_sees_that_the_other_writes_and_has_read(visit, house):
    page = await visit()
    words = page.get_by_label("写下您的问题")
    await say(page, "转人工")
    await expect(page.locator(".line")).to_have_count(2)
    await words.press_sequentially("路灯")
    assert not house.typed, "the bot waits for no one's typing"
    house.say(house.peer, kind="notice", who="system", notice="agent.joined", text="工作人员（工号0128）已加入")
    await expect(line(page, "工号0128")).to_be_visible()
    await words.press_sequentially("不亮")
    while house.typed != [house.peer]:
        await page.wait_for_timeout(20)
    house.sign(house.peer, Sign(Act.READ, 1))
    await expect(line(page, "转人工").first.locator(".read")).to_have_text("已读")
    house.sign(house.peer, Sign(Act.TYPING))
    await expect(page.get_by_text("受理员正在输入…")).to_be_visible()
    await shoot(page, "typing")
    house.say(house.peer, who="agent", text="您好，请讲。")
    await expect(line(page, "请讲")).to_be_visible()
    await expect(page.get_by_text("受理员正在输入…")).to_have_count(0)


async def test_words_are_never_markup(visit, house):
    page = await visit()
    nasty = '<img src=x onerror="document.title=1"><script>document.title=1</script>'
    await say(page, nasty)
    await expect(line(page, f"已收到：{nasty}")).to_be_visible()
    house.say(house.peer, text="javascript:alert(1) https://city.example/a?b=1&c=2。再见")
    link = page.locator(".line a[href^='https://city.example']")
    await expect(link).to_have_attribute("href", "https://city.example/a?b=1&c=2")
    assert await page.locator(".line a").count() == 1
    assert "12345" in await page.title()


async def test_a_reader_looking_back_is_not_pulled_away(visit, house):
    page = await visit()
    await say(page, "开始")
    await expect(line(page, "已收到：开始")).to_be_visible()
    for number in range(30):
        house.say(house.peer, text=f"第{number}条通知")
    await expect(line(page, "第29条通知")).to_be_visible()
    await page.locator("#talk").evaluate("room => room.scrollTo({top: 0, behavior: 'instant'})")
    house.say(house.peer, text="最新的一条")
    await expect(page.get_by_role("button", name="新消息")).to_be_visible()
    assert await page.locator("#talk").evaluate("room => room.scrollTop") < 50
    await page.get_by_role("button", name="新消息").click()
    await expect(line(page, "最新的一条")).to_be_in_viewport()
