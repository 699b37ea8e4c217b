"""What the desk does by itself: at its time, once, and what becomes of it is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu_admin import settings, wording
from kefu_admin.definitions import load
from kefu_admin.definitions.schedule import (
    LAST_DAY,
    SCHEDULES,
    Daily,
    Every,
    Monthly,
    Weekday,
    Weekly,
)
from kefu_admin.operations import health, schedules
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.health import State, telling
from kefu_admin.operations.health.looking import Around
from kefu_admin.operations.job_kinds import LONG_JOBS, SHORT_JOBS
from kefu_admin.operations.schedules import standings, tick_due
from kefu_admin.operations.schedules.due import last_due, next_due
from kefu_admin.store import jobs
from kefu_admin.store.backup import backups
from kefu_admin.store.jobs import JobState
from kefu_admin.worker import jobs as running
from tests import factories
from tests.databases import opened

EVENING = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)  # 18:00 in Shanghai
MORNING = EVENING + timedelta(hours=12)
ALL = ("clean_up", "backup", "verify")


@pytest.fixture
def desk(open_store):
    made = factories.project(factories.content_type("customer", factories.field("name")))
    return Desk(made, open_store(made))


@pytest.fixture
def here(desk, tmp_path):
    secret = tmp_path / "secret"
    settings.write_secret(secret)
    return settings.read(
        {},
        data=str(desk.store.data_directory),
        secret_file=str(secret),
        backups=str(tmp_path / "backups"),
        config=str(tmp_path / "config"),
    )


def begun(desk, here):
    """A desk whose schedules were seen in the evening."""
    assert tick_due(desk, here, now=EVENING) == ()


def waiting(desk):
    return [one.schedule for one in jobs.jobs(desk.store, states=[JobState.WAITING])]


def fail_newest(desk, schedule):
    """The run of a schedule is taken, and fails for good."""
    lane = jobs.Lane(kinds=(schedules.KINDS[schedule].name,), but=False)
    with desk.store.transaction():
        job = jobs.claim(desk.store, owner="tests", lane=lane)
        jobs.fail(desk.store, job, {"code": "backup_unwritable", "path": "/mnt", "why": "full"},
                  final=True)  # fmt: skip


# when


@pytest.mark.parametrize(
    ("zone", "now", "last", "next"),
    [
        ("Asia/Shanghai", "2026-11-21T18:29", "2026-11-20T18:30", "2026-11-21T18:30"),
        ("Asia/Shanghai", "2026-11-21T18:30", "2026-11-21T18:30", "2026-11-22T18:30"),
        ("Europe/Berlin", "2026-10-25T02:00", "2026-10-25T00:30", "2026-10-26T01:30"),
        ("Europe/Berlin", "2026-03-29T03:00", "2026-03-29T01:30", "2026-03-30T00:30"),
    ],
    ids=["before", "at the minute", "repeated hour", "skipped hour"],
)  # fmt: skip
def test_due_instants_are_on_the_projects_clock(zone, now, last, next):
    asked = Daily(at=time(2, 30)), ZoneInfo(zone), instant(now)

    assert last_due(*asked) == instant(last)
    assert next_due(*asked) == instant(next)


AT = time(2, 30)
SUNDAYS = Weekly(weekday=Weekday.SUNDAY, at=AT)
FIRST, LAST = Monthly(day=1, at=AT), Monthly(day=LAST_DAY, at=AT)


@pytest.mark.parametrize(
    ("when", "now", "last", "next"),
    [  # on the clock of Shanghai
        (SUNDAYS, "2026-11-22T02:29", "2026-11-15T02:30", "2026-11-22T02:30"),
        (SUNDAYS, "2026-11-22T02:30", "2026-11-22T02:30", "2026-11-29T02:30"),
        (FIRST, "2026-12-01T02:29", "2026-11-01T02:30", "2026-12-01T02:30"),
        (FIRST, "2026-12-31T23:59", "2026-12-01T02:30", "2027-01-01T02:30"),
        (LAST, "2028-02-29T02:30", "2028-02-29T02:30", "2028-03-31T02:30"),
        (LAST, "2027-02-28T02:29", "2027-01-31T02:30", "2027-02-28T02:30"),
        (Every(minutes=15), "2026-11-22T00:00", "2026-11-22T00:00", "2026-11-22T00:15"),
        (Every(minutes=15), "2026-11-22T07:44", "2026-11-22T07:30", "2026-11-22T07:45"),
        (Every(minutes=300), "2026-11-22T23:59", "2026-11-22T20:00", "2026-11-23T00:00"),
        (Every(minutes=1440), "2026-11-22T23:59", "2026-11-22T00:00", "2026-11-23T00:00"),
    ],
)
def test_what_is_due_by_week_by_month_or_every_so_often(when, now, last, next):
    zone = ZoneInfo("Asia/Shanghai")
    here = datetime.fromisoformat(now).replace(tzinfo=zone)

    assert last_due(when, zone, here) == datetime.fromisoformat(last).replace(tzinfo=zone)
    assert next_due(when, zone, here) == datetime.fromisoformat(next).replace(tzinfo=zone)


@given(
    when=st.one_of(
        st.builds(Daily, at=st.times()),
        st.builds(Weekly, weekday=st.sampled_from(Weekday), at=st.times()),
        st.builds(Monthly, day=st.integers(0, 28), at=st.times()),
        st.builds(Every, minutes=st.integers(1, 1440)),
    ),
    zone=st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "America/Sao_Paulo", "Asia/Urumqi"]),
    now=st.integers(1_420_000_000, 1_900_000_000).map(lambda at: datetime.fromtimestamp(at, UTC)),
)
def test_between_the_last_due_instant_and_the_next_there_is_none(when, zone, now):
    zone = ZoneInfo(zone)
    last, next = last_due(when, zone, now), next_due(when, zone, now)

    assert last <= now < next
    assert next - last <= when.longest_wait + timedelta(hours=1)
    assert last_due(when, zone, next) == next
    assert last_due(when, zone, next - timedelta(microseconds=1)) == last
    assert next_due(when, zone, last) == next


def instant(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_every_schedule_of_the_config_has_its_job():
    assert SCHEDULES.keys() == schedules.KINDS.keys()


def test_a_project_sets_the_times(tmp_path: Path):
    (tmp_path / "project.yaml").write_text(
        "name: 台\nschedules:\n  backup: {at: 04:15, keep: 3, days: 60}\n  verify: {at: never}\n"
    )

    told = load(tmp_path).schedules

    backup = told["backup"]
    assert (backup.when, backup.keep, backup.days) == (Daily(at=time(4, 15)), 3, 60)
    assert told["verify"].when is None
    assert told["clean_up"] == SCHEDULES["clean_up"]


@pytest.mark.parametrize(
    ("written", "when", "zh", "en"),
    [
        ("{weekday: sunday, at: 04:15}", Weekly(weekday=Weekday.SUNDAY, at=time(4, 15)),
         "每周日 04:15", "every Sunday at 04:15"),
        ("{weekday: monday}", Weekly(weekday=Weekday.MONDAY, at=time(3, 30)),
         "每周一 03:30", "every Monday at 03:30"),
        ("{day: 1, at: 04:15}", Monthly(day=1, at=time(4, 15)),
         "每月 1 日 04:15", "on day 1 of the month at 04:15"),
        ("{day: last}", Monthly(day=LAST_DAY, at=time(3, 30)),
         "每月最后一天 03:30", "on the last day of the month at 03:30"),
        ("{every: 15m}", Every(minutes=15), "每 15 分钟", "every 15 min"),
        ("{every: 120m}", Every(minutes=120), "每 2 小时", "every 2 h"),
        ("{every: 24h}", Every(minutes=1440), "每 24 小时", "every 24 h"),
    ],
)  # fmt: skip
def test_a_project_says_when_in_its_own_way(tmp_path: Path, written, when, zh, en):
    (tmp_path / "project.yaml").write_text(f"name: 台\nschedules:\n  verify: {written}\n")

    told = load(tmp_path).schedules["verify"].when

    assert told == when
    assert (told.label.zh, told.label.en) == (zh, en)


# ticks


def test_each_due_instant_is_a_job_once(desk, here):
    begun(desk, here)

    assert set(tick_due(desk, here, now=MORNING)) == set(ALL)
    assert tick_due(desk, here, now=MORNING + timedelta(hours=1)) == ()
    assert sorted(waiting(desk)) == sorted(ALL)


def test_every_quarter_of_an_hour_is_a_job_once(desk, here):
    often = {"clean_up": replace(SCHEDULES["clean_up"], when=Every(minutes=15))}
    desk = Desk(replace(desk.project, schedules=often), desk.store)
    begun(desk, here)

    for minute in range(1, 121):
        tick_due(desk, here, now=EVENING + timedelta(minutes=minute))

    due = [job.due_at for job in jobs.jobs(desk.store)]
    assert sorted(due) == [EVENING + timedelta(minutes=15 * n) for n in range(1, 9)]


def test_what_was_missed_is_done_once_and_not_for_every_day(desk, here):
    begun(desk, here)

    tick_due(desk, here, now=MORNING + timedelta(days=9))

    assert sorted(waiting(desk)) == sorted(ALL)


def test_many_workers_write_one_job(desk, here):
    begun(desk, here)
    others = [
        Desk(desk.project, opened(desk.store.url, desk.project, desk.store.data_directory))
        for _ in range(4)
    ]

    def look(one):
        try:
            return tick_due(one, here, now=MORNING)
        finally:
            one.store.release()

    with ThreadPoolExecutor(4) as pool:
        told = [id for ids in pool.map(look, others) for id in ids]
    for one in others:
        one.store.close()

    assert sorted(told) == sorted(ALL)
    assert sorted(waiting(desk)) == sorted(ALL)


def test_a_run_left_over_gives_way_to_the_next_but_not_one_under_way(desk, here):
    begun(desk, here)
    tick_due(desk, here, now=MORNING)
    fail_newest(desk, "backup")
    lane = jobs.Lane(kinds=("schedule.verify",), but=False)
    with desk.store.transaction():
        under_way = jobs.claim(desk.store, owner="tests", lane=lane)

    told = tick_due(desk, here, now=MORNING + timedelta(days=1))

    assert "backup" in told
    assert "verify" not in told
    assert jobs.job(desk.store, under_way.id).state is JobState.RUNNING
    with desk.store.transaction():
        jobs.finish(desk.store, under_way, result=None, done=1, now=MORNING)
    assert tick_due(desk, here, now=MORNING + timedelta(days=1)) == ("verify",)
    states = {one.state for one in jobs.jobs(desk.store) if one.schedule == "backup"}
    assert states == {JobState.CANCELLED, JobState.WAITING}


def test_never_is_never(desk, here):
    never = {id: replace(one, when=None) for id, one in SCHEDULES.items()}
    quiet = Desk(replace(desk.project, schedules=never), desk.store)
    begun(quiet, here)

    assert tick_due(quiet, here, now=MORNING) == ()
    assert all(one.next_due is None for one in standings(quiet, now=MORNING))


def test_a_process_of_the_config_before_writes_none(desk, here, monkeypatch):
    begun(desk, here)
    monkeypatch.setattr(desk.store, "started_on", "of another config")

    assert tick_due(desk, here, now=MORNING) == ()


# runs


def test_a_worker_does_them_and_their_results_stay(desk, here):
    begun(desk, here)
    tick_due(desk, here, now=MORNING)

    running.run_due(desk)

    runs = {id: jobs.last_run(desk.store, id) for id in ALL}
    assert {run.state for run in runs.values()} == {JobState.DONE}
    assert runs["verify"].result == {"findings": 0}
    (made,) = backups(here.backups)
    assert runs["backup"].result["name"] == made.name


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_backups_beyond_count_or_age_go(desk, here, monkeypatch):
    kept = {**SCHEDULES, "backup": replace(SCHEDULES["backup"], keep=3, days=2)}
    desk = Desk(replace(desk.project, schedules=kept), desk.store)
    here.backups.mkdir()
    today = running.clock.now()
    for days in (1, 3):
        stamp = (today - timedelta(days=days)).strftime("%Y%m%dT%H%M%SZ")
        (here.backups / f"kefu-{stamp}.kefu.zip").touch()
    begun(desk, here)
    tick_due(desk, here, now=MORNING)

    running.run_due(desk)

    assert len(backups(here.backups)) == 2
    assert jobs.last_run(desk.store, "backup").result["deleted"] == 1


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_key_file_nobody_can_read_parks_the_backup_with_its_reason(desk, here):
    here = replace(here, backup_key_file=here.data / "none")
    begun(desk, here)
    tick_due(desk, here, now=MORNING)

    running.run_due(desk)

    run = jobs.last_run(desk.store, "backup")
    assert run.state is JobState.PARKED
    assert "none" in wording.sentence(run.fault["code"], "zh", path=run.fault["path"], why="-")


def test_who_takes_short_jobs_leaves_the_long_ones(desk, here):
    begun(desk, here)
    tick_due(desk, here, now=MORNING)

    assert not running.run_one(desk, owner="short", lane=SHORT_JOBS)
    assert jobs.milliseconds_overdue(desk.store, SHORT_JOBS) == 0
    assert running.run_one(desk, owner="long", lane=LONG_JOBS)


# told


def told(desk, now, locale="zh"):
    check = health.CHECKS["schedules"](Around(desk=desk, here=None, now=now, figures=None))
    return check, telling.found(check, locale, desk.zone)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_the_doctor_tells_last_run_next_run_and_failure(desk, here):
    begun(desk, here)
    check, said = told(desk, EVENING)
    assert check.state is State.OK
    assert "备份（每天 02:30）：还没有做过，第一次 2026-11-22 02:30。" in said

    tick_due(desk, here, now=MORNING)
    check, said = told(desk, MORNING)
    assert check.mend.code == "health_worker_mend"
    assert "备份（每天 02:30）：到期 3 小时还没有做完，下次 2026-11-23 02:30。" in said

    fail_newest(desk, "backup")
    check, said = told(desk, MORNING, "en")
    assert check.mend.code == "health_schedule_mend"
    assert "Backup (every day at 02:30): the run of 2026-11-22 02:30 failed" in " ".join(said)
    assert "/mnt" in " ".join(said)

    with desk.store.transaction():
        jobs.retry(desk.store, jobs.last_run(desk.store, "backup").id)
    tick_due(desk, here, now=MORNING)
    running.run_due(desk)
    check, said = told(desk, MORNING)
    assert check.state is State.OK
    assert all("上次" in one for one in said)


@pytest.mark.parametrize("dialect", ["sqlite"])
def test_a_worker_that_is_gone_shows_the_next_morning(desk, here):
    begun(desk, here)
    tick_due(desk, here, now=MORNING)
    running.run_due(desk)

    check, _ = told(desk, MORNING + timedelta(days=1))

    assert check.mend.code == "health_worker_mend"
    assert {one.lag > timedelta() for one in standings(desk, now=MORNING)} == {False}
