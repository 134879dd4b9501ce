"""A value out of a provider's call, not to be trusted until one of its readers has checked it.

::

    item = Payload.from_json(request.body)[0]
    item["phone_number"].text(limit=32)      # Malformed: body[0].phone_number is missing

Nothing can be read without saying what is expected, and every complaint carries the path, never the value.
The idea is Zulip's ``WildValue``.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, TypeVar

from channels.errors import Malformed

T = TypeVar("T")

# What a database cannot hold: a NUL, or half of a UTF-16 pair (a gateway that cut an emoji in two sends one).
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_INTEGER = re.compile(r"-?[0-9]{1,18}")
_JSON_NAMES: Mapping[type, str] = {
    dict: "an object", list: "an array", str: "a text", bool: "true or false", int: "a number", float: "a number",
    type(None): "null",
}  # fmt: skip


class Payload:
    """One untrusted value and where it was found. ``str()``, ``==`` and the like never show what is inside."""

    __slots__ = ("_path", "_value")

    def __init__(self, value: Any, path: str = "body") -> None:
        """Wrap anything made of dicts, lists, texts, numbers, booleans and None (JSON, or XML read into dicts)."""
        self._value = value
        self._path = path

    @classmethod
    def from_json(cls, body: bytes, path: str = "body") -> Payload:
        """Read UTF-8 JSON. Raises :class:`Malformed`, whatever the bytes (too deep, NaN, endless numbers)."""
        try:
            return cls(json.loads(body.decode("utf-8"), parse_constant=_no_constant), path)
        except RecursionError:
            raise Malformed(f"{path} is nested too deeply") from None
        except ValueError as problem:  # bad UTF-8, bad JSON, a number of thousands of digits
            raise Malformed(f"{path} is not JSON: {type(problem).__name__}") from None

    def __repr__(self) -> str:
        return f"<Payload {self._path}: {self._name()}>"

    def __getitem__(self, key: str | int) -> Payload:
        """The member ``key`` of an object, or element ``key`` of an array. Raises Malformed where there is none."""
        found = self.get(key)
        if found is None:
            raise Malformed(f"{self._below(key)} is missing")
        return found

    def get(self, key: str | int) -> Payload | None:
        """As ``[key]``, but None where the member is absent or null. Raises Malformed if this is no container."""
        if isinstance(key, str):
            value = self._as(dict).get(key)
        else:
            items = self._as(list)
            value = items[key] if 0 <= key < len(items) else None
        return None if value is None else Payload(value, self._below(key))

    def __iter__(self) -> Iterator[Payload]:
        """The elements of an array."""
        return (Payload(item, self._below(at)) for at, item in enumerate(self._as(list)))

    def each(self) -> Iterator[Payload]:
        """The elements of an array, or this value alone: for providers that send one or several."""
        return iter(self) if isinstance(self._value, list) else iter((self,))

    def text(self, *, limit: int) -> str:
        """A text of at most ``limit`` characters; what no database can hold in it becomes U+FFFD."""
        value = self._as(str)
        if len(value) > limit:
            raise Malformed(f"{self._path} is longer than {limit} characters")
        return _UNSTORABLE.sub("\ufffd", value)

    def word(self, *, limit: int) -> str:
        """A non-empty text, or an integer written without quotes, as text: an id some providers send as a number."""
        if type(self._value) is int:
            return Payload(str(self.integer()), self._path).text(limit=limit)
        found = self.text(limit=limit).strip()
        if not found:
            raise Malformed(f"{self._path} is empty")
        return found

    def integer(self) -> int:
        """An integer of at most 18 digits, with or without quotes."""
        value = self._value
        if type(value) is int and abs(value) < 10**18:
            return value
        if isinstance(value, str) and _INTEGER.fullmatch(value):
            return int(value)
        raise self._not("an integer of at most 18 digits")

    def number(self) -> float:
        """A finite number, with or without quotes (a latitude)."""
        value = self._value
        if isinstance(value, (int, float, str)) and not isinstance(value, bool):
            try:
                found = float(value)
            except (ValueError, OverflowError):
                raise self._not("a number") from None
            if abs(found) < float("inf"):
                return found
        raise self._not("a finite number")

    def flag(self) -> bool:
        """true or false, with or without quotes."""
        value = self._value.lower() if isinstance(self._value, str) else self._value
        if value in (True, "true"):
            return True
        if value in (False, "false"):
            return False
        raise self._not("true or false")

    def one_of(self, table: Mapping[str, T]) -> T:
        """What ``table`` holds for this text."""
        value = self._as(str)
        if value not in table:
            raise self._not("one of " + ", ".join(sorted(table)))
        return table[value]

    def fingerprint(self) -> str:
        """64 hex digits that are the same for the same value, in whatever order its members stand: a key for what comes
        without one. Raises Malformed where it is nested too deeply."""
        try:
            told = json.dumps(self._value, ensure_ascii=False, sort_keys=True)
        except RecursionError:
            raise self.refuse("is nested too deeply") from None
        return hashlib.sha256(told.encode("utf-8", "surrogatepass")).hexdigest()

    def has(self, key: str) -> bool:
        """True where this is an object with that member, whatever its value: to tell shapes apart."""
        return isinstance(self._value, dict) and key in self._value

    def refuse(self, reason: str) -> Malformed:
        """The error that says what else is wrong with this value: ``raise item.refuse("is not a phone number")``."""
        return Malformed(f"{self._path} {reason}")

    def _as(self, kind: type[T]) -> T:
        if isinstance(self._value, kind):
            return self._value
        raise self._not(_JSON_NAMES[kind])

    def _not(self, wanted: str) -> Malformed:
        return Malformed(f"{self._path} is {self._name()}, not {wanted}")

    def _name(self) -> str:
        return _JSON_NAMES.get(type(self._value), "of a strange kind")

    def _below(self, key: str | int) -> str:
        return f"{self._path}.{key}" if isinstance(key, str) else f"{self._path}[{key}]"


def _no_constant(name: str) -> None:
    raise ValueError(name)  # NaN and Infinity are not JSON
