"""From the citizen's reasons to a redo the system may order."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.tickets.desk import POLICY
from tickets.appeal import Reason
from tickets.orders import Cause
from tickets.papers.triage import cause_for_redo


@pytest.mark.parametrize(
    ("reasons", "cause"),
    [
        ([], None),
        ([Reason.POLICY], None),
        ([Reason.OTHER, Reason.ATTITUDE], Cause.ATTITUDE),
        ([Reason.NOT_SOLVED, Reason.NOT_CONTACTED], Cause.FALSE_CLOSING),
        ([Reason.NOT_SOLVED, Reason.POLICY], Cause.POOR_HANDLING),
    ],
)
def test_the_gravest_reason_counts(reasons: list[Reason], cause: Cause | None) -> None:
    assert cause_for_redo(reasons, POLICY) is cause
    assert cause_for_redo(reasons, replace(POLICY, redo=replace(POLICY.redo, auto=False))) is None
