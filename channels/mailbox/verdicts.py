"""What to do about each reply of a mail server: a table of reply codes, the longest row that fits holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from channels.errors import Credential, Later, Never, OptedOut, SendError

_ENHANCED = re.compile(r"^\s*([245]\.\d{1,3}\.\d{1,3})\b")
_GREYLIST = 300.0
_CROWDED = 60.0


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row: the class, and how long to wait where waiting is the answer (seconds)."""

    error: type[SendError]
    after: float | None = None
    whole_account: bool = False


# RFC 5321 §4.2, RFC 4954 §6, RFC 3463; protocols.md §4.6; checked 2026-11-28. A key is "code" or "code enhanced".
VERDICTS: Mapping[str, Verdict] = {
    "421*": Verdict(Later, _CROWDED, whole_account=True),
    "4*": Verdict(Later, _GREYLIST),
    "454*": Verdict(Credential),  # in practice: the account is locked, or TLS is not to be had
    "530*": Verdict(Credential),
    "534*": Verdict(Credential),
    "535*": Verdict(Credential),
    "538*": Verdict(Credential),
    # No such box or domain, or it is shut (RFC 3463): planned anew, and not tried again before its owner writes.
    "550 5.1.1*": Verdict(OptedOut),
    "550 5.1.2*": Verdict(OptedOut),
    "550 5.1.6*": Verdict(OptedOut),
    "550 5.1.10*": Verdict(OptedOut),
    "550 5.2.1*": Verdict(OptedOut),
    # Everything else the server refuses for good, a full box and a filter's opinion of one letter included: a person
    # sees it with its code. Resting the account would let one letter stop all the others.
    "5*": Verdict(Never),
}


def code_of(code: int, text: str) -> str:
    """ "550 5.1.1", or "550" where the server gives no enhanced code."""
    found = _ENHANCED.match(text)
    return f"{code} {found[1]}" if found else str(code)


def refusal(code: int, text: str) -> SendError:
    """The error to raise. Its words are the code alone: the server's may name the citizen."""
    shown = code_of(code, text)
    families = [row for row in VERDICTS if shown.startswith(row[:-1])]
    verdict = VERDICTS[max(families, key=len)] if families else Verdict(Never)
    reason = f"the mail server refused: {shown}"
    if verdict.error is Later:
        return Later(reason, after=verdict.after, code=shown, whole_account=verdict.whole_account)
    return verdict.error(reason, code=shown)
