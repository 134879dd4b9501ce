"""The chat page for everybody: keyboard, large type, dark, small and wide, and what axe-core finds."""

from __future__ import annotations

import pytest
from playwright.async_api import expect

from tests.pages.conftest import shoot
from tests.pages.test_chat import line, online, say

pytestmark = pytest.mark.asyncio(loop_scope="session")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


async def fill(page, house) -> None:
    """A conversation with one of everything."""
    await say(page, "菜单")
    await expect(page.locator(".choice")).to_have_count(3)
    peer = house.peer
    house.say(peer, kind="notice", notice="ticket.accepted", text="已受理。工单号 260918203311000217。")
    house.say(peer, kind="notice", who="system", notice="agent.joined", text="0128号受理员加入对话")
    house.say(peer, who="agent", text="您好，紧急情况请拨打110。")
    house.say(peer, kind="notice", notice="survey.ask", text="请评价：", choices=(("survey:1:very", "很满意"),))
    await expect(page.locator(".line")).to_have_count(6)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", ["usual", "large"])
async def test_axe_finds_nothing(visit, house, axe, scheme, size):
    page = await visit(color_scheme=scheme, reduced_motion="reduce")
    if size == "large":
        await page.get_by_role("button", name="大字版").click()
    await online(page)
    await fill(page, house)
    await shoot(page, f"all-{scheme}-{size}")
    # Evaluated by the debugger, which the page's content security policy does not bind.
    await page.evaluate(axe)
    for part in ("talk", "place"):
        if part == "place":
            await page.get_by_role("button", name="位置").click()
        found = await page.evaluate("tags => axe.run(document, {runOnly: tags})", TAGS)
        faults = [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found["violations"]]
        assert faults == []
        assert len(found["passes"]) > 20


async def test_all_by_keyboard(visit, house):
    page = await visit(has_touch=False)
    await online(page)
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="跳到输入框")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_label("写下您的问题")).to_be_focused()
    await page.keyboard.type("menu")
    await page.keyboard.press("Enter")
    await expect(page.locator(".choice")).to_have_count(3)
    await expect(page.get_by_label("写下您的问题")).to_be_focused()
    for _ in range(12):
        await page.keyboard.press("Shift+Tab")
        if await page.evaluate("document.activeElement.className") == "choice":
            break
    await page.keyboard.press("Enter")
    await expect(line(page, "您选择了 menu:progress")).to_be_visible()
    await expect(page.get_by_label("写下您的问题")).to_be_focused()
    await page.keyboard.type("一行")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("两行")
    await page.keyboard.press("Enter")
    await expect(line(page, "已收到")).to_contain_text("两行")
    assert house.received[-1].text == "一行\n两行"
    await page.get_by_role("button", name="位置").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="位置")).to_be_focused()


async def test_the_enter_of_an_input_method_does_not_send(visit, house):
    page = await visit()
    await online(page)
    await page.get_by_label("写下您的问题").fill("ludeng")
    composing = (
        "box => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, cancelable: true}))"
    )
    assert await page.get_by_label("写下您的问题").evaluate(composing) is True
    await expect(page.locator(".line")).to_have_count(0)


async def test_large_type_is_remembered(visit):
    page = await visit()
    usual = await page.locator(".greeting").evaluate("text => parseFloat(getComputedStyle(text).fontSize)")
    await page.get_by_role("button", name="大字版").click()
    await page.reload()
    await expect(page.get_by_role("button", name="大字版")).to_have_attribute("aria-pressed", "true")
    large = await page.locator(".greeting").evaluate("text => parseFloat(getComputedStyle(text).fontSize)")
    assert large >= usual * 1.3


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
@pytest.mark.parametrize("size", ["usual", "large"])
async def test_nothing_sticks_out_and_targets_are_large_enough(visit, house, width, size):
    page = await visit(viewport={"width": width, "height": 740}, reduced_motion="reduce")
    if size == "large":
        await page.get_by_role("button", name="大字版").click()
    await online(page)
    await fill(page, house)
    await shoot(page, f"width-{width}-{size}")
    assert await page.evaluate("document.documentElement.scrollWidth") <= width
    assert await page.locator("#talk").evaluate("room => room.scrollWidth - room.clientWidth") <= 0
    boxes = [await one.bounding_box() for one in await page.locator("button:visible, .emergency a").all()]
    assert [box for box in boxes if box["width"] < 43.5 or box["height"] < 43.5] == []
    assert (await page.locator("#talk").bounding_box())["height"] > 200
    emergency = await page.locator(".emergency").bounding_box()
    assert emergency["y"] >= 0
    await expect(page.get_by_label("写下您的问题")).to_be_in_viewport()
