"""One HTTP exchange with WeChat, and the difference between "did not leave" and "left, no answer"."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import aiohttp

from channels.errors import Credential, Later, Never, Unknown

_JSON_BYTES = 1 << 20
_NOT_LEFT = (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError, aiohttp.InvalidURL)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; ``cut`` when the body was longer than asked for."""

    status: int
    media_type: str
    body: bytes = field(repr=False)
    cut: bool = False


async def exchange(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    content: Mapping[str, Any] | None = None,
    longest: int = _JSON_BYTES,
    seconds: float,
) -> Answer:
    """Send one request and read at most ``longest`` bytes of the answer, which may be silent for ``seconds``.

    Raises :class:`Later` where the request did not leave this machine and :class:`Unknown` where it did. The causes
    are not chained: they may name the address, which holds the access token.
    """
    # WeChat shows \uXXXX escapes to the citizen as they are (error 40033 exists for it).
    data = None if content is None else json.dumps(content, ensure_ascii=False).encode()
    headers = {} if content is None else {"Content-Type": "application/json; charset=utf-8"}
    redirects = method == "GET"
    # ``connect`` ends before the request leaves, the other two after it.
    timeout = aiohttp.ClientTimeout(connect=seconds, sock_read=seconds, total=seconds * 6)
    try:
        async with session.request(
            method, url, params=query, data=data, headers=headers, timeout=timeout, allow_redirects=redirects
        ) as response:
            body, cut = await _read(response, longest)
            return Answer(response.status, response.content_type, body, cut)
    except _NOT_LEFT as error:
        raise Later(f"WeChat cannot be reached ({type(error).__name__})") from None
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise Unknown(f"the request left, no answer came ({type(error).__name__})") from None


async def _read(response: aiohttp.ClientResponse, longest: int) -> tuple[bytes, bool]:
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) > longest:
            response.close()
            return bytes(body[:longest]), True
    return bytes(body), False


def said(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer.

    Raises :class:`Later` (429), :class:`Credential` (401, 403), :class:`Never` (other 4xx), and :class:`Unknown` where
    the answer does not say what became of the request (5xx, redirects, no JSON).
    """
    code = str(answer.status)
    if answer.status == 429:
        raise Later("too many calls", after=60, code=code, whole_account=True)
    if answer.status in {401, 403}:
        raise Credential("the API address refuses us", code=code)
    if 400 <= answer.status < 500:
        raise Never("the API address does not know this request", code=code)
    try:
        value = json.loads(answer.body)
    except (ValueError, RecursionError):
        value = None
    if answer.status != 200 or not isinstance(value, dict):
        raise Unknown("the answer does not say what became of the message", code=code)
    return value


def code_of(value: Mapping[str, Any]) -> int:
    """WeChat's ``errcode``; absent means 0. Raises :class:`Unknown` where it is no number."""
    code = value.get("errcode", 0)
    if not isinstance(code, int):
        raise Unknown("errcode is not a number")
    return code
