"""Who is talking: short session tokens, the longer token that resumes a conversation, and proof from the city's app."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from joserfc.jwt import ClaimsOption
from pydantic import BaseModel, ConfigDict, Field

ALGORITHMS = ["HS256"]
"""The only algorithm ever accepted: a token naming another one ("none" included) is forged."""
LEEWAY_SECONDS = 30
IDENTITY_SECONDS = 300
"""How old a signed identity may be: it is used once, right after it was made."""
TOKEN_CHARACTERS = 4096
SESSION, RESUME = "webchat", "webchat-resume"
_NEEDED = ClaimsOption(essential=True)


class Denied(Exception):
    """The token or identity does not prove what it says. The reason is for tests and debuggers, never for clients."""


@dataclass(frozen=True, slots=True)
class Session:
    """One citizen's conversation on one device. ``peer`` addresses it; ``phone`` and ``subject`` are proved or ""."""

    id: str
    peer: str = field(repr=False)
    phone: str = field(default="", repr=False)
    subject: str = field(default="", repr=False)
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Issued:
    """What a client is given."""

    token: str = field(repr=False)
    resume_token: str = field(repr=False)
    expires_at: datetime


class Tokens:
    """Issues and reads the tokens of one account. Stateless, so any process of the hub can read them."""

    def __init__(self, secret: str, *, account: str, lasts: timedelta, resumes: timedelta) -> None:
        self._key = OctKey.import_key(secret)
        self._issuer = f"minsheng/{account}"
        self._lasts = {SESSION: lasts, RESUME: resumes}

    def issue(self, session: Session, *, now: datetime) -> Issued:
        """A fresh pair of tokens for ``session``."""
        return Issued(
            token=self._sign(session, SESSION, now),
            resume_token=self._sign(session, RESUME, now),
            expires_at=now + self._lasts[SESSION],
        )

    def read(self, token: str, *, now: datetime) -> Session:
        """The session a bearer token proves. Raises :class:`Denied`."""
        return self._read(token, SESSION, now)

    def resume(self, token: str, *, now: datetime) -> Session:
        """The session a resume token continues. Raises :class:`Denied`."""
        return self._read(token, RESUME, now)

    def _sign(self, session: Session, audience: str, now: datetime) -> str:
        claims = {
            "iss": self._issuer,
            "aud": audience,
            "sub": session.peer,
            "sid": session.id,
            "iat": int(now.timestamp()),
            "exp": int((now + self._lasts[audience]).timestamp()),
            "jti": secrets.token_urlsafe(12),
        }
        claims |= {name: value for name, value in (("phone", session.phone), ("usr", session.subject)) if value}
        return jwt.encode({"alg": "HS256"}, claims, self._key, algorithms=ALGORITHMS)

    def _read(self, token: str, audience: str, now: datetime) -> Session:
        if len(token) > TOKEN_CHARACTERS:
            raise Denied("too long")
        rules = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": audience},
            sub=_NEEDED,
            sid=_NEEDED,
            exp=_NEEDED,
            iat=_NEEDED,
            jti=_NEEDED,
        )
        try:
            claims = jwt.decode(token, self._key, algorithms=ALGORITHMS).claims
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            raise Denied(type(error).__name__) from error
        expires_at = datetime.fromtimestamp(claims["exp"], tz=now.tzinfo)
        return Session(claims["sid"], claims["sub"], claims.get("phone", ""), claims.get("usr", ""), expires_at)


def anonymous() -> Session:
    """A citizen we know nothing about; the address cannot be guessed."""
    return Session(id=secrets.token_urlsafe(12), peer=f"web_{secrets.token_urlsafe(18)}")


def sign_identity(secret: str, *, user_id: str, phone: str, ts: int) -> str:
    """The signature the city's app server makes: hex(HMAC-SHA256(secret, user_id \\n phone \\n ts))."""
    return hmac.new(secret.encode(), f"{user_id}\n{phone}\n{ts}".encode(), hashlib.sha256).hexdigest()


class Identity(BaseModel):
    """What the city's app server hands to its app: ``phone`` "" when unknown, ``ts`` Unix seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    user_id: str = Field(pattern=r"^[\x21-\x7e]{1,128}$", repr=False)
    phone: str = Field(default="", pattern=r"^((\+?86)?1[3-9][0-9]{9})?$", repr=False)
    ts: int = Field(strict=True)
    signature: str = Field(pattern=r"^[0-9a-f]{64}$", repr=False)


def identified(identity: Identity, *, secret: str, now: datetime) -> Session:
    """The session of a citizen the city's app server vouches for: the same conversation on all his devices.

    Raises :class:`Denied` when the proof is forged or stale.
    """
    proof = sign_identity(secret, user_id=identity.user_id, phone=identity.phone, ts=identity.ts)
    if not hmac.compare_digest(proof, identity.signature):
        raise Denied("signature")
    if abs(now.timestamp() - identity.ts) > IDENTITY_SECONDS:
        raise Denied("stale")
    # The address must not tell the user id to whoever reads a log or a table.
    peer = hmac.new(secret.encode(), b"peer\n" + identity.user_id.encode(), hashlib.sha256).hexdigest()[:40]
    return Session(secrets.token_urlsafe(12), f"app_{peer}", identity.phone[-11:], identity.user_id)
