"""The menu below the account's conversations (自定义菜单): checked against WeChat's limits, written and read in its form.

Limits: service/api/custommenu/api_createcustommenu, read 2026-11-28.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from channels.account import MenuEntry

MOST, MOST_BELOW = 3, 5
_NAME, _NAME_BELOW = 16, 60
_BYTES: Mapping[str, int] = MappingProxyType({"key": 128, "link": 1024, "page": 1024})
ACTIONS = frozenset(
    {"scancode_push", "scancode_waitmsg", "pic_sysphoto", "pic_photo_or_album", "pic_weixin", "location_select"}
)
"""Ways a tap works beside a key (click), a link (view) and a mini program; each carries a key."""


def menu_faults(menu: Sequence[MenuEntry]) -> list[str]:
    """What WeChat would refuse, each fault naming its entry; empty for a menu that can be pushed."""
    return [*_too_many(menu, MOST, "the menu"), *(fault for one in menu for fault in _faults(one, below=""))]


def _too_many(entries: Sequence[MenuEntry], most: int, where: str) -> Iterator[str]:
    if not 1 <= len(entries) <= most:
        yield f"{where}: 1 to {most} entries are allowed, not {len(entries)}"


def _faults(one: MenuEntry, *, below: str) -> Iterator[str]:
    where = f"{below}{one.name or '(no name)'}"
    most = _NAME_BELOW if below else _NAME
    if not 0 < len(one.name.encode()) <= most:
        yield f"{where}: the name must have 1 to {most} bytes (a Chinese character has three)"
    for field, longest in _BYTES.items():
        if len(getattr(one, field).encode()) > longest:
            yield f"{where}: {field} is longer than {longest} bytes"
    if one.link and not one.link.startswith(("https://", "http://")):
        yield f"{where}: link must begin with https:// or http://"
    if one.entries:
        yield from _opens(one, where, below)
    else:
        yield from _acts(one, where)


def _opens(one: MenuEntry, where: str, below: str) -> Iterator[str]:
    if below:
        yield f"{where}: a menu has two levels only"
        return
    if one.key or one.link or one.action or one.app:
        yield f"{where}: what opens further entries does nothing else"
    yield from _too_many(one.entries, MOST_BELOW, where)
    for entry in one.entries:
        yield from _faults(entry, below=f"{where} / ")


def _acts(one: MenuEntry, where: str) -> Iterator[str]:
    if one.app:
        if not (one.page and one.link) or one.key or one.action:
            yield f"{where}: a mini program needs app, page and link (for phones that cannot open it), and nothing else"
    elif one.page:
        yield f"{where}: page belongs to a mini program: app is missing"
    elif bool(one.key) == bool(one.link):
        yield f"{where}: one of key, link or entries is needed"
    elif one.action and (one.action not in ACTIONS or not one.key):
        yield f"{where}: action must be one of {', '.join(sorted(ACTIONS))}, with a key"


def written(menu: Sequence[MenuEntry]) -> dict[str, Any]:
    """The menu as menu/create takes it."""
    return {"button": [_button(one) for one in menu]}


def _button(one: MenuEntry) -> dict[str, Any]:
    if one.entries:
        return {"name": one.name, "sub_button": [_button(entry) for entry in one.entries]}
    if one.app:
        return {"type": "miniprogram", "name": one.name, "url": one.link, "appid": one.app, "pagepath": one.page}
    if one.link:
        return {"type": "view", "name": one.name, "url": one.link}
    return {"type": one.action or "click", "name": one.name, "key": one.key}


def read(answer: Mapping[str, Any]) -> tuple[MenuEntry, ...]:
    """The menu in an answer of menu/get; what has another form is left out."""
    menu = answer.get("menu")
    return _entries(menu.get("button") if isinstance(menu, dict) else None)


def _entries(buttons: object) -> tuple[MenuEntry, ...]:
    return tuple(_entry(one) for one in buttons if isinstance(one, dict)) if isinstance(buttons, list) else ()


def _entry(one: Mapping[str, Any]) -> MenuEntry:
    kind = str(one.get("type", ""))
    return MenuEntry(
        name=str(one.get("name", "")),
        key=str(one.get("key", "")),
        link=str(one.get("url", "")),
        action="" if kind in {"click", "view", "miniprogram"} else kind,
        app=str(one.get("appid", "")),
        page=str(one.get("pagepath", "")),
        entries=_entries(one.get("sub_button")),
    )
