"""The real mail servers, one pair for the session, their boxes empty for each test."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.mail_servers import MailServers, start, stop


@pytest.fixture(scope="session")
def mail_pair() -> Iterator[MailServers]:
    # Not pytest's own folder: only root may enter that, and the servers change to users of their own.
    with tempfile.TemporaryDirectory(prefix="minsheng-mail-", ignore_cleanup_errors=True) as folder:
        servers = start(Path(folder))
        yield servers
        stop(servers)


@pytest.fixture
def mail(mail_pair: MailServers) -> MailServers:
    mail_pair.clear()
    return mail_pair
