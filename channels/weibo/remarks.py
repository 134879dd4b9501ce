"""Reads what was said in public: a page of posts that name the account, or of comments to it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from channels.errors import Malformed
from channels.message import Address, Batch, Inbound, Kind, Trigger
from channels.payload import Payload
from channels.weibo.parse import CHANNEL, number_in
from channels.weibo.places import IN_PUBLIC, Place
from channels.weibo.times import read_time

_WORDS = 20_000
_LISTS = ("statuses", "comments")
_NO_WORDS = re.compile(r"(?:\[\w{1,8}\]|\s)*")
"""Weibo's emoticons are words in brackets: "[赞]". Who only nods is not spoken to; who only writes @ and our name is."""


@dataclass(frozen=True, slots=True)
class Remark:
    """One of a page: its id, and whether it is a comment below a post or a post itself."""

    number: int
    below: bool
    item: Payload = field(repr=False)


def remarks_of(page: Payload) -> list[Remark]:
    """Every remark of a page, the oldest first; one without an id is left out. Raises Malformed where it is no page."""
    name = next((name for name in _LISTS if page.has(name)), "")
    if not name:
        raise page.refuse("holds neither posts nor comments")
    found = []
    for item in page[name]:
        with suppress(Malformed):
            found.append(Remark(int(number_in(item, "id")), name == "comments", item))
    return sorted(found, key=lambda one: one.number)


def read_remarks(remarks: Sequence[Remark], *, account: str, uid: str) -> Batch:
    """Their batch: each of another's words is one public message. ``uid`` is our own number. Raises nothing."""
    messages, ignored = list[Inbound](), list[str]()
    for one in remarks:
        try:
            found = _read(one, account=account)
        except Malformed:
            ignored.append("unreadable")  # its author is gone, or its post
            continue
        if found.subject == uid:
            ignored.append("our own")
        elif _NO_WORDS.fullmatch(found.text) and not found.extra:
            ignored.append("no words")
        else:
            messages.append(found)
    return Batch(tuple(messages), ignored=tuple(ignored))


def _read(one: Remark, *, account: str) -> Inbound:
    item = one.item
    author, number = number_in(item["user"], "id"), str(one.number)
    place = Place(number_in(item["status"], "id"), number) if one.below else Place(number)
    pictures = item.get("pic_urls")
    count = sum(1 for _ in pictures) if pictures is not None else 0
    return Inbound(
        address=Address(CHANNEL, account, IN_PUBLIC + author),
        id=place.key,
        sent_at=read_time(item["created_at"]),
        kind=Kind.TEXT,
        text=item["text"].text(limit=_WORDS),
        trigger=Trigger.MENTION,
        subject=author,
        public=True,
        # Told to a person; what is shown in public is not fetched.
        extra={"pictures": str(count)} if count else {},
    )
