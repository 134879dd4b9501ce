"""Writes our words in Weibo's forms: the reply in the response, the private message, the public invitation."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from urllib.parse import quote

from channels.capabilities import Unit
from channels.errors import Never
from channels.fit import fit, shorten
from channels.message import Notice, Outbound, Say
from channels.weibo.capabilities import CAPABILITIES
from channels.weibo.places import Place

COMMENT = 140
"""Characters of a comment ("no more than 140 Chinese characters")."""
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


def as_text(body: Say | Notice) -> str:
    """The words with their choices listed below, as long as a private message may be."""
    return _UNSENDABLE.sub("", fit(body, CAPABILITIES).text)


def _data(text: str) -> str:
    return json.dumps({"text": text}, ensure_ascii=False, separators=(",", ":"))


def passive_reply(*, sender: str, receiver: str, text: str) -> bytes:
    """A text for the response to the citizen's own message; its ``data`` is URL-encoded JSON inside the JSON. Sender and
    receiver have changed places."""
    reply = {
        "result": True,
        "sender_id": sender,
        "receiver_id": receiver,
        "type": "text",
        "data": quote(_data(text), safe=""),
    }
    return json.dumps(reply).encode()


def private_message(out: Outbound, *, receiver: str) -> Mapping[str, str]:
    """The form of messages/reply; what sends the form encodes ``data``, once. Kept in the account's own box, where its
    keepers look. Raises Never."""
    text = as_text(out.body)
    if not text.strip():
        raise Never("the message has no text")
    return {"type": "text", "data": _data(text), "receiver_id": receiver, "save_sender_box": "1"}


def invitation(out: Outbound, place: Place) -> Mapping[str, str]:
    """The form of comments/reply or comments/create. The last digits of what it answers end it: a comment that equals the
    one before is refused (20019). Raises Never."""
    mark = f"（{(place.comment or place.status)[-6:]}）"
    text = shorten(_UNSENDABLE.sub("", out.body.text), limit=COMMENT - len(mark), unit=Unit.CHARACTERS)
    if not text.strip():
        raise Never("the message has no text")
    form = {"id": place.status, "comment": text + mark}
    return form | {"cid": place.comment, "without_mention": "0"} if place.comment else form
