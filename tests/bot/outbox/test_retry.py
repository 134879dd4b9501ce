"""Again, another way, never, or a person: one decision for each class of error."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.retry import (
    AWAY_PAUSE,
    BACKOFF,
    CREDENTIAL_PAUSE,
    JITTER,
    LONGEST,
    MAX_ATTEMPTS,
    Failure,
    Verdict,
    decide,
)
from channels.errors import Away, Credential, Later, Never, OptedOut, SendError, Unknown, WindowClosed

NOW = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)


def fail(error: BaseException, attempts: int = 1, *, idempotent: bool = False):
    failure = Failure(error=error, attempts=attempts, now=NOW, idempotent=idempotent)
    return decide(failure, rng=Random(1))


@pytest.mark.parametrize(
    ("error", "verdict"),
    [
        (Later("x"), Verdict.AGAIN),
        (SendError("x"), Verdict.AGAIN),
        (Never("x"), Verdict.DEAD),
        (OptedOut("x"), Verdict.REPLAN),
        (WindowClosed("x"), Verdict.REPLAN),
        (Unknown("x"), Verdict.HOLD),
        (Credential("x"), Verdict.WAIT),
        (Later("x", after=60, whole_account=True), Verdict.WAIT),
        (Away("x"), Verdict.WAIT),
        (KeyError("a bug of ours"), Verdict.HOLD),
        (TimeoutError(), Verdict.HOLD),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else value,
)
def test_each_class_is_a_decision(error, verdict):
    assert fail(error).verdict is verdict


def test_an_unknown_outcome_is_repeated_where_repeats_are_dropped():
    assert fail(Unknown("x"), idempotent=True).verdict is Verdict.AGAIN
    assert fail(Unknown("x"), MAX_ATTEMPTS, idempotent=True).verdict is Verdict.DEAD


@given(st.integers(1, 20), st.integers())
def test_waits_grow_by_the_table_with_a_little_spread(attempts, seed):
    failure = Failure(error=Later("x"), attempts=attempts, now=NOW, idempotent=False)
    decision = decide(failure, rng=Random(seed))
    if attempts >= MAX_ATTEMPTS:
        assert decision.verdict is Verdict.DEAD
        return
    wait = (decision.at - NOW).total_seconds()
    assert BACKOFF[attempts - 1] <= wait <= BACKOFF[attempts - 1] * (1 + JITTER)


@given(st.floats(-10, 1e300))
def test_a_provider_s_own_time_is_kept_within_reason(after):
    wait = fail(Later("x", after=after)).at - NOW
    asked = timedelta(seconds=min(max(after, 0), LONGEST.total_seconds()))
    assert asked <= wait <= asked + timedelta(seconds=1)


def test_a_whole_account_rests_and_a_long_rest_calls_somebody():
    short = fail(Later("x", after=60, whole_account=True))
    assert (short.pause_until, short.alert) == (NOW + timedelta(seconds=60), False)
    day = fail(Later("x", after=10 * 3600, whole_account=True))
    assert (day.pause_until, day.alert) == (NOW + timedelta(hours=10), True)
    away = fail(Away("x"), attempts=MAX_ATTEMPTS)
    assert away.pause_until is not None
    assert AWAY_PAUSE <= away.pause_until - NOW <= AWAY_PAUSE * (1 + JITTER)
    refused = fail(Credential("x"))
    assert (refused.pause_until, refused.alert) == (NOW + CREDENTIAL_PAUSE, True)


def test_refusals_leave_their_mark():
    assert fail(OptedOut("x")).opted_out
    assert fail(WindowClosed("x")).window_closed
    assert not fail(Never("x")).opted_out
