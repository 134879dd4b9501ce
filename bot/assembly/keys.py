"""The keys that phones and mail addresses are kept with: from the settings, or a file made on the first start."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from bot.settings.model import House
from bot.store.sealed import Vault


def keys_file(house: House) -> Path:
    """Where the keys lie when the settings do not hold them: beside the folder of the citizens' files."""
    return house.store.contact_keys_file or house.files.folder.parent / "secrets" / "contact.keys"


def vault(house: House) -> Vault:
    """The keys, made on first use and readable by nobody else. Raises ValueError for keys that cannot be used."""
    if house.store.contact_keys is not None:
        return Vault.read(house.store.contact_keys.get_secret_value())
    path = keys_file(house)
    try:
        written = path.read_text("ascii")
    except FileNotFoundError:
        written = _made(path)
    return Vault.read(written, again=lambda: vault(house))


def turn(house: House) -> Vault:
    """Put one more key behind those of the file: new values are sealed with it. Raises ValueError where the settings
    hold the keys themselves."""
    if house.store.contact_keys is not None:
        raise ValueError(
            "the settings hold the contact keys: put one more k…: behind them yourself, then start again and reseal"
        )
    turned, path = vault(house).turned(), keys_file(house)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    _write(draft, turned.written())
    draft.rename(path)
    return turned


def _made(path: Path) -> str:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    _write(draft, Vault.new().written())
    try:
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)  # not a rename: of two hubs that start together the first one's keys count
    finally:
        draft.unlink()
    return path.read_text("ascii")


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
