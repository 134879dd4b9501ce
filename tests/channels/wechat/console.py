"""What WeChat's API keeps of an account (its menu, codes, templates, leaves), played after the published pages.

Menu: custommenu/api_createcustommenu; codes: Generating_a_Parametric_QR_Code; templates: api_getalltemplates and
api_getwxapubnewtemplate; values and leaves: the subscription rules and error list. Read 2026-11-28.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

from aiohttp import web

JPEG = b"\xff\xd8\xff\xe0" + b"code" * 100
_RULES = {
    "thing": r".{1,20}",
    "number": r"-?[\d.]{1,32}",
    "letter": r"[A-Za-z]{1,32}",
    "character_string": r"[\x20-\x7e]{1,32}",
    "phrase": r"[一-龥]{1,5}",
    "name": r"[一-龥]{1,10}|[A-Za-z\W]{1,20}",
    "date": r"\d{4}年\d{1,2}月\d{1,2}日( \d{1,2}:\d{2})?",
    "time": r"(\d{4}年\d{1,2}月\d{1,2}日 ?)?\d{1,2}:\d{2}|\d{4}年\d{1,2}月\d{1,2}日",
}


class Console:
    """Mixed into the peer, which knows the token."""

    def __init__(self) -> None:
        self.menu: dict[str, Any] | None = None
        self.menus: list[dict[str, Any]] = []
        """Every menu that was taken."""
        self.codes: list[dict[str, Any]] = []
        self.console_error = 0
        """The number with which codes are refused, 0 for none."""
        self.draws = True
        """Whether showqrcode answers with a picture."""
        self.private: list[dict[str, Any]] = []
        self.subscriptions: list[dict[str, Any]] = []
        self.leaves: Counter[tuple[str, str]] | None = None
        """(openid, template) -> sends the citizen allows; None where nobody counts."""
        self.lasting: set[str] = set()

    def routes(self) -> list[web.RouteDef]:
        """The addresses of the published pages."""
        return [
            web.post("/cgi-bin/menu/create", self._create_menu),
            web.get("/cgi-bin/menu/get", self._get_menu),
            web.post("/cgi-bin/qrcode/create", self._create_code),
            web.get("/cgi-bin/showqrcode", self._show_code),
            web.get("/cgi-bin/template/get_all_private_template", self._private),
            web.get("/wxaapi/newtmpl/gettemplate", self._subscriptions),
        ]

    def _token_trouble(self, request: web.Request) -> web.Response | None:
        raise NotImplementedError

    async def _create_menu(self, request: web.Request) -> web.Response:
        if trouble := self._token_trouble(request):
            return trouble
        asked = await request.json()
        if code := _menu_fault(asked):
            return web.json_response({"errcode": code, "errmsg": "invalid menu rid: 1-2"})
        self.menu = asked
        self.menus.append(asked)
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _get_menu(self, request: web.Request) -> web.Response:
        if trouble := self._token_trouble(request):
            return trouble
        if self.menu is None:
            return web.json_response({"errcode": 46003, "errmsg": "menu no exist rid: 1-2"})
        shown = [one | {"sub_button": one.get("sub_button", [])} for one in self.menu["button"]]
        return web.json_response({"menu": {"button": shown}})

    async def _create_code(self, request: web.Request) -> web.Response:
        if trouble := self._token_trouble(request):
            return trouble
        asked = await request.json()
        if self.console_error:
            return web.json_response({"errcode": self.console_error, "errmsg": "refused rid: 1-2"})
        scene = asked["action_info"]["scene"]["scene_str"]
        if not 1 <= len(scene) <= 64 or asked["action_name"] not in {"QR_LIMIT_STR_SCENE", "QR_STR_SCENE"}:
            return web.json_response({"errcode": 40053, "errmsg": "invalid action info rid: 1-2"})
        self.codes.append(asked)
        answer = {"ticket": f"gQ=={scene}/+", "url": f"http://weixin.qq.com/q/{scene}"}
        return web.json_response(answer | ({"expire_seconds": s} if (s := asked.get("expire_seconds")) else {}))

    async def _show_code(self, request: web.Request) -> web.Response:
        assert "access_token" not in request.query
        ours = {f"gQ=={one['action_info']['scene']['scene_str']}/+" for one in self.codes}
        if not self.draws or request.query.get("ticket") not in ours:
            return web.Response(status=404)
        return web.Response(body=JPEG, content_type="image/jpg")

    async def _private(self, request: web.Request) -> web.Response:
        return self._token_trouble(request) or web.json_response({"template_list": self.private})

    async def _subscriptions(self, request: web.Request) -> web.Response:
        return self._token_trouble(request) or web.json_response(
            {"errcode": 0, "errmsg": "ok", "data": self.subscriptions}
        )

    def template_trouble(self, path: str, sent: dict[str, Any]) -> dict[str, Any] | None:
        """Why a template is not taken: a value of the wrong form, or no leave."""
        for key, field in sent.get("data", {}).items():
            rule = _RULES.get(key.rstrip("0123456789"))
            if rule and not re.fullmatch(rule, field["value"]):
                return {"errcode": 47003, "errmsg": f"argument invalid! data.{key}.value invalid rid: 1-2"}
        if not path.endswith("bizsend") or self.leaves is None:
            return None
        pair = sent["touser"], sent["template_id"]
        if self.leaves[pair] <= 0:
            return {"errcode": 43101, "errmsg": "user refuse to accept the msg rid: 1-2"}
        if pair[1] not in self.lasting:
            self.leaves[pair] -= 1
        return None


def _menu_fault(asked: dict[str, Any]) -> int:
    """The published limits: 3 and 5 entries; names 16 and 60 bytes; keys 128, addresses 1,024."""
    buttons = asked["button"]
    if not 1 <= len(buttons) <= 3:
        return 40016
    for one in buttons:
        if not 0 < len(one["name"].encode()) <= 16:
            return 40018
        below = one.get("sub_button", [])
        if len(below) > 5:
            return 40023
        if any(not 0 < len(entry["name"].encode()) <= 60 for entry in below):
            return 40025
        for entry in below or [one]:
            if len(entry.get("key", "").encode()) > 128:
                return 40019
            if len(entry.get("url", "").encode()) > 1024:
                return 40020
            if entry["type"] == "click" and not entry.get("key"):
                return 40019
    return 0
