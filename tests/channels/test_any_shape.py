"""Calls built the way providers build them, with any content in any place: read, or refused in our own words.

The contract suite cuts and spoils the bytes of recorded calls; here the form is right and what it holds is not. The
readers are those of ``fuzz/``, so that a new channel is asked as soon as it has a case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.targets import Target, find
from tests.channels.shapes.mails import of_mail
from tests.channels.shapes.octets import of_blocks, of_pdu
from tests.channels.shapes.trees import of_json, of_xml

TARGETS = find()
FORMS: Mapping[str, Callable[[Sequence[bytes]], st.SearchStrategy[bytes]]] = {
    ".json": of_json, ".xml": of_xml, ".eml": of_mail, ".pdu": of_pdu, "blocks": of_blocks,
}  # fmt: skip
quickly = settings(
    max_examples=150, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck)
)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_a_call_of_the_right_form_is_read_or_refused(target: Target) -> None:
    assert target.form in FORMS, f"how are calls built whose samples end in {target.form}?"

    @quickly
    @given(body=FORMS[target.form](target.seeds))
    def ask(body: bytes) -> None:
        target.read(body)

    ask()
