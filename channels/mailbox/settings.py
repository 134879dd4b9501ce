"""What the operator writes down about one mailbox: where it lies, how it is opened, what its web form asks."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

Tls = Literal["implicit", "starttls", "none"]
_LOCAL = {"localhost", "127.0.0.1", "::1"}
_HOST = r"^[^\s/:@]+$|^::1$"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Server(_Part):
    """One mail server. ``tls``: "implicit" (993, 465), "starttls" (143, 587); "none" only on this very machine."""

    host: str = Field(pattern=_HOST)
    port: int = Field(ge=1, le=65535)
    tls: Tls = "implicit"
    timeout_seconds: float = Field(default=30.0, gt=0, le=120)

    @model_validator(mode="after")
    def _is_safe(self) -> Self:
        if self.tls == "none" and self.host not in _LOCAL:
            raise ValueError('tls = "none" would send the password in the clear; use "implicit" or "starttls"')
        return self


class OAuth(_Part):
    """XOAUTH2 (Outlook, Gmail): the refresh token an administrator granted, and where it buys access tokens."""

    token_url: str = Field(pattern=r"^https?://[^\s]+$")
    client_id: str = Field(min_length=1)
    client_secret: SecretStr = SecretStr("")
    refresh_token: SecretStr = Field(min_length=1)
    scope: str = ""


class Form(_Part):
    """The letter form on the web. Its numbers are those of Shenyang's mayor's mailbox (domain.md S34)."""

    open: bool = True
    path: str = Field(default="/mailbox", pattern=r"^/[a-z0-9-]{1,40}$")
    heading: str = Field(default="市长信箱", min_length=1, max_length=20)
    privacy: str = Field(default="您的姓名和联系方式只用于办理来信，只提供给办理人员。", max_length=200)
    title_least: int = Field(default=10, ge=1)
    title_most: int = Field(default=25, le=100)
    body_most: int = Field(default=600, ge=50, le=800)
    """A draft is kept in the citizen's own browser, in a cookie: more would not fit."""
    files_most: int = Field(default=3, ge=0, le=20)
    letters_an_hour: int = Field(default=20, ge=1)
    """Letters from one network address; a service hall or a carrier shares one among many citizens."""
    looks_an_hour: int = Field(default=60, ge=1)
    """Looks at progress from one network address: query codes must not be guessed."""


class MailboxSettings(_Part):
    """``[channels.mailbox.<account>]``; README.md of this folder says where each value is found."""

    address: str = Field(pattern=r"^[^@\s<>]{1,64}@[a-z0-9.-]{1,120}$")
    """The mailbox's own address, its domain in lower case."""
    name: str = Field(default="", max_length=60)
    """How we sign in From, "泉城市长信箱"."""
    aliases: tuple[str, ...] = ()
    """Further addresses of ours: what they write is never answered."""
    user: str = Field(min_length=1)
    password: SecretStr = SecretStr("")
    """The mailbox's password; of 163, 126 and QQ the 授权码."""
    oauth: OAuth | None = None
    imap: Server
    smtp: Server
    folder: str = Field(default="INBOX", min_length=1)
    done_folder: str = ""
    """Where mail goes once it is taken; "" leaves it where it is, marked as read."""
    ca_file: Path | None = None
    """The authority that signed the servers' certificates, where it is the city's own."""
    poll_seconds: float = Field(default=60.0, ge=1, le=600)
    """How often we look even where the server promises to call (IDLE)."""
    largest_mail: int = Field(default=25 * 1024 * 1024, ge=65_536)
    """Bytes; of a larger mail only the beginning is taken, and said so."""
    largest_file: int = Field(default=20 * 1024 * 1024, ge=65_536)
    form: Form = Form()

    @model_validator(mode="after")
    def _has_a_key(self) -> Self:
        if not self.password.get_secret_value() and self.oauth is None:
            raise ValueError("password is missing: the mailbox's password (163, 126, QQ: the 授权码), or a table oauth")
        return self


def missing(settings: MailboxSettings) -> list[str]:
    """What a valid configuration still lacks, in words for the operator."""
    lacks = []
    if not settings.name:
        lacks.append("name 为空：市民收到的回信没有发件人名称 (no display name)")
    if not settings.form.open:
        lacks.append("form.open = false：网页写信入口已关闭 (the web form is closed)")
    return lacks
