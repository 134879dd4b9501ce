"""Reads the events of a switchboard (protocols.md §7.1), whatever bridge or vendor sends them; one, or several at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from channels import phones
from channels.calls import CallEvent, CallStep, Direction
from channels.message import Batch
from channels.payload import Payload

_ID, _WORD, _EXTENSION, _ADDRESS = 128, 64, 16, 1000
_TYPES: Mapping[str, CallEvent] = {one.value: one for one in CallEvent if one.value.startswith("call.")}
_WAYS: Mapping[str, Direction] = {one.value: one for one in Direction}
_LONGEST = 7 * 24 * 3600


def read_events(body: bytes, *, account: str) -> Batch:
    """Every event of one call of the bridge. Raises Malformed."""
    return Batch(calls=tuple(read_step(one, account=account) for one in Payload.from_json(body).each()))


def read_step(item: Payload, *, account: str) -> CallStep:
    """One event. Raises Malformed."""
    way = item.get("direction")
    direction = way.one_of(_WAYS) if way else None
    caller, callee = number(item.get("caller")), number(item.get("callee"))
    peer, line = (callee, caller) if direction is Direction.OUT else (caller, callee)
    return CallStep(
        account=account,
        id=item["event_id"].word(limit=_ID),
        call_id=item["call_id"].word(limit=_ID),
        what=item["type"].one_of(_TYPES),
        at=_moment(item["ts"]),
        direction=direction,
        peer=peer,
        line=line[:_WORD],
        queue=_word(item.get("queue"), _WORD),
        extension=_word(item.get("agent_ext"), _EXTENSION),
        cause=_word(item.get("hangup_cause"), _WORD),
        talked=_seconds(item.get("billsec")),
        recording=_address(item.get("recording_url")),
    )


def number(item: Payload | None) -> str:
    """A caller's number in the one form we keep, "" where he hides it or has none ("anonymous", a SIP name)."""
    return (phones.normal(item.text(limit=_WORD)) or "") if item else ""


def _word(item: Payload | None, limit: int) -> str:
    return item.text(limit=limit).strip() if item else ""


def _seconds(item: Payload | None) -> int | None:
    if item is None:
        return None
    if not 0 <= (found := item.integer()) <= _LONGEST:
        raise item.refuse("is not a number of seconds")
    return found


def _address(item: Payload | None) -> str:
    found = _word(item, _ADDRESS)
    if found and (item is None or not found.startswith(("http://", "https://"))):
        raise (item or Payload("")).refuse("is not an http(s) address")
    return found


def _moment(item: Payload) -> datetime:
    try:
        found = datetime.fromisoformat(item.text(limit=40))
        # A moment of the year 9999 has no name on a clock east of Greenwich.
        if found.tzinfo is not None and 1970 <= found.year < 9999:
            return found.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise item.refuse("is not a moment with its time zone")
