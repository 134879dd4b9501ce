"""The embedded default: a newcomer types one command and has a hub, with secrets of its own made on the spot."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any


def embedded(var: Path) -> dict[str, Any]:
    """Settings for the demonstration city, everything under ``var``; made secrets are kept there for the next start."""
    return {
        "store": {"url": f"sqlite+aiosqlite:///{var}/minsheng.db"},
        "files": {"folder": str(var / "attachments")},
        "city": {"policy": "demo"},
        "log": {"style": "console"},
        "web": {"desk_key": secret(var, "desk_key"), "link_key": secret(var, "link_key")},
        "channels": {"app": {"web": {"jwt_secret": secret(var, "app_jwt_secret")}}},
    }


def secret(var: Path, name: str) -> str:
    """The secret kept under this name, made on first use and readable by nobody else."""
    path = var / "secrets" / name
    try:
        return path.read_text("ascii")
    except FileNotFoundError:
        pass
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    made = secrets.token_urlsafe(32)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(made)
    return made
