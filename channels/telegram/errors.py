"""What a failed call means for a message of ours: the library's exceptions, then one table from code to decision.

The trap of the library: ``BadRequest`` and ``TimedOut`` are kinds of ``NetworkError``, so that who catches that first
repeats for ever what Telegram will never take. Here each exception becomes a code ("400 chat not found") before anything
is decided, and the decision is looked up by the code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    TelegramError,
    TimedOut,
)

from channels.errors import Away, Credential, Later, Never, OptedOut, SendError, Unknown

CROWDED = 30.0
"""Seconds to rest after a 429 that does not say how long."""


class NotLeft(NetworkError):
    """The request did not leave this machine."""

    def __init__(self, why: str) -> None:
        super().__init__(f"Telegram cannot be reached ({why})")


class Failed(NetworkError):
    """An HTTP status the library has no class of its own for, or whose own class (RetryAfter) warns of itself.

    ``after``: how many seconds Telegram asks us to rest (``parameters.retry_after`` of a 429), None where it does not.
    """

    def __init__(self, status: int, *, after: float | None = None) -> None:
        super().__init__(f"HTTP {status}")
        self.status = status
        self.after = after


@dataclass(frozen=True, slots=True)
class Verdict:
    """One row: the decision, and what to tell the operator."""

    error: type[SendError]
    reason: str
    whole_account: bool = False


# Bot API, "Making requests" and "ResponseParameters"; descriptions as tdlib/telegram-bot-api words them; protocols.md
# §5.3; checked 2026-11-28. A key is the HTTP status, with the description's first words where these decide.
VERDICTS: Mapping[str, Verdict] = {
    "400*": Verdict(Never, "Telegram does not take this message"),
    "400 chat not found": Verdict(Never, "there is no such chat, or its citizen never wrote to this bot"),
    "400 group chat was upgraded": Verdict(Never, "a group that moved: the hub speaks to persons only"),
    "400 wrong file_id or the file is temporarily": Verdict(Later, "the file is not to be had just now"),
    "401*": Verdict(Credential, "the token is not valid, or was revoked"),
    "403*": Verdict(OptedOut, "the citizen blocked the bot or left Telegram"),
    "403 bot can't send messages to bots": Verdict(Never, "the other side is a bot"),
    "404*": Verdict(Credential, "base_url or the token has the wrong form"),
    "409*": Verdict(Credential, "another program takes this bot's updates"),
    "413*": Verdict(Never, "the request is too large"),
    "429*": Verdict(Later, "too many messages", whole_account=True),
    "5*": Verdict(Later, "Telegram failed inside"),
    "504*": Verdict(Unknown, "Telegram did not answer its own gateway"),
}
_STATUS: tuple[tuple[type[TelegramError], str], ...] = (
    # In this order: BadRequest is a NetworkError.
    (Forbidden, "403"),
    (BadRequest, "400"),
    (Conflict, "409"),
)
_PREFIXES = ("bad request: ", "forbidden: ", "conflict: ")


def decided(error: Exception) -> SendError:
    """The decision for whatever a call of the library raised. Its words are ours: Telegram's may quote the message."""
    if isinstance(error, NotLeft):
        return Away(str(error))
    if isinstance(error, ChatMigrated):
        return _by_code("400 group chat was upgraded")
    if isinstance(error, InvalidToken):
        return _by_code("404" if error.message == "Not Found" else "401")
    if isinstance(error, Failed):
        rest = CROWDED if error.after is None else error.after + 1
        return _by_code(str(error.status), after=rest if error.status == 429 else None)
    for kind, status in _STATUS:
        if isinstance(error, kind):
            return _by_code(_worded(status, error))
    if isinstance(error, TimedOut):
        return Unknown("the request left, no answer came")
    return Unknown(f"the answer does not say what became of the request ({type(error).__name__})")


def harmless(error: SendError) -> SendError:
    """The same decision for a call that may be repeated without harm: a doubt is no reason to stop."""
    return Later(str(error), code=error.code) if isinstance(error, Unknown) else error


def _by_code(code: str, *, after: float | None = None) -> SendError:
    rows = [row for row in VERDICTS if code == row or (row.endswith("*") and code.startswith(row[:-1]))]
    verdict = VERDICTS[max(rows, key=len)] if rows else Verdict(Unknown, "an answer nobody has seen yet")
    if verdict.error is Later:
        return Later(verdict.reason, after=after, code=code, whole_account=verdict.whole_account)
    return verdict.error(verdict.reason, code=code)


def _worded(status: str, error: TelegramError) -> str:
    """ "400 chat not found" where the table knows these words, else "400"."""
    said = error.message.lower()
    for prefix in _PREFIXES:
        said = said.removeprefix(prefix)
    known = [row for row in VERDICTS if " " in row and f"{status} {said}".startswith(row)]
    return max(known, key=len) if known else status
