"""How an address is shown to whoever need not know it: by its ends."""

from __future__ import annotations

_LAST = 4
_SHORT = 8
"""A number of so many digits or fewer would be told by seven of them."""


def ends(address: str) -> str:
    """A phone number, a mail address, or a provider's name for somebody: "138****8217", "w***@example.com", "…klm7"."""
    name, at, host = address.partition("@")
    if at:
        return f"{name[:1]}***@{host}"
    if address.lstrip("+").isdigit():
        long = len(address) > _SHORT
        return f"{address[:3]}****{address[-_LAST:]}" if long else f"****{address[-2:]}"
    return f"…{address[-_LAST:]}" if address else "—"
