"""What the operator writes down about one SMS account."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ModelWrapValidatorHandler, SecretStr, model_validator

REPLY = "reply"
"""The template key that carries free words."""
WORDS = "text"
"""The parameter that holds them."""


class Template(BaseModel):
    """One registered template. ``params`` maps each of its variables to a parameter of the notice, in the template's
    order: ``{ no = "number" }`` for Aliyun's ``${no}``, ``{ 1 = "number" }`` for Tencent's ``{1}``.

    The parameter "text" is the notice in free words. An empty ``id`` means "applied for, not yet granted".
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = ""
    params: dict[str, str] = Field(default_factory=dict)
    limit: int = Field(default=35, ge=1, le=500)
    """The most characters the provider allows in one variable of this template."""


class SmsSettings(BaseModel):
    """What every SMS account has. Validating this model gives the one of ``provider``'s kind."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    provider: Literal["aliyun", "tencent", "smpp", "cmpp"]
    sign_name: str = Field(min_length=2, max_length=20, pattern=r"^[^【】]+$")
    """The approved signature without its 【】."""
    reply_extension: str = Field(default="", pattern=r"^[0-9]{0,8}$")
    """The digits added to our sender number (扩展码): replies come to them."""
    ticket_digits: int = Field(default=0, ge=0, le=4)
    """How many more digits the contract allows behind those: a notice about a ticket is sent with the last ones of its
    number, so that an answer is known to be about it."""
    timeout_seconds: float = Field(default=10.0, gt=0, le=60)

    @model_validator(mode="wrap")
    @classmethod
    def _of_its_kind(cls, written: Any, whole: ModelWrapValidatorHandler[Self]) -> Any:
        provider = written.get("provider") if isinstance(written, dict) else None
        if cls is not SmsSettings or not isinstance(provider, str) or provider not in KINDS:
            return whole(written)
        return KINDS[provider].model_validate(written)


class HttpSettings(SmsSettings):
    """The account's page in the provider's console, copied: README.md of this folder says where each value is found."""

    model_config = ConfigDict(extra="forbid")

    provider: Literal["aliyun", "tencent"]
    access_key_id: str = Field(min_length=1)
    """AccessKey ID (Aliyun) or SecretId (Tencent)."""
    access_key_secret: SecretStr = Field(min_length=1)
    app_id: str = ""
    """Tencent's SmsSdkAppId; not used with Aliyun."""
    hook_secret: SecretStr = Field(min_length=24)
    """The secret part of our callback addresses: neither provider signs its calls."""
    allowed_nets: tuple[IPv4Network | IPv6Network, ...] = ()
    """Where callbacks may come from; empty allows any."""
    templates: dict[str, Template] = Field(default_factory=dict)
    """Notice key -> template. The key "reply" is used for free words."""
    region: str = "ap-guangzhou"
    """Tencent's region; not used with Aliyun."""
    api_base: str = Field(default="", pattern=r"^(https?://[^\s/?#]+)?$")
    """Where the provider is called, "" for its public address."""

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        secret = self.hook_secret.get_secret_value()
        if not secret.replace("-", "").replace("_", "").isalnum() or not secret.isascii():
            raise ValueError("hook_secret may hold letters, digits, - and _ only: it is part of an address")
        if self.provider == "tencent":
            if not self.app_id:
                raise ValueError("app_id is missing: with provider tencent it is the SmsSdkAppId of the console")
            for key, template in self.templates.items():
                if list(template.params) != [str(place) for place in range(1, len(template.params) + 1)]:
                    raise ValueError(f"templates.{key}.params must be named 1, 2, 3 ... with provider tencent")
        return self


class LineSettings(SmsSettings):
    """What the gateway's operator wrote into the contract for a line held open to it."""

    model_config = ConfigDict(extra="forbid")

    host: str = Field(min_length=1)
    port: int = Field(ge=1, le=65535)
    tls: bool = False
    ca_file: Path | None = None
    """The authority that signed the gateway's certificate, where it is not a public one."""
    user: str = Field(min_length=1, pattern=r"^[\x21-\x7e]+$")
    """system_id (SMPP), SP_Id (企业代码, CMPP)."""
    password: SecretStr = Field(min_length=1)
    number: str = Field(min_length=3, max_length=20, pattern=r"^[0-9]+$")
    """Our access code (接入号) without the extension."""
    timeout_seconds: float = Field(default=20.0, gt=0, le=60)
    gateway_signs: bool = False
    """The gateway puts the signature in front itself: we do not."""
    window: int = Field(default=10, ge=1, le=1000)
    """Unanswered requests the gateway allows."""
    silence_seconds: float = Field(default=30.0, gt=0, le=180)
    """After so long without a word from the gateway it is asked whether it is there."""
    parts_wait_seconds: float = Field(default=600.0, gt=0, le=86_400)
    """How long the missing part of a citizen's long text is waited for."""

    @property
    def sender(self) -> str:
        """The number our texts come from."""
        return self.number + self.reply_extension

    @model_validator(mode="after")
    def _fits_the_wire(self) -> Self:
        if not self.password.get_secret_value().isascii():
            raise ValueError("password must be ASCII: the protocol carries nothing else")
        if len(self.sender) + self.ticket_digits > 20:
            raise ValueError("number, reply_extension and ticket_digits together are longer than 20 digits")
        return self


class SmppSettings(LineSettings):
    """An SMPP 3.4 account."""

    provider: Literal["smpp"]
    user: str = Field(min_length=1, max_length=15, pattern=r"^[\x21-\x7e]+$")
    system_type: str = Field(default="", pattern=r"^[\x21-\x7e]{0,12}$")
    numbers: Literal["international", "national"] = "international"
    """How phones are written to it: 8613800138000, or 13800138000."""
    sender_ton: int = Field(default=0, ge=0, le=6)
    sender_npi: int = Field(default=0, ge=0, le=18)
    parts: Literal["udh", "sar"] = "udh"
    """How the centre wants the parts of long texts marked: a header in the text, or sar_* parameters."""
    message_ids: Literal["same", "hex"] = "same"
    """"hex": it answers with a hexadecimal id and writes the same in decimal into its receipts."""
    default_coding: Literal["gsm7", "ascii", "latin1", "ucs2", "gbk"] = "gsm7"
    """What its data_coding 0 stands for."""


class CmppSettings(LineSettings):
    """A CMPP account (China Mobile and most resellers)."""

    provider: Literal["cmpp"]
    user: str = Field(pattern=r"^[\x21-\x7e]{6}$")
    version: Literal["2.0", "3.0"] = "2.0"
    service_id: str = Field(default="", pattern=r"^[\x21-\x7e]{0,10}$")
    fee_type: str = Field(default="01", pattern=r"^[0-9]{2}$")
    fee_code: str = Field(default="000000", pattern=r"^[0-9]{6}$")
    window: int = Field(default=16, ge=1, le=1000)


KINDS: Mapping[str, type[SmsSettings]] = {
    "aliyun": HttpSettings,
    "tencent": HttpSettings,
    "smpp": SmppSettings,
    "cmpp": CmppSettings,
}


def missing(settings: SmsSettings) -> list[str]:
    """What a valid configuration still lacks, in words for the operator. A line carries any words: it lacks nothing."""
    if not isinstance(settings, HttpSettings):
        return []
    lacks = [
        f"templates.{key}.id 为空:请在短信控制台申请模板后填入 (template id not yet granted)"
        for key, template in settings.templates.items()
        if not template.id
    ]
    if REPLY not in settings.templates:
        lacks.append("templates.reply 未配置:无法用短信回复市民的自由文字 (no template for free replies)")
    if not set(settings.templates) - {REPLY}:
        lacks.append("templates 中没有通知模板:进度与回访短信无法发出 (no template for notices)")
    return lacks
