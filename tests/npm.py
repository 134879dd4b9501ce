"""Packages of the npm registry as test peers: installed once below var/, said loudly where they cannot be had."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.absent import absent

ROOT = Path(__file__).parents[1]
ATTEMPTS = 2
PATIENCE = 40
SYSTEM_CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"


def installed(folder: str, packages: Sequence[str]) -> Path:
    """``var/<folder>`` with these packages ("name@version") in its node_modules."""
    if not (shutil.which("node") and shutil.which("npm")):
        absent(f"NO NODE: {', '.join(packages)} cannot be asked")
    home = ROOT / "var" / folder
    wanted = [home / "node_modules" / package.rsplit("@", 1)[0] for package in packages]
    if not all(path.is_dir() for path in wanted):
        _install(home, packages)
    return home


def _install(home: Path, packages: Sequence[str]) -> None:
    home.mkdir(parents=True, exist_ok=True)
    (home / "package.json").write_text('{"private": true}')
    command = ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(home), *packages]
    said = ""
    for _ in range(ATTEMPTS):
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=PATIENCE, check=False, env=_environment()
            )
        except subprocess.TimeoutExpired:
            said = f"no answer within {PATIENCE} s"
            continue
        if done.returncode == 0:
            return
        said = done.stderr[-200:]
    absent(f"NO NPM PACKAGES: {', '.join(packages)} cannot be fetched here: {said}")


def _environment() -> dict[str, str]:
    """Node trusts its own list of authorities only; the system's may hold one more that the network needs."""
    certificates = {"NODE_EXTRA_CA_CERTS": SYSTEM_CERTIFICATES} if Path(SYSTEM_CERTIFICATES).exists() else {}
    return {**certificates, **os.environ}
