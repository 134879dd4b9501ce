"""What an account offers beside its conversations, where it has them: a menu, codes to scan, a registry, a desk, a
push gateway."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, runtime_checkable

from channels.adapter import Request, Response
from channels.capabilities import Permit
from channels.message import Address


@dataclass(frozen=True, slots=True)
class MenuEntry:
    """One entry of an account's menu: it opens ``entries``, or says ``key`` (comes back as ``Inbound.text`` of
    ``Event.MENU``), or opens ``link``. ``action`` is the provider's own word for any other way a tap works."""

    name: str
    key: str = ""
    link: str = ""
    action: str = ""
    app: str = ""
    """A mini program's id, with ``page`` in it."""
    page: str = ""
    entries: tuple[MenuEntry, ...] = ()

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of this entry and those below it."""
        return (*((self.key,) if self.key else ()), *(key for entry in self.entries for key in entry.keys))


@runtime_checkable
class Menued(Protocol):
    """An account with a menu below its conversations (自定义菜单)."""

    @property
    def menu(self) -> tuple[MenuEntry, ...]:
        """As the city wrote it down, empty where it did not."""
        ...

    def menu_faults(self, menu: Sequence[MenuEntry]) -> list[str]:
        """What the provider would not take, in words for the operator, each naming its entry."""
        ...

    async def shown_menu(self) -> tuple[MenuEntry, ...]:
        """What the account shows now, empty for none. Raises SendError."""
        ...

    async def push_menu(self, menu: Sequence[MenuEntry]) -> None:
        """Show this instead. Raises ValueError where it has faults, SendError."""
        ...


@dataclass(frozen=True, slots=True)
class Code:
    """A code to scan (带参数二维码): what it says, and its picture where the provider drew one (b"" where it did not)."""

    url: str
    picture: bytes = field(default=b"", repr=False)


@runtime_checkable
class Scanned(Protocol):
    """An account whose codes tell which of them was scanned: ``Event.SCANNED``, or ``Event.FOLLOWED`` with a text."""

    async def code(self, scene: str, *, lasts: timedelta | None) -> Code:
        """A code for ``scene``, good for ``lasts``, or for ever. Raises ValueError where the provider cannot carry it,
        SendError."""
        ...


@runtime_checkable
class Registered(Protocol):
    """An account whose templates the provider keeps."""

    @property
    def template_blanks(self) -> Mapping[str, frozenset[str]]:
        """Notice key -> the parameters its templates are filled from."""
        ...

    async def template_faults(self) -> list[str]:
        """Where the configured templates differ from the provider's, in words for the operator. Raises SendError."""
        ...


@runtime_checkable
class Subscribed(Protocol):
    """An account with templates that need each citizen's leave."""

    @property
    def permits(self) -> Mapping[str, Permit]:
        """Notice key -> the leave it needs."""
        ...

    @property
    def permit_page(self) -> str:
        """The page where a citizen gives it, "" for none."""
        ...


@runtime_checkable
class Handing(Protocol):
    """An account that may give a citizen to the provider's own desk."""

    @property
    def desk(self) -> str:
        """What that desk is called, "" where citizens are served at ours."""
        ...

    def hand_over(self, request: Request) -> Response:
        """The response to a citizen's message that gives him to it."""
        ...


@runtime_checkable
class Pushable(Protocol):
    """A channel at home whose citizens are away as a rule: their devices can be called when something waits there."""

    @property
    def pushes(self) -> bool:
        """Whether there is a gateway to call them through."""
        ...

    async def push(self, address: Address, *, delivery: str) -> None:
        """Call the citizen's device once, with nothing of what waits. Called without a transaction; ``delivery`` is the
        same over all tries of one call. Raises SendError: ``Never`` where no try will do, else it is tried again."""
        ...
