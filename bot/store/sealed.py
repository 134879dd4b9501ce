"""Keeps phones and mail addresses unreadable in the database: encrypted, with a keyed hash beside them to find them by.

A value that has the shape of a phone or an address is protected whatever the channel is called; others (a provider's
opaque name for a person) stay as they are. The keys live outside the database.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import Dialect, String, Text, TypeDecorator

CONTACT = re.compile(r"\+?\d[\d \-]{4,20}\d|[^@\s]{1,64}@[^@\s]{1,253}")
"""What is a phone or a mail address, as a whole."""
_BEGINS = re.compile(r"(?:\+?\d{6,22}|[^@\s:<][^@\s:]{0,63}@[^@\s:]{1,253}):")
"""A message's key that begins with the address it came from. A mail's own Message-ID, in angle brackets, is none: the
answer must name it."""
_FIRST = frozenset("+0123456789")
MARK = "#"
"""Begins every hash, and no phone or address: what was hashed once is not hashed again."""
_TAG_BYTES = 22
_NONCE = 12
_HASH = "hash"


class NoKeys(ValueError):
    """A phone was to be kept or read, and there are no keys for it, or not the right ones."""


@dataclass(slots=True)
class Vault:
    """The keys: one to hash with, which never changes, and one or more to seal with, the last of them for new values."""

    hash_key: bytes = field(repr=False)
    keys: dict[str, bytes] = field(repr=False)
    again: Callable[[], Vault] | None = field(default=None, repr=False)
    """Reads the keys anew: another process may have turned them while this one ran."""
    _ciphers: dict[str, AESGCM] = field(init=False, repr=False)
    current: str = field(init=False)

    def __post_init__(self) -> None:
        self._take(self.keys)

    def _take(self, keys: Mapping[str, bytes]) -> None:
        self.keys = dict(keys)
        self._ciphers = {name: AESGCM(key) for name, key in keys.items()}
        self.current = next(reversed(self.keys))

    @classmethod
    def read(cls, text: str, *, again: Callable[[], Vault] | None = None) -> Vault:
        """From its written form: words ``name:base64``. Raises ValueError."""
        named = dict(word.partition(":")[::2] for word in text.split())
        try:
            keys = {name: base64.b64decode(value, validate=True) for name, value in named.items()}
        except ValueError:
            raise ValueError("contact keys are words name:base64; make them with minsheng keys new") from None
        hash_key = keys.pop(_HASH, b"")
        if len(hash_key) != 32 or not keys or any(len(key) != 32 for key in keys.values()):
            raise ValueError(
                "contact keys need hash:… and at least one k1:…, 32 bytes each; minsheng keys new makes them"
            )
        return cls(hash_key, keys, again)

    @classmethod
    def new(cls) -> Vault:
        """Fresh keys."""
        return cls(secrets.token_bytes(32), {"k1": secrets.token_bytes(32)})

    def turned(self) -> Vault:
        """With one more key to seal with; what older ones sealed can still be read."""
        return Vault(self.hash_key, {**self.keys, f"k{len(self.keys) + 1}": secrets.token_bytes(32)}, self.again)

    def written(self) -> str:
        """The written form, one word a line."""
        named = {_HASH: self.hash_key, **self.keys}
        return "".join(f"{name}:{base64.b64encode(key).decode()}\n" for name, key in named.items())

    def tag(self, value: str) -> str:
        """The hash a value is found by; the same for the same value, and nobody without the key can make it."""
        made = hmac.digest(self.hash_key, value.encode(), hashlib.sha256)[:_TAG_BYTES]
        return MARK + base64.urlsafe_b64encode(made).rstrip(b"=").decode()

    def seal(self, value: str) -> str:
        """The value, readable only with the key whose name it begins with."""
        nonce = secrets.token_bytes(_NONCE)
        made = nonce + self._ciphers[self.current].encrypt(nonce, value.encode(), None)
        return f"{self.current}:{base64.b64encode(made).decode()}"

    def open(self, sealed: str) -> str:
        """The inverse of :meth:`seal`. Raises NoKeys."""
        name, _, text = sealed.partition(":")
        if name not in self._ciphers and self.again is not None:
            self._take(self.again().keys)
        if name not in self._ciphers:
            raise NoKeys(f"the contact key {name} is gone, but the database needs it; put it back")
        made = base64.b64decode(text)
        try:
            return self._ciphers[name].decrypt(made[:_NONCE], made[_NONCE:], None).decode()
        except InvalidTag:
            raise NoKeys(f"the contact key {name} is not the one the database was written with") from None


def vault_of(dialect: Dialect) -> Vault:
    """The keys of this database. Raises NoKeys."""
    found: Vault | None = getattr(dialect, "vault", None)
    if found is None:
        raise NoKeys("this database was opened without its contact keys")
    return found


def tagged(dialect: Dialect, value: str, shape: re.Pattern[str] = CONTACT) -> str:
    """The value, or its hash where it is personal."""
    if not (value[:1] in _FIRST or "@" in value):  # most are opaque: told at a glance
        return value
    if not (shape.fullmatch(value) if shape is CONTACT else shape.match(value)):
        return value
    return vault_of(dialect).tag(value)


class Tag(TypeDecorator[str]):
    """A column that holds the hash of a phone or address, and is asked with the value itself."""

    impl = String
    cache_ok = True
    shape = CONTACT

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """How a value goes into a statement."""
        shape = self.shape
        return lambda value: None if value is None else tagged(dialect, value, shape)


class KeyTag(Tag):
    """The same for a message's key, which may begin with the address it came from."""

    cache_ok = True
    shape = _BEGINS


def _sealed(dialect: Dialect, value: str | None) -> str | None:
    # What has no hash is not personal; the hash itself is made anew, once for each conversation that opens.
    return vault_of(dialect).seal(value) if value and tagged(dialect, value) != value else None


class Sealed(TypeDecorator[str]):
    """A column that holds a phone or address encrypted; NULL for what is not personal."""

    impl = Text
    cache_ok = True

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """How a value goes into a statement."""
        return lambda value: _sealed(dialect, value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """How it comes back."""
        return lambda value: None if value is None else vault_of(dialect).open(value)
