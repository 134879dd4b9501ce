"""Checks that a call comes from WeChat, opens its sealed messages and seals our replies."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from channels.errors import BadSignature, Malformed

_PAD = 32
"""WeChat pads to 32 bytes, not to AES's own 16."""
_HEAD = 20
"""16 random bytes, then the length of the message as four bytes, big end first."""


class Signer:
    """Signs with the account's Token: SHA-1 over the sorted parts (WeChat's scheme, not ours to choose)."""

    def __init__(self, token: str) -> None:
        self._token = token

    def sign(self, *parts: str) -> str:
        """The signature, 40 hex digits in lower case."""
        joined = "".join(sorted((self._token, *parts)))
        return hashlib.sha1(joined.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()

    def check(self, given: str, *parts: str) -> None:
        """Raise :class:`BadSignature` unless ``given`` signs ``parts``; an empty part is never signed."""
        if not given or not all(parts):
            raise BadSignature("the signature or a signed parameter is missing")
        if not hmac.compare_digest(self.sign(*parts).encode(), given.encode("utf-8", "replace")):
            raise BadSignature("the signature does not match")


class Seal:
    """AES-256-CBC with the account's EncodingAESKey, the form of WeChat's safe mode.

    Plain text: 16 random bytes, length, message, app id, PKCS#7 padding to 32.
    """

    def __init__(self, *, aes_key: str, app_id: str) -> None:
        key = base64.b64decode(aes_key + "=")
        self._cipher = Cipher(AES(key), CBC(key[:16]))
        self._app_id = app_id.encode()

    def open(self, sealed: str) -> bytes:
        """The message inside. Raises :class:`Malformed` where base64, padding, length or app id are not right."""
        try:
            raw = base64.b64decode(sealed, validate=True)
        except (binascii.Error, ValueError):
            raise Malformed("Encrypt: not base64") from None
        if not raw or len(raw) % 16:
            raise Malformed("Encrypt: not whole blocks")
        decryptor = self._cipher.decryptor()
        plain = decryptor.update(raw) + decryptor.finalize()
        pad = plain[-1]
        if not 1 <= pad <= _PAD or not plain.endswith(bytes((pad,)) * pad):
            raise Malformed("Encrypt: wrong padding")
        end = _HEAD + int.from_bytes(plain[16:_HEAD], "big")
        if end > len(plain) - pad:
            raise Malformed("Encrypt: wrong length")
        if plain[end:-pad] != self._app_id:
            raise Malformed("Encrypt: for another app id")
        return plain[_HEAD:end]

    def close(self, message: bytes, *, prefix: bytes = b"") -> str:
        """Seal ``message``; ``prefix`` fixes the 16 random bytes for a test vector."""
        plain = (prefix or os.urandom(16)) + len(message).to_bytes(4, "big") + message + self._app_id
        pad = _PAD - len(plain) % _PAD
        encryptor = self._cipher.encryptor()
        return base64.b64encode(encryptor.update(plain + bytes((pad,)) * pad) + encryptor.finalize()).decode()
