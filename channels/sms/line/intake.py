"""Citizens' texts out of what a gateway delivers: parts joined in any order, repeats recognised, nothing kept by half.

What was acknowledged and is not whole yet lies in the cursor, which is written before we acknowledge. So do the names of
the last texts of a gateway that gives its deliveries no id, until it has surely read our answer.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from hashlib import sha1
from typing import Any

from channels.message import Address, Inbound, Kind
from channels.sms.line import coding
from channels.sms.line.dialect import Piece

REMEMBERED = timedelta(hours=24)
"""How long a repeated part of a finished text is recognised."""
DOUBTED = timedelta(minutes=15)
"""How long a text like one in doubt is taken for its repeat. Gateways repeat soon, citizens may write the same again."""
MOST = 200
"""Finished long texts, and texts in doubt, that are remembered."""


@dataclass(slots=True)
class _Parts:
    """A long text that is not whole. ``at`` is the arrival of its first part, in seconds since 1970."""

    phone: str = field(repr=False)
    to: str
    total: int
    at: float
    names: dict[str, str]
    """Part number -> fingerprint."""
    texts: dict[str, tuple[str, str]] = field(repr=False)
    """Part number -> (coding, octets in hex)."""
    id: str


@dataclass(slots=True)
class _State:
    """What the cursor holds."""

    parts: dict[str, _Parts] = field(default_factory=dict)
    done: dict[str, tuple[float, dict[str, str]]] = field(default_factory=dict)
    """Finished long texts: when, and their parts' fingerprints."""
    fresh: dict[str, tuple[float, str]] = field(default_factory=dict)
    """Fingerprint -> (when, id) of this session's texts whose answer the gateway may not have read."""
    doubt: dict[str, tuple[float, str]] = field(default_factory=dict)
    """The same of those it may repeat now: what an earlier session took, and what we were slow to answer."""


class Intake:
    """One session's way in, begun from the cursor of the last. ``str`` is the cursor."""

    def __init__(self, account: str, number: str, wait: timedelta, cursor: str, *, session: str = "") -> None:
        """``session`` is unlike that of any other session: it keeps the ids it gives apart from theirs."""
        self._account = account
        self._number = number
        self._wait = wait.total_seconds()
        self._state = _read(cursor)
        self.doubt()
        self._session = session
        self._count = 0

    def __str__(self) -> str:
        return "" if self._state == _State() else json.dumps(asdict(self._state), separators=(",", ":"))

    def __repr__(self) -> str:
        return f"<Intake {self._account}: {len(self._state.parts)} not whole>"

    def take(self, piece: Piece, *, at: datetime) -> Inbound | None:
        """The text this piece makes whole, or None while parts are missing, or for a part we had."""
        self._forget(at.timestamp())
        if piece.place is None:
            return self._whole(piece, at)
        part = piece.place
        key, number = f"{piece.phone}:{piece.to}:{part.ref}:{part.total}", str(part.number)
        name = _name(piece)
        if self._state.done.get(key, (0.0, {}))[1].get(number) == name:
            return None
        held = self._state.parts.get(key)
        if held is not None and held.names.get(number, name) != name:
            # The same reference again with other words: the first text will not be completed any more.
            self._state.parts[f"{key}:{held.id}"] = held
            held = None
        if held is None:
            id = piece.id or f"{name}:{at.timestamp():.3f}"
            held = _Parts(piece.phone, piece.to, part.total, at.timestamp(), {}, {}, id)
            self._state.parts[key] = held
        held.names[number] = name
        held.texts[number] = piece.coding, piece.octets.hex()
        return self._finish(key, at) if len(held.texts) == held.total else None

    def lapsed(self, at: datetime) -> Inbound | None:
        """A text whose missing parts were waited for long enough, with a word where each is missing."""
        late = (key for key, held in self._state.parts.items() if self._due(held, at.timestamp()) <= 0)
        key = next(late, None)
        return None if key is None else self._finish(key, at)

    def pause(self, at: datetime, *, most: float) -> float:
        """Seconds until :meth:`lapsed` has something, at most ``most``."""
        now = at.timestamp()
        return max(0.0, min([most, *(self._due(held, now) for held in self._state.parts.values())]))

    def doubt(self) -> None:
        """The gateway waited long for our last answers: it may repeat what they were about."""
        self._state.doubt |= self._state.fresh
        self._state.fresh = {}

    def trust(self) -> None:
        """The gateway has read all our answers of this session."""
        self._state.fresh = {}

    def _whole(self, piece: Piece, at: datetime) -> Inbound:
        id = piece.id or self._named(_name(piece), at)
        return self._inbound(piece.phone, piece.to, [(piece.coding, piece.octets)], id=id, at=at)

    def _named(self, name: str, at: datetime) -> str:
        """The id of the text a repeat repeats, else a new one."""
        self._count += 1
        _, id = self._state.doubt.pop(name, (0.0, f"{name}:{at.timestamp():.3f}:{self._session}{self._count}"))
        self._state.fresh[name] = at.timestamp(), id
        _bound(self._state.fresh)
        return id

    def _finish(self, key: str, at: datetime) -> Inbound:
        held = self._state.parts.pop(key)
        self._state.done[key] = at.timestamp(), held.names
        _bound(self._state.done)
        numbers = [str(number) for number in range(1, held.total + 1)]
        pieces = [
            (held.texts[n][0], bytes.fromhex(held.texts[n][1]))
            if n in held.texts
            else (coding.UCS2, f"[缺第{n}段]".encode("utf-16-be"))
            for n in numbers
        ]
        return self._inbound(held.phone, held.to, pieces, id=held.id, at=datetime.fromtimestamp(held.at, at.tzinfo))

    def _inbound(self, phone: str, to: str, pieces: list[tuple[str, bytes]], *, id: str, at: datetime) -> Inbound:
        readable = all(kind != coding.BINARY for kind, _ in pieces)
        extension = to.removeprefix(self._number) if to.startswith(self._number) else ""
        return Inbound(
            address=Address("sms", self._account, phone),
            id=id,
            sent_at=at,
            kind=Kind.TEXT if readable else Kind.UNSUPPORTED,
            text=coding.words(pieces) if readable else "",
            verified_phone=phone,
            extra={"extension": extension} if extension else {},
        )

    def _due(self, held: _Parts, now: float) -> float:
        # A clock set back must not keep a text for ever.
        return min(held.at + self._wait - now, self._wait)

    def _forget(self, now: float) -> None:
        old, doubted = now - REMEMBERED.total_seconds(), now - DOUBTED.total_seconds()
        self._state.done = {key: one for key, one in self._state.done.items() if one[0] > old}
        self._state.doubt = {name: one for name, one in self._state.doubt.items() if one[0] > doubted}


def _name(piece: Piece) -> str:
    """The fingerprint of a piece: who, to which number, which octets."""
    about = f"{piece.phone}\n{piece.to}\n{piece.coding}\n".encode()
    return sha1(about + piece.octets, usedforsecurity=False).hexdigest()


def _bound(remembered: dict[str, Any]) -> None:
    while len(remembered) > MOST:
        del remembered[next(iter(remembered))]


def _read(cursor: str) -> _State:
    """The state in a cursor; an empty one for "" and for what no version of ours wrote."""
    try:
        written: dict[str, Any] = json.loads(cursor or "{}")
        return _State(
            {key: _Parts(**one) for key, one in written.get("parts", {}).items()},
            {key: (float(at), names) for key, (at, names) in written.get("done", {}).items()},
            *(
                {name: (float(at), id) for name, (at, id) in written.get(kept, {}).items()}
                for kept in ("fresh", "doubt")
            ),
        )
    except (ValueError, TypeError, AttributeError):
        return _State()
