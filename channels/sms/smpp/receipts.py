"""A delivery receipt of SMPP: the parameters where the centre sends them, else the text each centre writes its way."""

from __future__ import annotations

import re
from collections.abc import Mapping

from channels.errors import Malformed
from channels.message import Receipt, Stage
from channels.sms.smpp.pdu import Sms, Tag

_FIELD = re.compile(r"\b(id|stat|err):\s*([!-~]+)", re.IGNORECASE)
# SMPP v3.4 §5.2.28 (message_state) and appendix B (stat).
_STATES: Mapping[int, str] = {
    1: "ENROUTE", 2: "DELIVRD", 3: "EXPIRED", 4: "DELETED", 5: "UNDELIV", 6: "ACCEPTD", 7: "UNKNOWN", 8: "REJECTD",
}  # fmt: skip
_STAGES: Mapping[str, Stage] = {
    "ENROUTE": Stage.ACCEPTED,
    "ACCEPTD": Stage.ACCEPTED,
    "DELIVRD": Stage.DELIVERED,
    "UNKNOWN": Stage.ACCEPTED,  # the centre does not know: no reason to send the citizen the same again
    "EXPIRED": Stage.FAILED,
    "DELETED": Stage.FAILED,
    "UNDELIV": Stage.FAILED,
    "REJECTD": Stage.FAILED,
}


def receipt(sms: Sms, *, account: str) -> Receipt:
    """Read one. Raises Malformed where it names no message or no state we know."""
    fields = _FIELD.findall(sms.octets.decode("latin-1"))
    written = {name.lower(): value for name, value in reversed(fields)}  # the first counts: text: quotes our own words
    named = sms.tlvs.get(Tag.RECEIPTED_MESSAGE_ID, b"").rstrip(b"\x00").decode("ascii", "replace").strip()
    id = named or written.get("id", "")
    stat = written.get("stat", "").upper()
    if state := sms.tlvs.get(Tag.MESSAGE_STATE):
        stat = _STATES.get(state[0], stat)
    stage = _STAGES.get(stat[:7])
    if not id.isprintable() or not 0 < len(id) <= 64 or stage is None:
        raise Malformed("a receipt that names no message or no state")
    return Receipt(account=account, provider_id=id, stage=stage, reason=_reason(stat[:7], written.get("err", "")))


def _reason(stat: str, error: str) -> str:
    return stat if stat == "DELIVRD" or not error.strip("0") else f"{stat} {error[:16]}"
