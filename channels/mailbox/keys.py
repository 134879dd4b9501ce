"""What opens the mailbox: a password, or access tokens bought with a refresh token (XOAUTH2)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from aiohttp import ClientError, ClientTimeout

from channels.adapter import Tools
from channels.errors import Credential, Later, Malformed
from channels.mailbox.settings import MailboxSettings, OAuth
from channels.payload import Payload

_EARLY = timedelta(minutes=2)
"""A token is renewed so long before it ends."""
_TIMEOUT = ClientTimeout(total=20)


class Keys:
    """One account's. ``token`` is "" where a password is used."""

    def __init__(self, settings: MailboxSettings, tools: Tools) -> None:
        self.password = settings.password.get_secret_value()
        self._oauth = settings.oauth
        self.sealing = (
            self.password or (settings.oauth and settings.oauth.refresh_token.get_secret_value()) or ""
        ).encode()
        self._now: Callable[[], datetime] = tools.now
        self._http: Callable[[], Any] = tools.http
        self._token = ""
        self._until: datetime | None = None

    async def token(self) -> str:
        """A valid access token. Raises Credential where it is refused, Later where it cannot be had now."""
        if self._oauth is None:
            return ""
        if self._until is None or self._now() >= self._until - _EARLY:
            self._token, lasts = await self._buy(self._oauth)
            self._until = self._now() + timedelta(seconds=lasts)
        return self._token

    def forget(self) -> None:
        """The server refused the token: buy another the next time."""
        self._until = None

    async def _buy(self, oauth: OAuth) -> tuple[str, int]:
        form = {
            "grant_type": "refresh_token",
            "client_id": oauth.client_id,
            "client_secret": oauth.client_secret.get_secret_value(),
            "refresh_token": oauth.refresh_token.get_secret_value(),
            "scope": oauth.scope,
        }
        try:
            async with self._http().post(
                oauth.token_url, data={name: value for name, value in form.items() if value}, timeout=_TIMEOUT
            ) as response:
                status, body = response.status, await response.read()
        except (ClientError, TimeoutError) as problem:
            raise Later(f"no access token to be had: {type(problem).__name__}") from None
        if 400 <= status < 500:
            raise Credential("the refresh token was refused", code=f"http {status}")
        try:
            answer = Payload.from_json(body, "the token answer")
            return answer["access_token"].text(limit=8192), answer["expires_in"].integer()
        except Malformed as problem:
            raise Later(str(problem), code=f"http {status}") from None
