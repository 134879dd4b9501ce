"""One official account: its callbacks read and answered, our messages sent, its files fetched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import lru_cache

from channels.adapter import Request, Response, Tools
from channels.errors import BadSignature, Malformed, Never, SendError, TooLarge
from channels.message import Attachment, Batch, Outbound, Say
from channels.wechat import render
from channels.wechat.client import Api
from channels.wechat.crypto import Seal, Signer
from channels.wechat.errors import MENU_NOT_ALLOWED
from channels.wechat.fields import Fields, read
from channels.wechat.parse import read_batch
from channels.wechat.settings import WeChatSettings
from channels.wechat.sniff import media_type_of

_LARGEST = 64 * 1024
"""Bytes of a callback; WeChat's are under 4 KiB."""
_IN_FLIGHT = 512
"""Bodies whose reading is kept: verify, parse and answer ask for the same one, and so does a retry."""


class WeChat:
    """An account of the ``wechat`` channel: Adapter, Webhook and Media."""

    def __init__(self, account: str, settings: WeChatSettings, tools: Tools) -> None:
        self._account = account
        self._max_age = settings.max_age_seconds
        self._signer = Signer(settings.token.get_secret_value())
        self._seal: Seal | None = None
        if settings.mode == "safe":
            self._seal = Seal(aes_key=settings.aes_key.get_secret_value(), app_id=settings.app_id)
        self._outer = lru_cache(_IN_FLIGHT)(read)
        self._inner = lru_cache(_IN_FLIGHT)(self._open)
        self._templates = settings.templates
        self._api = Api(settings, http=tools.http, now=tools.now)

    @property
    def templates(self) -> frozenset[str]:
        """The notices that may leave by the template route."""
        return frozenset(key for key, template in self._templates.items() if template.id)

    # --- Webhook

    def verify(self, request: Request) -> Response | None:
        """Answer the console's URL check; let a signed, timely callback pass; refuse everything else."""
        if len(request.body) > _LARGEST:
            raise TooLarge("a WeChat callback is never this large")
        if request.method == "GET":
            return self._url_check(request)
        if request.method != "POST":
            raise BadSignature("WeChat only calls with GET and POST")
        query = request.query
        timestamp, nonce = query.get("timestamp", ""), query.get("nonce", "")
        if self._seal is None:
            self._signer.check(query.get("signature", ""), timestamp, nonce)
        else:
            self._signer.check(query.get("msg_signature", ""), timestamp, nonce, self._sealed(request.body))
        self._check_age(timestamp, request)
        return None

    def _url_check(self, request: Request) -> Response:
        # Never encrypted, in any mode, and harmless to repeat: its age is not asked.
        query = request.query
        echo = query.get("echostr", "")
        self._signer.check(query.get("signature", ""), query.get("timestamp", ""), query.get("nonce", ""))
        if not echo:
            raise BadSignature("echostr is missing")
        return Response(body=echo.encode("utf-8", "replace"))

    def _sealed(self, body: bytes) -> str:
        """The encrypted text; a body without one is not from WeChat in safe mode, whatever else it says."""
        try:
            return self._outer(body).need("Encrypt", longest=_LARGEST)
        except Malformed as error:
            raise BadSignature(f"no encrypted message: {error}") from None

    def _check_age(self, timestamp: str, request: Request) -> None:
        if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) <= 12):
            raise BadSignature("timestamp is not a time")
        if abs(request.received_at.timestamp() - int(timestamp)) > self._max_age:
            raise BadSignature("timestamp is too far from our clock: an old call played again, or a wrong clock")

    def _open(self, body: bytes) -> Fields:
        outer = self._outer(body)
        if self._seal is None:
            return outer
        return read(self._seal.open(outer.need("Encrypt", longest=_LARGEST)))

    def parse(self, request: Request) -> Batch:
        """Read a verified callback. Raises :class:`Malformed`."""
        return read_batch(self._inner(request.body), account=self._account)

    def answer(self, request: Request, reply: Say | None) -> Response:
        """The passive reply, sealed as the call was; "success" where there is nothing to say (an empty or strange
        body would show the citizen an error)."""
        if reply is None or not (text := render.as_text(reply)).strip():
            return Response(body=b"success")
        fields = self._inner(request.body)
        created = int(request.received_at.timestamp())
        inner = render.passive_reply(
            to=fields.need("FromUserName"), sender=fields.get("ToUserName"), created=created, text=text
        )
        return Response(body=self._envelope(inner, str(created), request.query["nonce"]), content_type="text/xml")

    def _envelope(self, inner: bytes, timestamp: str, nonce: str) -> bytes:
        if self._seal is None:
            return inner
        sealed = self._seal.close(inner)
        signature = self._signer.sign(timestamp, nonce, sealed)
        return render.envelope(sealed=sealed, signature=signature, timestamp=timestamp, nonce=nonce)

    def refuse(self, request: Request, status: int) -> Response:
        """An HTTP error: anything WeChat takes for an answer would end its three tries."""
        return Response(status=status)

    # --- Adapter

    async def send(self, out: Outbound) -> str:
        """Send by ``out.route``: "direct" (customer-service message) or "template". Returns WeChat's message id, ""
        for a direct message. Raises SendError."""
        way = _WAYS.get(out.route)
        if way is None:
            raise Never(f"there is no way called {out.route!r} to send with")
        return await way(self, out)

    async def _direct(self, out: Outbound) -> str:
        path = "/cgi-bin/message/custom/send"
        try:
            return await self._api.post(path, render.direct_message(out))
        except SendError as error:
            if error.code != str(MENU_NOT_ALLOWED) or not out.body.choices:
                raise
        return await self._api.post(path, render.plain_message(out))

    async def _template(self, out: Outbound) -> str:
        path, content = render.template_message(out, self._templates)
        return await self._api.post(path, content)

    async def close(self) -> None:
        """Stop what is under way."""
        await self._api.close()

    # --- Media

    async def fetch(self, attachment: Attachment) -> tuple[bytes, str]:
        """The file and its type by its first bytes. Raises SendError."""
        content = await self._api.media(attachment.ref)
        return content, media_type_of(content)


_WAYS: dict[str, Callable[[WeChat, Outbound], Awaitable[str]]] = {
    "direct": WeChat._direct,
    "template": WeChat._template,
}


def build(account: str, settings: WeChatSettings, tools: Tools) -> WeChat:
    """Open one account."""
    return WeChat(account, settings, tools)
