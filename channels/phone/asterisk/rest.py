"""Asks Asterisk's REST interface: one call each, its answers as classes of errors."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import aiohttp
from yarl import URL

from channels.errors import Credential, Later, Never
from channels.phone.settings import AriSettings

GONE = frozenset({404})
THERE = frozenset({409})
LARGEST = 4 * 1024 * 1024


class Rest:
    """The interface of one Asterisk."""

    def __init__(self, settings: AriSettings, http: Callable[[], Any]) -> None:
        self._settings = settings
        self._http = http
        proof = aiohttp.encode_basic_auth(settings.user, settings.password.get_secret_value())
        self._headers = {"Authorization": proof}

    async def ask(
        self, method: str, *path: str, fine: Collection[int] = frozenset(), **query: str | int
    ) -> tuple[int, bytes]:
        """One request; ``fine`` are refusals that mean no harm. Every deed of ours may be done twice, so a silence is
        ``Later``. Raises SendError."""
        url = URL(self._settings.url).joinpath("ari", *path)
        timeout = aiohttp.ClientTimeout(total=self._settings.timeout_seconds)
        try:
            asked = self._http().request(method, url, params=query, headers=self._headers, timeout=timeout)
            async with asked as answer:
                status, body = answer.status, await answer.content.read(LARGEST)
        except (aiohttp.ClientError, OSError, TimeoutError) as problem:
            raise Later(f"Asterisk does not answer: {type(problem).__name__}") from None
        if status < 300 or status in fine:
            return status, body
        code = str(status)
        if status in {401, 403}:
            raise Credential("Asterisk refuses the user", code=code)
        if status in {400, 404, 422}:
            raise Never("Asterisk cannot do this", code=code)
        raise Later("Asterisk is in trouble", code=code)

    def events(self) -> Any:
        """The websocket of events, of every channel there is; an async context manager."""
        url = URL(self._settings.url) / "ari" / "events" % {"app": self._settings.app, "subscribeAll": "true"}
        timeout = aiohttp.ClientWSTimeout(ws_close=2.0)
        return self._http().ws_connect(
            url, headers=self._headers, heartbeat=20.0, max_msg_size=LARGEST, timeout=timeout
        )
