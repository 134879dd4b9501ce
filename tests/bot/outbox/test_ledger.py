"""What a citizen's reply window still allows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.outbox.ledger import Ledger, arrive
from channels.message import Trigger
from tests.bot.outbox.provider import FREE, UNCOUNTED_DAYS, WINDOWED

NOW = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
TRIGGERS = st.sampled_from(list(Trigger))
STEPS = st.lists(st.tuples(st.integers(0, 200_000), st.one_of(TRIGGERS, st.just("spend"))), max_size=30)


def test_a_message_buys_five_for_two_days():
    left, until = arrive(0, None, trigger=Trigger.MESSAGE, capabilities=WINDOWED, now=NOW)
    assert (left, until) == (5, NOW + timedelta(hours=48))
    ledger = Ledger(left, until)
    assert ledger.available(until - timedelta(microseconds=1)) == 5
    assert ledger.available(until) == 0


def test_windows_do_not_add_up():
    running = Ledger(2, NOW + timedelta(hours=40))
    clicked = running.arrive(Trigger.MENU, capabilities=WINDOWED, now=NOW)
    assert clicked == Ledger(3, NOW + timedelta(hours=40))
    assert Ledger(4, running.until).arrive(Trigger.MENU, capabilities=WINDOWED, now=NOW).left == 4


def test_a_shut_window_counts_for_nothing():
    old = Ledger(4, NOW - timedelta(seconds=1))
    assert old.arrive(Trigger.MENU, capabilities=WINDOWED, now=NOW) == Ledger(3, NOW + timedelta(minutes=1))


def test_a_channel_without_windows_and_a_trigger_that_buys_nothing_change_nothing():
    ledger = Ledger(1, NOW)
    assert ledger.arrive(Trigger.MESSAGE, capabilities=FREE, now=NOW) is ledger
    assert ledger.arrive(Trigger.NONE, capabilities=WINDOWED, now=NOW) is ledger


def test_a_window_without_a_number_lasts_until_its_end_or_a_refusal():
    left, until = arrive(0, None, trigger=Trigger.MESSAGE, capabilities=UNCOUNTED_DAYS, now=NOW)
    ledger = Ledger(left, until)
    assert ledger.available(NOW + timedelta(hours=47)) > 10_000
    assert ledger.available(NOW + timedelta(hours=48)) == 0
    assert ledger.arrive(Trigger.MENTION, capabilities=UNCOUNTED_DAYS, now=NOW) == ledger
    shut = replace(ledger, left=0)  # the provider refused
    assert shut.arrive(Trigger.MENTION, capabilities=UNCOUNTED_DAYS, now=NOW).left == 1


@given(STEPS)
def test_never_more_than_one_window_holds_nor_longer(steps):
    most = max(window.count for window in WINDOWED.windows.values())
    ledger, now = Ledger(), NOW
    for seconds, step in steps:
        now += timedelta(seconds=seconds)
        before = ledger.available(now)
        if isinstance(step, Trigger):
            ledger = ledger.arrive(step, capabilities=WINDOWED, now=now)
            window = WINDOWED.windows.get(step)
            assert ledger.available(now) == max(before, window.count if window else 0)
        else:
            ledger = replace(ledger, left=max(ledger.left - 1, 0))  # as one message that left
        assert 0 <= ledger.available(now) <= most
        assert ledger.until is None or ledger.until <= now + timedelta(hours=48)
