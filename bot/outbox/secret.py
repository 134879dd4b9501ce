"""A word that only its receiver may read: sealed in the row, opened when the message leaves, wiped once it is over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.store.sealed import vault_of
from bot.store.wording import read_body
from channels.message import Notice, Say

HIDDEN = "******"
"""What stands in its place wherever the message is shown."""
_SEALED = "sealed"
GONE: Mapping[str, Any] = {"text": HIDDEN}
"""What is left of such a body when its word is worth nothing any more."""


def put(body: dict[str, Any], sealed: str) -> dict[str, Any]:
    """A stored body with its secret."""
    return body | ({_SEALED: sealed} if sealed else {})


def holds(body: Mapping[str, Any]) -> bool:
    """Whether there is one in it."""
    return bool(body.get(_SEALED))


def wiped(body: Mapping[str, Any]) -> dict[str, Any] | None:
    """The stored body without its secret, None where it has none."""
    return {**body, _SEALED: ""} if holds(body) else None


def spent(body: Mapping[str, Any]) -> bool:
    """Whether it had one: such a message cannot go again."""
    return body.get(_SEALED) == ""


def opened(connection: AsyncConnection, body: Mapping[str, Any]) -> Say | Notice:
    """The words as they leave."""
    shown = read_body(body)
    if not holds(body):
        return shown
    word = vault_of(connection.dialect).open(body[_SEALED])
    text = shown.text.replace(HIDDEN, word)
    if isinstance(shown, Notice):
        params = {name: word if value == HIDDEN else value for name, value in shown.params.items()}
        return replace(shown, text=text, params=params)
    return replace(shown, text=text)
