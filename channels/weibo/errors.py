"""What Weibo's error numbers mean for a message of ours: one table, number to decision.

The numbers are those of the wiki's page Error_code (1xxxx the system, 2xxxx a service) as third parties copied it; none
was met on a live account [U]. ``messages/reply`` says nowhere which number "no quota" has: its words are looked at.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from channels.errors import Credential, Later, Never, SendError, WindowClosed

ACCEPTED = frozenset({"20032"})
"""Published, "please wait 1-2 minutes": a success."""
_HOUR = 3600
_NO_QUOTA = re.compile(r"quota|配额", re.IGNORECASE)

_Make = Callable[[str, str, datetime], SendError]
"""(reason, code, now) -> the decision."""


def _of(decision: type[SendError]) -> _Make:
    return lambda reason, code, _now: decision(reason, code=code)


def _next_hour(reason: str, code: str, now: datetime) -> SendError:
    return Later(reason, code=code, after=_HOUR - now.timestamp() % _HOUR, whole_account=True)


def _in_ten_minutes(reason: str, code: str, _now: datetime) -> SendError:
    return Later(reason, code=code, after=600)


_ROWS: tuple[tuple[_Make, str, str], ...] = (
    (_of(Later), "Weibo is busy or failed inside", "10001 10002 10003 10009 10010 10011 21331"),
    (_next_hour, "the calls of this hour are used up", "10022 10023 10024"),
    (_of(Credential), "our IP address may not call", "10004 20015 20022"),
    (_of(Credential), "the app may not do this", "10005 10006 10012 10013 10014 21301 21321 21330"),
    (_of(Credential), "the token is refused, used up, revoked or has ended", "21314 21315 21316 21317 21327 21332"),
    (_of(Never), "the request is wrong: a fault of ours", "10007 10008 10016 10017 10018 10020 10021"),
    (_of(Never), "there is no such user", "20003"),
    (_of(Never), "the text is empty or too long", "20008 20012 20013"),
    (_of(Never), "the content is refused", "20018 20020 20021 20104 20202 20302"),
    (_of(Never), "a person must type what a picture shows", "20031 20507"),
    (_in_ten_minutes, "too fast, or too much like the last one", "20016 20017 20019 20111 20306"),
    (_of(Never), "what it answers is gone", "20101 20132 20201"),
    (_of(Never), "this author takes no comments from us", "20206 20207"),
    (_of(WindowClosed), "the citizen does not follow the account", "20301"),
    (_of(WindowClosed), "the citizen's privacy settings forbid it", "20508"),
)
CODES: Mapping[str, tuple[_Make, str]] = MappingProxyType(
    {code: (make, meaning) for make, meaning, codes in _ROWS for code in codes.split()}
)


def error_of(code: str, words: str, *, now: datetime) -> SendError:
    """The decision for ``code``; a number nobody knows goes to a person, unless its ``words`` speak of the quota. They are
    not kept: they may quote the message."""
    if code not in CODES and _NO_QUOTA.search(words):
        return WindowClosed("no quota for this citizen", code=code)
    make, meaning = CODES.get(code, (_of(Never), "an unknown error"))
    return make(meaning, code, now)


def harmless(error: SendError) -> SendError:
    """The same for a call that may be repeated without harm: it ends in an operator's care, or is made again."""
    if isinstance(error, Credential | Later):
        return error
    return Later(str(error), code=error.code)
