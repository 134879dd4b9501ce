"""What WeChat takes and says: JSON it shows as it came, and an error number in an answer that looks well."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import aiohttp

from channels.errors import Unknown
from channels.exchange import Answer, check_status, exchange

JSON = "application/json; charset=utf-8"


async def ask(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    query: Mapping[str, str] | None = None,
    content: Mapping[str, Any] | None = None,
    seconds: float,
) -> dict[str, Any]:
    """Send one request, ``content`` as JSON, and read what :func:`said`. Raises as :func:`exchange` and that."""
    # WeChat shows \uXXXX escapes to the citizen as they are (error 40033 exists for it).
    body = None if content is None else json.dumps(content, ensure_ascii=False).encode()
    form = JSON if body is not None else ""
    return said(await exchange(session, method, url, query=query, content=body, media_type=form, seconds=seconds))


def said(answer: Answer) -> dict[str, Any]:
    """The JSON object of an answer. Raises as :func:`check_status`, and :class:`Unknown` where it is none."""
    check_status(answer)
    if (value := answer.words) is None:
        raise Unknown("the answer does not say what became of the message", code=str(answer.status))
    return value


def code_of(value: Mapping[str, Any]) -> int:
    """WeChat's ``errcode``; absent means 0. Raises :class:`Unknown` where it is no number."""
    code = value.get("errcode", 0)
    if not isinstance(code, int):
        raise Unknown("errcode is not a number")
    return code
