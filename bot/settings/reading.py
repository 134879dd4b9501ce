"""Reads ``minsheng.toml`` and the environment over it, and says everything that is wrong at once."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.settings.model import AccountSettings, House, Settings
from bot.settings.problems import BadSettings, Problem, told, unknown
from channels import registry
from channels.adapter import Channel

PREFIX = "MINSHENG_"
CONFIG = "MINSHENG_CONFIG"

Path_ = tuple[str, ...]


def load(path: Path | None, environment: Mapping[str, str], *, default: Mapping[str, Any] | None = None) -> Settings:
    """Settings from ``path`` (TOML) or, without one, from ``default``; the environment over either.

    ``MINSHENG_STORE__URL`` is ``[store] url``; with ``_FILE`` behind it, it names a file that holds the value.
    Raises BadSettings.
    """
    source = str(path) if path else "the embedded default"
    raw: dict[str, Any] = _toml(path) if path else _copy(default or {})
    problems: list[Problem] = []
    names = _overlay(raw, environment, problems)
    channels = raw.pop("channels", {})
    house = _house(raw, names, problems)
    accounts = _accounts(channels, names, problems)
    if house is not None:
        _alerts(house.city.alerts, accounts, problems)
    if problems or house is None:
        raise BadSettings(source, problems)
    return Settings(house, accounts, source)


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        cure = "there is no such file; copy minsheng.example.toml to it, or name another with --config"
        raise BadSettings(str(path), [Problem("--config", cure)]) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise BadSettings(str(path), [Problem("the file", f"not readable as TOML: {error}")]) from None


def _copy(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: _copy(value) if isinstance(value, Mapping) else value for key, value in table.items()}


def _overlay(raw: dict[str, Any], environment: Mapping[str, str], problems: list[Problem]) -> dict[Path_, str]:
    """Lay the variables over the table; returns which key came from which variable."""
    names: dict[Path_, str] = {}
    for name in sorted(environment):
        if not name.startswith(PREFIX) or name == CONFIG:
            continue
        value, key = environment[name], name.removeprefix(PREFIX).lower()
        if key.endswith("_file"):
            key = key.removesuffix("_file")
            try:
                value = Path(value).read_text("utf-8").strip()
            except (OSError, UnicodeDecodeError) as error:
                problems.append(Problem(name, f"the file it names cannot be read: {type(error).__name__}"))
                continue
        place = tuple(key.split("__"))
        names[place] = name
        _set(raw, place, value)
    return names


def _set(raw: dict[str, Any], place: Path_, value: str) -> None:
    for part in place[:-1]:
        inner = raw.get(part)
        if not isinstance(inner, dict):
            inner = raw[part] = {}
        raw = inner
    raw[place[-1]] = value


def _house(raw: dict[str, Any], names: Mapping[Path_, str], problems: list[Problem]) -> House | None:
    try:
        return House.model_validate(raw)
    except ValidationError as error:
        problems.extend(told(error, House, (), names))
        return None


def _accounts(
    channels: Any, names: Mapping[Path_, str], problems: list[Problem]
) -> dict[tuple[str, str], AccountSettings]:
    accounts: dict[tuple[str, str], AccountSettings] = {}
    if not isinstance(channels, dict):
        problems.append(Problem("channels", "write one table for each account: [channels.wechat.city]"))
        return accounts
    for folder, tables in channels.items():
        channel = _channel(folder, problems)
        if channel is None:
            continue
        if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
            cure = f"write one table for each account: [channels.{folder}.city]"
            problems.append(Problem(f"channels.{folder}", cure))
            continue
        for name, table in tables.items():
            try:
                validated = channel.settings.model_validate(table)
            except ValidationError as error:
                problems.extend(told(error, channel.settings, ("channels", folder, name), names))
            else:
                accounts[folder, name] = AccountSettings(channel, name, validated)
    return accounts


def _alerts(named: str | None, accounts: Mapping[tuple[str, str], AccountSettings], problems: list[Problem]) -> None:
    if named is None:
        return
    folder, _, name = named.partition(".")
    account = accounts.get((folder, name))
    if account is None or not account.channel.capabilities.phone_addressed:
        problems.append(Problem("city.alerts", f"there is no SMS account {named}; add [channels.sms.city] or the like"))


def _channel(folder: str, problems: list[Problem]) -> Channel | None:
    try:
        return registry.load(folder)
    except registry.UnknownChannel:
        problems.append(Problem(f"channels.{folder}", unknown(folder, registry.known())))
    except registry.MissingExtra as error:
        problems.append(Problem(f"channels.{folder}", str(error)))
    return None
