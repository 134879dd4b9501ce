"""Samples become the recorded batches, without a network; spoiled ones are refused and nothing worse."""

from __future__ import annotations

import contextlib
import json
import socket
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from channels.adapter import Request, Response
from channels.errors import BadSignature, Malformed, Refused, TooLarge
from channels.message import Inbound, Say
from tests.channels.contract.case import NOW
from tests.channels.contract.cases import CALLS, READERS, SAMPLES, WEBHOOKS, Trial
from tests.channels.contract.mutate import mutations, truncations
from tests.channels.contract.record import as_json, parsed, record_of
from tests.channels.contract.storable import assert_storable

MUTATIONS = 1000

each_sample = pytest.mark.parametrize(
    ("trial", "sample"), SAMPLES, ids=[f"{trial}-{sample.stem}" for trial, sample in SAMPLES]
)
each_call = pytest.mark.parametrize(
    ("trial", "sample"), CALLS, ids=[f"{trial}-{sample.stem}" for trial, sample in CALLS]
)
each_kept = pytest.mark.parametrize(
    ("trial", "sample"),
    [one for one in SAMPLES if one not in CALLS],
    ids=[f"{trial}-{sample.stem}" for trial, sample in SAMPLES if (trial, sample) not in CALLS],
)
each_reader = pytest.mark.parametrize("trial", READERS, ids=str)
each_webhook = pytest.mark.parametrize("trial", WEBHOOKS, ids=str)


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("parsing opened a socket")

    monkeypatch.setattr(socket, "socket", refuse)


@each_sample
def test_a_sample_gives_its_recorded_batch_twice(trial: Trial, sample: Path, no_network: None) -> None:
    record = record_of(sample)
    assert record.exists(), f"python -m tests.channels.contract.record {trial.folder}, then read what it wrote"
    wanted = json.loads(record.read_text("utf-8"))
    adapter: Any = trial.adapter()
    assert as_json(parsed(trial, sample, adapter)) == wanted
    assert as_json(parsed(trial, sample, adapter)) == wanted


@each_reader
def test_no_record_is_left_without_its_sample(trial: Trial) -> None:
    samples = trial.samples
    folder = samples[0].parent
    assert set(folder.glob("*.batch.json")) == {record_of(sample) for sample in samples}


@each_call
def test_a_spoiled_sample_is_refused_and_nothing_worse(trial: Trial, sample: Path, no_network: None) -> None:
    """What is still accepted must be fit to store. Every fifth is spoiled on the wire, the others before signing."""
    adapter: Any = trial.adapter()
    signed: Any = trial.case.signed
    body = sample.read_bytes()
    whole = signed(sample.name, body)
    spoiled = chain(truncations(body), mutations(body, count=MUTATIONS * 4 // 5, name=sample.name))
    wire = chain(truncations(whole.body), mutations(whole.body, count=MUTATIONS // 5, name=f"wire {sample.name}"))
    requests = chain((signed(sample.name, b) for b in spoiled), (replace(whole, body=b) for b in wire))
    for request in requests:
        with contextlib.suppress(BadSignature, Malformed, TooLarge):
            if adapter.verify(request) is None:
                assert_storable(adapter.parse(request))


@each_kept
def test_what_was_kept_for_us_and_spoiled_is_refused_and_nothing_worse(
    trial: Trial, sample: Path, no_network: None
) -> None:
    adapter: Any = trial.adapter()
    body = sample.read_bytes()
    for spoiled in chain(truncations(body), mutations(body, count=MUTATIONS, name=sample.name)):
        with contextlib.suppress(Malformed):
            assert_storable(adapter.read(spoiled, at=NOW))


@each_call
def test_a_stranger_is_not_told_why(trial: Trial, sample: Path) -> None:
    """What a refusal says goes into logs: none of the citizen's words may be in it."""
    adapter: Any = trial.adapter()
    signed: Any = trial.case.signed
    words = [message.text for message in parsed(trial, sample).messages if len(message.text) > 3]
    for body in mutations(sample.read_bytes(), count=100, name=f"words {sample.name}"):
        request = signed(sample.name, body)
        assert not [word for word in words if word in refusal_of(adapter, request)]


def refusal_of(adapter: Any, request: Request) -> str:
    try:
        if adapter.verify(request) is None:
            adapter.parse(request)
    except Refused as refusal:
        return str(refusal)
    return ""


@each_sample
def test_what_came_in_never_shows_in_a_repr(trial: Trial, sample: Path) -> None:
    batch = parsed(trial, sample)
    shown = repr(batch)
    if trial.case.signed is not None:
        shown += repr(trial.case.signed(sample.name, sample.read_bytes()))
    for message in batch.messages:
        assert all(word not in shown for word in _words(message))
    assert not [step for step in batch.calls if len(step.peer) > 3 and step.peer in shown]


def _words(message: Inbound) -> list[str]:
    return [word for word in (message.text, message.address.peer, message.verified_phone) if len(word) > 3]


@each_webhook
def test_the_provider_is_answered_and_told_to_come_again(trial: Trial) -> None:
    adapter: Any = trial.adapter()
    sample = trial.samples[0]
    request = trial.case.signed(sample.name, sample.read_bytes())  # type: ignore[misc]
    for reply in (None, Say("您好")):
        answer = adapter.answer(request, reply)
        assert isinstance(answer, Response)
        assert answer.status == 200
    for status in (500, 503):
        assert adapter.refuse(request, status).status == status
