"""A citizen with a mail address, and the city's mailbox on real servers."""

from __future__ import annotations

import asyncio
import email
import email.policy
from dataclasses import dataclass, field
from email.message import EmailMessage

from tests.channels.mailbox.letters import letter
from tests.mail_servers import CITIZEN, MailServers

PATIENCE = 20.0


@dataclass(slots=True)
class MailCitizen:
    """One mail address; ``read`` counts what he has seen of what came."""

    servers: MailServers
    address: str = CITIZEN
    read: int = 0
    last: EmailMessage = field(default_factory=EmailMessage, repr=False)

    async def write(self, subject: str, body: str, **headers: str) -> None:
        """A letter of his own."""
        await asyncio.to_thread(self.servers.deliver, letter(subject, body, sender=self.address, **headers))

    async def answer(self, words: str, *, quoting: bool = True) -> None:
        """Answer the last mail, as QQ's client writes it."""
        quoted = "\n\n\n------------------ 原始邮件 ------------------\n发件人: 泉城市长信箱\n" if quoting else ""
        mail = letter(
            f"回复：{self.last['Subject']}", words + quoted, sender=self.address, reply_to=self.last["Message-ID"]
        )
        await asyncio.to_thread(self.servers.deliver, mail)

    async def hears(self) -> str:
        """The words of the next mail that comes."""
        async with asyncio.timeout(PATIENCE):
            while len(found := await asyncio.to_thread(self.servers.mails, self.address)) <= self.read:
                await asyncio.sleep(0.1)
        mail = email.message_from_bytes(found[self.read], policy=email.policy.default)
        assert isinstance(mail, EmailMessage)
        self.read += 1
        self.last = mail
        return str(mail.get_content())
