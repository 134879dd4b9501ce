"""Shows how a policy counts: by when a ticket opened now would be due, with the arithmetic day by day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from tickets.appeal import AppealType, Urgency
from tickets.clocks.cards import Mark
from tickets.limits.calendar import Calendar, DayType
from tickets.limits.deadlines import add, due, step_due
from tickets.limits.duration import Duration, Unit
from tickets.policy import Policy
from tickets.rules.provisions import Step

_DAY_TYPES = {
    DayType.WORKDAY: "工作日",
    DayType.WEEKEND: "周末",
    DayType.HOLIDAY: "节假日或停办",
    DayType.MAKEUP_WORKDAY: "调休上班",
}
_WEEKDAYS = "一二三四五六日"
_STEPS = {
    Step.ACCEPT: "受理",
    Step.DISPATCH: "派单（受理后）",
    Step.SIGN: "签收（派单后）",
    Step.CONTACT: "首次联系（派单后）",
    Step.REVIEW: "审核（答复后）",
    Step.DECIDE_RETURN: "退单裁定（提出后）",
    Step.DECIDE: "其他申请审批（提出后）",
}
_UNITS = {
    Unit.WORKING_DAY: "个工作日",
    Unit.WORKING_HOUR: "个工作小时",
    Unit.DAY: "天",
    Unit.HOUR: "小时",
    Unit.MINUTE: "分钟",
    Unit.SECOND: "秒",
}


def preview(
    policy: Policy, calendar: Calendar, *, appeal: AppealType, urgency: Urgency, now: datetime
) -> Iterator[str]:
    """Lines for a person: the due date of a ticket received ``now`` and how it was counted, the cards before and after
    it, and the other timers, each as if it began now. Nothing is changed. A naive ``now`` raises ValueError."""
    limit = policy.limits[appeal].at(urgency)
    by = due(policy, calendar, appeal=appeal, urgency=urgency, start=now)
    yield f"政策 {policy.id}，自 {policy.effective_from} 起施行（{policy.source_note}）"
    yield f"收到 {_moment(calendar, now)}，时限 {_told(limit)}"
    yield from counted(calendar, limit, start=now, closing_day=calendar.local(by).date())
    yield f"应于 {_moment(calendar, by)} 前答复"
    years = range(calendar.local(now).year, calendar.local(by).year + 1)
    for year in (year for year in years if calendar.uncertain(year)):
        yield f"注意：{year} 年放假安排尚未公布，暂按周末推算；公布后自动重新计算"
    card = policy.cards[urgency]
    yield f"黄牌 {_mark(calendar, card.yellow, now, by)}；红牌 {_mark(calendar, card.red, now, by)}"
    for step, name in _STEPS.items():
        at = step_due(policy, calendar, step=step, urgency=urgency, start=now)
        yield f"{name} {_told(policy.steps[step].at(urgency))}：{_moment(calendar, at)}"


def counted(calendar: Calendar, limit: Duration, *, start: datetime, closing_day: date) -> Iterator[str]:
    """The days from ``start`` to ``closing_day``, each with what it counts for ``limit``."""
    if limit.unit is Unit.WORKING_DAY:
        yield from _days(calendar, start=start, closing_day=closing_day)
    elif limit.unit is Unit.WORKING_HOUR:
        yield from _hours(calendar, limit, start=start)
    else:
        yield "  自然时间，昼夜与节假日连续计算"


def _days(calendar: Calendar, *, start: datetime, closing_day: date) -> Iterator[str]:
    first = calendar.local(start).date()
    yield f"  {_day(calendar, first)}收到当日不计"
    count = 0
    for n in range(1, (closing_day - first).days + 1):
        day = first + timedelta(days=n)
        count += calendar.is_workday(day)
        yield f"  {_day(calendar, day)}{f'第 {count} 个工作日' if calendar.is_workday(day) else '不计'}"


def _hours(calendar: Calendar, limit: Duration, *, start: datetime) -> Iterator[str]:
    local = calendar.local(start)
    by = add(calendar, local, limit)
    day = local.date()
    while day <= by.date():
        spans = [(max(opens, local), min(closes, by)) for opens, closes in calendar.office_spans(day)]
        worked = [f"{opens:%H:%M}–{closes:%H:%M}" for opens, closes in spans if opens < closes]
        yield f"  {_day(calendar, day)}{'、'.join(worked) if worked else '不计'}"
        day += timedelta(days=1)


def _day(calendar: Calendar, day: date) -> str:
    return f"{day} 周{_WEEKDAYS[day.weekday()]} {_DAY_TYPES[calendar.day_type(day)]}："


def _moment(calendar: Calendar, at: datetime) -> str:
    local = calendar.local(at)
    return f"{local:%Y-%m-%d} 周{_WEEKDAYS[local.weekday()]} {local:%H:%M:%S}"


def _told(duration: Duration) -> str:
    return f"{duration.amount} {_UNITS[duration.unit]}"


def _mark(calendar: Calendar, mark: Mark, start: datetime, by: datetime) -> str:
    return _moment(calendar, mark.at(calendar, start=start, due=by))
