"""One HTTP exchange with a provider, and the difference between "did not leave" and "left, no answer"."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from channels.errors import Away, Credential, Later, Never, Unknown

_NOT_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``cut`` when the body was longer than asked for."""

    status: int
    media_type: str
    body: bytes = field(repr=False)
    cut: bool = False

    @property
    def words(self) -> dict[str, Any] | None:
        """The JSON object it is, None where it is none."""
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return value if isinstance(value, dict) else None


async def exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    content: bytes | Mapping[str, str] | None = None,
    media_type: str = "",
    longest: int = 1 << 20,
    seconds: float,
) -> Answer:
    """Send one request and read at most ``longest`` bytes of the answer, which may be silent for ``seconds``. ``content``
    is a body of ``media_type``, or the fields of a form.

    Raises :class:`Away` where the request did not leave this machine and :class:`Unknown` where it did. The causes are
    not chained: they may name the address, which holds the access token.
    """
    headers = {"Content-Type": media_type} if media_type else {}
    # ``connect`` ends before the request leaves, the other two after it.
    timeout = aiohttp.ClientTimeout(connect=seconds, sock_read=seconds, total=seconds * 6)
    redirects = method == "GET"
    try:
        async with session.request(
            method, url, params=query, data=content, headers=headers, timeout=timeout, allow_redirects=redirects
        ) as response:
            body, cut = await _read(response, longest)
            return Answer(response.status, response.content_type, body, cut)
    except _NOT_LEFT as error:
        raise Away(f"the provider cannot be reached ({type(error).__name__})") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unknown(f"the request left, no answer came ({type(error).__name__})") from None


def check_status(answer: Answer) -> None:
    """Raise what an answer without an error of the provider's own says: :class:`Later` (429), :class:`Credential` (401,
    403), :class:`Never` (other 4xx), :class:`Unknown` (5xx and redirects do not say what became of the request)."""
    code = str(answer.status)
    if answer.status == 429:
        raise Later("too many calls", after=60, code=code, whole_account=True)
    if answer.status in {401, 403}:
        raise Credential("the address refuses us", code=code)
    if 400 <= answer.status < 500:
        raise Never("the address does not know this request", code=code)
    if answer.status != 200:
        raise Unknown("the answer does not say what became of the message", code=code)


async def _read(response: aiohttp.ClientResponse, longest: int) -> tuple[bytes, bool]:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > longest:
            response.close()
            return bytes(body[:longest]), True
    return bytes(body), False
