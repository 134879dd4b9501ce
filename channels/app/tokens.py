"""Who is talking: short session tokens, the longer token that resumes a conversation, and proof from the city's app."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError
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

    @property
    def conversation_id(self) -> str:
        """What the city's push gateway knows the conversation by, see :func:`conversation_id`."""
        return conversation_id(self.peer)


@dataclass(frozen=True, slots=True)
class Issued:
    """What a client is given."""

    token: str = field(repr=False)
    resume_token: str = field(repr=False)
    expires_at: datetime


class Tokens:
    """Issues and reads the tokens of one account. Stateless, so any process of the hub can read them.

    ``keys`` are the secrets believed, the one to sign with first: while it is changed there are two.
    """

    def __init__(self, *keys: str, account: str, lasts: timedelta, resumes: timedelta) -> None:
        self._keys = tuple(OctKey.import_key(one) for one in keys)
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
        return jwt.encode({"alg": "HS256"}, claims, self._keys[0], algorithms=ALGORITHMS)

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
            claims = self._claims(token)
            rules.validate(claims)
        except (JoseError, ValueError) as error:
            raise Denied(type(error).__name__) from error
        expires_at = datetime.fromtimestamp(claims["exp"], tz=now.tzinfo)
        return Session(claims["sid"], claims["sub"], claims.get("phone", ""), claims.get("usr", ""), expires_at)

    def _claims(self, token: str) -> dict[str, Any]:
        for key in self._keys[:-1]:
            with suppress(BadSignatureError):
                return jwt.decode(token, key, algorithms=ALGORITHMS).claims
        return jwt.decode(token, self._keys[-1], algorithms=ALGORITHMS).claims


def anonymous() -> Session:
    """A citizen we know nothing about; the address cannot be guessed."""
    return Session(id=secrets.token_urlsafe(12), peer=f"web_{secrets.token_urlsafe(18)}")


def conversation_id(peer: str) -> str:
    """A name for the conversation that may leave the house: the same on all of a citizen's devices and for ever, and it
    opens nothing."""
    return hashlib.sha256(b"conversation\n" + peer.encode()).hexdigest()[:32]


def sign_identity(secret: str, *, user_id: str, phone: str, ts: int) -> str:
    """The signature the city's app server makes: hex(HMAC-SHA256(secret, user_id \\n phone \\n ts))."""
    return hexmac(secret, f"{user_id}\n{phone}\n{ts}")


def hexmac(secret: str, words: str) -> str:
    """hex(HMAC-SHA256(secret, words))."""
    return hmac.new(secret.encode(), words.encode(), hashlib.sha256).hexdigest()


class Identity(BaseModel):
    """What the city's app server hands to its app: ``phone`` "" when unknown, ``ts`` Unix seconds."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    user_id: str = Field(pattern=r"^[\x21-\x7e]{1,128}$", repr=False)
    phone: str = Field(default="", pattern=r"^((\+?86)?1[3-9][0-9]{9})?$", repr=False)
    ts: int = Field(strict=True)
    signature: str = Field(pattern=r"^[0-9a-f]{64}$", repr=False)


@dataclass(frozen=True, slots=True)
class Voucher:
    """What the hub shares with the city's app server. ``secrets`` are those believed: while one is changed there are
    two. ``address_secret`` makes citizens' addresses and never changes, else nobody would find his conversation."""

    secrets: tuple[str, ...] = field(repr=False)
    address_secret: str = field(repr=False)

    def session(self, identity: Identity, *, now: datetime) -> Session:
        """The session of a citizen the city's app server vouches for: the same conversation on all his devices.

        Raises :class:`Denied` when the proof is forged or stale.
        """
        if not any(self._signed(identity, secret) for secret in self.secrets):
            raise Denied("signature")
        if abs(now.timestamp() - identity.ts) > IDENTITY_SECONDS:
            raise Denied("stale")
        # The address must not tell the user id to whoever reads a log or a table.
        peer = hexmac(self.address_secret, f"peer\n{identity.user_id}")[:40]
        return Session(secrets.token_urlsafe(12), f"app_{peer}", identity.phone[-11:], identity.user_id)

    @staticmethod
    def _signed(identity: Identity, secret: str) -> bool:
        proof = sign_identity(secret, user_id=identity.user_id, phone=identity.phone, ts=identity.ts)
        return hmac.compare_digest(proof, identity.signature)
