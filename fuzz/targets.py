"""What is fuzzed: every reader of bytes from outside, by name, with the samples it begins from.

A channel's readers are found as the contract suite finds them, so that a new channel is fuzzed with its first case.
"""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import CBC

from channels.app import parse, sockets
from channels.app.problems import Problem
from channels.errors import Malformed, Refused, SendError
from channels.sms.cmpp.dialect import Cmpp
from channels.sms.line.dialect import Answer, Dialect
from channels.sms.smpp.dialect import Smpp
from channels.wechat.crypto import Seal
from channels.wechat.fields import read as read_xml
from channels.wechat.parse import read_batch
from tests.channels.contract.case import NOW
from tests.channels.contract.cases import READERS, Trial
from tests.channels.contract.storable import assert_storable
from tests.channels.wechat.case import AES_KEY, APP_ID

_SEAL = Seal(aes_key=AES_KEY, app_id=APP_ID)
_KEY = b64decode(AES_KEY + "=")
_CIPHER = Cipher(AES(_KEY), CBC(_KEY[:16]))
_FRAMES = (
    b'{"op":"auth","token":"a.b.c","after":7}',
    b'{"op":"msg","client_id":"k1","body":{"type":"text","text":"\xe8\xb7\xaf\xe7\x81\xaf"}}',
    b'{"op":"ack","seq":3}',
    b'{"type":"location","latitude":36.6,"longitude":117.0,"label":"x","datum":"gcj02"}',
    b'{"type":"file","file_id":"f1","text":""}',
    b'{"type":"choice","id":"survey:1:satisfied","text":"\xe6\xbb\xa1\xe6\x84\x8f"}',
    b'{"resume_token":"a.b.c"}',
    b'{"identity":{"user_id":"u1","phone":"13800138000","ts":1767225600,"signature":"' + b"0" * 64 + b'"}}',
    b'{"seq":5}',
)


@dataclass(frozen=True)
class Target:
    """``read`` returns, whatever the bytes: what it lets out is a finding. ``form`` is how the bytes are built, as the
    samples' ending says it."""

    name: str
    form: str
    read: Callable[[bytes], None]
    seeds: Sequence[bytes]


def _sample(trial: Trial) -> Callable[[bytes], None]:
    """What the provider says, encrypted and signed as it does; or keeps for us."""
    adapter: Any = trial.adapter()
    name = trial.samples[0].name

    def read(body: bytes) -> None:
        with suppress(Refused):
            if trial.case.signed is None:
                assert_storable(adapter.read(body, at=NOW))
            elif adapter.verify(request := trial.case.signed(name, body)) is None:
                assert_storable(adapter.parse(request))
                adapter.answer(request, None)

    return read


def _wire(trial: Trial) -> Callable[[bytes], None]:
    """What anybody may send to the address, whose proof does not fit it."""
    adapter: Any = trial.adapter()
    sample = trial.samples[0]
    assert trial.case.signed is not None
    genuine = trial.case.signed(sample.name, sample.read_bytes())

    def read(body: bytes) -> None:
        with suppress(Refused):
            request = replace(genuine, body=body)
            if adapter.verify(request) is None:
                assert_storable(adapter.parse(request))

    return read


def _unsealed(plain: bytes) -> None:
    """WeChat's safe mode, broken behind its signature: any blocks, encrypted with the right key."""
    encryptor = _CIPHER.encryptor()
    secret = encryptor.update(plain[: len(plain) // 16 * 16]) + encryptor.finalize()
    with suppress(Malformed):
        assert_storable(read_batch(read_xml(_SEAL.open(b64encode(secret).decode())), account="city"))


def _blocks(message: bytes) -> bytes:
    """A plain text as WeChat seals it."""
    decryptor = _CIPHER.decryptor()
    return decryptor.update(b64decode(_SEAL.close(message, prefix=bytes(16)))) + decryptor.finalize()


def _line(trial: Trial) -> Callable[[bytes], None]:
    """Everything a gateway may say over an open line: frame after frame, each read for what its command says it is."""
    settings = trial.settings()
    dialect: Dialect = Smpp(settings) if settings.provider == "smpp" else Cmpp(settings)

    def read(octets: bytes) -> None:
        with suppress(Malformed):
            while octets:
                size = dialect.size(octets[: dialect.head])
                frame, octets = dialect.frame(octets[:size]), octets[size:]
                for reader in (dialect.admitted, dialect.verdict, partial(dialect.arrival, account="city")):
                    with suppress(Malformed, SendError):
                        reader(frame)
                for answer in Answer:
                    dialect.answer(frame, answer)

    return read


def _chat(raw: bytes) -> None:
    """A citizen's device, in all the places where it sends JSON."""
    for reader in (parse.body, parse.opening, parse.seen):
        with suppress(Problem):
            reader(raw)
    with suppress(Problem):
        frame = sockets._frame(raw.decode("utf-8", "replace"))
        sockets._text(frame, "op"), sockets._text(frame, "client_id"), sockets._seq(frame, "after")


def find() -> Mapping[str, Target]:
    """All of them by name."""
    found = [Target("app-json", ".json", _chat, _FRAMES)]
    for trial in READERS:
        form, bodies = trial.samples[0].suffix, [path.read_bytes() for path in trial.samples]
        found.append(Target(str(trial), form, _sample(trial), bodies))
        if trial.case.signed is not None and (wire := _sealed(trial, bodies)) != bodies:
            found.append(Target(f"{trial}-wire", form, _wire(trial), wire))
        if form == ".pdu":
            found.append(Target(f"{trial}-line", form, _line(trial), bodies))
        if str(trial) == "wechat-safe":
            found.append(Target(f"{trial}-unsealed", "blocks", _unsealed, [_blocks(body) for body in bodies]))
    return {one.name: one for one in found}


def _sealed(trial: Trial, bodies: Sequence[bytes]) -> Sequence[bytes]:
    assert trial.case.signed is not None
    return [trial.case.signed(path.name, body).body for path, body in zip(trial.samples, bodies, strict=True)]
