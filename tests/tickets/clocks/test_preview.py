"""The preview of a policy shows its arithmetic, day by day and hour by hour."""

from __future__ import annotations

from datetime import datetime

import pytest

from tickets.appeal import AppealType, Urgency
from tickets.clocks.preview import counted, preview
from tickets.limits.calendar import SHANGHAI, Calendar
from tickets.limits.deadlines import add
from tickets.limits.duration import Duration
from tickets.policy import Policy


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def shown(policy: Policy, calendar: Calendar, now: str, urgency: Urgency = Urgency.NORMAL) -> list[str]:
    return list(preview(policy, calendar, appeal=AppealType.COMPLAINT, urgency=urgency, now=at(now)))


def test_make_up_days_count_and_holidays_do_not(policy: Policy, calendar: Calendar) -> None:
    lines = shown(policy, calendar, "2026-09-18 09:00")
    assert "  2026-09-18 周五 工作日：收到当日不计" in lines
    assert "  2026-09-19 周六 周末：不计" in lines
    assert "  2026-09-20 周日 调休上班：第 1 个工作日" in lines
    assert "  2026-09-24 周四 工作日：第 5 个工作日" in lines
    assert "应于 2026-09-24 周四 23:59:59 前答复" in lines
    assert "黄牌 2026-09-24 周四 00:00:00；红牌 2026-09-28 周一 00:00:00" in lines


def test_every_day_on_the_way_is_shown_once(policy: Policy, calendar: Calendar) -> None:
    days = [line for line in shown(policy, calendar, "2026-09-30 10:00") if line.startswith("  2026")]
    assert len(days) == 14
    assert sum("不计" in line for line in days) == 9
    assert days[-1].startswith("  2026-10-13")


def test_urgent_limits_run_day_and_night(policy: Policy, calendar: Calendar) -> None:
    lines = shown(policy, calendar, "2026-10-01 22:00", Urgency.URGENT)
    assert "  自然时间，昼夜与节假日连续计算" in lines
    assert "应于 2026-10-02 周五 22:00:00 前答复" in lines


def test_an_unannounced_year_is_said(policy: Policy, calendar: Calendar) -> None:
    assert any("2032 年放假安排尚未公布" in line for line in shown(policy, calendar, "2031-12-30 10:00"))
    assert not any("尚未公布" in line for line in shown(policy, calendar, "2026-12-01 10:00"))


def test_office_hours_are_shown_span_by_span(calendar: Calendar) -> None:
    limit, start = Duration.parse("4wh"), at("2026-09-18 16:00")
    end = add(calendar, start, limit)
    lines = list(counted(calendar, limit, start=start, closing_day=end.date()))
    assert lines == [
        "  2026-09-18 周五 工作日：16:00–17:30",
        "  2026-09-19 周六 周末：不计",
        "  2026-09-20 周日 调休上班：08:30–11:00",
    ]


def test_a_naive_time_is_refused(policy: Policy, calendar: Calendar) -> None:
    with pytest.raises(ValueError, match="time zone"):
        list(preview(policy, calendar, appeal=AppealType.HELP, urgency=Urgency.NORMAL, now=datetime(2026, 1, 1)))  # noqa: DTZ001
