"""The account's menu, codes, templates and desk, against the API played after its published pages, with wechatpy and
werobot as judges of the form."""

from __future__ import annotations

import asyncio
import xml.etree.ElementTree as ET
from datetime import timedelta
from typing import Any

import pytest
from wechatpy import WeChatClient, parse_message
from wechatpy.exceptions import WeChatClientException
from wechatpy.replies import TransferCustomerServiceReply
from werobot.messages.messages import TextMessage
from werobot.replies import TransferCustomerServiceReply as WeRobotTransfer

from channels.account import Handing, Menued, MenuEntry, Registered, Scanned, Subscribed
from channels.adapter import Tools
from channels.errors import Never
from channels.wechat import CHANNEL
from channels.wechat.adapter import WeChat
from channels.wechat.crypto import Seal
from channels.wechat.fields import read
from channels.wechat.menu import ACTIONS, menu_faults, written
from tests.channels.wechat.case import ACCOUNT, AES_KEY, APP_ID, PLAIN, plain, sealed
from tests.channels.wechat.conftest import TEMPLATES, Clock
from tests.channels.wechat.console import JPEG
from tests.channels.wechat.peer import WeChatPeer
from tests.channels.wechat.test_parse import sample

MENU = (
    MenuEntry("我要反映", key="反映问题"),
    MenuEntry(
        "查询办理",
        entries=(
            MenuEntry("查进度", key="查询"),
            MenuEntry("办事指南", link="https://12345.example.cn/guide"),
            MenuEntry("小程序", app="wx9", page="pages/index", link="https://12345.example.cn/"),
            MenuEntry("发送位置", key="位置", action="location_select"),
        ),
    ),
    MenuEntry("转人工", key="人工"),
)


def wechatpys(peer: WeChatPeer) -> WeChatClient:
    """Somebody else's client of the same account."""
    client = WeChatClient("wx", "s", access_token=peer.token, auto_retry=False)
    client.API_BASE_URL = f"{peer.base}/cgi-bin/"
    return client


def test_the_account_offers_all_of_it(wechat: WeChat) -> None:
    assert all(isinstance(wechat, one) for one in (Menued, Scanned, Registered, Subscribed, Handing))


async def test_a_menu_is_pushed_and_read_back(peer: WeChatPeer, wechat: WeChat) -> None:
    assert await wechat.shown_menu() == ()
    await wechat.push_menu(MENU)
    assert await wechat.shown_menu() == MENU
    button = peer.menus[0]["button"]
    assert button[0] == {"type": "click", "name": "我要反映", "key": "反映问题"}
    assert [entry["type"] for entry in button[1]["sub_button"]] == ["click", "view", "miniprogram", "location_select"]


async def test_wechatpy_pushes_and_reads_the_same(peer: WeChatPeer, wechat: WeChat) -> None:
    await wechat.push_menu(MENU)
    theirs = wechatpys(peer)
    shown = await asyncio.to_thread(theirs.menu.get)
    assert [one["name"] for one in shown["menu"]["button"]] == ["我要反映", "查询办理", "转人工"]
    await asyncio.to_thread(theirs.menu.create, written(MENU))
    assert peer.menus[0] == peer.menus[1]
    with pytest.raises(WeChatClientException):
        await asyncio.to_thread(theirs.menu.create, written([*MENU, *MENU]))


@pytest.mark.parametrize(
    ("menu", "named"),
    [
        ((), "1 to 3 entries"),
        (MENU + MENU, "1 to 3 entries"),
        ((MenuEntry("六个汉字太多", key="x"),), "六个汉字太多"),
        ((MenuEntry("", key="x"),), "(no name)"),
        ((MenuEntry("菜单"),), "one of key, link or entries"),
        ((MenuEntry("菜单", key="x", link="https://x.cn"),), "one of key, link or entries"),
        ((MenuEntry("菜单", key="键" * 43),), "key is longer than 128 bytes"),
        ((MenuEntry("菜单", link="ftp://x"),), "https://"),
        ((MenuEntry("菜单", link="https://x.cn/" + "a" * 1020),), "link is longer than 1024 bytes"),
        ((MenuEntry("菜单", key="x", action="dance"),), "action must be one of"),
        ((MenuEntry("菜单", app="wx9", link="https://x.cn"),), "a mini program needs"),
        ((MenuEntry("菜单", page="pages/x", key="x"),), "app is missing"),
        ((MenuEntry("菜单", key="x", entries=(MenuEntry("下", key="y"),)),), "does nothing else"),
        ((MenuEntry("菜单", entries=tuple(MenuEntry(f"第{n}", key="x") for n in range(6))),), "1 to 5 entries"),
        ((MenuEntry("菜单", entries=(MenuEntry("下" * 21, key="x"),)),), "菜单 / "),
        ((MenuEntry("菜单", entries=(MenuEntry("下", entries=(MenuEntry("再下", key="x"),)),)),), "two levels"),
    ],
)
async def test_a_menu_wechat_would_refuse_is_refused_here(
    peer: WeChatPeer, wechat: WeChat, menu: tuple[MenuEntry, ...], named: str
) -> None:
    assert any(named in fault for fault in menu_faults(menu))
    with pytest.raises(ValueError):
        await wechat.push_menu(menu)
    assert peer.menus == []


def test_every_action_may_stand_in_a_menu() -> None:
    assert all(menu_faults((MenuEntry("菜单", key="x", action=action),)) == [] for action in ACTIONS)


async def test_a_code_for_ever_and_one_that_ends(peer: WeChatPeer, wechat: WeChat) -> None:
    made = await wechat.code("01-ab12", lasts=None)
    assert (made.url, made.picture) == ("http://weixin.qq.com/q/01-ab12", JPEG)
    await wechat.code("01-ab13", lasts=timedelta(days=30))
    theirs = wechatpys(peer)
    asked = {"action_name": "QR_LIMIT_STR_SCENE", "action_info": {"scene": {"scene_str": "01-ab12"}}}
    await asyncio.to_thread(theirs.qrcode.create, asked)
    assert peer.codes[0] == peer.codes[2]
    assert peer.codes[1]["expire_seconds"] == 2_592_000
    peer.draws = False
    assert (await wechat.code("01-ab14", lasts=None)).picture == b""


@pytest.mark.parametrize(
    ("scene", "lasts"), [("", None), ("x" * 65, None), ("x", timedelta(days=31)), ("x", timedelta(0))]
)
async def test_a_code_wechat_cannot_carry(
    peer: WeChatPeer, wechat: WeChat, scene: str, lasts: timedelta | None
) -> None:
    with pytest.raises(ValueError):
        await wechat.code(scene, lasts=lasts)
    assert peer.codes == []


def granted(id_: str, content: str, **more: object) -> dict[str, object]:
    return {"title": "工单提醒", "content": content, "example": "", **more, "template_id": id_}


async def test_templates_are_compared_with_the_account_s(peer: WeChatPeer, wechat: WeChat) -> None:
    assert len(await wechat.template_faults()) == 3  # the account has none of them
    peer.private = [
        granted("TPL_accepted", "单号:{{character_string1.DATA}}\n{{thing2.DATA}}\n{{ phrase3.DATA }}"),
        granted("TPL_survey_t", "{{thing1.DATA}}\n{{date2.DATA}}"),
    ]
    row = {"priTmplId": "TPL_survey", "title": "评价", "content": "{{thing1.DATA}}", "type": 3}
    peer.subscriptions = [row]
    assert await wechat.template_faults() == []
    assert (await asyncio.to_thread(wechatpys(peer).template.get_all_private_template))["template_list"] == peer.private
    peer.private[0] = granted("TPL_accepted", "{{character_string1.DATA}}{{thing2.DATA}}{{thing9.DATA}}")
    peer.subscriptions = [row | {"type": 2}]
    faults = await wechat.template_faults()
    assert [fault.split(":")[0] for fault in faults] == [
        "templates.ticket.accepted (template)",
        "templates.ticket.accepted (template)",
        "templates.survey.ask (subscribe)",
    ]
    assert "thing9" in faults[0]
    assert "phrase3" in faults[1]
    assert "lasting = false" in faults[2]


async def test_a_refused_account_call_is_told(peer: WeChatPeer, wechat: WeChat) -> None:
    peer.menu = {"button": [{"type": "click", "name": "甲", "key": "x"}]}
    assert await wechat.shown_menu() == (MenuEntry("甲", key="x"),)
    peer.console_error = 40053
    with pytest.raises(Never) as caught:
        await wechat.code("x", lasts=None)
    assert caught.value.code == "40053"


def opened(settings: dict[str, Any], clock: Clock) -> WeChat:
    made = CHANNEL.build("city", CHANNEL.settings.model_validate(settings), Tools(now=clock, http=lambda: None))
    assert isinstance(made, WeChat)
    return made


def elements(body: bytes | str) -> dict[str, str]:
    return {one.tag: "".join(one.itertext()).strip() for one in ET.fromstring(body)}


@pytest.mark.parametrize("kf", ["", "test1@city"])
def test_giving_a_citizen_away_reads_as_wechatpy_and_werobot_write_it(clock: Clock, kf: str) -> None:
    ours = opened({**PLAIN, "desk": "wechat", "kf_account": kf}, clock)
    request = plain("", sample("text"))
    body = ours.hand_over(request).body
    at = int(request.received_at.timestamp())
    source = parse_message(sample("text"))
    if not kf:
        theirs = TransferCustomerServiceReply(message=source, time=at).render()
        assert elements(theirs) == elements(body)
    citizen = TextMessage({"FromUserName": source.source, "ToUserName": source.target, "Content": "", "MsgId": "1"})
    more = {"account": kf} if kf else {}
    assert elements(WeRobotTransfer(message=citizen, time=at, **more).render()) == elements(body)


def test_in_safe_mode_the_gift_is_sealed(clock: Clock) -> None:
    ours = opened({**ACCOUNT, "desk": "wechat"}, clock)
    answer = ours.hand_over(sealed("", sample("text")))
    inner = read(Seal(aes_key=AES_KEY, app_id=APP_ID).open(read(answer.body).get("Encrypt")))
    assert inner.get("MsgType") == "transfer_customer_service"
    assert inner.get("ToUserName") == "oQc7a5Jx0kLmN2pRsTuVwXyZ1234"


def test_only_a_city_that_says_so_gives_citizens_away(clock: Clock) -> None:
    assert opened(dict(ACCOUNT), clock).desk == ""
    assert opened({**ACCOUNT, "desk": "wechat"}, clock).desk


def test_without_templates_that_need_leave_no_page_is_shown(clock: Clock) -> None:
    page = {"permit_page": "https://mp.weixin.qq.com/s/x"}
    assert opened({**ACCOUNT, **page}, clock).permit_page == ""
    assert opened({**ACCOUNT, **page, "templates": TEMPLATES}, clock).permit_page == page["permit_page"]
