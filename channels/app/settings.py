"""What an operator configures for the web chat: secrets, who may embed it, limits, and the words on the page."""

from __future__ import annotations

from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

from channels.app.tokens import Voucher

SECRET_BYTES = 32
"""RFC 7518 §3.2: an HS256 key has at least 256 bits."""


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value().encode()) < SECRET_BYTES:
        raise ValueError(f"must be at least {SECRET_BYTES} bytes; make one with: openssl rand -hex 32")
    return secret


def _origin(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.netloc or value != f"{parts.scheme}://{parts.netloc}":
        raise ValueError('must be scheme://host[:port] without a path, such as "https://www.city.gov.cn"')
    return value


Secret = Annotated[SecretStr, AfterValidator(_long_enough)]
Origin = Annotated[str, AfterValidator(_origin)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Bucket(_Frozen):
    """A token bucket: ``burst`` at once, then ``per_second``."""

    burst: int = Field(ge=1)
    per_second: float = Field(gt=0)


class Limits(_Frozen):
    """How much one citizen, and one network address, may ask. Many citizens share an address (mobile carriers, a
    service hall), so the address limits are wide."""

    messages_per_session: Bucket = Bucket(burst=20, per_second=1)
    messages_per_ip: Bucket = Bucket(burst=200, per_second=20)
    uploads_per_session: Bucket = Bucket(burst=10, per_second=0.2)
    sessions_per_ip: Bucket = Bucket(burst=60, per_second=1)
    reads_per_session: Bucket = Bucket(burst=60, per_second=4)
    connections_per_session: int = Field(default=8, ge=1)
    upload_bytes: int = Field(default=20 * 1024 * 1024, ge=1024)


class EmergencyNumber(_Frozen):
    """A number shown above the conversation at all times."""

    number: str = Field(pattern=r"^[0-9]{3,12}$")
    label: str = Field(min_length=1, max_length=8)


class QuickButton(_Frozen):
    """A button under the greeting: ``label`` is shown, ``text`` is sent as the citizen's words."""

    label: str = Field(min_length=1, max_length=12)
    text: str = Field(min_length=1, max_length=200)


class Words(_Frozen):
    """The words on the page that belong to the city."""

    title: str = Field(default="12345 政务服务便民热线", min_length=1, max_length=30)
    subtitle: str = Field(default="在线服务", max_length=30)
    greeting: str = Field(
        default="您好！您可以咨询政策、反映问题、提出建议，也可以查询办理进度。请直接写下您的问题。", max_length=300
    )
    privacy: str = Field(
        default="您的信息仅用于办理诉求，只提供给承办人员。请勿发送银行卡密码、验证码。", max_length=300
    )
    emergency: tuple[EmergencyNumber, ...] = (
        EmergencyNumber(number="110", label="报警"),
        EmergencyNumber(number="119", label="火警"),
        EmergencyNumber(number="120", label="急救"),
        EmergencyNumber(number="12356", label="心理援助"),
    )
    quick: tuple[QuickButton, ...] = (
        QuickButton(label="反映问题", text="我要反映问题"),
        QuickButton(label="咨询政策", text="我要咨询政策"),
        QuickButton(label="查询进度", text="查询进度"),
        QuickButton(label="提出建议", text="我有一个建议"),
    )


class Push(_Frozen):
    """The city's push gateway (推送网关), which calls a citizen's device when something waits for him."""

    url: str = Field(pattern=r"^https?://[^\s?#]+$")
    secret: Secret
    """Signs our calls, so that the gateway knows them from others. At least 32 bytes."""


class AppSettings(_Frozen):
    """``[channels.app.<account>]``. Only ``jwt_secret`` is required."""

    jwt_secret: Secret
    """Signs session tokens and download links. At least 32 bytes."""
    jwt_secret_before: Secret | None = None
    """The one it replaces, believed as long as it stands here."""
    identity_secret: Secret | None = None
    """Shared with the city's own app server, which proves a logged-in citizen with it. At least 32 bytes."""
    identity_secret_before: Secret | None = None
    """The one it replaces, believed as long as it stands here."""
    address_secret: Secret | None = None
    """Makes the addresses of proved citizens; ``identity_secret`` does where it is not given. It must never change."""
    push: Push | None = None
    allowed_origins: tuple[Origin, ...] = ()
    """Other sites whose scripts may call the API; our own page always may."""
    embed_origins: tuple[Origin, ...] = ()
    """Other sites that may show the chat inside their own pages."""
    token_minutes: int = Field(default=30, ge=1, le=60)
    resume_days: int = Field(default=30, ge=1, le=180)
    link_minutes: int = Field(default=60, ge=1, le=1440)
    """How long a download link of a photo or file works."""
    limits: Limits = Limits()
    words: Words = Words()

    @model_validator(mode="after")
    def _addresses_stay(self) -> AppSettings:
        if self.identity_secret_before and not (self.identity_secret and self.address_secret):
            raise ValueError(
                "identity_secret_before needs identity_secret, and address_secret with the very first identity_secret: "
                "without it every proved citizen would lose his conversation"
            )
        return self

    def token_keys(self) -> tuple[str, ...]:
        """The secrets session tokens and links are believed by, the one that signs first."""
        return _given(self.jwt_secret, self.jwt_secret_before)

    def voucher(self) -> Voucher | None:
        """What is shared with the city's app server, None where there is none."""
        keys = _given(self.identity_secret, self.identity_secret_before)
        return Voucher(keys, *_given(self.address_secret or self.identity_secret)) if keys else None


def _given(*secrets: SecretStr | None) -> tuple[str, ...]:
    return tuple(one.get_secret_value() for one in secrets if one)


def missing(settings: Any) -> list[str]:
    """What a valid configuration still lacks, in words an operator understands."""
    if settings.identity_secret is None:
        return ["identity_secret：未配置时，城市自有 App 无法证明登录市民的手机号（网页聊天不受影响）"]
    if settings.push is None:
        return ["push：未配置时，市民不在城市自有 App 里就收不到新消息提醒（网页聊天不受影响）"]
    return []
