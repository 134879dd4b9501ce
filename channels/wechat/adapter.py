"""One official account: its callbacks read and answered, our messages sent, its files fetched."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from functools import lru_cache, partial

from channels.account import Code, MenuEntry
from channels.adapter import Request, Response, Tools
from channels.capabilities import Permit
from channels.errors import BadSignature, Malformed, Never, SendError, TooLarge
from channels.message import Attachment, Batch, Outbound, Say
from channels.wechat import render
from channels.wechat.client import Api
from channels.wechat.codes import code
from channels.wechat.crypto import Seal, Signer
from channels.wechat.errors import MENU_NOT_ALLOWED, NO_MENU
from channels.wechat.fields import Fields, read
from channels.wechat.menu import menu_faults, written
from channels.wechat.menu import read as read_menu
from channels.wechat.parse import read_batch
from channels.wechat.registry import PATHS, faults, granted
from channels.wechat.settings import Template, WeChatSettings
from channels.wechat.sniff import media_type_of

_LARGEST = 64 * 1024
"""Bytes of a callback; WeChat's are under 4 KiB."""
WECHATS_DESK = "微信客服功能"
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
        self._settings = settings
        self._api = Api(settings, http=tools.http, now=tools.now)

    def _granted(self, kind: str) -> dict[str, Template]:
        """Notice key -> its template of this kind, of those with an id."""
        listed = self._settings.templates.items()
        return {key: one for key, each in listed for one in each if one.id and one.kind == kind}

    @property
    def templates(self) -> frozenset[str]:
        """The notices that may leave by the template route."""
        return frozenset(self._granted("template"))

    # --- Subscribed

    @property
    def permits(self) -> dict[str, Permit]:
        """What a notice needs to leave by the subscription route."""
        return {key: Permit(one.id, one.lasting) for key, one in self._granted("subscribe").items()}

    @property
    def permit_page(self) -> str:
        """Where a citizen gives leave, "" where nothing needs it."""
        return self._settings.permit_page if self.permits else ""

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
        return self._response(request, partial(render.passive_reply, text=text))

    def _response(self, request: Request, inner: Callable[..., bytes]) -> Response:
        fields = self._inner(request.body)
        created = int(request.received_at.timestamp())
        written = inner(to=fields.need("FromUserName"), sender=fields.get("ToUserName"), created=created)
        return Response(body=self._envelope(written, str(created), request.query["nonce"]), content_type="text/xml")

    # --- Handing

    @property
    def desk(self) -> str:
        """What WeChat's own desk is called, "" where our agents serve the citizens."""
        return WECHATS_DESK if self._settings.desk == "wechat" else ""

    def hand_over(self, request: Request) -> Response:
        """The passive reply that gives the message's sender to WeChat's own desk."""
        return self._response(request, partial(render.transfer, kf_account=self._settings.kf_account))

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
        """Send by ``out.route``: "direct" (customer-service message), "subscription" or "template". Returns WeChat's
        message id, "" for a direct message. Raises SendError."""
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
        path, content = render.template_message(out, self._settings.templates)
        return await self._api.post(path, content)

    async def close(self) -> None:
        """Stop what is under way."""
        await self._api.close()

    # --- Menued, Scanned, Registered

    @property
    def menu(self) -> tuple[MenuEntry, ...]:
        """As the settings say, empty where they do not."""
        return tuple(one.entry() for one in self._settings.menu)

    def menu_faults(self, menu: Sequence[MenuEntry]) -> list[str]:
        """What WeChat would refuse."""
        return menu_faults(menu)

    async def shown_menu(self) -> tuple[MenuEntry, ...]:
        """The menu pushed last, empty for none. Raises SendError."""
        try:
            return read_menu(await self._api.ask("/cgi-bin/menu/get"))
        except SendError as error:
            if error.code != str(NO_MENU):
                raise
            return ()

    async def push_menu(self, menu: Sequence[MenuEntry]) -> None:
        """Replace the account's menu; telephones show it within minutes. Raises ValueError, SendError."""
        if faults := menu_faults(menu):
            raise ValueError("; ".join(faults))
        await self._api.ask("/cgi-bin/menu/create", written(menu))

    async def code(self, scene: str, *, lasts: timedelta | None) -> Code:
        """A QR code for ``scene``. Raises ValueError, SendError."""
        return await code(self._api, self._settings.code_base, scene, lasts=lasts)

    @property
    def template_blanks(self) -> dict[str, frozenset[str]]:
        """Notice key -> the parameters its templates name."""
        return {key: frozenset().union(*(one.blanks for one in each)) for key, each in self._settings.templates.items()}

    async def template_faults(self) -> list[str]:
        """Where ids and fields differ from the account's own lists, asked for the kinds in use. Raises SendError."""
        lists = {kind: granted(await self._api.ask(path)) for kind, path in PATHS.items() if self._granted(kind)}
        return faults(self._settings.templates, lists)

    # --- Media

    async def fetch(self, attachment: Attachment) -> tuple[bytes, str]:
        """The file and its type by its first bytes. Raises SendError."""
        content = await self._api.media(attachment.ref)
        return content, media_type_of(content)


_WAYS: dict[str, Callable[[WeChat, Outbound], Awaitable[str]]] = {
    "direct": WeChat._direct,
    "subscription": WeChat._template,
    "template": WeChat._template,
}


def build(account: str, settings: WeChatSettings, tools: Tools) -> WeChat:
    """Open one account."""
    return WeChat(account, settings, tools)
