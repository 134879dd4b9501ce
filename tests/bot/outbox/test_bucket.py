"""An account never sends faster than its provider allows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.bucket import TokenBucket
from channels.capabilities import Rate

RATES = st.builds(Rate, per_second=st.floats(0.5, 500), burst=st.integers(1, 100))


def test_full_at_first_then_by_the_second():
    bucket = TokenBucket(Rate(per_second=50, burst=10))
    assert bucket.available(0.0) == 10
    bucket.take(10, now=0.0)
    assert bucket.available(0.0) == 0
    assert bucket.refill(0.0) == pytest.approx(0.1)
    assert bucket.available(0.1) == 5
    assert bucket.available(60.0) == 10


def test_what_is_not_there_cannot_be_taken():
    bucket = TokenBucket(Rate(per_second=1, burst=2))
    with pytest.raises(ValueError, match="3 tokens"):
        bucket.take(3, now=0.0)


def test_a_share_is_a_part_of_the_rate_and_of_the_burst():
    bucket = TokenBucket(Rate(per_second=50, burst=10))
    bucket.share(4, now=0.0)
    assert bucket.available(0.0) == 2
    bucket.take(2, now=0.0)
    assert bucket.available(0.1) == 1
    assert bucket.available(9.0) == 2
    bucket.share(1, now=9.0)
    assert bucket.available(9.0) == 2, "what others had is theirs"
    assert bucket.available(9.125) == 8


@given(st.floats(0.5, 500), st.integers(1, 100), st.integers(1, 20), st.floats(1, 60))
def test_shares_together_are_never_more_than_the_rate(per_second, burst, shares, span):
    buckets = [TokenBucket(Rate(per_second=per_second, burst=burst)) for _ in range(shares)]
    taken = 0
    for bucket in buckets:
        bucket.share(shares, now=0.0)
        bucket.take(bucket.available(0.0), now=0.0)
        for tenth in range(1, 11):
            now = span * tenth / 10
            taken += bucket.available(now)
            bucket.take(bucket.available(now), now=now)
    assert taken <= span * per_second + 1e-6


def test_time_that_runs_backwards_gives_nothing():
    bucket = TokenBucket(Rate(per_second=10, burst=1))
    bucket.take(1, now=5.0)
    assert bucket.available(4.0) == 0
    assert bucket.available(5.05) == 0
    assert bucket.available(5.11) == 1


@given(RATES, st.lists(st.floats(0, 0.5), max_size=60))
def test_no_span_holds_more_than_the_rate_and_the_burst(rate, steps):
    bucket, now, taken = TokenBucket(rate), 0.0, 0
    for step in steps:
        now += step
        count = bucket.available(now)
        bucket.take(count, now=now)
        taken += count
        assert taken <= rate.burst + rate.per_second * now + 1e-6


@given(RATES)
def test_after_the_wait_something_may_leave(rate):
    bucket = TokenBucket(rate)
    bucket.take(bucket.available(0.0), now=0.0)
    wait = bucket.refill(0.0)
    assert wait > 0
    assert bucket.available(wait + 1e-6) >= 1
