"""Reads one update of Telegram's into what it says: a message, a correction, a tapped button, a block."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from channels.errors import Malformed
from channels.message import Address, Batch, Event, Inbound, Kind, Trigger
from channels.payload import Payload
from channels.telegram.content import read as read_content
from channels.telegram.render import DATA_BYTES, TYPED

_YEAR_9999 = 253_370_764_800
"""Later moments may have no name on a clock east of Greenwich: whoever looked at such a message could not be shown it."""
_LEFT = frozenset({"kicked", "left"})


@dataclass(frozen=True, slots=True)
class Update:
    """What all kinds of updates have in common. ``at`` is when it reached us."""

    id: int
    account: str
    at: datetime
    item: Payload = field(repr=False)

    def inbound(self, peer: int, kind: Kind, **rest: Any) -> Inbound:
        """A message of the person ``peer``; in a private chat his id and the chat's are one."""
        given: dict[str, Any] = {"sent_at": self.at, "subject": str(peer)} | rest
        return Inbound(address=Address("telegram", self.account, str(peer)), id=str(self.id), kind=kind, **given)


def update_id(body: Payload) -> int:
    """The number of an update; the next question for updates begins behind it. Raises Malformed."""
    found = body["update_id"].integer()
    if found < 0:
        raise body["update_id"].refuse("is negative")
    return found


def tap_of(body: Payload) -> str:
    """The id under which a tapped button waits for its answer, "" where none was tapped. Raises Malformed."""
    query = body.get("callback_query")
    return "" if query is None else query["id"].word(limit=64)


def read_update(body: Payload, *, account: str, at: datetime) -> Batch:
    """The batch of one update. Raises Malformed and nothing else."""
    number = update_id(body)
    for name, reader in _KINDS.items():
        if (item := body.get(name)) is not None:
            found = reader(Update(number, account, at, item))
            return Batch((found,)) if isinstance(found, Inbound) else Batch(ignored=(found,))
    return Batch(ignored=("other update",))


def _message(update: Update) -> Inbound | str:
    item = update.item
    if _elsewhere(item["chat"]):
        return "not a private chat"
    sender = item["from"]
    peer = sender["id"].integer()
    sent_at = _time(item["date"])
    robot = sender.get("is_bot")
    if robot is not None and robot.flag():
        return update.inbound(peer, Kind.AUTOMATIC, sent_at=sent_at, extra={"why": "a bot"})
    try:
        found = read_content(item, sender=peer)
        album = item.get("media_group_id")
        rest = {"album": "" if album is None else album.word(limit=64)}
    except Malformed as problem:
        # Somebody wrote something: kept for a person. Refused, Telegram would send it again and again.
        return update.inbound(peer, Kind.UNKNOWN, sent_at=sent_at, extra={"why": str(problem)[:200]})
    if found is None:
        return "notice"
    return update.inbound(peer, **{"sent_at": sent_at, **rest, **found})


def _edited(update: Update) -> Inbound | str:
    """The new wording of an earlier message, kept beside the old one. A live location writes itself anew all the time."""
    if update.item.get("location") is not None:
        return "live location"
    found = _message(update)
    if isinstance(found, str) or found.kind in (Kind.AUTOMATIC, Kind.UNKNOWN):
        return found
    edited = update.item.get("edit_date")
    return update.inbound(
        int(found.address.peer),
        Kind.EDITED,
        sent_at=found.sent_at if edited is None else _time(edited),
        text=found.text,
        attachments=found.attachments,
        extra={"edits": str(update.item["message_id"].integer())},
    )


def _tap(update: Update) -> Inbound | str:
    """A tapped button: its choice; or, where the choice's id was too long for a button, what it types."""
    item = update.item
    message = item.get("message")
    if message is not None and _elsewhere(message["chat"]):
        return "not a private chat"
    peer = item["from"]["id"].integer()
    chosen = item.get("data")
    if chosen is None:
        return "a button without data"
    data = chosen.text(limit=DATA_BYTES)
    if data.startswith(TYPED):
        return update.inbound(peer, Kind.TEXT, text=data.removeprefix(TYPED))
    return update.inbound(peer, Kind.TEXT, text=_label(message, data), choice=data, trigger=Trigger.MENU)


def _label(message: Payload | None, data: str) -> str:
    """What stands on the button, as far as Telegram still shows us its message."""
    try:
        rows = message["reply_markup"]["inline_keyboard"] if message is not None else ()
        return next(
            (
                button["text"].text(limit=256)
                for row in rows
                for button in row
                if (own := button.get("callback_data")) is not None and own.text(limit=256) == data
            ),
            "",
        )
    except Malformed:
        return ""


def _standing(update: Update) -> Inbound | str:
    """The citizen blocked the bot, or let it in again. Who lets it in presses /start and is greeted for that."""
    item = update.item
    if _elsewhere(item["chat"]):
        return "not a private chat"
    status = item["new_chat_member"]["status"].text(limit=40)
    event = Event.UNFOLLOWED if status in _LEFT else Event.OTHER
    return update.inbound(
        item["from"]["id"].integer(),
        Kind.EVENT,
        event=event,
        sent_at=_time(item["date"]),
        trigger=Trigger.NONE,
        extra={"event": f"bot {'blocked' if event is Event.UNFOLLOWED else 'let in'}"},
    )


_KINDS: Mapping[str, Callable[[Update], Inbound | str]] = {
    "message": _message,
    "edited_message": _edited,
    "callback_query": _tap,
    "my_chat_member": _standing,
}


def _elsewhere(chat: Payload) -> bool:
    return chat["type"].text(limit=40) != "private"


def _time(item: Payload) -> datetime:
    seconds = item.integer()
    if not 0 <= seconds < _YEAR_9999:
        raise item.refuse("is not a time in seconds")
    return datetime.fromtimestamp(seconds, UTC)
