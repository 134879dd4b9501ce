"""What WeChat's error numbers mean for a message of ours: one table, number to decision.

Sources: the official global return codes (developers.weixin.qq.com/doc/oplatform/developers/errCode), WxJava's
``WxMpErrorMsgEnum`` and wechatpy's ``WeChatErrorCode``; checked 2026-11-23.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

from channels.errors import Credential, Later, Never, OptedOut, SendError, Unknown, WindowClosed

ACCEPTED = frozenset({0, 45065})
"""0 is "ok"; 45065 says the same client id was taken before, so the first try arrived."""
TOKEN_REFUSED = frozenset({40001, 40014, 42001})
"""Refresh the access token once and try again."""
MENU_NOT_ALLOWED = 40200
"""The account may not send message menus: the choices are listed as text instead."""
NO_MENU = 46003
_QUOTA_ZONE = ZoneInfo("Asia/Shanghai")

_Make = Callable[[str, str, datetime], SendError]
"""(reason, code, now) -> the decision."""


def _of(decision: type[SendError]) -> _Make:
    return lambda reason, code, _now: decision(reason, code=code)


def _soon(reason: str, code: str, _now: datetime) -> SendError:
    return Later(reason, code=code)


def _in_a_minute(reason: str, code: str, _now: datetime) -> SendError:
    return Later(reason, code=code, after=60, whole_account=True)


def _tomorrow(reason: str, code: str, now: datetime) -> SendError:
    here = now.astimezone(_QUOTA_ZONE)
    midnight = (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Later(reason, code=code, after=(midnight - here).total_seconds(), whole_account=True)


_ROWS: tuple[tuple[_Make, str, tuple[int, ...]], ...] = (
    (_soon, "WeChat is busy", (-1, 61450)),
    (_of(Credential), "the access token is refused even when fresh", tuple(sorted(TOKEN_REFUSED))),
    (_of(Credential), "app id or app secret is wrong, missing or frozen", (40002, 40013, 40125, 40243)),
    (_of(Credential), "app id, secret or token was not sent", (41001, 41002, 41003, 41004)),
    (_of(Credential), "our IP address is not in the console's whitelist", (40164, 45035, 61004)),
    (_of(Credential), "the account may not do this", (48001, 48003, 48004, 48006, 48008, 50001, 50002)),
    (_of(Credential), "the customer-service account is wrong", tuple(range(61452, 61458))),
    (_of(Never), "there is no such citizen", (40003, 46004)),
    (_of(Never), "the citizen is on the account's blacklist", (43019,)),
    (_of(OptedOut), "the citizen does not follow the account", (43004, 50005)),
    (_of(OptedOut), "the citizen switched messages off", (48002,)),
    (_of(WindowClosed), "the citizen did not subscribe to this template, or no longer", (43101,)),
    (_of(WindowClosed), "48 hours have passed since the citizen wrote", (45015,)),
    (_of(WindowClosed), "the messages allowed since the citizen wrote are used up", (45047,)),
    (_tomorrow, "the day's quota of this API is used up", (45009,)),
    (_in_a_minute, "too many calls in a minute", (45011,)),
    (_in_a_minute, "the same client id was sent a moment ago", (45066,)),
    (_of(Never), "the client id is too long", (45067,)),
    (_of(Never), "the media is not there or of the wrong kind", (40004, 40007, 41005, 41006)),
    (_of(Never), "the content is too long or of the wrong form", (*range(45001, 45009), 40005, 40006)),
    (_of(Never), "the content has the wrong form", (*range(40008, 40013), 40118, 40121, 40137)),
    (_of(Never), "the content is empty", (44001, 44002, 44003, 44004)),
    (_of(Never), "the request is wrong: a fault of ours", (40033, 40035, 47001, 61451)),
    (_of(Never), "the template id, value or page is wrong", (40037, 40102, 41030, 45026, 45027, 47003)),
    (_of(Never), "the account may not send message menus", (MENU_NOT_ALLOWED,)),
    (_of(Never), "the account's menu is not of the form WeChat takes", (*range(40015, 40028), 40054, 40055)),
    (_of(Never), "the account has no menu", (NO_MENU,)),
    (_of(Never), "the scene of the code is not of the form WeChat takes", (40052, 40053)),
    (_of(Unknown), "WeChat failed inside", (9001002,)),
)
CODES: Mapping[int, tuple[_Make, str]] = MappingProxyType(
    {code: (make, meaning) for make, meaning, codes in _ROWS for code in codes}
)
_FINDABLE = re.compile(r"rid: ?[\w-]{1,64}|data\.\w{1,40}(?:\.value)?")


def error_of(code: int, message: str, *, now: datetime) -> SendError:
    """The decision for ``code``; a number we have never seen is ``Never``: a person is told, nothing is repeated.

    Of WeChat's ``message`` only its request id and the name of a template field are kept: the rest may hold words.
    """
    make, meaning = CODES.get(code, (_of(Never), "an unknown error"))
    found = " ".join(_FINDABLE.findall(message))
    return make(f"{meaning} ({found})" if found else meaning, str(code), now)
