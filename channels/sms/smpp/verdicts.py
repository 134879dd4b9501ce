"""What each command_status of SMPP 3.4 asks of us (chapter 5.1.3)."""

from __future__ import annotations

from collections.abc import Mapping

from channels.errors import Credential, Later, Never
from channels.sms.verdicts import Verdict

_AGAIN = Verdict(error=Later)
_SLOWER = Verdict(error=Later, after=1.0, whole_account=True)
_REBIND = Verdict(error=Later, after=1.0)
_NEVER = Verdict(error=Never)
_OPERATOR = Verdict(error=Credential)

NAMES: Mapping[int, str] = {
    0x01: "ESME_RINVMSGLEN", 0x02: "ESME_RINVCMDLEN", 0x03: "ESME_RINVCMDID", 0x04: "ESME_RINVBNDSTS",
    0x05: "ESME_RALYBND", 0x08: "ESME_RSYSERR", 0x0A: "ESME_RINVSRCADR", 0x0B: "ESME_RINVDSTADR",
    0x0D: "ESME_RBINDFAIL", 0x0E: "ESME_RINVPASWD", 0x0F: "ESME_RINVSYSID", 0x14: "ESME_RMSGQFUL",
    0x15: "ESME_RINVSERTYP", 0x43: "ESME_RINVESMCLASS", 0x45: "ESME_RSUBMITFAIL", 0x48: "ESME_RINVSRCTON",
    0x49: "ESME_RINVSRCNPI", 0x50: "ESME_RINVDSTTON", 0x51: "ESME_RINVDSTNPI", 0x53: "ESME_RINVSYSTYP",
    0x58: "ESME_RTHROTTLED", 0x64: "ESME_RX_T_APPN", 0x65: "ESME_RX_P_APPN", 0x66: "ESME_RX_R_APPN",
    0xC3: "ESME_RMISSINGOPTPARAM", 0xC4: "ESME_RINVOPTPARAMVAL", 0xFE: "ESME_RDELIVERYFAILURE",
    0xFF: "ESME_RUNKNOWNERR",
}  # fmt: skip
"""Only what a row below names; any other status goes by its number and to a person."""

VERDICTS: Mapping[str, Verdict] = {
    "ESME_RTHROTTLED": _SLOWER,
    "ESME_RMSGQFUL": _SLOWER,
    "ESME_RSYSERR": _AGAIN,
    "ESME_RSUBMITFAIL": _AGAIN,
    "ESME_RX_T_APPN": _AGAIN,
    "ESME_RUNKNOWNERR": _AGAIN,
    "ESME_RINVBNDSTS": _REBIND,
    "ESME_RALYBND": _REBIND,
    "ESME_RBINDFAIL": _OPERATOR,  # centres lock accounts that try again and again
    "ESME_RINVPASWD": _OPERATOR,
    "ESME_RINVSYSID": _OPERATOR,
    "ESME_RINVSYSTYP": _OPERATOR,
    "ESME_RINVSERTYP": _OPERATOR,
    "ESME_RINVSRCADR": _OPERATOR,  # our own number, as the contract has it
    "ESME_RINVSRCTON": _OPERATOR,
    "ESME_RINVSRCNPI": _OPERATOR,
    "ESME_RINVDSTADR": _NEVER,
    "ESME_RINVDSTTON": _NEVER,
    "ESME_RINVDSTNPI": _NEVER,
    "ESME_RINVMSGLEN": _NEVER,
    "ESME_RINVCMDLEN": _NEVER,
    "ESME_RINVCMDID": _NEVER,
    "ESME_RINVESMCLASS": _NEVER,
    "ESME_RX_P_APPN": _NEVER,
    "ESME_RX_R_APPN": _NEVER,
    "ESME_RMISSINGOPTPARAM": _NEVER,
    "ESME_RINVOPTPARAMVAL": _NEVER,
    "ESME_RDELIVERYFAILURE": _NEVER,
}
TEMPORARY, PERMANENT = 0x64, 0x65
"""What we answer ourselves: ESME_RX_T_APPN, ESME_RX_P_APPN."""


def code_of(status: int) -> str:
    """The name of a status, else its number."""
    return NAMES.get(status, f"0x{status:08X}")
