"""The keys of ``minsheng.toml``, each with its meaning, unit and default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator

from channels.adapter import Channel


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class Web(_Part):
    """``[web]``: where the hub listens."""

    host: str = Field("127.0.0.1", description="address to listen on")
    port: int = Field(8080, ge=0, le=65535, description="port to listen on; 0 takes a free one")
    max_body: int = Field(1_048_576, ge=65_536, description="largest body of a provider's call, bytes")
    trusted_proxies: int = Field(0, ge=0, le=8, description="how many proxies of yours stand before the hub")
    desk_key: SecretStr | None = Field(
        None,
        min_length=16,
        description="demonstration key to the officers' page /desk: every role; at least 16 characters. Leave it out in "
        "production: only officers' accounts (minsheng officer add) open the desk then",
    )
    public_url: str | None = Field(
        None, pattern=r"^https?://", description="the hub's address as citizens reach it, for links in letters"
    )
    link_key: SecretStr | None = Field(
        None,
        min_length=32,
        description="key that signs links in letters, at least 32 characters; without it none is sent",
    )


ENGINES = ("sqlite+aiosqlite:///", "postgresql+asyncpg://")


class Store(_Part):
    """``[store]``: the database."""

    url: str = Field(
        "sqlite+aiosqlite:///var/minsheng.db", description="SQLAlchemy URL: sqlite+aiosqlite or postgresql+asyncpg"
    )

    @field_validator("url")
    @classmethod
    def _known_engine(cls, url: str) -> str:
        if not url.startswith(ENGINES):
            raise ValueError(f"must begin with one of: {', '.join(ENGINES)}")
        return url

    connections: int = Field(8, ge=2, le=64, description="PostgreSQL connections of this process")
    contact_keys: SecretStr | None = Field(
        None, description="keys that phones and mail addresses are encrypted with (minsheng keys new); better a file"
    )
    contact_keys_file: Path | None = Field(
        None,
        description="file that holds those keys, made on the first start; default: secrets/contact.keys beside the files' "
        "folder. Back it up apart from the database; every process of one hub needs the same",
    )


class City(_Part):
    """``[city]``: which city this is."""

    folder: Path | None = Field(
        None,
        description="folder with the city's units, districts, categories and knowledge; default: the demonstration city 泉城",
    )
    policy: str = Field("cn-jinan-like", description="name of the policy new tickets are opened under")
    alerts: str | None = Field(
        None,
        pattern=r"^[a-z]+\.[\w-]+$",
        description="SMS account by which grave alerts reach the phones in officers.yaml, for example `sms.city`; "
        "without it they are read at the desk only",
    )


class Hub(_Part):
    """``[hub]``: how messages are taken."""

    batch_max: int = Field(64, ge=1, le=512, description="most messages in one transaction")
    queue_max: int = Field(2048, ge=64, description="most messages waiting; more are refused with 503 and come again")


class Files(_Part):
    """``[files]``: citizens' photos and files."""

    folder: Path = Field(Path("var/attachments"), description="where they are kept")
    max_bytes: int = Field(20_971_520, ge=65_536, description="largest file taken, bytes")


class Log(_Part):
    """``[log]``: what the hub writes about itself."""

    level: Literal["debug", "info", "warning", "error"] = Field("info", description="least important record written")
    style: Literal["json", "console"] = Field("json", description="one JSON object a line, or lines for people")


class House(_Part):
    """The whole file but for its channels."""

    web: Web = Web()
    store: Store = Store()
    city: City = City()
    hub: Hub = Hub()
    files: Files = Files()
    log: Log = Log()


@dataclass(frozen=True, slots=True)
class AccountSettings:
    """``[channels.<folder>.<account>]``, validated by the channel's own model."""

    channel: Channel
    name: str
    settings: Any = field(repr=False)

    @property
    def missing(self) -> list[str]:
        """What this valid account still lacks, in the operator's words."""
        return list(self.channel.missing(self.settings))

    @property
    def ends(self) -> Mapping[str, date]:
        """Setting -> the last day it is good for."""
        return self.channel.ends(self.settings)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything the operator wrote."""

    house: House
    accounts: Mapping[tuple[str, str], AccountSettings]
    source: str
    """Where it was read from, for messages."""
