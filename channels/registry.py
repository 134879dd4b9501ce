"""Which channels there are: every folder of this package is one, found by listing it and imported when asked for."""

from __future__ import annotations

import pkgutil
from importlib import import_module

import channels
from channels.adapter import Channel


class UnknownChannel(LookupError):
    """No folder has that name; the message lists those there are."""


class MissingExtra(ImportError):
    """The folder is there, a library it needs is not; the message says what to install."""


def known() -> tuple[str, ...]:
    """The names of all channel folders, sorted. Imports none of them."""
    return tuple(sorted(module.name for module in pkgutil.iter_modules(channels.__path__) if module.ispkg))


def load(name: str) -> Channel:
    """The channel of folder ``name``. Raises :class:`UnknownChannel`, or :class:`MissingExtra` where the libraries of
    its extra are not installed."""
    if name not in known():
        raise UnknownChannel(f'there is no channel "{name}"; known channels: {", ".join(known())}')
    try:
        module = import_module(f"channels.{name}")
    except ModuleNotFoundError as problem:
        if problem.name is None or problem.name.partition(".")[0] == "channels":
            raise  # a fault of ours, not a missing library
        cure = f"pip install 'minsheng[{name}]'"
        raise MissingExtra(f'channel "{name}" needs the library "{problem.name}": {cure}', name=problem.name) from None
    channel: Channel = module.CHANNEL
    if channel.name != name:
        raise TypeError(f'folder channels/{name} exports a channel named "{channel.name}"')
    return channel
