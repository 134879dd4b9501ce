"""Phone numbers as we keep them: "13800138000" for the mainland, "+85298765432" for elsewhere."""

from __future__ import annotations

import re

from channels.payload import Payload

_MOBILE = re.compile(r"(?:\+?86|0086|0)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"(?:\+86|0086)0?((?:10|2[0-9]|[3-9][0-9]{2})[1-9][0-9]{6,7})")
"""One of the mainland with its area code, written as from abroad."""
_ABROAD = re.compile(r"(?:\+|00)([1-9][0-9]{6,14})")
_OTHER = re.compile(r"[0-9]{3,20}")
_FILLING = str.maketrans("", "", " -()")


def normal(number: str, *, country: str = "") -> str | None:
    """One form for one phone, whatever the provider wrote; None where this is no number (masked, letters).

    ``country`` is the calling code where the provider gives it apart ("86"). Service numbers ("10086") stay as they are.
    """
    bare = number.translate(_FILLING)
    if country and country != "86" and bare.isascii() and bare.isdigit():
        bare = f"+{country}{bare}"
    if mobile := _MOBILE.fullmatch(bare):
        return mobile[1]
    if landline := _LANDLINE.fullmatch(bare):
        return f"0{landline[1]}"
    if abroad := _ABROAD.fullmatch(bare):
        return f"+{abroad[1]}"
    return bare if _OTHER.fullmatch(bare) else None


def takes_texts(number: str) -> bool:
    """Whether texts can be sent to this normalised number: a mobile one, or one abroad, of which we cannot tell."""
    return number.startswith("+") or bool(_MOBILE.fullmatch(number))


def read(item: Payload, *, country: str = "") -> str:
    """The number in a provider's field. Raises Malformed."""
    number = normal(item.word(limit=32), country=country)
    if number is None:
        raise item.refuse("is not a phone number")
    return number


def international(number: str) -> str:
    """E.164: "13800138000" becomes "+8613800138000"."""
    return number if number.startswith("+") else f"+86{number}"
