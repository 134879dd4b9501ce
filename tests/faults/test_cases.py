"""Every channel there is can be tried, and says why what cannot go wrong with it cannot."""

from __future__ import annotations

import pytest

from channels import registry
from tests.faults.case import Case, Fault
from tests.faults.cases import CASES, WITHOUT
from tests.faults.tries import TRIES


@pytest.mark.parametrize("folder", registry.known())
def test_every_channel_folder_has_a_case(folder: str) -> None:
    assert folder not in WITHOUT, f"tests/channels/{folder}/faults.py must offer CASES: {WITHOUT[folder]}"
    assert any(name.startswith(f"{folder}-") for name in CASES)


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_fault_is_tried_or_cannot_be_and_it_is_said_why(case: Case) -> None:
    for fault in Fault:
        assert fault in case.cannot or fault in case.tries or fault in TRIES, fault
    for fault, reason in case.cannot.items():
        assert fault not in case.tries
        assert len(reason) > 20, "say why"
