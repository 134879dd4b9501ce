"""Nobody but the provider gets in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from channels.adapter import Request
from channels.errors import BadSignature
from tests.channels.contract.case import Proof
from tests.channels.contract.cases import CALLS, Trial


@pytest.mark.parametrize(("trial", "sample"), CALLS, ids=[f"{trial}-{sample.stem}" for trial, sample in CALLS])
def test_a_forged_call_is_refused(trial: Trial, sample: Path) -> None:
    adapter: Any = trial.adapter()
    genuine = trial.case.signed(sample.name, sample.read_bytes())  # type: ignore[misc]
    assert adapter.verify(genuine) is None
    count = 0
    for forged in forgeries(trial, genuine):
        assert forged != genuine
        with pytest.raises(BadSignature):
            adapter.verify(forged)
        count += 1
    assert count


def forgeries(trial: Trial, genuine: Request) -> Iterable[Request]:
    if trial.case.proof is Proof.SECRET_PATH:
        return _other_paths(genuine)
    assert trial.case.forgeries is not None
    return trial.case.forgeries(genuine)


def _other_paths(genuine: Request) -> Iterator[Request]:
    secret, slash, rest = genuine.tail.partition("/")
    assert len(secret) >= 24, "a secret path must be long"
    for at, letter in enumerate(secret):
        yield replace(genuine, tail=secret[:at] + chr(ord(letter) ^ 1) + secret[at + 1 :] + slash + rest)
    for other in ("", secret[:-1], secret + "x", secret.swapcase(), "密" * len(secret), "\udcff"):
        yield replace(genuine, tail=other + slash + rest)
        yield replace(genuine, tail=other + slash + rest, method="GET", body=b"")
    yield replace(genuine, tail=rest)
    yield replace(genuine, tail="")
