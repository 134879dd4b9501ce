"""What the contract suite asks with: a web chat account. Nobody calls it from outside and it sends over no network."""

from __future__ import annotations

from channels.account import Pushable
from channels.adapter import Served
from tests.channels.contract.case import Case

ACCOUNT = {
    "jwt_secret": "an example secret of the tests, 32 bytes+",
    "identity_secret": "an example identity secret of the tests",
}

CASES = (
    Case(
        name="web",
        settings=ACCOUNT,
        secrets=("jwt_secret", "identity_secret"),
        required=("jwt_secret",),
        speaks=(Served, Pushable),
    ),
)
