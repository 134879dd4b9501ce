"""What the operator writes down about one bot: its token, how its updates come in, and by which way it is reached."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

OFFICIAL = "https://api.telegram.org/"
HOOK_PORTS = frozenset({443, 80, 88, 8443})
_URL = r"^https?://[^\s/?#]+[^\s?#]*$"


def _shaped(pattern: str, words: str) -> AfterValidator:
    """A check of a secret's form that never shows the secret."""

    def check(secret: SecretStr) -> SecretStr:
        if not re.fullmatch(pattern, secret.get_secret_value()):
            raise ValueError(words)
        return secret

    return AfterValidator(check)


class TelegramSettings(BaseModel):
    """``[channels.telegram.<account>]``; README.md of this folder says where each value is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    token: Annotated[
        SecretStr, _shaped(r"[0-9]{1,20}:[A-Za-z0-9_-]{8,64}", "must be what @BotFather gave: digits, a colon, letters")
    ]
    """What @BotFather gave, "123456789:AAE…"."""
    mode: Literal["polling", "webhook"] = "polling"
    """"polling" asks Telegram for updates; "webhook" lets it call ``public_url``."""
    webhook_secret: Annotated[
        SecretStr, _shaped(r"(?:[A-Za-z0-9_-]{24,256})?", "must be 24 to 256 letters, digits, _ and -")
    ] = SecretStr("")
    """Ours, 24 to 256 letters, digits, _ and -: Telegram sends it along with each call; needed by mode webhook."""
    public_url: str = Field(default="", pattern=rf"^$|{_URL}")
    """The hub's own address as Telegram reaches it, "https://12345.example.cn"; needed by mode webhook."""
    base_url: str = Field(default=f"{OFFICIAL}bot", pattern=_URL)
    """Where the Bot API lies, up to the word before the token."""
    base_file_url: str = Field(default=f"{OFFICIAL}file/bot", pattern=_URL)
    proxy: Annotated[
        SecretStr, _shaped(r"(?:https?://\S+)?", "must begin with http:// or https://; SOCKS is not supported")
    ] = SecretStr("")
    """An HTTP proxy for all calls, "http://user:password@proxy:3128"; from the mainland nothing works without one."""
    timeout_seconds: float = Field(default=10.0, gt=0, le=60)
    """How long the Bot API may be silent before an answer is given up."""
    poll_seconds: int = Field(default=25, ge=1, le=50)
    """How long one question for updates may stay open while nothing comes."""
    largest_file: int = Field(default=20 * 1024 * 1024, ge=65_536)
    """Bytes; the official server hands out no more than 20 MB."""

    @model_validator(mode="after")
    def _a_webhook_has_its_address(self) -> Self:
        if self.mode == "webhook":
            if not self.webhook_secret.get_secret_value():
                raise ValueError("webhook_secret is missing: 24 to 256 letters, digits, _ and - of your own making")
            if not self.public_url:
                raise ValueError("public_url is missing: the hub's address as Telegram reaches it")
        return self

    def hook(self, account: str) -> str:
        """The address Telegram shall call."""
        return f"{self.public_url.rstrip('/')}/hooks/telegram/{account}"


def missing(settings: TelegramSettings) -> list[str]:
    """What a valid configuration still lacks, in words for the operator."""
    lacks = []
    official = settings.base_url.startswith(OFFICIAL)
    if official and settings.mode == "webhook":
        address = urlsplit(settings.public_url)
        port = address.port or {"https": 443}.get(address.scheme, 80)
        if address.scheme != "https" or port not in HOOK_PORTS:
            lacks.append(
                "public_url 须为 https，端口 443、80、88 或 8443 (Telegram calls only https on one of these ports)"
            )
    if official and not settings.proxy.get_secret_value():
        lacks.append("proxy 为空：境内网络无法直接连接 Telegram (not reachable from mainland networks without a proxy)")
    return lacks
