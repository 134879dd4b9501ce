"""Which appeals go on although the citizen would take them back."""

from __future__ import annotations

from tickets.appeal import AppealType, Urgency
from tickets.ticket import State

_NOBODY_LOOKS_YET = {State.RECEIVED, State.TO_DISPATCH}


def goes_on(*, type: AppealType, urgency: Urgency, state: State, safety: bool) -> str:
    """Why withdrawing (撤单) does not end it: "safety" where the public is in danger, "report" for a 举报 already under
    investigation; "" where the citizen is free to withdraw."""
    if safety or urgency is Urgency.CRITICAL:
        return "safety"
    return "report" if type is AppealType.REPORT and state not in _NOBODY_LOOKS_YET else ""
