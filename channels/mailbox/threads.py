"""The ids of our mails: the same message of ours always has the same one, and a reply that names it is recognised."""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from hashlib import sha256

_OURS = re.compile(r"<m\.[0-9a-f]{32}@[A-Za-z0-9.-]{1,80}>")
_KEY = re.compile(r"(<[^<>\s]{1,250}>):[0-9a-f]{32}")


def message_id(key: str, *, address: str, secret: bytes) -> str:
    """The Message-ID of the outgoing message ``key``: a repeated send carries the same, and many servers drop it.

    Nobody can guess it without ``secret``: who names one in a bounce or a reply has seen that mail of ours."""
    return f"<m.{_digest(secret, address, key)}@{_domain(address)}>"


def thread_id(number: str, *, address: str) -> str:
    """An id no mail has, named by all notices of one ticket, so that a mail client shows them together."""
    return f"<t.{_digest(b'', address, number)}@{_domain(address)}>"


def ours(ids: Iterable[str], *, address: str) -> tuple[str, ...]:
    """Those of ``ids`` that this account gave."""
    domain = f"@{_domain(address)}>"
    return tuple(one for one in ids if _OURS.fullmatch(one) and one.endswith(domain))


def ours_in(text: str, *, address: str) -> tuple[str, ...]:
    """Ids of ours anywhere in a text: a bounce without structure quotes them."""
    return ours(dict.fromkeys(_OURS.findall(text)), address=address)


def dedupe_key(message_id: str, *parts: bytes) -> str:
    """What makes a mail the same mail again: its id and what it says. An id alone would let one letter hide another."""
    digest = sha256(b"\x00".join(parts)).hexdigest()[:32]
    return f"{message_id}:{digest}" if message_id and len(message_id) <= 200 else f"sha256:{digest}"


def answered(key: str) -> str:
    """The Message-ID inside a dedupe key, "" where the mail had none."""
    found = _KEY.fullmatch(key)
    return found[1] if found else ""


def _digest(secret: bytes, address: str, text: str) -> str:
    return hmac.new(secret, f"{address}\n{text}".encode(), sha256).hexdigest()[:32]


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
