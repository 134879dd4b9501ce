"""A mailbox for the fault suite: letters lie in a real Dovecot, answers go to a relay that misbehaves, each behind a line
that may break."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import SMTP
from typing import Any

from tests.channels.mailbox.letters import letter
from tests.channels.mailbox.relay import Relay, relaying
from tests.faults.case import Case, Fault
from tests.faults.house import House
from tests.faults.kept import Kept
from tests.faults.proxy import Proxy, between
from tests.mail_servers import HOTLINE, MailServers

_LONG = "x" * 60
_REPORTS = itertools.count(1)
REPORT = """From: MAILER-DAEMON@mail.city.test (Mail Delivery System)
To: {hotline}
Subject: report
Message-ID: <dsn-{number}@mail.city.test>
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="r"

--r
Content-Type: text/plain

This is the mail system.
--r
Content-Type: message/delivery-status

Reporting-MTA: dns; mail.city.test

Final-Recipient: rfc822; {citizen}
Action: {action}
Status: {status}

--r
Content-Type: message/rfc822

Message-ID: {id}
From: {hotline}
Subject: x

text
--r--
"""


def _address(citizen: str) -> str:
    return f"citizen-{citizen.lower()}@citizen.test"


class Mailbox(Kept):
    folder = "mailbox"
    half = 3000

    def __init__(self, servers: MailServers, relay: Relay, imap: Proxy, smtp: Proxy) -> None:
        self.servers = servers
        self._relay = relay
        self.lines = (imap, smtp)
        account = servers.account
        self.account = account | {
            "imap": account["imap"] | {"port": imap.port, "timeout_seconds": 1},
            "smtp": {"host": "127.0.0.1", "port": smtp.port, "tls": "none", "timeout_seconds": 0.5},
        }
        self.throttles = (lambda: relay.refuse("421 4.3.2"), lambda: relay.refuse("450 4.2.0"))
        self.refuse_login = lambda: relay.refuse("535 5.7.8")
        self.accept = relay.accept

    def request(self, octets: bytes) -> bool:
        return octets.endswith(b"\r\n.\r\n")

    def compose(self, citizen: str, words: str) -> EmailMessage:
        return letter(f"第{words[-1]}封来信", words, sender=_address(citizen), X_Long=" ".join([_LONG] * 60))

    def lay(self, message: EmailMessage) -> None:
        self.servers.put([message.as_bytes(policy=SMTP)])

    def heard(self, citizen: str) -> Sequence[str]:
        return [mail.get_content() for to, mail in self._relay.taken if to == _address(citizen)]

    async def report(self, number: int, base: str, *, arrived: bool = True) -> None:
        to, mail = self._relay.taken[number - 1]
        told = {"action": "delivered", "status": "2.0.0"} if arrived else {"action": "failed", "status": "5.1.1"}
        text = REPORT.format(hotline=HOTLINE, number=next(_REPORTS), citizen=to, id=mail["Message-ID"], **told)
        self.servers.put([text.replace("\n", "\r\n").encode()])


async def renumbered(house: House) -> None:
    """A server is restored from its backup: every letter has another number, and all are looked at again."""
    provider: Any = house.provider
    for _ in range(2):
        await house.write("A")
        await house.write("B")
        await house.stored()
    await house.quiet()
    told = provider.taken()
    await asyncio.to_thread(provider.servers.renumber)
    await house.write("A")
    provider.servers.kick()
    await house.stored()
    await house.quiet()
    assert provider.taken() == told + 1, "nobody is answered twice"


@asynccontextmanager
async def provider(fixture: Callable[[str], Any]) -> AsyncIterator[Mailbox]:
    servers: MailServers = fixture("mail")
    async with (
        relaying() as relay,
        between(servers.ports["imaps"]) as imap,
        between(relay.settings["smtp"]["port"]) as smtp,
    ):
        yield Mailbox(servers, relay, imap, smtp)


CASES = (
    Case(
        name="imap",
        provider=provider,
        cannot={
            Fault.UNACKNOWLEDGED: "a letter is found by its number, not by whether it is marked: the mark is for people",
            Fault.SHUFFLED_ALBUM: "a letter carries its photos itself",
            Fault.EXPIRED: "with XOAUTH2 alone; a token is bought anew where it is refused (test_quirks.py)",
            Fault.WINDOW: "whoever wrote may be answered at any time",
            Fault.EARLY_REPORT: "a server that has not taken a mail has nothing to report about it",
        },
        tries={Fault.RENUMBERED: renumbered},
        patience={"channels.mailbox.polling.IDLE_AGAIN": 0.2},
    ),
)
