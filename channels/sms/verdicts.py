"""What to do about each error code of a provider: a table's row, and how long to wait where it says so in words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta, timezone

from channels.errors import Later, Never, SendError

_BEIJING = timezone(timedelta(hours=8))
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86_400.0
# Aliyun: "触发分钟级流控Permits:1", "触发小时级流控Permits:5", "触发天级流控Permits:10"; its day is the last 24 hours.
_SPANS: Mapping[str, float] = {"分钟": _MINUTE, "小时": _HOUR, "天": _DAY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One row. Of the waits only one is given: ``after`` seconds, ``tomorrow`` (the provider counts by Beijing's
    calendar days), or ``in_words`` (the answer's text names the span)."""

    error: type[SendError]
    after: float | None = None
    tomorrow: bool = False
    in_words: bool = False
    whole_account: bool = False


def verdict_on(code: str, table: Mapping[str, Verdict]) -> Verdict:
    """The row for ``code``: its own, else that of the longest ``prefix*``; a code nobody knows goes to a person."""
    if code in table:
        return table[code]
    families = [key for key in table if key.endswith("*") and code.startswith(key[:-1])]
    return table[max(families, key=len)] if families else Verdict(error=Never)


def refusal(code: str, words: str, *, table: Mapping[str, Verdict], now: datetime) -> SendError:
    """The error to raise for ``code``. Its text holds the code only: ``words`` may name the citizen's phone."""
    verdict = verdict_on(code, table)
    after = verdict.after
    if verdict.tomorrow:
        after = _until_tomorrow(now)
    elif verdict.in_words:
        after = next((wait for span, wait in _SPANS.items() if span in words), _HOUR)
    return _error(verdict, code, after)


def refused(code: str, table: Mapping[str, Verdict]) -> SendError:
    """The error to raise for ``code`` of a table whose rows name their waits themselves."""
    verdict = verdict_on(code, table)
    return _error(verdict, code, verdict.after)


def _error(verdict: Verdict, code: str, after: float | None) -> SendError:
    reason = f"the provider refused: {code}"
    if issubclass(verdict.error, Later):
        return verdict.error(reason, after=after, code=code, whole_account=verdict.whole_account)
    return verdict.error(reason, code=code)


def _until_tomorrow(now: datetime) -> float:
    here = now.astimezone(_BEIJING)
    midnight = datetime.combine(here.date() + timedelta(days=1), time.min, _BEIJING)
    return (midnight - here).total_seconds()
