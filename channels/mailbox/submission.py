"""Hands one mail to the mail server, and says of every way it can fail whether the mail may have left."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage

import aiosmtplib
from aiosmtplib.errors import SMTPException, SMTPResponseException

from channels.errors import Away, Credential, Later, SendError, Unknown
from channels.mailbox.keys import Keys
from channels.mailbox.settings import Server
from channels.mailbox.verdicts import refusal


@dataclass(frozen=True, slots=True)
class Submission:
    """One account's way out. A connection a mail: a kept one that died would look like a mail that left."""

    server: Server
    user: str = field(repr=False)
    keys: Keys = field(repr=False)
    tls: ssl.SSLContext = field(repr=False)

    async def send(self, mail: EmailMessage, *, sender: str, recipient: str) -> None:
        """Submit ``mail``. Raises SendError; ``Unknown`` only once the words were on their way."""
        client = aiosmtplib.SMTP(
            hostname=self.server.host,
            port=self.server.port,
            timeout=self.server.timeout_seconds,
            use_tls=self.server.tls == "implicit",
            start_tls=self.server.tls == "starttls",
            tls_context=self.tls if self.server.tls != "none" else None,
        )
        try:
            await self._connect(client)
            await self._log_in(client)
            await self._before(lambda: client.mail(sender))
            await self._before(lambda: client.rcpt(recipient))
            await self._hand_over(client, mail.as_bytes())
        finally:
            await _leave(client)

    async def _connect(self, client: aiosmtplib.SMTP) -> None:
        try:
            await client.connect()
        except SMTPResponseException as refused:
            raise refusal(refused.code, refused.message) from None
        except (SMTPException, OSError, TimeoutError) as problem:
            raise Away(f"the mail server cannot be reached: {type(problem).__name__}") from None

    async def _before(self, step: Callable[[], Awaitable[object]]) -> None:
        """A step before the words: whatever goes wrong, nothing has left."""
        try:
            await step()
        except SMTPResponseException as refused:
            raise refusal(refused.code, refused.message) from None
        except (SMTPException, OSError, TimeoutError) as problem:
            raise Later(f"the mail server went away: {type(problem).__name__}") from None

    async def _log_in(self, client: aiosmtplib.SMTP) -> None:
        if not client.supports_extension("auth") and self.server.tls == "none":
            return  # a relay on this machine that trusts us
        try:
            token = await self.keys.token()
            if token:
                await client.auth_xoauth2(self.user, token)
            else:
                await client.login(self.user, self.keys.password)
        except SMTPResponseException as refused:
            error = refusal(refused.code, refused.message)
            if isinstance(error, Later):
                raise error from None
            raise Credential(f"the mail server refused us: {error.code}", code=error.code) from None
        except SendError:
            raise
        except (SMTPException, OSError, TimeoutError) as problem:
            raise Later(f"the mail server cannot be reached: {type(problem).__name__}") from None

    async def _hand_over(self, client: aiosmtplib.SMTP, content: bytes) -> None:
        try:
            await client.data(content)
        except SMTPResponseException as refused:
            raise refusal(refused.code, refused.message) from None
        except (SMTPException, OSError, TimeoutError) as problem:
            raise Unknown(f"no word from the mail server after the mail left: {type(problem).__name__}") from None


async def _leave(client: aiosmtplib.SMTP) -> None:
    if client.is_connected:
        with suppress(SMTPException, OSError, TimeoutError):
            async with asyncio.timeout(1):
                await client.quit()
    client.close()
