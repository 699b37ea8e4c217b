"""Calendars whose days are kept in rows: by whom, at once for everybody, and how far they know."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kefu_admin.actor import Actor
from kefu_admin.behaviours.calendar import Answer, BeyondCalendar
from kefu_admin.definitions import load
from kefu_admin.definitions.calendar import Clock, Duration
from kefu_admin.definitions.project import Project
from kefu_admin.operations import accounts, calendars, dated, verifying
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.health.looking import CHECKS, Around
from kefu_admin.operations.health.result import State
from kefu_admin.problems import Invalid, NotFound, UnknownParameter
from kefu_admin.store.database import Store
from kefu_admin.store.idempotency import idempotency_key
from tests.conftest import PROJECTS
from tests.databases import add as add_row
from tests.databases import opened

NAME = "calendars.office"
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
LATER = NOW + timedelta(seconds=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")
THREE_DAYS = Duration(3, Clock.WORKING_DAYS)
NEW_YEAR = (
    {"on": "2027-01-01", "is": "rest", "name": "元旦"},
    {"on": "2027-01-02", "is": "rest", "name": "元旦"},
    {"on": "2027-01-09", "is": "work", "name": "元旦", "hours": "09:00-12:00"},
    {"on": "2027", "is": "known"},
)


@pytest.fixture(scope="module")
def calendar_project() -> Project:
    """tests/projects/calendar, loaded."""
    return load(PROJECTS / "calendar")


@pytest.fixture
def desk(open_store: Callable[[Project], Store], calendar_project: Project) -> Desk:
    """A desk with two calendars, brought up as `kefu apply` does."""
    made = Desk(calendar_project, open_store(calendar_project))
    dated.bring_up(made, now=NOW)
    return made


def person(desk: Desk, role: str) -> Actor:
    """Somebody who holds a role."""
    at = "2026-11-21 00:00:00"
    id = add_row(
        desk.store, "kefu_user", login=f"{role}-login", name=role, password_hash="x",
        created_at=at, updated_at=at,
    )  # fmt: skip
    return Actor(user_id=id, login=f"{role}-login", name=role, roles=frozenset({role}))


def due(desk: Desk, begins: str, now: datetime = LATER) -> Answer[str]:
    """Three working days later, as the wall shows it."""
    at = datetime.fromisoformat(begins).replace(tzinfo=SHANGHAI)
    answer = calendars.due(desk, "", THREE_DAYS, at, now=now)
    return Answer(answer.value.astimezone(SHANGHAI).isoformat(" ")[:16], answer.provisional)


def wrong(refused: pytest.ExceptionInfo[Invalid]) -> list[tuple[str, str]]:
    """Field and code of every error."""
    return [(error.field, error.code) for error in refused.value.errors]


def test_the_file_s_days_count_and_the_year_after_is_provisional(desk: Desk) -> None:
    assert due(desk, "2026-12-22 10:00") == ("2026-12-28 10:00", False)  # 24 Dec is off
    assert due(desk, "2026-12-30 10:00") == ("2027-01-05 10:00", True)
    assert calendars.known_until(desk, now=NOW) == {"office": date(2026, 12, 31)}


def test_a_year_put_in_at_once_is_known_and_counts_at_once(desk: Desk) -> None:
    keeper = person(desk, "supervisor")

    done = dated.put(desk, NAME, NEW_YEAR, actor=keeper, now=NOW)

    assert done == dated.Put(new=4, changed=0, same=0)
    assert due(desk, "2026-12-30 10:00") == ("2027-01-05 10:00", False)
    assert due(desk, "2027-01-06 10:00") == ("2027-01-09 10:00", False)  # a Saturday worked
    assert calendars.known_until(desk, now=LATER) == {"office": date(2027, 12, 31)}
    again = dated.put(desk, NAME, NEW_YEAR, actor=keeper, now=LATER)
    assert again == dated.Put(new=0, changed=0, same=4)


def test_a_day_taken_back_is_as_usual(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    assert due(desk, "2026-12-22 10:00").value == "2026-12-28 10:00"

    dated.add(desk, NAME, {"on": "2026-12-24", "is": "usual"}, actor=keeper, now=NOW)

    assert due(desk, "2026-12-22 10:00").value == "2026-12-25 10:00"
    (day,) = (
        one
        for one in dated.values(desk, NAME, actor=keeper, now=LATER)
        if one.value.key == "2026-12-24"
    )
    past = dated.history(desk, NAME, day.value.id, actor=keeper)
    assert [(one.by, one.changes["is"]) for one in past] == [
        ("supervisor", ("rest", "usual")),
        ("system:apply", (None, "rest")),
    ]


def test_a_day_is_corrected_by_its_version(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    id = dated.add(desk, NAME, {"on": "2026-12-23", "is": "rest"}, actor=keeper, now=NOW)

    sent = {"is": "work", "name": "加班", "hours": "09:00-10:00"}
    dated.change(desk, NAME, id, 1, sent, actor=keeper, now=NOW)

    mark = calendars.times(desk, "office", now=LATER).mark(date(2026, 12, 23))
    assert ([str(span) for span in mark.spans], mark.label.zh) == (["09:00-10:00"], "加班")


def test_what_is_wrong_is_said_of_its_value_and_nothing_is_kept(desk: Desk) -> None:
    keeper = person(desk, "supervisor")

    with pytest.raises(Invalid) as refused:
        dated.put(
            desk,
            NAME,
            (
                {"on": "2027-05-01", "is": "rest"},
                {"on": "2027-02-30", "is": "rest"},
                {"on": "2027-05-01", "is": "work"},
                {"on": "5月1日", "is": "holiday"},
                {"on": "2027-05-03", "is": "work", "hours": "9-12"},
            ),
            actor=keeper,
            now=NOW,
        )
    with pytest.raises(UnknownParameter):
        dated.add(
            desk, NAME, {"on": "2027-05-01", "is": "rest", "from_on": ""}, actor=keeper, now=NOW
        )
    with pytest.raises(Invalid):
        dated.add(desk, NAME, {"is": "rest"}, actor=keeper, now=NOW)

    assert wrong(refused) == [
        ("values[1].on", "no_such_day"),
        ("values[2].on", "key_twice"),
        ("values[3].on", "wrong_form"),
        ("values[3].is", "not_a_choice"),
        ("values[4].hours", "not_a_span"),
    ]
    assert due(desk, "2027-04-29 10:00").value == "2027-05-04 10:00"


def test_only_a_keeper_writes_and_everybody_looks(desk: Desk) -> None:
    clerk = person(desk, "clerk")

    with pytest.raises(NotFound):
        dated.put(desk, NAME, NEW_YEAR, actor=clerk, now=NOW)
    with pytest.raises(NotFound):
        dated.compared(desk, NAME, NEW_YEAR, actor=clerk)
    with pytest.raises(NotFound):
        calendars.read_announcement(desk, NAME, "", 2027, actor=clerk)

    assert not calendars.keeps(desk, calendars.calendar(desk, "office"), clerk)
    assert calendars.year(desk, "", 2026, now=NOW).number == 2026


def test_lists_with_dates_are_not_put_at_once(
    open_store: Callable[[Project], Store],
) -> None:
    project = load(PROJECTS / "dated")
    lists = Desk(project, open_store(project))
    keeper = Actor(user_id=1, login="x", name="x", roles=frozenset({"supervisor"}))

    with pytest.raises(NotFound):
        dated.put(lists, "choices.source", ({"code": "a", "zh": "a"},), actor=keeper, now=NOW)


def test_a_form_sent_twice_puts_once(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    key = idempotency_key("0123456789abcdef", [])

    first = dated.put(desk, NAME, NEW_YEAR, actor=keeper, now=NOW, key=key)

    assert dated.put(desk, NAME, NEW_YEAR, actor=keeper, now=LATER, key=key) == first


def test_another_process_counts_with_what_was_written_here(desk: Desk) -> None:
    other = Desk(
        load(PROJECTS / "calendar"), opened(desk.store.url, desk.project, Path("/nowhere"))
    )
    keeper = person(desk, "supervisor")
    assert due(other, "2026-12-30 10:00", NOW).provisional

    dated.put(desk, NAME, NEW_YEAR, actor=keeper, now=NOW)

    assert not due(other, "2026-12-30 10:00", LATER).provisional
    other.store.close()


def test_of_two_who_put_the_same_days_at_once_each_day_stands_once(desk: Desk) -> None:
    keeper, both = person(desk, "supervisor"), threading.Barrier(2)
    done: list[dated.Put] = []

    def write() -> None:
        both.wait(timeout=10)
        try:
            done.append(dated.put(desk, NAME, NEW_YEAR, actor=keeper, now=NOW))
        finally:
            desk.store.release()

    threads = [threading.Thread(target=write) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert sorted((one.new, one.same) for one in done) == [(0, 4), (4, 0)]
    assert len(dated.values(desk, NAME, actor=keeper, now=LATER)) == 5


def test_the_calendar_is_compiled_again_only_where_its_days_have_changed(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    office, hotline = (calendars.times(desk, id, now=NOW) for id in ("office", "hotline"))

    dated.put(desk, NAME, NEW_YEAR, actor=keeper, now=NOW)

    assert calendars.times(desk, "office", now=LATER) is not office
    assert calendars.times(desk, "hotline", now=LATER) is hotline


def test_an_announcement_is_read_for_its_year(desk: Desk) -> None:
    keeper = person(desk, "supervisor")
    text = (
        "一、元旦：1月1日（周五）至3日（周日）放假调休，共3天。1月9日（周六）上班。\n"
        "2027-10-01~2027-10-03, 休, 国庆节\n2028-01-01, 休, 元旦\n二、春节：2月30日放假。\n"
        "2026年11月4日"
    )

    found = calendars.read_announcement(desk, NAME, text, 2027, actor=keeper)

    assert [(one["on"], one["is"], one["name"]) for one in found.values] == [
        *((f"2027-01-0{day}", "rest", "元旦") for day in (1, 2, 3)),
        ("2027-01-09", "work", "元旦"),
        *((f"2027-10-0{day}", "rest", "国庆节") for day in (1, 2, 3)),
    ]
    assert [(one.line, one.text) for one in found.unread] == [(4, "2月30日放假"), (3, "2028-01-01")]


def test_a_year_shows_its_unusual_days_together(desk: Desk) -> None:
    year = calendars.year(desk, "office", 2026, now=NOW)
    runs = [
        (run.first.day.isoformat()[5:], run.days, run.first.label.zh, run.first.works)
        for run in year.runs
    ]

    assert runs[1:5] == [
        ("01-04", 1, "元旦", True),
        ("02-14", 1, "春节", True),
        ("02-15", 9, "春节", False),
        ("02-28", 1, "春节", True),
    ]
    assert runs[-1] == ("12-24", 1, "年会", False)
    assert not year.provisional
    assert sum(mark.works for month in year.months for mark in month) == 247
    with pytest.raises(BeyondCalendar):
        calendars.year(desk, "office", 2100, now=NOW)
    with pytest.raises(NotFound):
        calendars.year(desk, "none", 2026, now=NOW)


@pytest.mark.parametrize(
    ("day", "state"),
    [("2026-10-01", State.OK), ("2026-11-22", State.ATTENTION), ("2027-01-01", State.BAD)],
)
def test_the_state_of_the_system_tells_how_far_it_knows(desk: Desk, day: str, state: State) -> None:
    now = datetime.fromisoformat(day).replace(hour=12, tzinfo=SHANGHAI).astimezone(UTC)

    check = CHECKS["calendar"](Around(desk=desk, here=None, now=now, figures=None))

    assert check.state is state
    (said,) = check.found
    assert said.facts["day"] == date(2026, 12, 31)
    assert (check.mend is None) == (state is State.OK)


def test_a_department_works_by_its_calendar_or_by_that_above(desk: Desk) -> None:
    chief = Actor(user_id=1, login="chief", name="chief", roles=frozenset({"chief"}))

    def made(**values: object) -> int:
        raw = {"code": "", **values}
        return accounts.create_department(desk, raw, actor=chief, now=NOW).id

    head = made(name="总部")
    line = made(name="热线部", parent=head, calendar="hotline")
    night = made(name="夜班组", parent=line)
    lost = made(name="旧部", parent=line)
    desk.store.execute(
        """UPDATE "kefu_department" SET "calendar" = 'gone' WHERE "id" = ?""", (lost,)
    )

    found = {id: calendars.of_department(desk, id).id for id in (head, line, night, lost, None)}

    assert found == {
        head: "office",
        line: "hotline",
        night: "hotline",
        lost: "hotline",
        None: "office",
    }
    with pytest.raises(Invalid) as refused:
        made(name="又一部", calendar="none")
    assert wrong(refused) == [("calendar", "no_such_calendar")]
    kept = accounts.get_department(desk, line, actor=chief)
    accounts.change_department(desk, line, kept.version, {"calendar": ""}, actor=chief, now=LATER)
    assert calendars.of_department(desk, night).id == "office"


def test_a_day_no_calendar_can_have_is_found_and_does_not_hold(desk: Desk) -> None:
    about = {one.code for one in verifying.verify(desk, now=NOW).findings}
    assert not {code for code in about if code.startswith("dated")}
    for key in ("2026-12-32", "2026-12-23"):
        add_row(
            desk.store, "kefu_dated_value", definition=NAME, key=key, from_on="1000-01-01",
            parts='{"is":"work","hours":"9-12"}', changed_at="2026-01-01 00:00:00", changed_by="x",
        )  # fmt: skip

    found = [one for one in verifying.verify(desk, now=NOW).findings if "dated" in one.code]

    assert [(one.code, one.facts["key"]) for one in found] == [
        ("dated_faulty", "2026-12-23"),
        ("dated_faulty", "2026-12-32"),
    ]
    assert due(desk, "2026-12-22 10:00").value == "2026-12-28 10:00"
