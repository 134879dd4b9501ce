"""What most ticket tests start from: the working calendar and the packaged policies."""

from __future__ import annotations

import pytest

from tickets.limits.calendar import Calendar
from tickets.policy import Policies, Policy, load_policies


@pytest.fixture(scope="session")
def calendar() -> Calendar:
    return Calendar()


@pytest.fixture(scope="session")
def policies() -> Policies:
    return load_policies("cn-jinan-like")


@pytest.fixture(scope="session")
def policy(policies: Policies) -> Policy:
    return policies.get("cn-jinan-like@1")
