"""``minsheng menu``, ``qr``, ``templates``, and what ``check`` says of them, against WeChat's API on loopback."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from bot.cli import main
from tests.channels.wechat.case import AES_KEY
from tests.channels.wechat.console import JPEG
from tests.channels.wechat.peer import SECRET, WeChatPeer, playing

Run = Callable[..., Coroutine[Any, Any, Result]]
TEMPLATE = """
[[channels.wechat.city.templates."ticket.replied"]]
kind = "template"
id = "TPL"
fields = { thing1 = "{number}" }
"""
MENU = """
[[channels.wechat.city.menu]]
name = "我要反映"
key = "反映问题"
[[channels.wechat.city.menu]]
name = "更多"
entries = [{ name = "跳舞", key = "跳舞" }, { name = "官网", link = "https://12345.example.cn" }]
"""


@pytest.fixture
async def peer() -> AsyncIterator[WeChatPeer]:
    async with playing() as one:
        yield one


@pytest.fixture
def run(peer: WeChatPeer, sqlite_template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """The command in a thread of its own: the peer answers meanwhile."""
    monkeypatch.chdir(tmp_path)
    shutil.copy(sqlite_template, tmp_path / "m.db")

    async def call(*words: str, more: str = "") -> Result:
        account = f'app_id = "wx1"\napp_secret = "{SECRET}"\ntoken = "tok"\naes_key = "{AES_KEY}"\n'
        Path("minsheng.toml").write_text(
            f'[store]\nurl = "sqlite+aiosqlite:///{tmp_path}/m.db"\n[files]\nfolder = "{tmp_path}/files"\n'
            f'[channels.wechat.city]\n{account}api_base = "{peer.base}"\ncode_base = "{peer.base}"\n'
            f'timeout_seconds = 2\n{more}[channels.app.web]\njwt_secret = "an example secret of the tests, 32 bytes+"\n',
            "utf-8",
        )
        return await asyncio.to_thread(CliRunner().invoke, main, [*words, "--config", "minsheng.toml"])

    return call


async def test_the_hub_s_own_menu_is_shown_and_pushed(run: Run, peer: WeChatPeer) -> None:
    shown = await run("menu", "show", "--live")
    assert shown.exit_code == 0, shown.output
    assert "我要反映 → “反映问题” report" in shown.output
    assert "线上没有菜单" in shown.output
    pushed = await run("menu", "push", "--account", "wechat.city")
    assert pushed.exit_code == 0, pushed.output
    (menu,) = peer.menus
    assert [one["name"] for one in menu["button"]] == ["我要反映", "查询办理", "咨询服务"]


async def test_a_city_s_own_menu_goes_instead_and_its_dead_ends_are_named(run: Run, peer: WeChatPeer) -> None:
    assert "跳舞 → “跳舞” ✗" in (await run("menu", "show", more=MENU)).output
    assert "跳舞" in (await run("check", more=MENU)).output
    assert (await run("menu", "push", more=MENU)).exit_code == 0
    assert peer.menus[0]["button"][1]["sub_button"][1]["type"] == "view"
    wrong = await run("menu", "show", more=MENU.replace("更多", "六个汉字太多"))
    assert (wrong.exit_code, "16 bytes" in wrong.output) == (1, True)


async def test_a_poster_s_code_is_made_saved_and_listed(run: Run, peer: WeChatPeer) -> None:
    made = await run("qr", "create", "--district", "历下区", "--where", "千佛山街道办事处海报", "--out", "poster.jpg")
    assert made.exit_code == 0, made.output
    assert Path("poster.jpg").read_bytes() == JPEG
    scene = peer.codes[0]["action_info"]["scene"]["scene_str"]
    assert scene.startswith("01-")
    listed = (await run("qr", "list")).output
    assert f"{scene}\t历下区\t千佛山街道办事处海报\t扫码 0\t新关注 0\t诉求 0" in listed
    again = await run("qr", "create", "--where", "x", "--out", "poster.jpg")
    assert (again.exit_code, len(peer.codes)) == (1, 1)
    peer.draws = False
    ends = await run("qr", "create", "--where", "广场", "--days", "7")
    assert (ends.exit_code, "没有取到图片" in ends.output) == (0, True)
    assert peer.codes[1]["expire_seconds"] == 7 * 86_400


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--district", "火星区", "--where", "x"), "没有这个区县"),
        (("--where", "x", "--days", "31"), "30 days"),
        (("--where", ""), "--where"),
        (("--where", "x", "--account", "app.web"), "app.web"),
    ],
)
async def test_what_cannot_be_made_is_said(run: Run, peer: WeChatPeer, words: tuple[str, ...], says: str) -> None:
    done = await run("qr", "create", *words)
    assert (done.exit_code, says in done.output) == (1, True), done.output
    assert peer.codes == []


async def test_the_provider_s_refusal_is_told_without_a_traceback(run: Run, peer: WeChatPeer) -> None:
    peer.console_error = 48001
    done = await run("qr", "create", "--where", "x")
    assert done.exit_code == 1
    assert "48001" in done.output
    assert "Traceback" not in done.output


async def test_templates_are_compared_and_what_has_none_is_listed(run: Run, peer: WeChatPeer) -> None:
    wrong = await run("templates", more=TEMPLATE)
    assert (wrong.exit_code, "账号下没有这个模板" in wrong.output) == (1, True), wrong.output
    peer.private = [{"template_id": "TPL", "title": "工单", "content": "{{thing1.DATA}}", "example": ""}]
    right = await run("templates", more=TEMPLATE)
    assert (right.exit_code, "✓ wechat.city" in right.output) == (0, True), right.output
    typo = (await run("check", more=TEMPLATE.replace("{number}", "{numbr}"))).output
    assert "templates.ticket.replied: {numbr}" in typo
    checked = (await run("check", more=TEMPLATE)).output
    assert "参数" not in checked
    assert "survey.ask 请评价" in checked
    assert "ticket.replied 办理结果" not in checked
