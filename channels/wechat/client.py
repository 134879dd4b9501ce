"""Calls WeChat's API: a message out, a photo or voice in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from channels.errors import Later, Never, SendError, Unknown
from channels.exchange import Answer, exchange
from channels.wechat.errors import ACCEPTED, TOKEN_REFUSED, error_of
from channels.wechat.settings import WeChatSettings
from channels.wechat.token import AccessToken
from channels.wechat.transport import ask, code_of, said

MEDIA_BYTES = 20 << 20
"""The largest file taken; WeChat's own limits (10 MB photo and video) lie below."""
_WORDS = frozenset({"application/json", "text/plain", "text/json"})
"""media/get answers errors with HTTP 200 and one of these types, files with any other."""


class Api:
    """One account's API. Every call carries the access token and is repeated once where WeChat refuses the token."""

    def __init__(self, settings: WeChatSettings, *, http: Callable[[], Any], now: Callable[[], datetime]) -> None:
        self._base = settings.api_base.rstrip("/")
        self._seconds = settings.timeout_seconds
        self._http = http
        self._now = now
        self._token = AccessToken(settings, http=http, now=now)

    async def close(self) -> None:
        """Stop what is under way."""
        await self._token.close()

    async def post(self, path: str, content: Mapping[str, Any]) -> str:
        """Send one message; returns WeChat's message id, "" where it gives none. Raises SendError."""
        return str((await self.ask(path, content)).get("msgid") or "")

    async def ask(self, path: str, content: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Call with ``content``, or to read without; returns what WeChat answered. Raises SendError."""
        token = await self._token.current()
        value = await self._ask(path, content, token)
        if code_of(value) in TOKEN_REFUSED:
            value = await self._ask(path, content, await self._token.renew(token))
        self._check(value)
        return value

    async def _ask(self, path: str, content: Mapping[str, Any] | None, token: str) -> dict[str, Any]:
        method, query = "GET" if content is None else "POST", {"access_token": token}
        url = self._base + path
        return await ask(self._http(), method, url, query=query, content=content, seconds=self._seconds)

    async def picture(self, url: str, query: Mapping[str, str]) -> bytes:
        """A picture WeChat draws for whoever has its address, fetched without the token; b"" where it does not."""
        try:
            answer = await exchange(self._http(), "GET", url, query=query, longest=MEDIA_BYTES, seconds=self._seconds)
        except SendError:
            return b""
        return answer.body if answer.status == 200 and answer.media_type.startswith("image/") else b""

    async def media(self, media_id: str) -> bytes:
        """A file a citizen sent, within three days. Raises :class:`Later`, :class:`Never` or :class:`Credential`."""
        try:
            token = await self._token.current()
            answer = await self._get_media(media_id, token)
            if _is_words(answer) and code_of(said(answer)) in TOKEN_REFUSED:
                answer = await self._get_media(media_id, await self._token.renew(token))
            if _is_words(answer):
                answer = await self._follow(said(answer))
        except Unknown as error:
            # Fetching twice does no harm.
            raise Later(str(error), code=error.code) from None
        if answer.cut:
            raise Never(f"the file is larger than {MEDIA_BYTES >> 20} MB")
        return answer.body

    async def _get_media(self, media_id: str, token: str) -> Answer:
        query = {"access_token": token, "media_id": media_id}
        url = f"{self._base}/cgi-bin/media/get"
        return await exchange(self._http(), "GET", url, query=query, longest=MEDIA_BYTES, seconds=self._seconds)

    async def _follow(self, value: Mapping[str, Any]) -> Answer:
        """A video comes as an address, fetched without the token."""
        self._check(value)
        url = value.get("video_url")
        if not isinstance(url, str) or not url.startswith(("https://", "http://")):
            raise Never("WeChat gave neither a file nor its address")
        answer = await exchange(self._http(), "GET", url, longest=MEDIA_BYTES, seconds=self._seconds)
        if answer.status != 200:
            said(answer)
        return answer

    def _check(self, value: Mapping[str, Any]) -> None:
        code = code_of(value)
        if code not in ACCEPTED:
            raise error_of(code, str(value.get("errmsg", "")), now=self._now())


def _is_words(answer: Answer) -> bool:
    return answer.status != 200 or answer.media_type in _WORDS
