"""What both providers' pushes have in common: a time of Beijing's clock, and the words of an SMS."""

from __future__ import annotations

from datetime import datetime

from channels.payload import Payload
from channels.sms.provider import BEIJING

_LONGEST = 2000
"""Characters; far more than the ten parts a phone will join."""


def moment(item: Payload) -> datetime:
    """ "2017-09-01 00:00:00", Beijing's time without saying so, or seconds since 1970. Raises Malformed."""
    written = item.word(limit=32)
    try:
        if written.isdigit():
            found = datetime.fromtimestamp(int(written), BEIJING)
        else:
            found = datetime.strptime(written, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except (ValueError, OverflowError, OSError):
        raise item.refuse("is not a time") from None
    if not 1970 <= found.year < 9999:
        # Such a moment may have no name in another time zone, and then fails wherever it is kept.
        raise item.refuse("is a time nobody lives in")
    return found


def sms_text(item: Payload) -> str:
    """The citizen's words, without the blanks around them. Raises Malformed."""
    return item.text(limit=_LONGEST).strip()
