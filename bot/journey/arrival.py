"""What an arriving message does before anyone thinks about it: its row, its files, the reply window it opens."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from bot.accounts import Account
from bot.outbox.ledger import arrive
from bot.store.conversations import Conversation
from bot.store.wording import storable, write_inbound
from channels.capabilities import Choices
from channels.message import Attachment, Event, Inbound, Kind
from dialog.view import Owner


@dataclass(frozen=True, slots=True)
class Arrival:
    """A message as the dialog sees it: its files named by our own ids."""

    message: Inbound = field(repr=False)
    account: Account | None = field(repr=False)
    files: tuple[tuple[str, Attachment], ...] = field(default=(), repr=False)
    """(our id, the provider's attachment) of those that must still be fetched."""


def arrived(one: Inbound, account: Account | None) -> Arrival:
    """Give its files ids of ours."""
    named: list[Attachment] = []
    files: list[tuple[str, Attachment]] = []
    for file in one.attachments:
        if file.stored:
            named.append(replace(file, ref=file.stored))
            continue
        own = secrets.token_urlsafe(24)
        files.append((own, file))
        named.append(replace(file, ref=own, stored=own))
    text = storable(one.text)
    if named or text is not one.text:
        one = replace(one, text=text, attachments=tuple(named))
    return Arrival(one, account, tuple(files))


def enter(arrival: Arrival, mine: Conversation, *, now: datetime) -> None:
    """What a new message changes in its conversation: it opens the reply window, tells who came and who left."""
    one, account = arrival.message, arrival.account
    if account is not None and account.capabilities.windows:
        mine.window_left, mine.window_until = arrive(
            mine.window_left, mine.window_until, trigger=one.trigger, capabilities=account.capabilities, now=now
        )
    if one.event is Event.UNFOLLOWED:
        mine.unreachable_at = now
    elif mine.unreachable_at is not None:
        mine.unreachable_at = None


def shown(account: Account | None) -> dict[str, Any]:
    """What the citizen's channel can show, as the dialog's view names it."""
    if account is None:
        return {}
    capabilities = account.capabilities
    return {
        "buttons": capabilities.choices is Choices.BUTTONS,
        "brief": capabilities.segments,
        "media": capabilities.media_in,
        "phone_is_address": capabilities.phone_addressed,
        "desk": account.handing.desk if account.handing else "",
    }


def away(mine: Conversation, account: Account | None) -> bool:
    """Whether the citizen is with the provider's own desk."""
    given = account is not None and account.handing is not None and mine.agent == account.handing.desk
    return given and mine.owner is Owner.AGENT


def handed(one: Inbound, mine: Conversation, account: Account | None) -> bool:
    """Whether the response to ``one`` must give its citizen to the provider's own desk: what he says while he is there,
    too, for in its queue his messages still come to us. Of what happens without words only a tap says anything."""
    return away(mine, account) and (one.kind is not Kind.EVENT or one.event is Event.MENU)


def message_row(one: Inbound, mine: Conversation, *, seq: int, now: datetime) -> dict[str, Any]:
    """The row of a message."""
    return {
        "conversation_id": mine.id,
        "seq": seq,
        "channel": one.address.channel,
        "account": one.address.account,
        "dedupe_key": one.id,
        "kind": one.kind.value,
        "text": one.text,
        "body": write_inbound(one),
        "digest": one.digest,
        "sent_at": one.sent_at,
        "received_at": now,
    }


def new_attachments(
    arrival: Arrival, mine: Conversation, *, message_id: int, now: datetime
) -> Iterator[dict[str, Any]]:
    """Rows of the files that must be fetched from the provider once the message is committed."""
    for own, file in arrival.files:
        yield {
            "id": own,
            "conversation_id": mine.id,
            "message_id": message_id,
            "channel": mine.address.channel,
            "account": mine.address.account,
            "ref": storable(file.ref),
            "kind": file.kind.value,
            "media_type": file.media_type,
            "name": storable(file.name),
            "size": file.size,
            "sha256": file.sha256,
            "state": "stored" if file.sha256 else "pending",
            "not_before": now,
            "created_at": now,
        }


def stuck_row() -> dict[str, str]:
    """What marks a message as stuck; the error id is what the citizen and the log both have."""
    return {"state": "stuck", "error_id": uuid.uuid4().hex[:12]}
