"""What the contract suite must know of a channel to judge it: each channel's tests hand it over as ``CASES``.

The suite finds the channels by listing the package, as the program does. For the folder ``channels/sms`` it imports
``tests/channels/sms/case.py`` and runs every question of the contract for each :class:`Case` in its ``CASES`` (one for
each way an account may be configured: two providers, two modes). A folder without a case fails the suite.

Samples lie in ``channels/<folder>/samples/``: one file per kind of call, named for what it is
(``text.xml``, ``report_failed.json``), and beside each the Batch it must give, as ``text.batch.json``.
``python -m tests.channels.contract.record <folder>`` writes the missing ones; read them before you commit them.

What a channel polls (a mail, an update) lies there as it came; ``Pollable.read`` makes its batch. For a webhook a
sample is the *plain* body. ``Case.signed`` turns it into the request the provider would make: encrypted, signed, with
its query and headers. The suite also calls it with spoiled bodies, so it must take any bytes and never look into them.

A case imports this module only: ``cases`` imports every case.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Protocol

from channels.adapter import Request, Webhook
from channels.errors import SendError
from channels.message import Outbound

NOW = datetime(2026, 1, 1, 8, 0, tzinfo=UTC)
"""What the adapter's clock says while it is judged."""


class Proof(Enum):
    """How the channel knows its provider."""

    SIGNATURE = "signature"
    """It signs its calls: ``Case.forgeries`` spoils what is signed."""
    SECRET_PATH = "secret path"
    """It signs nothing; only it knows the address. The first segment of ``Request.tail`` is the secret: the suite
    spoils it by itself."""


class Peer(Protocol):
    """The provider, played on loopback by a real server."""

    settings: Mapping[str, Any]
    """What to lay over ``Case.settings`` so that the adapter calls this peer, with a timeout under a second."""

    def accept(self) -> None:
        """From now on take messages and answer with an id."""

    def refuse(self, code: str) -> None:
        """From now on answer with this error code of the provider."""

    def hang(self) -> None:
        """From now on read the request and never answer it."""

    def drop(self) -> None:
        """From now on read the request and close the connection."""


@dataclass(frozen=True, kw_only=True)
class Case:
    """One way to configure one channel. What does not apply is left out, and the suite checks that it may be:
    a channel with ``Webhook`` in ``speaks`` must give ``signed``; one that sends over a network must give ``peer``."""

    name: str
    """Short, unique in the folder: it names the tests ("sms-aliyun")."""
    settings: Mapping[str, Any]
    """A complete valid account, as the table ``[channels.<folder>.<account>]`` of minsheng.toml would hold it."""
    secrets: Collection[str]
    """The keys of ``settings`` whose values must never be shown."""
    required: Collection[str]
    """The keys without which the account is refused: the error must name the key."""
    speaks: Collection[type] = (Webhook,)
    """Exactly the optional protocols its adapter offers, of channels/adapter.py: Webhook, Pollable, Media, Served, and
    of channels/account.py: Pushable."""

    samples: str = "."
    """The folder of its samples, below ``channels/<folder>/samples``."""
    signed: Callable[[str, bytes], Request] | None = None
    """(file name of the sample, body) -> the provider's call."""
    proof: Proof = Proof.SIGNATURE
    forgeries: Callable[[Request], Iterable[Request]] | None = None
    """A genuine call -> the same with one byte of what is signed flipped, or one part of the proof missing."""

    outbound: Outbound | None = None
    """A message that this account can send."""
    peer: Callable[[], AbstractAsyncContextManager[Peer]] | None = None
    away: Callable[[int], Mapping[str, Any]] = lambda port: {"api_base": f"http://127.0.0.1:{port}"}
    """What to lay over the settings so that the adapter calls this port, where nobody listens."""
    codes: Mapping[str, type[SendError]] = field(default_factory=dict)
    """Error codes as the provider sends them, and the exact class each must become; copied from its documents."""
    error_table: Collection[str] = ()
    """The keys of the channel's own error table; a trailing ``*`` stands for any ending. Each must be met by ``codes``,
    so that no row goes untested."""
