"""From why a citizen is dissatisfied to what the office finds behind it (domain.md §2.4, T38 a-f)."""

from __future__ import annotations

from collections.abc import Iterable

from tickets.appeal import Reason
from tickets.orders import Cause
from tickets.policy import Policy

# The gravest first: a reply that is not true outweighs everything else the citizen names.
_FINDINGS = (
    (Reason.NOT_TRUE, Cause.FALSE_CLOSING),
    (Reason.NOT_CONTACTED, Cause.FALSE_CLOSING),
    (Reason.NOT_SOLVED, Cause.POOR_HANDLING),
    (Reason.ATTITUDE, Cause.ATTITUDE),
)


def cause_behind(reasons: Iterable[Reason]) -> Cause | None:
    """What the citizen's reasons point to, None when a person must look."""
    given = set(reasons)
    return next((cause for reason, cause in _FINDINGS if reason in given), None)


def cause_for_redo(reasons: Iterable[Reason], policy: Policy) -> Cause | None:
    """Why the system itself may order a redo for these reasons under ``policy``, None when a person must look."""
    return cause_behind(set(reasons) & set(policy.redo.reasons)) if policy.redo.auto else None
