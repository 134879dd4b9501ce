"""One account: its calls read and answered, our private messages sent, public remarks looked for and invited from."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any

from channels.adapter import Request, Response, Tools
from channels.errors import BadSignature, Credential, Later, Malformed, Never, TooLarge
from channels.message import Attachment, Batch, Outbound, Say
from channels.payload import Payload
from channels.weibo import render
from channels.weibo.client import Api
from channels.weibo.parse import number_in, read_push
from channels.weibo.places import IN_PUBLIC, PUSHED, Place, place_of
from channels.weibo.remarks import read_remarks, remarks_of
from channels.weibo.settings import WeiboSettings
from channels.weibo.signing import Signer, check_age
from channels.weibo.watching import Watch

_LARGEST = 128 * 1024
"""Bytes of a call; a private text has 300 characters, a long post that mentions us 5,000."""


class Weibo:
    """An account that takes private messages: Adapter, Webhook and Media."""

    def __init__(self, account: str, settings: WeiboSettings, tools: Tools) -> None:
        self._account = account
        self._settings = settings
        self._signer = Signer(settings.app_secret.get_secret_value())
        self._api = Api(settings, http=tools.http, now=tools.now)

    # --- Webhook

    def verify(self, request: Request) -> Response | None:
        """Answer the check of the address; let a signed, timely call pass; refuse everything else."""
        if len(request.body) > _LARGEST:
            raise TooLarge("a call of Weibo's is never this large")
        if request.method not in {"GET", "POST"}:
            raise BadSignature("Weibo only calls with GET and POST")
        self._signer.check(request.query)
        if request.method == "GET":
            # Harmless to repeat: its age is not asked.
            if not (echo := request.query.get("echostr", "")):
                raise BadSignature("echostr is missing")
            return Response(body=echo.encode("utf-8", "replace"))
        check_age(request.query["timestamp"], at=request.received_at, most=self._settings.max_age_seconds)
        return None

    def parse(self, request: Request) -> Batch:
        """Read a verified call. Raises Malformed."""
        if request.body.lstrip()[:1] == b"<":
            raise Malformed("body is XML: choose JSON with Eps/push/set_format (format=json)")
        return read_push(Payload.from_json(request.body), account=self._account, uid=self._settings.uid)

    def answer(self, request: Request, reply: Say | None) -> Response:
        """The passive reply; an empty body where there is nothing to say ("taken, do not call again")."""
        if reply is None or not (text := render.as_text(reply)).strip():
            return Response()
        sender = number_in(Payload.from_json(request.body), "sender_id")
        body = render.passive_reply(sender=self._settings.uid, receiver=sender, text=text)
        return Response(body=body, content_type="application/json")

    def refuse(self, request: Request, status: int) -> Response:
        """An HTTP error: any answer Weibo understands would end its three tries."""
        return Response(status=status)

    # --- Adapter

    async def send(self, out: Outbound) -> str:
        """Send a private message, or answer a public remark with the one invitation; returns the comment's id, "" for a
        private message. Raises SendError."""
        peer = out.address.peer
        if not peer.startswith(IN_PUBLIC):
            return await self._api.say(render.private_message(out, receiver=peer))
        if out.in_reply_to.startswith(PUSHED):
            return await self._api.say(render.private_message(out, receiver=peer.removeprefix(IN_PUBLIC)))
        place = place_of(out.in_reply_to)
        if place is None:
            raise Never("in public nothing is said but the one invitation")
        return await self._invite(out, place)

    async def _invite(self, out: Outbound, place: Place) -> str:
        """Whatever keeps an invitation from going, private messages go on: they have a token of their own."""
        try:
            return await self._api.invite(place, render.invitation(out, place))
        except Credential as error:
            raise Never(str(error), code=error.code) from None
        except Later as error:
            raise Later(str(error), after=error.after, code=error.code) from None

    async def close(self) -> None:
        """Nothing is held open between two calls."""

    # --- Media

    async def fetch(self, attachment: Attachment) -> tuple[bytes, str]:
        """The file and the type Weibo gives it. Raises SendError."""
        return await self._api.file(attachment.ref)


class WatchingWeibo(Weibo):
    """One that also looks for public remarks: Pollable."""

    def read(self, raw: bytes, *, at: datetime) -> Batch:
        """A page of remarks as Weibo keeps it. Raises Malformed."""
        page = Payload.from_json(raw)
        return read_remarks(remarks_of(page), account=self._account, uid=self._settings.uid)

    def poll(self, cursor: str) -> AsyncIterator[tuple[Batch, str]]:
        """See :meth:`channels.adapter.Pollable.poll`; the cursor is the newest id taken of each source."""
        return Watch(self._account, self._settings, self._api).run(cursor)


def build(account: str, settings: Any, tools: Tools) -> Weibo:
    """Open one account."""
    kind = WatchingWeibo if settings.public else Weibo
    return kind(account, settings, tools)
