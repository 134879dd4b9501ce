"""What each result of CMPP asks of us (QB-GF-028-2003, SUBMIT_RESP and CONNECT_RESP)."""

from __future__ import annotations

from collections.abc import Mapping

from channels.errors import Credential, Later, Never
from channels.sms.verdicts import Verdict

_NEVER = Verdict(error=Never)
_OPERATOR = Verdict(error=Credential)

VERDICTS: Mapping[str, Verdict] = {
    "submit.1": _NEVER,  # structure
    "submit.2": _NEVER,  # command
    "submit.3": Verdict(error=Later),  # the number was used: every try has a new one
    "submit.4": _NEVER,  # length
    "submit.5": _OPERATOR,  # fee code
    "submit.6": _NEVER,  # too long
    "submit.7": _OPERATOR,  # service
    "submit.8": Verdict(error=Later, after=1.0, whole_account=True),  # flow control
    "submit.9": _OPERATOR,  # not this gateway's number to charge
    "submit.10": _OPERATOR,  # Src_Id
    "submit.11": _OPERATOR,  # Msg_src
    "submit.12": _OPERATOR,  # Fee_terminal_Id
    "submit.13": _NEVER,  # Dest_terminal_Id
}
"""Results from 20 on are each gateway's own (blacklist, words, quota): they go to a person, with their number."""

ADMISSION: Mapping[str, Verdict] = {
    "connect.1": _OPERATOR,  # structure
    "connect.2": _OPERATOR,  # SP_Id, or our address
    "connect.3": _OPERATOR,  # the shared secret
    "connect.4": _OPERATOR,  # version too high
    "connect.*": Verdict(error=Later),
}
AGAIN, NEVER = 8, 1
"""What we answer ourselves: flow control, structure."""
