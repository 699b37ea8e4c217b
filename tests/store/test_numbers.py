"""How a number is written and when it counts anew."""

from __future__ import annotations

from datetime import date

import pytest

from kefu_admin.definitions.label import Label
from kefu_admin.definitions.number import Counter, DatePart, DepartmentPart, Fixed, Reset, Series
from kefu_admin.problems import NumbersExhausted
from kefu_admin.store.numbers import period, render

ON = date(2026, 1, 9)


def series(*parts: Fixed | DatePart | DepartmentPart | Counter, reset: Reset) -> Series:
    """A series of these parts."""
    return Series(id="s", label=Label("号"), parts=parts, reset=reset)


@pytest.mark.parametrize(
    ("pattern", "written"),
    [("YYYY", "2026"), ("YY", "26"), ("YYYYMM", "202601"), ("YYMMDD", "260109"), ("MMDD", "0109")],
)
def test_date_parts(pattern: str, written: str) -> None:
    one = series(DatePart(pattern), Counter(2), reset=Reset.DAY)

    assert render(one, 7, on=ON, department="") == f"{written}07"


def test_all_parts_in_their_order() -> None:
    one = series(Fixed("KH"), DepartmentPart(), Fixed("-"), Counter(4), reset=Reset.NEVER)

    assert render(one, 42, on=ON, department="A1") == "KHA1-0042"


def test_the_last_number_is_given_and_the_next_refused() -> None:
    one = series(Counter(2), reset=Reset.NEVER)

    assert render(one, 99, on=ON, department="") == "99"
    with pytest.raises(NumbersExhausted):
        render(one, 100, on=ON, department="")


@pytest.mark.parametrize(
    ("reset", "name"),
    [(Reset.NEVER, ""), (Reset.YEAR, "2026"), (Reset.MONTH, "202601"), (Reset.DAY, "20260109")],
)
def test_a_counter_belongs_to_its_period(reset: Reset, name: str) -> None:
    assert period(series(Counter(2), reset=reset), ON) == name
