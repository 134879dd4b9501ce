"""One SMS account: callbacks in, templates out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hmac import compare_digest
from ipaddress import ip_address
from secrets import token_hex
from typing import Final

from aiohttp import ClientConnectorError, ClientError, ClientTimeout, ConnectionTimeoutError
from yarl import URL

from channels.adapter import Request, Response, Tools
from channels.errors import Away, BadSignature, Credential, Later, Malformed, TooLarge, Unknown
from channels.message import Batch, Outbound, Say
from channels.payload import Payload
from channels.sms.aliyun import Aliyun
from channels.sms.extension import extension
from channels.sms.parse import parse
from channels.sms.provider import Call, Provider
from channels.sms.render import render
from channels.sms.segments import segments
from channels.sms.settings import REPLY, HttpSettings
from channels.sms.tencent import Tencent
from channels.sms.verdicts import refusal

_LARGEST = 1 << 20
_JSON = "application/json"
_TAILS: Final = frozenset({"", "reply", "report"})
_PROVIDERS: Final[Mapping[str, type[Aliyun] | type[Tencent]]] = {"aliyun": Aliyun, "tencent": Tencent}


class Sms:
    """An account of the ``sms`` channel: Adapter and Webhook."""

    def __init__(self, account: str, settings: HttpSettings, tools: Tools) -> None:
        self._account = account
        self._settings = settings
        self._secret = settings.hook_secret.get_secret_value().encode()
        self._provider: Provider = _PROVIDERS[settings.provider](settings)
        self._tools = tools

    @property
    def free_text(self) -> bool:
        """Whether words of our own may be sent at all: only inside a registered template with one variable."""
        reply = self._settings.templates.get(REPLY)
        return bool(reply and reply.id)

    @property
    def templates(self) -> frozenset[str]:
        """The notices that may leave by the template route."""
        return frozenset(key for key, template in self._settings.templates.items() if template.id and key != REPLY)

    def segments(self, text: str) -> int:
        """What ``text`` costs; where the template "reply" adds words of its own, perhaps one more."""
        return segments(self._settings.sign_name, text)

    # --- Webhook: /hooks/sms/<account>/<hook_secret>/reply and .../report

    def verify(self, request: Request) -> Response | None:
        """Let in who knows our secret address and calls from an allowed net; answer the provider's GET check."""
        secret, _, kind = request.tail.partition("/")
        if not compare_digest(secret.encode("utf-8", "replace"), self._secret) or kind not in _TAILS:
            raise BadSignature("not our secret callback address")
        if not self._allowed(request.remote):
            raise BadSignature("the caller's address is not in allowed_nets")
        if len(request.body) > _LARGEST:
            raise TooLarge("an SMS callback is never this large")
        if request.method in {"GET", "HEAD"}:
            return Response(body=self._provider.probe, content_type=_JSON)
        return None

    def _allowed(self, remote: str) -> bool:
        nets = self._settings.allowed_nets
        if not nets:
            return True
        try:
            caller = ip_address(remote)
        except ValueError:  # unknown: not allowed
            return False
        return any(caller in net for net in nets)

    def parse(self, request: Request) -> Batch:
        """Replies and reports; the shape of each item decides, not the address it came to."""
        return parse(request.body, provider=self._provider, account=self._account)

    def answer(self, request: Request, reply: Say | None) -> Response:
        """An SMS callback carries no reply."""
        return Response(body=self._provider.thanks, content_type=_JSON)

    def refuse(self, request: Request, status: int) -> Response:
        """Both providers repeat a push that was answered 5xx."""
        return Response(status=status, body=self._provider.again, content_type=_JSON)

    # --- Adapter

    async def send(self, out: Outbound) -> str:
        """Send by template; returns the id the provider's report will name."""
        message = replace(render(out, self._settings.templates), extension=extension(out.body, self._settings))
        now = self._tools.now()
        status, body = await self._post(self._provider.call(message, now=now, nonce=token_hex(16)))
        try:
            answer = self._provider.answer(Payload.from_json(body, "the provider's answer"))
        except Malformed as problem:
            raise _unreadable(status, problem) from None
        if answer.code == self._provider.accepted:
            return answer.id
        raise refusal(answer.code, answer.words, table=self._provider.verdicts, now=now)

    async def close(self) -> None:
        """Nothing is held open."""

    async def _post(self, call: Call) -> tuple[int, bytes]:
        timeout = self._settings.timeout_seconds
        try:
            async with self._tools.http().post(
                URL(call.url, encoded=True),  # the query is signed: it must leave as it is
                # A kept connection the provider has just closed would look like a request that left.
                headers={**call.headers, "connection": "close"},
                data=call.body,
                skip_auto_headers=("Content-Type",),
                allow_redirects=False,
                timeout=ClientTimeout(total=timeout, sock_connect=timeout / 2),
            ) as response:
                return response.status, await response.read()
        except (ClientConnectorError, ConnectionTimeoutError) as problem:
            raise Away(f"the provider cannot be reached: {type(problem).__name__}") from None
        except (TimeoutError, ClientError) as problem:
            # Neither provider drops a repeat: OutId and SessionContext are only echoed.
            raise Unknown(f"no answer from the provider: {type(problem).__name__}") from None


def _unreadable(status: int, problem: Malformed) -> Exception:
    code = f"http {status}"
    if status == 429:
        return Later("the provider asks to slow down", after=1.0, code=code, whole_account=True)
    if 300 <= status < 500:
        return Credential("api_base does not lead to the provider", code=code)
    return Unknown(f"unreadable answer: {problem}", code=code)
