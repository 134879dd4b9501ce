"""Puts the web chat together: the channel the hub sees, and the routes citizens' pages and apps call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from aiohttp import web

from channels.adapter import Door, Tools
from channels.app.embed import Embed
from channels.app.gate import Gate
from channels.app.intake import Intake
from channels.app.links import FileLinks
from channels.app.live import Live
from channels.app.parts import Parts
from channels.app.push import Gateway
from channels.app.rest import Rest
from channels.app.settings import AppSettings
from channels.app.site import Site
from channels.app.sockets import Sockets
from channels.app.stream import Stream
from channels.app.tokens import Tokens
from channels.app.uploads import Uploads
from channels.message import Address, Outbound

PATH = "/api/chat/v1"


class WebChat:
    """One account of the web chat. Nothing leaves the house: a line is sent the moment it is in the history."""

    def __init__(self, account: str, settings: AppSettings, tools: Tools) -> None:
        self._account = account
        self._settings = settings
        self._gateway = Gateway(settings.push, tools) if settings.push else None
        self._live = Live(most_per_peer=settings.limits.connections_per_session)

    async def send(self, out: Outbound) -> str:
        """Nothing to do: the commit that made ``out`` put it into the history and woke the citizen's connections."""
        return ""

    @property
    def pushes(self) -> bool:
        """Whether the city has a push gateway."""
        return self._gateway is not None

    async def push(self, address: Address, *, delivery: str) -> None:
        """See :meth:`channels.account.Pushable.push`."""
        assert self._gateway is not None
        await self._gateway.call(address.peer, delivery=delivery)

    async def close(self) -> None:
        """End the open connections; call it before the server waits for its handlers."""
        await self._live.close()

    def routes(self, door: Door) -> Sequence[web.AbstractRouteDef]:
        """The interface under /api/chat/v1 and the page at /chat."""
        settings, keys = self._settings, self._settings.token_keys()
        tokens = Tokens(
            *keys,
            account=self._account,
            lasts=timedelta(minutes=settings.token_minutes),
            resumes=timedelta(days=settings.resume_days),
        )
        gate = Gate(settings, tokens, door)
        links = FileLinks(*keys, path=f"{PATH}/files", lasts=timedelta(minutes=settings.link_minutes))
        intake = Intake(self._account, door, gate, links)
        parts = Parts(self._account, door, gate, intake, links, self._live)
        site = Site(settings.words)
        embed = Embed(self._account, settings, site)
        return [*_api(parts, tokens, settings), *site.routes(), *embed.routes()]


def _api(parts: Parts, tokens: Tokens, settings: AppSettings) -> list[web.AbstractRouteDef]:
    rest = Rest(parts, tokens, settings.voucher())
    uploads = Uploads(parts, settings.limits.upload_bytes)
    guarded = parts.gate.guarded
    return [
        web.post(f"{PATH}/sessions", guarded(rest.open)),
        web.post(f"{PATH}/messages", guarded(rest.send)),
        web.get(f"{PATH}/messages", guarded(rest.read), allow_head=False),
        web.post(f"{PATH}/seen", guarded(rest.seen)),
        web.post(f"{PATH}/uploads", guarded(uploads.take)),
        web.get(f"{PATH}/files/{{file_id}}", guarded(uploads.hand_out)),
        web.get(f"{PATH}/events", guarded(Stream(parts).serve), allow_head=False),
        # Not guarded: a socket is refused by a close code.
        web.get(f"{PATH}/ws", Sockets(parts).serve, allow_head=False),
        web.options(PATH + "/{tail:.*}", guarded(parts.gate.preflight)),
    ]


def build(account: str, settings: Any, tools: Tools) -> WebChat:
    """The adapter of one account."""
    return WebChat(account, settings, tools)
