"""The calendar's pages and its part of the API, as its keeper and as others meet them."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from kefu_admin import clock, settings
from kefu_admin.app import create_app
from kefu_admin.definitions import load
from kefu_admin.definitions.project import Project
from kefu_admin.operations import dated
from kefu_admin.operations.desk import Desk
from kefu_admin.store.database import Store
from tests.conftest import PROJECTS
from tests.faces.desk import Client, Served, serve

KEY = "0123456789abcdef0123"
ANNOUNCED = "元旦：1月1日（周五）至3日（周日）放假，共3天。1月9日（周六）上班。\n2月30日放假"
CALENDARS, OFFICE = "/api/v1/calendars", "/api/v1/calendars/office"


@pytest.fixture
def served(open_store: Callable[[Project], Store], tmp_path: Path) -> Served:
    """The project with two calendars served; its supervisor keeps one."""
    project = load(PROJECTS / "calendar")
    desk = Desk(project, open_store(project))
    dated.bring_up(desk, now=clock.now())
    here = settings.read({}, data=str(tmp_path))
    return serve(create_app(here, desk=desk), desk, here, now=clock.now())


def text(client: Client, path: str, status: int = 200) -> str:
    """What a page says."""
    answer = client.get(path)
    assert answer.status_code == status
    return answer.get_data(as_text=True)


def post(client: Client, path: str, **form: object) -> tuple[int, str]:
    """Status and text of a form sent."""
    sent = client.post(path, data=form, headers={"X-CSRF-Token": client.csrf})
    return sent.status_code, sent.get_data(as_text=True)


def put(client: Client, *values: object, name: str = "calendars.office", **headers: str) -> object:
    """The answer to values sent at once."""
    sent = client.open(
        "PUT",
        f"/api/v1/values/{name}",
        json={"values": list(values)},
        headers={"X-CSRF-Token": client.csrf, **headers},
    )
    return sent.status_code, sent.json


def test_everybody_looks_at_the_year_and_its_keeper_at_his_buttons(served: Served) -> None:
    clerk, boss = served.browser("clerk"), served.browser("supervisor")

    seen, kept = text(clerk, "/calendar/?year=2026"), text(boss, "/calendar/?year=2026")

    assert 'title="2026-02-17 周二 春节 休息"' in seen
    assert 'title="2026-02-28 周六 春节 上班"' in seen
    assert "02-15 周日 – 02-23 周一 · 9 天" in seen
    assert "年会" in seen
    assert "announce" not in seen
    assert "/values/calendars.office/new?on=2026-12-25" not in seen
    assert "/calendar/office/announce" in kept
    assert "/values/calendars.office/new?on=2026-12-25" in kept
    assert re.search(r'href="/values/calendars\.office/\d+" aria-label="2026-12-24', kept)
    assert "热线" in seen


def test_a_year_not_announced_is_marked(served: Served) -> None:
    clerk = served.browser("clerk")

    said = text(clerk, "/calendar/office/?year=2027")

    assert "日历已知至 2026-12-31" in said
    assert 'title="2027-10-01 周五 国庆节 休息 暂定"' in said
    assert "法定（暂定）" in said
    assert "暂定" not in text(clerk, "/calendar/hotline/?year=2027")


def test_when_a_period_ends_is_answered_on_the_page(served: Served) -> None:
    clerk = served.browser("clerk")
    ask = "/calendar/office/?from=2026-12-{}T10:00&amount={}&clock={}"

    assert "2026-12-28 10:00 周一" in text(clerk, ask.format(22, 3, "working_days"))
    provisional = text(clerk, ask.format(30, 3, "working_days"))
    assert "2027-01-05 10:00 周二" in provisional
    assert "暂定" in provisional
    assert "应为 -100000 到 100000 的整数" in text(clerk, ask.format(22, "x", "working_days"))
    assert "不在可选范围内" in text(clerk, ask.format(22, 3, "weeks"))
    assert "请填写日期" in text(clerk, "/calendar/office/?from=x&amount=3")
    assert "日历只到" in text(clerk, "/calendar/office/?from=1980-01-01T00:00&amount=3")
    assert text(clerk, "/calendar/?year=1980", 422)
    assert text(clerk, "/calendar/none/", 404)


def test_an_announcement_is_looked_over_and_then_kept(served: Served) -> None:
    boss, path = served.browser("supervisor"), "/calendar/office/announce"
    form = {"key": KEY, "year": "2027", "text": ANNOUNCED, "whole": ["", "1"]}
    assert 'value="2027"' in text(boss, path)

    status, shown = post(boss, path, **form)

    assert status == 200
    assert "2027-01-09 周六" in shown
    assert "录入这 5 条" in shown
    assert "第 2 行：2月30日放假" in shown
    assert "日历已知至" in text(boss, "/calendar/office/?year=2027")

    status, _ = post(boss, path, **form, sure="1")

    assert status == 303
    after = text(boss, "/calendar/office/?year=2027")
    assert "日历已知至" not in after
    assert 'title="2027-01-09 周六 元旦 上班 08:30–12:00, 13:30–17:30"' in after
    assert "全年安排已录全" in text(boss, "/values/calendars.office/")
    again = post(boss, path, **{**form, "key": KEY + "x"})[1]
    assert again.count("休息</b>") == 6  # what it will be, and what it is


def test_an_announcement_that_says_nothing_or_two_things_is_refused(served: Served) -> None:
    boss, path = served.browser("supervisor"), "/calendar/office/announce"

    nothing = post(boss, path, key=KEY, year="2027", text="放假", sure="1")
    both = post(boss, path, key=KEY, year="2027", text="1月1日 休\n1月1日 班", sure="1")

    assert nothing[0] == 422
    assert "没有找到 2027 年的日子" in nothing[1]
    assert both[0] == 422
    assert "“2027-01-01”写了两次" in both[1]


def test_a_keeper_writes_one_day_and_sees_it_in_the_year(served: Served) -> None:
    boss, path = served.browser("supervisor"), "/values/calendars.office/new"
    form = text(boss, f"{path}?on=2026-12-25")
    assert 'value="2026-12-25"' in form
    assert 'name="from_on"' not in form

    wrong = post(boss, path, key=KEY, on="2026-12-25", **{"is": "rest", "hours": "9-12"})
    saved = post(boss, path, key=KEY, on="2026-12-25", **{"is": "rest", "name": "店庆"})

    assert wrong[0] == 422
    assert "只有上班的日子才写上班时间" in wrong[1]
    assert saved[0] == 303
    assert 'title="2026-12-25 周五 店庆 休息"' in text(boss, "/calendar/office/?year=2026")


def test_for_others_keeping_is_refused(served: Served) -> None:
    clerk, boss = served.browser("clerk"), served.browser("supervisor")

    assert clerk.get("/calendar/office/announce").status_code == 403
    assert post(clerk, "/calendar/office/announce", key=KEY, text="1月1日 休", sure="1")[0] == 403
    assert boss.get("/calendar/hotline/announce").status_code == 404
    assert put(clerk, {"on": "2027-05-01", "is": "rest"})[0] == 403
    assert put(boss, {"on": "2027-05-01", "is": "rest"}, name="calendars.hotline")[0] == 404
    token = served.as_("supervisor")  # without the scope
    assert put(token, {"on": "2027-05-01", "is": "rest"})[0] == 403


def test_the_api_puts_days_and_counts_with_them(served: Served) -> None:
    boss, clerk = served.browser("supervisor"), served.as_("clerk")
    due = f"{OFFICE}/due?from=2026-12-31T10:00&amount=1"
    assert clerk.get(due).json["data"] == {"at": "2027-01-04T02:00:00Z", "provisional": True}

    days = (
        {"on": "2027-01-02", "is": "work", "hours": "09:00-11:00"},
        {"on": "2027", "is": "known"},
    )
    assert put(boss, *days) == (200, {"ok": True, "data": {"new": 2, "changed": 0, "same": 0}})

    assert clerk.get(due).json["data"] == {"at": "2027-01-02T02:00:00Z", "provisional": False}
    listed = clerk.get(CALENDARS).json["data"]
    assert [(one["id"], one["default"], one["known_until"]) for one in listed] == [
        ("office", True, "2027-12-31"),
        ("hotline", False, None),
    ]
    year = clerk.get(f"{OFFICE}?year=2027").json["data"]
    assert len(year["days"]) == 365
    assert year["days"][1] == {
        "on": "2027-01-02", "works": True, "hours": ["09:00-11:00"], "name": None, "own": True,
        "provisional": False,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status", "field"),
    [
        (f"{OFFICE}/due?from=2026-12-31&amount=x", 422, "amount"),
        (f"{OFFICE}/due?from=2026-12-31&amount=1&clock=weeks", 422, "clock"),
        (f"{OFFICE}/due?amount=1", 422, "from"),
        (f"{OFFICE}/due?from=then&amount=1", 422, "from"),
        (f"{OFFICE}/due?from=1980-01-01T00:00&amount=1", 422, ""),
        (f"{OFFICE}?year=2100", 422, "year"),
        (f"{OFFICE}?month=1", 422, "month"),
        ("/api/v1/calendars/none", 404, ""),
        ("/api/v1/calendars/none/due?from=2026-12-31T10:00&amount=1", 404, ""),
    ],
)
def test_what_cannot_be_asked_of_a_calendar(
    served: Served, path: str, status: int, field: str
) -> None:
    answer = served.as_("clerk").get(path)

    assert answer.status_code == status
    assert (answer.json["errors"][0].get("field") or "") == field


def test_metrics_tell_how_long_it_is_known(served: Served) -> None:
    today = clock.now().astimezone(served.desk.zone).date()

    told = served.app.test_client().get("/metrics").text

    left = (date(2026, 12, 31) - today).days
    assert f'kefu_calendar_known_days{{calendar="office"}} {float(left)}' in told
    assert "hotline" not in told


@pytest.mark.parametrize("values", [None, [], "x", ["x"], [{"on": "2027-05-01"}], [{"a": 1}]])
def test_what_cannot_be_put(served: Served, values: object) -> None:
    boss = served.browser("supervisor")

    sent = boss.open(
        "PUT",
        "/api/v1/values/calendars.office",
        json={"values": values},
        headers={"X-CSRF-Token": boss.csrf},
    )

    assert sent.status_code == 422
