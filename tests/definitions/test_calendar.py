"""Calendars as they are written: weeks, spans, own days, and the table of public holidays."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu_admin.definitions import load
from kefu_admin.definitions.calendar import Calendar
from kefu_admin.definitions.calendar_days import CALENDARS, OwnDay
from kefu_admin.definitions.dated import DatedValue
from kefu_admin.definitions.holidays import holidays_of_china
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.spans import BadSpans, Span, hours_of, hours_text, to_spans
from tests.definitions.conftest import Spoil

OFFICE = "label: 办公时间\nworking: {weekdays: [08:30-12:00, 13:30-17:30]}\n"


def calendar(spoiled: Spoil, text: str) -> Calendar:
    """The calendar of a project that has this one alone."""
    return load(spoiled({"calendars/office.yaml": text})).calendars["office"]


def days(first: str, last: str) -> set[date]:
    """The days from one to another, both in."""
    begins, ends = date.fromisoformat(first), date.fromisoformat(last)
    return {begins + timedelta(days=number) for number in range((ends - begins).days + 1)}


def test_the_announcement_for_2026_stands_in_the_table() -> None:
    off = (
        days("2026-01-01", "2026-01-03")
        | days("2026-02-15", "2026-02-23")
        | days("2026-04-04", "2026-04-06")
        | days("2026-05-01", "2026-05-05")
        | days("2026-06-19", "2026-06-21")
        | days("2026-09-25", "2026-09-27")
        | days("2026-10-01", "2026-10-07")
    )
    worked = {date(2026, *day) for day in ((1, 4), (2, 14), (2, 28), (5, 9), (9, 20), (10, 10))}

    table = holidays_of_china()
    found = {day: holiday for day, holiday in table.days.items() if day.year == 2026}

    assert {day for day, holiday in found.items() if not holiday.works} == off
    assert {day for day, holiday in found.items() if holiday.works} == worked
    assert found[date(2026, 2, 17)].label == Label("春节", "Spring Festival")


def test_every_year_of_the_table_is_whole() -> None:
    table = holidays_of_china()

    assert table.years == set(range(2004, 2027))
    for year in table.years:
        for month, day in ((1, 1), (5, 1), (10, 1), (10, 2), (10, 3)):
            assert not table.days[date(year, month, day)].works
    assert all(day.weekday() >= 5 for day, holiday in table.days.items() if holiday.works)


def test_a_week_is_written_once_and_single_days_win(spoiled: Spoil) -> None:
    made = calendar(
        spoiled,
        "label: 办公时间\n"
        "working: {weekdays: [13:30-17:30, 08:30-12:00], saturday: [09:00-12:00], friday: []}\n",
    )
    usual = (Span(510, 720), Span(810, 1050))

    assert made.week == (usual, usual, usual, usual, (), (Span(540, 720),), ())
    assert made.make_up == usual
    assert made.follows
    assert made.default
    assert made.kept is None


def test_the_days_of_the_file_hold_where_it_is_kept_in_files(spoiled: Spoil) -> None:
    made = calendar(
        spoiled,
        OFFICE + "days: [{on: 2026-12-24, is: rest, name: 年会},"
        " {on: 2026/12/26, is: work, hours: [09:00-12:00]}]\nknown_years: [2027]\n",
    )

    assert made.own.shown == (
        {
            date(2026, 12, 24): OwnDay(works=False, label=Label("年会")),
            date(2026, 12, 26): OwnDay(works=True, label=Label(""), hours=(Span(540, 720),)),
        },
        {2027},
    )


def test_a_calendar_kept_in_rows_is_kept_like_any_other_values(spoiled: Spoil) -> None:
    project = load(
        spoiled(
            {
                "calendars/office.yaml": OFFICE + "kept_in: rows\n"
                "days: [{on: 2026-12-24, is: rest, name: 年会}]\n"
            }
        )
    )
    kept = project.dated["calendars.office"]
    before = project.calendars["office"].own.shown

    kept.shown.show(kept.defaults, date(2026, 11, 22))
    assert project.calendars["office"].own.shown is before  # nothing new: nothing is counted again

    worked = DatedValue(key="2026-12-24", parts={"is": "usual", "name": None, "hours": None})
    kept.shown.show((worked,), date(2026, 11, 22))
    assert project.calendars["office"].own.shown == ({}, frozenset())


def test_a_default_is_named_where_there_are_several(spoiled: Spoil) -> None:
    project = load(
        spoiled({"calendars/a.yaml": OFFICE, "calendars/b.yaml": OFFICE + "default: true\n"})
    )

    assert project.default_calendar is project.calendars["b"]


def test_a_desk_may_do_without_calendars(spoiled: Spoil) -> None:
    assert load(spoiled({})).default_calendar is None


def test_a_layer_above_changes_one_day_of_the_week(tmp_path: Path, spoiled: Spoil) -> None:
    spoiled({"calendars/office.yaml": OFFICE})
    above = tmp_path / "above"
    (above / "calendars").mkdir(parents=True)
    (above / "project.yaml").write_text("id: above\nextends: [../config]\n")
    (above / "calendars" / "office.yaml").write_text("working: {saturday: [09:00-12:00]}\n")

    made = load(above).calendars["office"]

    assert made.week[5] == (Span(540, 720),)
    assert made.week[0] == (Span(510, 720), Span(810, 1050))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("8.30-12", "not_a_span"),
        ("24:00-24:00", "not_a_span"),
        ("09:00-24:01", "not_a_span"),
        ("12:00-12:00", "span_backwards"),
        ("22:00-06:00", "span_backwards"),
        ("09:00-12:00, 11:59-13:00", "spans_meet"),
    ],
)
def test_what_is_no_span_is_refused(text: str, reason: str) -> None:
    with pytest.raises(BadSpans) as refused:
        hours_of(text)

    assert refused.value.reason == reason


def test_quiet_hours_may_pass_midnight() -> None:
    assert to_spans(["21:00-08:00", "12:00-14:00"], over_midnight=True) == (
        Span(0, 480),
        Span(720, 840),
        Span(1260, 1440),
    )
    assert to_spans(["21:00-00:00"], over_midnight=True) == (Span(1260, 1440),)


@given(st.lists(st.integers(0, 1440), unique=True, max_size=12))
def test_spans_are_read_as_they_are_written(edges: list[int]) -> None:
    edges = sorted(edges)[: len(edges) // 2 * 2]
    spans = tuple(Span(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True))

    assert hours_of(hours_text(spans)) == spans


@pytest.mark.parametrize(
    ("key", "parts", "field", "code"),
    [
        ("2027-02-29", {"is": "rest"}, "on", "no_such_day"),
        ("2027", {"is": "rest"}, "is", "year_is_known_or_usual"),
        ("2027-10-01", {"is": "known"}, "is", "known_is_of_a_year"),
        ("0000", {"is": "known"}, "on", "no_such_day"),
        ("2027-10-01", {"is": "rest", "hours": "09:00-12:00"}, "hours", "hours_of_rest"),
        ("2027-10-01", {"is": "work", "hours": "9-12"}, "hours", "not_a_span"),
    ],
)
def test_what_a_day_cannot_be_is_said_at_its_field(
    key: str, parts: dict[str, object], field: str, code: str
) -> None:
    (fault,) = CALENDARS.faults(DatedValue(key=key, parts=parts))

    assert (fault.field, fault.code) == (field, code)


@pytest.mark.parametrize(
    ("key", "kind"), [("2027-10-01", "rest"), ("2027", "known"), ("2027", "usual")]
)
def test_days_and_years_that_are_right(key: str, kind: str) -> None:
    assert not CALENDARS.faults(DatedValue(key=key, parts={"is": kind}))
