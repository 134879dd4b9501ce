"""Looks at everything a hub needs before it is started, and says what is wrong or still missing."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from bot.accounts import Account
from bot.assembly.client_session import Http
from bot.assembly.expiring import ending
from bot.city import load_city
from bot.clock import CITY_TIME, now
from bot.outbox.letter import line_of
from bot.settings import AccountSettings, Settings
from bot.store.engine import Database
from bot.store.migrating import newest, revision
from channels.account import Menued, Registered
from channels.adapter import Tools
from dialog.account_menu import leads
from dialog.notices import NOTICES, certain


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the check: ``mark`` is "ok", "missing" (works, but not whole) or "wrong" (will not run)."""

    mark: str
    what: str
    text: str

    @property
    def fatal(self) -> bool:
        """The hub would not run like this."""
        return self.mark == "wrong"

    def __str__(self) -> str:
        return f"{ {'ok': '✓', 'missing': '!', 'wrong': '✗'}[self.mark] } {self.what}: {self.text}"


async def examine(settings: Settings) -> list[Finding]:
    """Everything, in the order an operator would mend it."""
    found = [Finding("ok", "settings", settings.source)]
    found.append(_city(settings))
    found.append(await _database(settings.house.store.url))
    found.append(_folder(settings.house.files.folder))
    today = now().astimezone(CITY_TIME).date()
    for (folder, name), account in settings.accounts.items():
        what = f"channels.{folder}.{name}"
        soon = [str(one) for one in ending({(folder, name): account}, today=today)]
        lacks = [*account.missing, *soon, *await _reach(account)]
        found.extend(Finding("missing", what, text) for text in lacks)
        if not lacks:
            found.append(Finding("ok", what, "complete"))
    if not settings.accounts:
        found.append(Finding("wrong", "channels", "no channel is configured; add for example [channels.app.web]"))
    return found


async def _reach(settings: AccountSettings) -> list[str]:
    """What an account that cannot say everything freely has no template for, and taps of its menu that lead nowhere."""
    channel, http = settings.channel, Http()
    try:
        adapter = channel.build(settings.name, settings.settings, Tools(now=now, http=http))
    except (OSError, ValueError) as error:
        return [f"cannot be opened ({error})"]
    try:
        account = Account(channel, settings.name, adapter)
        lacks = [*_untold(account)]
        lacks += _blank(adapter) if isinstance(adapter, Registered) else ()
        return lacks + (_dead_ends(adapter) if isinstance(adapter, Menued) else [])
    finally:
        await adapter.close()
        await http.close()


def _untold(account: Account) -> list[str]:
    line = line_of(account)
    carried = line.templates | set(line.permits)
    free = line.free_text and not line.capabilities.windows
    if free or not carried:
        return []  # without any template its own line says so
    lacking = [f"{key} {name}" for key, name in NOTICES.items() if key not in carried]
    if not lacking:
        return []
    return [
        f"这些通知没有模板,自由回复窗口之外发不出 (no template, not sent where free words are not allowed): {'、'.join(lacking)}"
    ]


def _blank(adapter: Registered) -> list[str]:
    strange = (
        f"templates.{key}: {{{name}}}"
        for key, names in adapter.template_blanks.items()
        for name in sorted(names - certain(key))
    )
    return [f"通知不一定带有这个参数 (the notice may come without it, and is not sent then): {one}" for one in strange]


def _dead_ends(adapter: Menued) -> list[str]:
    keys = [key for entry in adapter.menu for key in entry.keys]
    dead = [key for key in keys if not leads(key)]
    return [f"菜单键没有对应的服务 (menu keys that lead nowhere): {'、'.join(dead)}"] if dead else []


def _city(settings: Settings) -> Finding:
    city = settings.house.city
    try:
        today = now().astimezone(CITY_TIME).date()
        loaded = load_city(city.folder, policy=city.policy, today=today)
    except (ValueError, LookupError, OSError) as error:
        return Finding("wrong", "city", str(error))
    if years := loaded.calendar.unannounced(today):
        which = ", ".join(map(str, years))
        cure = "limits are counted by weekends until it is entered under notices in calendar.yaml"
        return Finding("missing", "city", f"the State Council's notice of days off for {which} is not known: {cure}")
    return Finding(
        "ok", "city", f"{loaded.talk.name}, {len(loaded.index)} knowledge entries, {len(loaded.talk.units)} units"
    )


async def _database(url: str) -> Finding:
    database = Database(url, connections=2)
    shown = database.url.render_as_string(hide_password=True)
    try:
        if database.sqlite and _absent(database.url.database or ""):
            return Finding("ok", "store.url", f"{shown}: will be created at start")
        at = await revision(database)
    except (SQLAlchemyError, OSError) as error:
        return Finding("wrong", "store.url", f"{shown}: cannot be reached ({type(error).__name__})")
    finally:
        await database.close()
    if at != newest():
        return Finding(
            "missing", "store.url", f"{shown}: at revision {at or 'none'}; minsheng migrate brings it to {newest()}"
        )
    return Finding("ok", "store.url", shown)


def _absent(path: str) -> bool:
    return not Path(path).exists()


def _folder(folder: Path) -> Finding:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        cure = f"{folder} is not writable ({type(error).__name__}); choose another or change its owner"
        return Finding("wrong", "files.folder", cure)
    return Finding("ok", "files.folder", str(folder))
