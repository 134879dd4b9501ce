"""What the operator writes down about one WeChat official account."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

PLACEHOLDER = re.compile(r"\{(\w+)\}")
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")


class Template(BaseModel):
    """One registered template and how a notice fills it.

    ``kind`` is "template" (模板消息, sent with template/send) or "subscribe" (订阅通知, sent with subscribe/bizsend and
    only to citizens who accepted it). ``fields`` maps the template's own keys ("thing1") to words with ``{param}``
    placeholders; ``url`` (kind template) and ``page`` (kind subscribe) may hold placeholders too. An empty ``id``
    means "applied for, not yet granted": the notice is not sent this way and the check lists it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["template", "subscribe"]
    id: str = ""
    fields: dict[str, str]
    url: str = ""
    page: str = ""


def _compatible_is_safe(mode: object) -> object:
    return "safe" if mode == "compatible" else mode


class WeChatSettings(BaseModel):
    """The account's page in the WeChat console, copied: see README.md of this folder for where each value is found."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    app_id: str = Field(min_length=1)
    app_secret: SecretStr = Field(min_length=1)
    token: SecretStr = Field(min_length=3, max_length=32)
    aes_key: SecretStr = SecretStr("")
    """EncodingAESKey, 43 letters and digits; needed unless mode is "plain"."""
    mode: Annotated[Literal["safe", "plain"], BeforeValidator(_compatible_is_safe)] = "safe"
    """The console's 安全模式 and 兼容模式 are "safe": only encrypted bodies are believed. 明文模式, "plain", is unsigned."""
    api_base: str = Field(default="https://api.weixin.qq.com", pattern=r"^https?://[^\s/?#]+[^\s?#]*$")
    max_age_seconds: int = Field(default=86_400, ge=600)
    """How far a callback's timestamp may lie from our clock; WeChat's own retries reuse the first one's."""
    timeout_seconds: float = Field(default=10.0, gt=0, le=60)
    """How long WeChat's API may be silent before an answer is given up."""
    templates: dict[str, Template] = Field(default_factory=dict)
    """Notice key -> template."""

    @model_validator(mode="after")
    def _safe_mode_has_its_key(self) -> Self:
        key = self.aes_key.get_secret_value()
        if (key or self.mode == "safe") and not _AES_KEY.fullmatch(key):
            raise ValueError("aes_key must be the console's EncodingAESKey: 43 letters and digits")
        return self


def missing(settings: WeChatSettings) -> list[str]:
    """What a valid configuration still lacks, in words for the operator."""
    lacks = [
        f"templates.{key}.id 为空:请在公众号后台申请模板后填入 (template id not yet granted)"
        for key, template in settings.templates.items()
        if not template.id
    ]
    if not settings.templates:
        lacks.append(
            "templates 为空:48 小时窗口之外无法推送 (no template: nothing can be sent outside the reply window)"
        )
    if settings.mode == "plain":
        lacks.append(
            "mode = plain:消息体未签名,请改用安全模式 (bodies are not signed: switch the console to safe mode)"
        )
    return lacks
