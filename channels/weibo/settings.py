"""What the operator writes down about one Weibo account: its app, its tokens, and which public remarks are looked for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

OFFICIAL = ("weibo.com", "weibo.cn")
CALMLY = 180
"""Seconds: the platform asks for three to five minutes between two looks, and forbids robots that crawl."""
_URL = r"^https?://[^\s/?#]+[^\s?#]*$"

Source = Literal["mentions", "comment_mentions", "comments"]
"""Posts that name us with @, comments that do, and comments on posts of ours."""


class WeiboSettings(BaseModel):
    """``[channels.weibo.<account>]``; README.md of this folder says where each value is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    uid: str = Field(pattern=r"^[0-9]{1,18}$")
    """The account's own number: what is pushed for another account is refused, what it says itself is not heard."""
    app_secret: SecretStr = Field(min_length=8)
    """The App Secret of the app that 开发模式 names: it signs every call."""
    access_token: SecretStr = Field(min_length=8)
    """The token that page shows once the address is bound: private messages leave with it."""
    access_token_ends: date | None = None
    """The last day it is good for: `minsheng check` and the log speak of it thirty days before."""
    max_age_seconds: int = Field(default=600, ge=60)
    """How far a call's timestamp may lie from our clock: the signature does not cover the body."""
    public: tuple[Source, ...] = ()
    """Which public remarks are looked for; none by default."""
    reposts: bool = False
    """Whether a repost that names us counts as a mention; else posts of the author's own only."""
    public_token: SecretStr = SecretStr("")
    """An OAuth token of the account for reading remarks and inviting below them; ``access_token`` where it is empty."""
    public_token_ends: date | None = None
    public_ip: str = Field(default="", pattern=r"^$|^[0-9A-Fa-f.:]{3,45}$")
    """The hub's outgoing address (``rip``), which Weibo wants told with every comment."""
    poll_seconds: int = Field(default=240, ge=1, le=3600)
    commercial: bool = False
    """The account has the commercial interfaces (``…/biz.json`` at ``commercial_base``)."""
    message_base: str = Field(default="https://m.api.weibo.com", pattern=_URL)
    api_base: str = Field(default="https://api.weibo.com", pattern=_URL)
    commercial_base: str = Field(default="https://c.api.weibo.com", pattern=_URL)
    file_url: str = Field(default="https://upload.api.weibo.com/2/mss/msget", pattern=_URL)
    """Where citizens' files are fetched, by the query ``fid``."""
    timeout_seconds: float = Field(default=10.0, gt=0, le=60)
    """How long Weibo may be silent before an answer is given up."""

    @model_validator(mode="after")
    def _weibo_is_looked_at_calmly(self) -> Self:
        host = urlsplit(self.commercial_base if self.commercial else self.api_base).hostname or ""
        if self.public and self.poll_seconds < CALMLY and host.endswith(OFFICIAL):
            raise ValueError(f"poll_seconds must be at least {CALMLY}: Weibo asks for three to five minutes")
        return self


def missing(settings: WeiboSettings) -> list[str]:
    """What a valid configuration still lacks, in words for the operator."""
    lacks = []
    if settings.access_token_ends is None:
        lacks.append("access_token_ends 为空:请填写令牌到期日,到期前30天提醒 (its last day is not known)")
    if settings.public and not settings.public_ip:
        lacks.append("public_ip 为空:微博评论接口要求上报操作IP (comments need the hub's outgoing address)")
    if settings.public and not settings.public_token.get_secret_value():
        lacks.append(
            "public_token 为空:将用 access_token 读取和评论,权限可能不足 (the page's token may not read or write comments)"
        )
    if settings.public_token.get_secret_value() and settings.public_token_ends is None:
        lacks.append("public_token_ends 为空:请填写令牌到期日 (its last day is not known)")
    return lacks


def ends(settings: WeiboSettings) -> Mapping[str, date]:
    """The days on which the tokens end: neither can be refreshed by us."""
    known = {"access_token": settings.access_token_ends, "public_token": settings.public_token_ends}
    return {key: day for key, day in known.items() if day is not None}
