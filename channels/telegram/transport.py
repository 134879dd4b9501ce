"""Carries the library's requests over the hub's own HTTP session, and tells "did not leave" from "left, no answer"."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import aiohttp
from telegram.error import TelegramError, TimedOut
from telegram.request import BaseRequest, RequestData

from channels.errors import Malformed
from channels.payload import Payload
from channels.telegram.errors import Failed, NotLeft

ANSWER_BYTES = 8 << 20
"""A hundred updates of the longest texts stay far below."""
_NOT_LEFT = (
    aiohttp.ClientConnectorError,
    aiohttp.ConnectionTimeoutError,
    aiohttp.ClientHttpProxyError,
    aiohttp.InvalidURL,
)
_THE_LIBRARYS = frozenset({400, 401, 403, 404, 409})
"""Statuses for which the library has an exception of their own."""


class Transport(BaseRequest):
    """The library's ``BaseRequest`` over aiohttp. No error is chained: its words may hold the address, and that the
    token."""

    def __init__(self, http: Callable[[], Any], *, seconds: float, proxy: str) -> None:
        self._http = http
        self._seconds = seconds
        self._proxy = proxy or None

    def __repr__(self) -> str:
        return "<Transport>"

    @property
    def read_timeout(self) -> float:
        """Seconds the server may be silent."""
        return self._seconds

    async def initialize(self) -> None:
        """The session is the hub's."""

    async def shutdown(self) -> None:
        """The session is the hub's."""

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """As the library's own, which would write what it cannot read into the log."""
        try:
            read = json.loads(payload)
        except (ValueError, RecursionError):
            raise TelegramError("Invalid server response") from None
        if not isinstance(read, dict):
            raise TelegramError("Invalid server response")
        return read

    async def do_request(  # noqa: PLR0917 -- the library's own signature
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Status and body. Raises NotLeft, TimedOut (it left, no answer came) or Failed."""
        seconds = read_timeout if isinstance(read_timeout, int | float) else self._seconds
        form = request_data.json_parameters if request_data else None
        status, body = await self.exchange(method, url, form=form, seconds=seconds, longest=ANSWER_BYTES)
        if 200 <= status < 300 or status in _THE_LIBRARYS:
            return status, body
        raise Failed(status, after=_rest(body) if status == 429 else None)

    async def exchange(
        self, method: str, url: str, *, form: dict[str, str] | None = None, seconds: float, longest: int
    ) -> tuple[int, bytes]:
        """One request; of the answer at most ``longest`` + 1 bytes are read. Raises NotLeft or TimedOut."""
        # ``connect`` ends before the request leaves, the other two after it.
        timeout = aiohttp.ClientTimeout(connect=self._seconds, sock_read=seconds, total=seconds * 6)
        session: aiohttp.ClientSession = self._http()
        try:
            async with session.request(
                method, url, data=form, proxy=self._proxy, timeout=timeout, allow_redirects=False
            ) as response:
                return response.status, await _read(response, longest)
        except _NOT_LEFT as error:
            raise NotLeft(type(error).__name__) from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise TimedOut(f"no answer ({type(error).__name__})") from None


def _rest(body: bytes) -> float | None:
    try:
        return max(0.0, Payload.from_json(body)["parameters"]["retry_after"].number())
    except Malformed:
        return None


async def _read(response: aiohttp.ClientResponse, longest: int) -> bytes:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > longest:
            response.close()
            break
    return bytes(body[: longest + 1])
