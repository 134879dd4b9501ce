"""What the contract suite asks with: a mailbox whose mails are the samples, and a mail server on loopback."""

from __future__ import annotations

from collections.abc import Mapping

from channels.adapter import Pollable, Served
from channels.errors import Credential, Later, Never, OptedOut, SendError
from channels.mailbox.verdicts import VERDICTS
from channels.message import Address, Notice, Outbound
from tests.channels.contract.case import Case
from tests.channels.mailbox.relay import relaying

ACCOUNT = {
    "address": "hotline@city.test",
    "name": "泉城市长信箱",
    "user": "hotline@city.test",
    "password": "a-password-of-the-tests",
    "imap": {"host": "imap.city.test", "port": 993},
    "smtp": {"host": "127.0.0.1", "port": 587, "tls": "none", "timeout_seconds": 0.5},
}
_CODES: Mapping[type[SendError], str] = {
    Later: "421|421 4.3.2|450|450 4.2.0|451|451 4.3.0|452|452 4.2.2|432",
    Credential: "454|454 4.7.0|530|530 5.7.0|534|534 5.7.9|535|535 5.7.8|538",
    OptedOut: "550 5.1.1|550 5.1.2|550 5.1.6|550 5.1.10|550 5.2.1",
    Never: "550|551|553|552|552 5.2.2|552 5.3.4|554|554 5.7.1|550 5.7.26|501|555",
}

CASES = (
    Case(
        name="imap",
        settings=ACCOUNT,
        secrets=("password",),
        required=("address", "user", "password", "imap", "smtp"),
        speaks=(Pollable, Served),
        outbound=Outbound(
            key="t:2609180002175:ticket.accepted:2.0",
            address=Address("mailbox", "city", "li.ming@citizen.test"),
            body=Notice("ticket.accepted", {"number": "2609180002175"}, "您的诉求（尾号2175）已受理。"),
        ),
        peer=relaying,
        away=lambda port: {"smtp": {"host": "127.0.0.1", "port": port, "tls": "none", "timeout_seconds": 0.5}},
        codes={code: error for error, codes in _CODES.items() for code in codes.split("|")},
        error_table=VERDICTS,
    ),
)
