"""Who may use a stored file: the mark that proves a citizen uploaded it, and links that stop working after a while."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from urllib.parse import quote


class FileLinks:
    """Signs file ids. Stateless, so a link made by one process of the hub opens at another."""

    def __init__(self, *keys: str, path: str, lasts: timedelta) -> None:
        # Keys of their own: a link's signature can never pass for a token's. The first one signs, all are believed.
        self._keys = tuple(hmac.new(one.encode(), b"file links", hashlib.sha256).digest() for one in keys)
        self._path = path
        self._lasts = lasts

    def claim(self, peer: str, file_id: str) -> str:
        """The ``file_id`` handed to the uploader; only his own session can put it into a message."""
        return f"{file_id}.{self._mac(self._keys[0], 'claim', peer, file_id)}"

    def claimed(self, peer: str, claim: str) -> str | None:
        """The stored file's id, or None when this citizen did not upload it."""
        file_id, _, mac = claim.rpartition(".")
        genuine = self._genuine(mac, "claim", peer, file_id)
        return file_id if genuine else None

    def url(self, file_id: str, *, now: datetime) -> str:
        """A path with query that opens the file until the link expires."""
        expires = int((now + self._lasts).timestamp())
        return f"{self._path}/{quote(file_id, safe='')}?expires={expires}&signature={self._mac(self._keys[0], 'open', expires, file_id)}"

    def opens(self, file_id: str, *, expires: str, signature: str, now: datetime) -> bool:
        """Whether a link's parts are genuine and still in time."""
        genuine = self._genuine(signature, "open", expires, file_id)
        return genuine and expires.isdecimal() and now.timestamp() <= int(expires)

    def _genuine(self, mac: str, use: str, scope: str, file_id: str) -> bool:
        return any(_same(mac, self._mac(key, use, scope, file_id)) for key in self._keys)

    @staticmethod
    def _mac(key: bytes, use: str, scope: str | int, file_id: str) -> str:
        said = f"{use}\n{scope}\n{file_id}".encode(errors="replace")
        return hmac.new(key, said, hashlib.sha256).hexdigest()[:40]


def _same(given: str, right: str) -> bool:
    # As bytes: compare_digest raises on a str that is not ASCII, and these come from outside.
    return hmac.compare_digest(given.encode(errors="replace"), right.encode())
