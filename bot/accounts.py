"""The channel accounts this hub runs: for each its adapter, what it can do, and how our words leave through it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from channels.account import Handing, Pushable, Subscribed
from channels.adapter import Adapter, Billed, Channel, Tied, Webhook
from channels.capabilities import Capabilities, Route


class Leaves(StrEnum):
    """How an answer to a message that just came in leaves."""

    INLINE = "inline"
    """In the response to the provider's call."""
    AT_HOME = "at_home"
    """It is read from our own store: committed is sent."""
    OUTBOX = "outbox"
    """Through the outbox."""


@dataclass(frozen=True, slots=True)
class Account:
    """One configured account of one channel."""

    channel: Channel = field(repr=False)
    name: str
    adapter: Adapter = field(repr=False)
    capabilities: Capabilities = field(init=False, repr=False)
    """The channel's literal."""
    webhook: Webhook | None = field(init=False, repr=False)
    """The adapter again, where providers call it."""
    tied: Tied | None = field(init=False, repr=False)
    """The adapter again, where only the process that polls can send."""
    billed: Billed | None = field(init=False, repr=False)
    """The adapter again, where texts are billed by segments."""
    subscribed: Subscribed | None = field(init=False, repr=False)
    """The adapter again, where templates need a citizen's leave."""
    handing: Handing | None = field(init=False, repr=False)
    """The adapter again, where citizens who ask for a person are served at the provider's own desk."""
    pushable: Pushable | None = field(init=False, repr=False)
    """The adapter again, where citizens' devices are called when something waits for them."""
    leaves: Leaves = field(init=False)
    """How an answer leaves, from what the channel is, never from its name."""

    def __post_init__(self) -> None:
        # Asked for every message: found out once.
        object.__setattr__(self, "capabilities", self.channel.capabilities)
        object.__setattr__(self, "webhook", self.adapter if isinstance(self.adapter, Webhook) else None)
        object.__setattr__(self, "tied", self.adapter if isinstance(self.adapter, Tied) else None)
        object.__setattr__(self, "billed", self.adapter if isinstance(self.adapter, Billed) else None)
        object.__setattr__(self, "subscribed", self.adapter if isinstance(self.adapter, Subscribed) else None)
        away = isinstance(self.adapter, Handing) and bool(self.adapter.desk)
        object.__setattr__(self, "handing", self.adapter if away else None)
        pushes = isinstance(self.adapter, Pushable) and self.adapter.pushes
        object.__setattr__(self, "pushable", self.adapter if pushes else None)
        inline = Leaves.INLINE if Route.INLINE in self.capabilities.routes else Leaves.OUTBOX
        object.__setattr__(self, "leaves", Leaves.AT_HOME if self.capabilities.at_home else inline)

    @property
    def ready(self) -> bool:
        """Whether this process can send for it now."""
        return self.tied is None or self.tied.ready


class Accounts:
    """All configured accounts by (channel, account)."""

    def __init__(self, accounts: Mapping[tuple[str, str], Account]) -> None:
        self._accounts = dict(accounts)

    def get(self, channel: str, account: str) -> Account | None:
        """The account, or None when nobody configured it."""
        return self._accounts.get((channel, account))

    def __getitem__(self, key: tuple[str, str]) -> Account:
        return self._accounts[key]

    def __iter__(self) -> Iterator[Account]:
        return iter(self._accounts.values())

    def by_phone(self) -> Account | None:
        """The account through which a phone number can be written to, the first configured."""
        writing = (one for one in self if one.capabilities.phone_addressed and one.capabilities.routes)
        return next(writing, None)
