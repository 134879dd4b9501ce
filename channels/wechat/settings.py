"""What the operator writes down about one WeChat official account."""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from channels.account import MenuEntry
from channels.wechat.menu import menu_faults

PLACEHOLDER = re.compile(r"\{(\w+)\}")
_AES_KEY = re.compile(r"[A-Za-z0-9]{43}")


class Template(BaseModel):
    """One registered template and how a notice fills it.

    ``kind`` is "template" (模板消息, sent with template/send) or "subscribe" (订阅通知, sent with subscribe/bizsend and
    only to citizens who gave leave for it: once for each leave, or as often as needed where it is ``lasting``, 长期订阅).
    ``fields`` maps the template's own keys ("thing1") to words with ``{param}`` placeholders; ``url`` (kind template)
    and ``page`` (kind subscribe) may hold placeholders too. An empty ``id`` means "applied for, not yet granted": the
    notice is not sent this way and the check lists it.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    kind: Literal["template", "subscribe"]
    id: str = ""
    fields: dict[str, str]
    url: str = ""
    page: str = ""
    lasting: bool = False

    @property
    def blanks(self) -> frozenset[str]:
        """The parameters it is filled from."""
        return frozenset(PLACEHOLDER.findall(" ".join((*self.fields.values(), self.url, self.page))))

    @model_validator(mode="after")
    def _lasts_by_leave(self) -> Self:
        if self.lasting and self.kind != "subscribe":
            raise ValueError('lasting is for kind "subscribe" only: a 模板消息 needs no leave')
        return self


def _one_or_several(written: object) -> object:
    return [written] if isinstance(written, dict) else written


def _one_of_a_kind(templates: tuple[Template, ...]) -> tuple[Template, ...]:
    if len({one.kind for one in templates}) < len(templates):
        raise ValueError("at most one template of each kind for a notice")
    return templates


Templates = Annotated[tuple[Template, ...], BeforeValidator(_one_or_several), AfterValidator(_one_of_a_kind)]


class Button(BaseModel):
    """One entry of the account's menu (自定义菜单): ``key`` is said for the citizen when he taps it, ``link`` opened;
    ``entries`` open below it. ``app`` and ``page`` name a mini program; ``action`` is any other of WeChat's types
    ("location_select")."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    key: str = ""
    link: str = ""
    action: str = ""
    app: str = ""
    page: str = ""
    entries: tuple[Button, ...] = ()

    def entry(self) -> MenuEntry:
        """As the house knows it."""
        fields = self.model_dump(exclude={"entries"})
        return MenuEntry(**fields, entries=tuple(one.entry() for one in self.entries))


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
    templates: dict[str, Templates] = Field(default_factory=dict)
    """Notice key -> template, or one of each kind: with leave the 订阅通知 goes first."""
    permit_page: str = Field(default="", pattern=r"^(https?://\S+)?$")
    """An article or page of the account with WeChat's button for 订阅通知: shown when a ticket opens."""
    menu: tuple[Button, ...] = ()
    """The account's menu; without one the hub's own is pushed."""
    code_base: str = Field(default="https://mp.weixin.qq.com", pattern=r"^https?://[^\s/?#]+$")
    """Where WeChat draws the picture of a QR code."""
    desk: Literal["hub", "wechat"] = "hub"
    """Who serves a citizen that asks for a person: our agents, or WeChat's own desk (客服功能)."""
    kf_account: str = Field(default="", max_length=64)
    """With desk = "wechat": the one account of that desk to serve him (name@account), "" for whoever is free."""

    @model_validator(mode="after")
    def _safe_mode_has_its_key(self) -> Self:
        key = self.aes_key.get_secret_value()
        if (key or self.mode == "safe") and not _AES_KEY.fullmatch(key):
            raise ValueError("aes_key must be the console's EncodingAESKey: 43 letters and digits")
        return self

    @model_validator(mode="after")
    def _menu_can_be_pushed(self) -> Self:
        if self.menu and (faults := menu_faults([one.entry() for one in self.menu])):
            raise ValueError("; ".join(f"menu: {fault}" for fault in faults))
        return self


def missing(settings: WeChatSettings) -> list[str]:
    """What a valid configuration still lacks, in words for the operator."""
    lacks = [
        f"templates.{key}.id 为空:请在公众号后台申请模板后填入 (template id not yet granted)"
        for key, templates in settings.templates.items()
        for template in templates
        if not template.id
    ]
    if not settings.templates:
        lacks.append(
            "templates 为空:48 小时窗口之外无法推送 (no template: nothing can be sent outside the reply window)"
        )
    if not settings.permit_page and any(
        one.kind == "subscribe" for each in settings.templates.values() for one in each
    ):
        lacks.append("permit_page 未配置:市民没有地方授权订阅通知 (no page where citizens give leave for 订阅通知)")
    if settings.mode == "plain":
        lacks.append(
            "mode = plain:消息体未签名,请改用安全模式 (bodies are not signed: switch the console to safe mode)"
        )
    return lacks
