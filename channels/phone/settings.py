"""What the operator writes down about one hotline: the secret of its events, its numbers, and its switchboard if we may
control that."""

from __future__ import annotations

from typing import Self

from pydantic import BaseModel, ConfigDict, Field, SecretStr, model_validator

from channels import phones

_URL = r"^https?://[^\s/?#@]+$"
_WORD = r"^[\w.-]{1,64}$"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class AriSettings(_Part):
    """``[channels.phone.<account>.ari]``: an Asterisk."""

    url: str = Field(default="http://127.0.0.1:8088", pattern=_URL)
    """Where its HTTP server listens. Loopback, or a network of the hotline's own: whoever reaches it can place calls."""
    user: str = Field(pattern=_WORD)
    password: SecretStr = Field(min_length=1)
    """Of ``ari.conf``."""
    app: str = Field(default="hub", pattern=_WORD)
    """The name the dialplan hands calls to: ``Stasis(hub,…)``."""
    agent: str = Field(default="PJSIP/{extension}", pattern=r"^[^\s{}]*\{extension\}[^\s{}]*$")
    """The endpoint of an agent's extension."""
    trunk: str = Field(default="PJSIP/{number}@trunk", pattern=r"^[^\s{}]*\{number\}[^\s{}]*$")
    """The endpoint that reaches a number outside."""
    context: str = Field(default="hub-out", pattern=_WORD)
    """The dialplan context in which a number that was clicked on is dialled."""
    timeout_seconds: float = Field(default=5.0, gt=0, le=60)


class EslSettings(_Part):
    """``[channels.phone.<account>.esl]``: a FreeSWITCH."""

    host: str = Field(default="127.0.0.1", pattern=r"^[\w.:-]+$")
    """Loopback, or a network of the hotline's own: the protocol is not encrypted."""
    port: int = Field(default=8021, ge=1, le=65_535)
    password: SecretStr = Field(min_length=1)
    """Of ``event_socket.conf.xml``; never the one it comes with."""
    agent: str = Field(default="user/{extension}", pattern=r"^[^\s{}]*\{extension\}[^\s{}]*$")
    trunk: str = Field(default="sofia/gateway/city/{number}", pattern=r"^[^\s{}]*\{number\}[^\s{}]*$")
    context: str = Field(default="default", pattern=_WORD)
    """The dialplan context in which a number that was clicked on is dialled, and a citizen whose agent was lost."""
    profile: str = Field(default="default", pattern=_WORD)
    """The conference profile; its music plays to who is alone in a room."""
    timeout_seconds: float = Field(default=5.0, gt=0, le=60)

    @model_validator(mode="after")
    def _has_its_own_password(self) -> Self:
        if self.password.get_secret_value() == "ClueCon":
            raise ValueError("password is the one every FreeSWITCH comes with; set your own in event_socket.conf.xml")
        return self


class PhoneSettings(_Part):
    """``[channels.phone.<account>]``; README.md of this folder says where each value is found."""

    hook_secret: SecretStr = Field(min_length=16)
    """Ours: what events are signed with that come to ``/hooks/phone/<account>``."""
    lines: tuple[str, ...] = ()
    """The hotline's own numbers as its switchboard knows them ("12345"): calls to these are citizens' calls."""
    caller_id: str = ""
    """The number units and citizens see when we call them."""
    ring_seconds: int = Field(default=30, ge=5, le=120)
    """How long a unit's duty line is rung."""
    ari: AriSettings | None = None
    esl: EslSettings | None = None

    @model_validator(mode="after")
    def _one_switchboard(self) -> Self:
        if self.ari and self.esl:
            raise ValueError("ari and esl are two switchboards; give each an account of its own")
        if (self.ari or self.esl) and not self.lines:
            raise ValueError('lines is missing: the hotline\'s own numbers, for example ["12345"]')
        if self.caller_id and phones.normal(self.caller_id) != self.caller_id:
            raise ValueError("caller_id is not a phone number")
        return self


def missing(settings: PhoneSettings) -> list[str]:
    """What a valid configuration still lacks, in words for the operator."""
    if settings.ari or settings.esl:
        return []
    return [
        "未配置 ari 或 esl：来电弹屏与登记可用，不能点击拨号和三方通话 (no switchboard to control: calls are shown and "
        "registered, but not dialled from the desk)"
    ]
