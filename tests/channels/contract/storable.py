"""Whether the store takes what a channel read: both databases, every column and the JSON beside them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC
from typing import Any

from bot.store.wording import read_inbound, storable, write_inbound
from channels.message import Batch, Inbound

LONGEST_ID, LONGEST_NAME = 255, 128
"""The widths of the store's columns: a database that keeps them refuses the whole batch."""
_WORD, _TYPE = 64, 128
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def assert_storable(batch: Batch) -> None:
    """Fails where a message or receipt of the batch would be stuck, cut, or read back as something else."""
    for message in batch.messages:
        assert 0 < len(message.id) <= LONGEST_ID
        assert 0 < len(message.address.peer) <= LONGEST_NAME
        assert message.sent_at.tzinfo is not None
        assert 1900 < message.sent_at.astimezone(UTC).year < 9999
        assert len(message.digest) <= _WORD
        assert len(message.verified_phone) <= LONGEST_NAME
        for text in (message.id, message.address.peer, message.text, message.verified_phone, *message.extra.values()):
            assert not _UNSTORABLE.search(text)
        _assert_described(message)
    for step in batch.calls:
        assert 0 < len(step.id) <= LONGEST_NAME
        assert 0 < len(step.call_id) <= LONGEST_NAME
        assert len(step.peer) <= LONGEST_NAME
        assert step.at.tzinfo is not None
        told = (step.peer, step.line, step.queue, step.extension, step.cause, step.recording)
        for text in (step.id, step.call_id, *told):
            assert not _UNSTORABLE.search(text)
    for receipt in batch.receipts:
        assert 0 < len(receipt.provider_id) <= LONGEST_NAME
        assert not _UNSTORABLE.search(receipt.provider_id)
        if receipt.at is not None:
            assert 1900 < receipt.at.astimezone(UTC).year < 9999
    for step in batch.calls:
        words = (step.id, step.call_id, step.peer, step.line, step.queue, step.extension, step.cause, step.recording)
        assert 0 < len(step.id) <= LONGEST_NAME
        assert 0 < len(step.call_id) <= LONGEST_NAME
        assert not any(_UNSTORABLE.search(word) for word in words)
        assert 1900 < step.at.astimezone(UTC).year < 9999


def _assert_described(message: Inbound) -> None:
    """What goes into the JSON column must be JSON as PostgreSQL knows it, and come back."""
    body = write_inbound(message)
    for text in _texts(body):
        assert not _UNSTORABLE.search(text)
    for file in message.attachments:
        assert len(file.media_type) <= _TYPE
        assert not _UNSTORABLE.search(storable(file.ref) + file.media_type)
    kept = json.loads(json.dumps(body, allow_nan=False))
    back = read_inbound(
        message.address, id=message.id, sent_at=message.sent_at, kind=message.kind.value, text=message.text, body=kept
    )
    assert write_inbound(back) == body


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from (name, *_texts(item))
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
