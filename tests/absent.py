"""A thing of the machine that a test needs and that is not here: skipped loudly by a developer, a failure under CI."""

from __future__ import annotations

import os
from typing import NoReturn

import pytest


def absent(what: str) -> NoReturn:
    """End the asking test: ``what`` is missing. Where CI is set nothing may go untried in silence, so it fails there."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} (CI is set, so this is no reason to skip)", pytrace=False)
    pytest.skip(what)
