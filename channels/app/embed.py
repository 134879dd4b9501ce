"""The chat inside the pages of others: a script that shows a button, and the page it opens in a frame."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib.resources import files

from aiohttp import web

from channels.app.settings import AppSettings
from channels.app.site import PATH, Site, answer

_FOR_ANYBODY = {"Cross-Origin-Resource-Policy": "cross-origin"}


class Embed:
    """GET /embed.js and GET /chat/embed/<account>; nothing where the operator named no page that may show the chat."""

    def __init__(self, account: str, settings: AppSettings, site: Site) -> None:
        self._account = account
        self._origins = settings.embed_origins
        self._site = site
        script = files("channels.app").joinpath("embed.js").read_text("utf-8")
        self._script = script.replace('"$title"', json.dumps(settings.words.title, ensure_ascii=False)).encode()

    def routes(self) -> Sequence[web.AbstractRouteDef]:
        """Both, or none."""
        if not self._origins:
            return []
        return [web.get("/embed.js", self.script), web.get(f"{PATH}/embed/{{account}}", self.frame)]

    async def script(self, request: web.Request) -> web.StreamResponse:
        """What the pages of others load; it holds no secret and knows no citizen."""
        return answer(request, self._script, "text/javascript", _FOR_ANYBODY)

    async def frame(self, request: web.Request) -> web.StreamResponse:
        """The chat page, for a frame; a browser shows it on the named pages only."""
        if request.match_info["account"] != self._account:
            raise web.HTTPNotFound
        return self._site.framed(request, self._origins)
