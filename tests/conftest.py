"""What every test may use: a fresh database of each kind, already in its newest shape."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.store.engine import Database
from bot.store.migrating import migrate
from bot.store.sealed import Vault
from tests.absent import absent
from tests.mail_servers import MailServers, start, stop
from tests.postgres import NoPostgres, Postgres

VAULT = Vault(b"h" * 32, {"k1": b"k" * 32})
"""Contact keys of the tests."""
KINDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """One server for the whole session; where there can be none the tests say so loudly."""
    try:
        server = Postgres()
    except NoPostgres as missing:
        absent(f"NO POSTGRESQL: {missing}")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def postgres_template(postgres: Postgres) -> str:
    """A migrated database to copy: migrating each time would be most of a test's time."""

    async def make() -> str:
        name = await postgres.fresh()
        await migrate(postgres.url(name))
        return name

    return asyncio.run(make())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated file to copy."""
    path = tmp_path_factory.mktemp("template") / "minsheng.db"
    asyncio.run(migrate(f"sqlite+aiosqlite:///{path}"))
    return path


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a fresh, migrated database: every test that asks for it runs on both kinds."""
    if request.param == "sqlite":
        path = tmp_path / "minsheng.db"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite+aiosqlite:///{path}"
        return
    template = request.getfixturevalue("postgres_template")
    server: Postgres = request.getfixturevalue("postgres")
    name = asyncio.run(server.fresh(template=template))
    yield server.url(name)
    asyncio.run(server.drop(name))


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """A fresh database, open."""
    opened = Database(database_url, connections=4, vault=VAULT)
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
def mail_pair() -> Iterator[MailServers]:
    """Dovecot and Postfix for the whole session."""
    # Not pytest's own folder: only root may enter that, and the servers change to users of their own.
    with tempfile.TemporaryDirectory(prefix="minsheng-mail-", ignore_cleanup_errors=True) as folder:
        servers = start(Path(folder))
        yield servers
        stop(servers)


@pytest.fixture
def mail(mail_pair: MailServers) -> MailServers:
    """The mail servers, every box empty."""
    mail_pair.clear()
    return mail_pair
