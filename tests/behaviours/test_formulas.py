"""Formulas are exact, and absent operands make absent results."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu_admin.behaviours.formulas import BUDGET, evaluate
from kefu_admin.definitions.fields import BadValue
from kefu_admin.definitions.formula_text import parse_formula
from kefu_admin.problems import NOWHERE, Problem
from tests.lab import CUSTOMER, NOW, TYPES, ZONE

VALUES: Mapping[str, object] = {
    "name": "张三👍",
    "kind": "company",
    "score": 7,
    "minutes": 90,
    "credit": Decimal("12.30"),
    "rate": Decimal("0.3333"),
    "active": True,
    "since": date(2026, 1, 31),
    "met_at": datetime(2026, 5, 31, 16, 0, 30, tzinfo=UTC),
    "contacts": ({"age": 3}, {"age": None}, {"age": 10, "rate": Decimal("0.5000")}),
}


def worked_out(
    text: str, values: Mapping[str, object] = VALUES, *, result: str = "decimal", scale: int = 2
) -> object:
    problems: list[Problem] = []
    formula = parse_formula(
        text, type=CUSTOMER, types=TYPES, place=NOWHERE, problems=problems, result=result,
        scale=scale,
    )  # fmt: skip
    assert formula is not None, problems
    return evaluate(formula, values, now=NOW, zone=ZONE)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1 + 2 * 3 - 4 / 8", "6.50"),
        ("10 - 2 - 3", "5.00"),
        ("-(score)", "-7.00"),
        ("0.1 + 0.2", "0.30"),
        ("1 / 3 * 3", "1.00"),
        ("1 / 3", "0.33"),
        ("2 / 3", "0.67"),
        ("0.005", "0.01"),
        ("-0.005", "-0.01"),
        ("0.004999", "0.00"),
        ("credit * rate", "4.10"),
        ("round(2.5, 0)", "3.00"),
        ("round(-2.5, 0)", "-3.00"),
        ("round(0.125, 2) * 10", "1.30"),
        ("abs(-1.5)", "1.50"),
        ("min(score, 3, 5)", "3.00"),
        ("max(score, 3, 5)", "7.00"),
        ("sum(contacts, age)", "13.00"),
        ("min(contacts, age)", "3.00"),
        ("max(contacts, age)", "10.00"),
        ("count(contacts)", "3.00"),
        ("sum(contacts, rate)", "0.50"),
        ("len(name)", "3.00"),
        ("days_between(since, date('2026-03-01'))", "29.00"),
        ("days_between(met_at, today())", "0.00"),
        ("minutes_between(met_at, now())", "29.50"),
        ("year(met_at) * 10000 + month(met_at) * 100 + day(met_at)", "20260601.00"),
        ("if(kind == 'company', 30, 7)", "30.00"),
        ("if(kind in ('person', 'none'), 30, 7)", "7.00"),
        ("first(until_score, score)", "7.00"),
        ("minutes + score", "97.00"),
    ],
)
def test_numbers(text, value):
    text = text.replace("until_score", "if(is_empty(until), score / 0, 1)")

    assert worked_out(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("add_days(since, 28)", date(2026, 2, 28)),
        ("add_months(since, 1)", date(2026, 2, 28)),
        ("add_months(since, -11)", date(2025, 2, 28)),
        ("date(met_at)", date(2026, 6, 1)),
        ("today()", date(2026, 6, 1)),
        ("max(since, date('2026-02-01'))", date(2026, 2, 1)),
    ],
)
def test_dates(text, value):
    assert worked_out(text, result="date") == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("not active", False),
        ("score >= 7 and name < '李'", True),
        ("is_empty(until)", True),
        ("until > since", None),
        ("until > since or active", True),
        ("active or until > since", True),
        ("until > since and not active", False),
        ("until > since and active", None),
        ("not (until > since)", None),
    ],
)
def test_answers(text, value):
    assert worked_out(text, result="boolean") is value


def test_texts_are_joined():
    assert worked_out("concat(name, ' (', kind, ')')", result="text") == "张三👍 (company)"


def test_an_empty_text_is_absent():
    assert worked_out("''", result="text") is None


@pytest.mark.parametrize(
    "text",
    ["score / 0", "score / (score - 7)", "score + 1 / 0", "days_between(since, until)",
     "min(score, score / 0)", "if(until > since, 1, 2)", "len(other)", "1 - score * (1 / 0)"],
)  # fmt: skip
def test_absent_operands_and_division_by_zero_are_absent(text):
    assert worked_out(text) is None


def test_the_branch_not_taken_does_not_matter():
    assert worked_out("if(active, 1, 1 / 0)") == 1


def test_no_rows_sum_to_nothing_and_have_no_greatest():
    assert worked_out("sum(contacts, age) + count(contacts)", {}) == 0
    assert worked_out("max(contacts, age)", {}) is None


def test_whole_number_results_are_rounded():
    assert worked_out("score / 2", result="integer") == 4
    assert worked_out("0 - score / 2", result="duration") == -4


def test_without_a_result_type_the_value_stays_exact():
    assert worked_out("1 / 3", result="") == Fraction(1, 3)


@pytest.mark.parametrize(
    ("text", "code", "result"),
    [
        ("999999999999999999 * 999999999999999999", "formula_too_large", "decimal"),
        ("92233720368547758.08", "formula_too_large", "money"),
        ("9223372036854775807 + 1".replace("9223372036854775807", "922337203685477580 * 10 + 7"),
         "formula_too_large", "integer"),
        ("add_days(since, 99999999)", "formula_bad_date", "date"),
        ("add_months(since, 99999999)", "formula_bad_date", "date"),
        ("add_days(since, -1000000)", "formula_bad_date", "date"),
    ],
)  # fmt: skip
def test_what_no_column_holds_is_refused(text, code, result):
    with pytest.raises(BadValue) as refused:
        worked_out(text, result=result)

    assert refused.value.code == code


def test_the_largest_number_is_kept():
    assert worked_out("92233720368547758.07", result="money") == Decimal("92233720368547758.07")


def test_a_long_text_is_refused():
    with pytest.raises(BadValue) as refused:
        worked_out("concat(name, name)", {"name": "a" * 128}, result="text")

    assert (refused.value.code, refused.value.facts) == ("formula_text_too_long", {"limit": 255})


def test_a_formula_over_very_many_rows_gives_up():
    rows = tuple({"age": 1} for _ in range(BUDGET))

    with pytest.raises(BadValue) as refused:
        worked_out("sum(contacts, age)", {"contacts": rows})

    assert refused.value.code == "formula_too_long_running"


@given(
    st.decimals(-(10**8), 10**8, places=2),
    st.decimals(-(10**4), 10**4, places=4),
    st.integers(0, 6),
)
def test_products_are_rounded_half_away_from_zero(credit, rate, scale):
    found = worked_out("credit * rate", {"credit": credit, "rate": rate}, scale=scale)

    assert found == (credit * rate).quantize(Decimal(1).scaleb(-scale), ROUND_HALF_UP)
