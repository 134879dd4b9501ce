"""What the operator writes down about one SMS account."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

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
    """The account's page in the provider's console, copied: README.md of this folder says where each value is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    provider: Literal["aliyun", "tencent"]
    access_key_id: str = Field(min_length=1)
    """AccessKey ID (Aliyun) or SecretId (Tencent)."""
    access_key_secret: SecretStr = Field(min_length=1)
    app_id: str = ""
    """Tencent's SmsSdkAppId; not used with Aliyun."""
    sign_name: str = Field(min_length=2, max_length=20, pattern=r"^[^【】]+$")
    """The approved signature without its 【】."""
    hook_secret: SecretStr = Field(min_length=24)
    """The secret part of our callback addresses: neither provider signs its calls."""
    allowed_nets: tuple[IPv4Network | IPv6Network, ...] = ()
    """Where callbacks may come from; empty allows any."""
    templates: dict[str, Template] = Field(default_factory=dict)
    """Notice key -> template. The key "reply" is used for free words."""
    reply_extension: str = Field(default="", pattern=r"^[0-9]{0,8}$")
    """The digits added to our sender number (扩展码): replies come to them."""
    region: str = "ap-guangzhou"
    """Tencent's region; not used with Aliyun."""
    api_base: str = Field(default="", pattern=r"^(https?://[^\s/?#]+)?$")
    """Where the provider is called, "" for its public address."""
    timeout_seconds: float = Field(default=10.0, gt=0, le=60)

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


def missing(settings: SmsSettings) -> list[str]:
    """What a valid configuration still lacks, in words for the operator."""
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
