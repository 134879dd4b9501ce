"""Every channel there is has a case, and says truly what it speaks."""

from __future__ import annotations

import pytest

from channels import registry
from channels.account import Pushable
from channels.adapter import Adapter, Media, Pollable, Served, Webhook
from tests.channels.contract.case import Proof
from tests.channels.contract.cases import TRIALS, WITHOUT, Trial

OPTIONAL = (Webhook, Pollable, Media, Served, Pushable)
WAYS_IN = {Webhook, Pollable, Served}

each = pytest.mark.parametrize("trial", TRIALS, ids=str)


@pytest.mark.parametrize("folder", registry.known())
def test_every_channel_folder_has_a_case(folder: str) -> None:
    assert folder not in WITHOUT, f"tests/channels/{folder}/case.py must offer CASES: {WITHOUT[folder]}"
    assert any(trial.folder == folder for trial in TRIALS)


@each
def test_the_adapter_speaks_what_the_case_says_and_nothing_else(trial: Trial) -> None:
    adapter = trial.adapter()
    assert isinstance(adapter, Adapter)
    assert {protocol for protocol in OPTIONAL if isinstance(adapter, protocol)} == set(trial.case.speaks)
    assert WAYS_IN & set(trial.case.speaks), "citizens' words must come in somehow"


@each
def test_what_a_case_leaves_out_does_not_apply(trial: Trial) -> None:
    case = trial.case
    hooked = Webhook in case.speaks
    assert bool(case.signed) is hooked, "a webhook needs ``signed``, others have none"
    if hooked or Pollable in case.speaks:
        assert trial.samples, "what comes in needs samples"
    if hooked:
        assert bool(case.forgeries) is (case.proof is Proof.SIGNATURE), "what is signed must be spoiled"
    can = trial.channel.capabilities
    sends = bool(can.routes) and not can.at_home
    assert bool(case.peer) is sends, "who sends over a network needs a peer"
    assert bool(case.outbound) is sends
    assert bool(case.codes) is sends, "who sends over a network meets error codes"


@each
def test_the_channel_is_named_as_its_folder(trial: Trial) -> None:
    assert trial.channel.name == trial.folder
    assert trial.channel.title
