"""What `$me`, `$my_departments` and `$today-7d` stand for in one call.

Python and SQL both ask here, so that they cannot disagree.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import (
    Anchor,
    Literal,
    Me,
    MyDepartment,
    MyDepartments,
    RelativeDate,
)
from kefu_admin.definitions.times import month_later

Symbol = Me | MyDepartment | MyDepartments | RelativeDate


def resolve(operand: Literal | Symbol, binding: Binding) -> object:
    """The value an operand stands for: a literal's own, an id, a sorted tuple of department ids, a
    date, or an aware UTC instant. None when the asker has none (a system actor's `$me`)."""
    match operand:
        case Literal(value=value):
            return value
        case Me():
            return binding.user_id
        case MyDepartment():
            return binding.department_id
        case MyDepartments():
            return tuple(sorted(binding.departments_below))
        case RelativeDate():
            return relative(operand, binding)


def relative(operand: RelativeDate, binding: Binding) -> date | datetime:
    """The date, or with `as_instant` the instant (aware UTC), a relative date means now.

    Months and years keep the day, or take the month's last day where it has fewer.
    """
    local = binding.now.astimezone(binding.zone)
    if operand.anchor is Anchor.NOW:
        moment = _shift_moment(local, operand)
        return moment.astimezone(UTC) if operand.as_instant else moment.date()
    day = _shift_day(_start(operand.anchor, local.date()), operand.amount, operand.unit)
    if not operand.as_instant:
        return day
    if operand.day_end:
        day += timedelta(days=1)
    return datetime.combine(day, time(), binding.zone).astimezone(UTC)


def _start(anchor: Anchor, today: date) -> date:
    match anchor:
        case Anchor.START_OF_WEEK:
            return today - timedelta(days=today.weekday())
        case Anchor.START_OF_MONTH:
            return today.replace(day=1)
        case Anchor.START_OF_QUARTER:
            return today.replace(month=(today.month - 1) // 3 * 3 + 1, day=1)
        case Anchor.START_OF_YEAR:
            return today.replace(month=1, day=1)
        case _:
            return today


def _shift_moment(local: datetime, operand: RelativeDate) -> datetime:
    """Hours and minutes pass in real time; days and longer move the wall clock."""
    if operand.unit in ("h", "min"):
        hours = operand.unit == "h"
        span = timedelta(hours=operand.amount) if hours else timedelta(minutes=operand.amount)
        return (local.astimezone(UTC) + span).astimezone(local.tzinfo)
    day = _shift_day(local.date(), operand.amount, operand.unit)
    return datetime.combine(day, local.time(), local.tzinfo)


def _shift_day(day: date, amount: int, unit: str) -> date:
    if unit == "d":
        return day + timedelta(days=amount)
    if unit == "w":
        return day + timedelta(weeks=amount)
    return month_later(day, amount * (12 if unit == "y" else 1))
