"""The pages of values kept in rows, as their keeper and as others meet them."""

from __future__ import annotations

from collections.abc import Callable
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
NAME = "choices.source"
PEOPLE = ("supervisor", "clerk")


@pytest.fixture
def served(open_store: Callable[[Project], Store], tmp_path: Path) -> Served:
    """The dated project served; its supervisor keeps the list."""
    project = load(PROJECTS / "dated")
    desk = Desk(project, open_store(project))
    dated.bring_up(desk, now=clock.now())
    here = settings.read({}, data=str(tmp_path))
    return serve(create_app(here, desk=desk), desk, here, now=clock.now())


def post(client: Client, path: str, **form: object) -> int:
    """The status of a form sent."""
    sent = client.post(path, data=form, headers={"X-CSRF-Token": client.csrf})
    return sent.status_code


def text(client: Client, path: str) -> str:
    """What a page says."""
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def test_a_keeper_adds_a_choice_and_the_next_form_offers_it(served: Served) -> None:
    boss = served.browser("supervisor")
    assert "展会" not in text(boss, "/records/customer/new")

    status = post(boss, f"/values/{NAME}/new", key=KEY, code="fair", zh="展会", color="green")

    assert status == 302 or status == 303
    assert "展会" in text(boss, f"/values/{NAME}/")
    assert '<option value="fair">展会</option>' in text(boss, "/records/customer/new")
    assert "客户来源" in text(boss, "/values/")


def test_what_is_wrong_stands_at_its_field(served: Served) -> None:
    boss = served.browser("supervisor")

    sent = boss.post(
        f"/values/{NAME}/new",
        data={"key": KEY, "code": "Fair", "zh": "", "from_on": "2026-13-01"},
        headers={"X-CSRF-Token": boss.csrf},
    )
    said = sent.get_data(as_text=True)

    assert sent.status_code == 422
    assert said.count('class="field bad"') == 3
    assert 'value="Fair"' in said


def test_a_choice_is_ended_and_its_history_told(served: Served) -> None:
    boss = served.browser("supervisor")
    with served.desk.store.connection():
        id = served.desk.store.value("""SELECT "id" FROM "kefu_dated_value" WHERE "key" = 'own'""")

    form = {"key": KEY, "version": 1, "zh": "自主开发", "until_on": "2026-01-01"}
    assert post(boss, f"/values/{NAME}/{id}", **form) in (302, 303)

    listed, history = text(boss, f"/values/{NAME}/"), text(boss, f"/values/{NAME}/{id}/history")
    assert "停用" in listed
    assert "supervisor" in history
    assert "到哪天止（不含当天）: — → 2026-01-01" in history
    assert "自主开发" not in text(boss, "/records/customer/new")
    moved = {**form, "key": KEY + "x", "zh": "别的"}
    assert post(boss, f"/values/{NAME}/{id}", **moved) == 409


def test_for_others_the_pages_do_not_exist_or_are_refused(served: Served) -> None:
    clerk = served.browser("clerk")

    assert clerk.get("/values/").status_code == 403
    assert clerk.get(f"/values/{NAME}/").status_code == 403
    assert post(clerk, f"/values/{NAME}/new", key=KEY, code="x", zh="x") == 403
    assert served.browser("supervisor").get("/values/choices.none/").status_code == 404
    assert "选项与参数" not in text(clerk, "/")


def test_the_api_reads_values_with_their_dates(served: Served) -> None:
    boss, clerk = served.browser("supervisor"), served.browser("clerk")

    listed, found = boss.get("/api/v1/values"), boss.get(f"/api/v1/values/{NAME}")

    assert [one["name"] for one in listed.json["data"]] == [NAME]
    first = found.json["data"]["values"][0]
    assert {name: first[name] for name in ("key", "zh", "color", "state", "version")} == {
        "key": "own", "zh": "自主开发", "color": "blue", "state": "holds", "version": 1,
    }  # fmt: skip
    assert served.as_("supervisor").get("/api/v1/values").status_code == 403  # no such scope
    assert clerk.get("/api/v1/values").status_code == 403
    assert clerk.get(f"/api/v1/values/{NAME}").status_code == 403
    assert boss.get("/api/v1/values/choices.none").status_code == 404


def test_the_api_takes_a_choice_added_a_moment_ago(served: Served) -> None:
    boss = served.browser("supervisor")
    post(boss, f"/values/{NAME}/new", key=KEY, code="fair", zh="展会")

    made = served.as_("supervisor").post("/api/v1/customer", json={"name": "甲", "source": "fair"})
    found = served.as_("supervisor").post(
        "/api/v1/customer/query", json={"filter": {"source": "fair"}}
    )

    assert made.status_code == 201
    assert [one["id"] for one in found.json["data"]] == [made.json["data"]["id"]]
