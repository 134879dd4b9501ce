"""Where providers call: ``/hooks/<folder>/<account>``; nothing is acknowledged before it is stored."""

from __future__ import annotations

import asyncio
import hashlib
import re
from dataclasses import dataclass, field

from aiohttp import web
from sqlalchemy import insert

from bot.accounts import Account
from bot.journey.hub import StorageDown
from bot.logs import logger
from bot.services import Services
from bot.store.tables import refusal
from channels.adapter import Request, Response, Taken, Webhook
from channels.errors import BadSignature, Busy, Malformed, Refused, TooLarge
from channels.message import Batch

log = logger(__name__)

_STATUS: dict[type[Refused], int] = {BadSignature: 403, Malformed: 400, TooLarge: 413}
READING = 10.0
"""Seconds a provider may take to send a body."""
_NAMES = re.compile(rb'<([A-Za-z_]\w{0,30})|"([A-Za-z_]\w{0,30})"\s*:')
"""Tag and key names: the shape of a body without anybody's words."""


@dataclass(frozen=True, slots=True)
class Hooks:
    """The webhooks' front door."""

    services: Services = field(repr=False)
    max_body: int

    def routes(self) -> list[web.RouteDef]:
        """GET for the providers' checks, POST for their calls."""
        path = r"/hooks/{folder}/{account}{tail:(/.*)?}"
        return [web.get(path, self.take), web.post(path, self.take)]

    async def take(self, http: web.Request) -> web.StreamResponse:
        """One call of a provider, from the first byte to the last of the answer."""
        account = self.services.accounts.get(http.match_info["folder"], http.match_info["account"])
        if account is None or (adapter := account.webhook) is None:
            raise web.HTTPNotFound(text="no such account\n")
        request = Request("", {}, {}, b"", self.services.now())
        try:
            request = await self._read(http)
            if (ended := adapter.verify(request)) is not None:
                return _http(ended)
            batch = adapter.parse(request)
        except Refused as error:
            return await self._refuse(account, request, error)
        return await self._store(http, account, adapter, request, batch)

    async def _read(self, http: web.Request) -> Request:
        if (http.content_length or 0) > self.max_body:
            raise TooLarge(f"more than {self.max_body} bytes")
        body = b""
        try:
            async with asyncio.timeout(READING):
                while len(body) <= self.max_body and (more := await http.content.read(self.max_body + 1 - len(body))):
                    body += more
        except TimeoutError:
            raise web.HTTPRequestTimeout from None
        if len(body) > self.max_body:
            raise TooLarge(f"more than {self.max_body} bytes")
        return Request(
            method=http.method,
            query=dict(http.query),
            headers={name.lower(): value for name, value in http.headers.items()},
            body=body,
            received_at=self.services.now(),
            tail=http.match_info["tail"].lstrip("/"),
            remote=http.remote or "",
        )

    async def _store(
        self, http: web.Request, account: Account, adapter: Webhook, request: Request, batch: Batch
    ) -> web.StreamResponse:
        channel = account.channel.name
        try:
            taken = await self.services.hub.receive(batch)
            await self.services.receipts(channel, batch.receipts)
            await self.services.phone.intake.take(channel, batch.calls)
        except Busy as error:
            self.services.metrics.refused(channel, "Busy")
            response = _http(adapter.refuse(request, 503))
            response.headers["Retry-After"] = str(int(error.after))
            return response
        except StorageDown:
            log.error("not acknowledged", action="hook.not_acknowledged", channel=channel, account=account.name)
            return _http(adapter.refuse(request, 500))
        self._count(channel, batch)
        reply = next((one for one in taken if one.reply is not None), None)
        if reply is None and account.handing is not None and any(one.handed for one in taken):
            return _http(account.handing.hand_over(request))
        response = _http(adapter.answer(request, reply.reply if reply else None))
        return await self._written(http, response, reply)

    async def _written(self, http: web.Request, response: web.Response, reply: Taken | None) -> web.StreamResponse:
        """An inline reply is only offered until the response was written (decision 6)."""
        if reply is None:
            return response
        try:
            await response.prepare(http)
            await response.write_eof()
        except (ConnectionError, OSError):
            await self.services.inline.failed(reply)
            raise
        await self.services.inline.sent(reply)
        return response

    def _count(self, channel: str, batch: Batch) -> None:
        for one in batch.messages:
            self.services.metrics.message(channel, one.kind.value)
        if batch.ignored:
            self.services.metrics.ignored(channel, len(batch.ignored))

    async def _refuse(self, account: Account, request: Request, error: Refused) -> web.Response:
        channel, reason = account.channel.name, type(error).__name__
        self.services.metrics.refused(channel, reason)
        log.warning("call refused", action="hook.refused", channel=channel, account=account.name, reason=reason)
        if isinstance(error, Malformed):
            await self._keep_shape(account, request, error)
        status = next(status for kind, status in _STATUS.items() if isinstance(error, kind))
        text = "bad signature" if isinstance(error, BadSignature) else str(error)
        return web.json_response({"title": reason, "status": status, "detail": text}, status=status)

    async def _keep_shape(self, account: Account, request: Request, error: Malformed) -> None:
        """Keep what an operator needs to find the fault: names and sizes, no words. Losing it is no loss."""
        names = [(tag or key).decode() for tag, key in _NAMES.findall(request.body[:65_536])]
        row = {
            "channel": account.channel.name,
            "account": account.name,
            "at": request.received_at,
            "reason": str(error)[:500],
            "size": len(request.body),
            "sha256": hashlib.sha256(request.body).hexdigest(),
            "shape": " ".join(dict.fromkeys(names))[:1000],
        }
        try:
            async with self.services.database.begin() as connection:
                await connection.execute(insert(refusal), row)
        except Exception as lost:
            log.warning("refusal not kept", action="hook.refused", error=type(lost).__name__)


def _http(response: Response) -> web.Response:
    return web.Response(
        status=response.status, body=response.body, headers={"Content-Type": f"{response.content_type}; charset=utf-8"}
    )
