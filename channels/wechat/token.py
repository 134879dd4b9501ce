"""Keeps the access token that every call to WeChat needs, fetching it once for everybody who waits."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from channels.errors import Later, Unknown
from channels.wechat.errors import error_of
from channels.wechat.settings import WeChatSettings
from channels.wechat.transport import ask, code_of

_EARLY = timedelta(seconds=300)
"""The platform renews five minutes before the end; so do we."""
_FORCE_PAUSE = timedelta(seconds=30)
"""WeChat allows a forced refresh every 30 s, 20 a day."""


class AccessToken:
    """One account's token from ``stable_token``, which hands every process the same one (``/token`` would invalidate
    the others')."""

    def __init__(self, settings: WeChatSettings, *, http: Callable[[], Any], now: Callable[[], datetime]) -> None:
        self._settings = settings
        self._http = http
        self._now = now
        self._value = ""
        self._good_until: datetime | None = None
        self._forced_at: datetime | None = None
        self._fetching: asyncio.Task[str] | None = None

    async def current(self) -> str:
        """A token to call with. Raises :class:`Later` or :class:`Credential`."""
        if self._good_until is not None and self._now() < self._good_until:
            return self._value
        return await self._together("")

    async def renew(self, refused: str) -> str:
        """A token other than the ``refused`` one, unless WeChat insists on it; nothing is fetched if somebody already
        renewed it."""
        if self._value != refused and self._good_until is not None:
            return self._value
        return await self._together(refused)

    async def close(self) -> None:
        """Stop a fetch under way."""
        if self._fetching is not None:
            self._fetching.cancel()
            await asyncio.gather(self._fetching, return_exceptions=True)

    async def _together(self, refused: str) -> str:
        """All who wait share one fetch and its outcome, good or bad; one who gives up does not stop it."""
        if self._fetching is None or self._fetching.done():
            self._fetching = asyncio.create_task(self._fetch(refused))
        done, _ = await asyncio.wait({self._fetching})
        return done.pop().result()

    async def _fetch(self, refused: str) -> str:
        value = await self._ask(forced=False)
        if value == refused and self._may_force():
            self._forced_at = self._now()
            value = await self._ask(forced=True)
        return value

    def _may_force(self) -> bool:
        return self._forced_at is None or self._now() - self._forced_at >= _FORCE_PAUSE

    async def _ask(self, *, forced: bool) -> str:
        content = {
            "grant_type": "client_credential",
            "appid": self._settings.app_id,
            "secret": self._settings.app_secret.get_secret_value(),
            "force_refresh": forced,
        }
        url = f"{self._settings.api_base.rstrip('/')}/cgi-bin/stable_token"
        asked = self._now()
        try:
            value = await ask(self._http(), "POST", url, content=content, seconds=self._settings.timeout_seconds)
            code = code_of(value)
            if code:
                raise error_of(code, str(value.get("errmsg", "")), now=asked)
            token, lasts = value.get("access_token"), value.get("expires_in")
            if not isinstance(token, str) or not token or not isinstance(lasts, int):
                raise Later("WeChat gave no access token")
        except Unknown as error:
            # Asking for a token twice does no harm, so the doubt of a lost answer ends here.
            raise Later(str(error), code=error.code) from None
        self._value = token
        self._good_until = asked + max(timedelta(seconds=lasts) - _EARLY, timedelta(seconds=1))
        return token
