"""Drafts of forms: the person's own, sealed, no record, offered again, gone when saved."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from kefu_admin import clock
from kefu_admin.actor import Actor
from kefu_admin.definitions.project import Project
from kefu_admin.operations import drafts
from kefu_admin.operations.schedules.cleaning import clean_up
from kefu_admin.problems import Forbidden
from kefu_admin.store.database import Store
from tests.databases import DIALECTS
from tests.faces.admin.pages import form, text
from tests.faces.desk import SETTER, Client, Served
from tests.faces.laid import serve_laid
from tests.faces.statements import counted

TYPED = "雁过留声"
every_database = pytest.mark.parametrize("dialect", DIALECTS)


@pytest.fixture
def clerk(served: Served) -> Client:
    """Somebody of the first department."""
    return served.browser("clerk")


def keep(client: Client, path: str, **fields: Any) -> Any:
    """Keep a draft as the page's script does."""
    sent = {name.replace("__", "."): value for name, value in fields.items()}
    return client.post(f"{path}/draft", data=sent, headers={"X-CSRF-Token": client.csrf})


def kept(served: Served) -> list[tuple[Any, ...]]:
    """The rows of the table."""
    with served.desk.store.connection():
        return served.desk.store.rows(
            'SELECT "person_id", "type", "record_id", "body" FROM "kefu_draft"'
        )


@every_database
def test_a_draft_is_kept_replaced_and_sealed(served: Served, customer: int) -> None:
    clerk, path = served.browser("clerk"), f"/records/customer/{customer}"

    for name in ("乙公司", TYPED):
        answer = keep(clerk, path, f__name=name, version=1)
        assert answer.json["ok"]

    ((person, type_id, record_id, body),) = kept(served)
    assert (person, type_id, record_id) == (served.people["clerk"], "customer", customer)
    assert TYPED not in body
    assert TYPED in text_of(clerk.get(f"{path}/draft"))


def text_of(answer: Any) -> str:
    return str(answer.get_data(as_text=True))


@every_database
def test_saving_deletes_the_draft_and_a_draft_changes_no_record(
    served: Served, customer: int
) -> None:
    clerk, path = served.browser("clerk"), f"/records/customer/{customer}"
    keep(clerk, path, f__name=TYPED, version=1)
    before = served.as_("supervisor").get(f"/api/v1/customer/{customer}").json["data"]
    page = form(clerk.get(f"{path}/edit?draft=1"), "/edit")
    assert (before["version"], before["title"]) == (1, "甲公司")
    assert page.fields["f.name"] == TYPED

    answer = page.send(clerk)

    after = served.as_("supervisor").get(f"/api/v1/customer/{customer}").json["data"]
    assert answer.status_code == 303
    assert (after["version"], after["title"]) == (2, TYPED)
    assert kept(served) == []


def test_the_offer_says_what_differs_and_stays_away_when_nothing_does(
    clerk: Client, customer: int
) -> None:
    path = f"/records/customer/{customer}"
    assert clerk.get(f"{path}/draft").status_code == 204

    keep(clerk, path, f__name="甲公司", f__level="a", f__phone="", version=1)
    offer = text_of(clerk.get(f"{path}/draft"))
    assert all(word in offer for word in ("等级", "B类", "A类"))
    assert "名称" not in offer
    assert "电话" not in offer  # left blank, the masked one stays

    keep(clerk, path, f__level="b", version=1)
    assert clerk.get(f"{path}/draft").status_code == 204


def test_nobody_else_is_given_it(served: Served, clerk: Client, customer: int) -> None:
    path = f"/records/customer/{customer}"
    keep(clerk, path, f__name=TYPED, version=1)
    boss = served.browser("supervisor")

    assert boss.get(f"{path}/draft").status_code == 204
    assert TYPED not in text(boss.get(f"{path}/edit?draft=1"))
    assert served.browser("other_clerk").get(f"{path}/draft").status_code == 404
    assert served.stranger().get(f"{path}/draft").status_code == 303


def test_who_may_not_change_the_record_keeps_no_draft(served: Served, customer: int) -> None:
    other = served.browser("other_clerk")

    sent = keep(other, f"/records/customer/{customer}", f__name=TYPED, version=1)
    assert sent.status_code == 404
    assert keep(served.browser("nobody"), "/records/customer/0", f__name=TYPED).status_code == 404
    assert kept(served) == []


def test_no_system_actor_has_drafts(served: Served) -> None:
    with served.desk.store.connection(), pytest.raises(Forbidden):
        drafts.keep(served.desk, "customer", None, [], None, actor=SETTER, now=clock.now())


def test_a_draft_of_a_new_record_comes_back_with_its_rows(served: Served, clerk: Client) -> None:
    rows = {"f__contacts__0__name": "赵六", "f__contacts__1__name": "孙七"}
    keep(clerk, "/records/customer/0", f__name=TYPED, f__kind="company", **rows)

    assert "2 条" in text_of(clerk.get("/records/customer/0/draft"))
    page = form(clerk.get("/records/customer/new?draft=1"), "/new")

    assert page.fields["f.name"] == TYPED
    assert [page.fields[f"f.contacts.{at}.name"] for at in (0, 1)] == ["赵六", "孙七"]
    assert page.send(clerk).status_code == 303
    assert kept(served) == []


def test_a_record_changed_meanwhile_is_put_beside_the_draft(
    served: Served, clerk: Client, customer: int
) -> None:
    path = f"/records/customer/{customer}"
    keep(clerk, path, f__name=TYPED, f__level="b", version=1)
    boss = served.as_("supervisor")
    changed = {"name": "乙公司", "level": "a"}
    boss.patch(f"/api/v1/customer/{customer}", json=changed, headers={"If-Match": '"1"'})

    page = clerk.get(f"{path}/edit?draft=1")

    said = text(page)
    assert "这条记录已被别人修改" in said
    assert all(name in said for name in ("甲公司", "乙公司", TYPED))
    assert form(page, "/edit").fields["f.level"] == "a"  # theirs, left alone here
    assert form(page, "/edit").fields["version"] == "2"


def test_discarding_takes_it_away_and_only_ones_own(
    served: Served, clerk: Client, customer: int
) -> None:
    path = f"/records/customer/{customer}"
    keep(clerk, path, f__name=TYPED, version=1)
    keep(served.browser("supervisor"), path, f__name=TYPED, version=1)

    answer = keep(clerk, path, _discard="1")

    assert answer.headers["Location"].endswith(f"{path}/edit")
    assert [row[0] for row in kept(served)] == [served.people["supervisor"]]


def test_files_are_left_out(clerk: Client, served: Served, customer: int) -> None:
    keep(clerk, f"/records/customer/{customer}", f__name=TYPED, upload__f__papers="x", version=1)

    with served.desk.store.connection():
        actor = replace(SETTER, user_id=served.people["clerk"])
        found = _as_clerk(served, actor, customer)
    assert found is not None
    assert list(found.pairs) == [("f.name", TYPED)]


def _as_clerk(served: Served, actor: Actor, customer: int) -> drafts.Draft | None:
    below = frozenset(served.departments.values())
    seeing = replace(actor, roles=frozenset({"supervisor"}), departments_below=below, clearance=9)
    return drafts.find(served.desk, "customer", customer, actor=seeing, now=clock.now())


@every_database
def test_two_windows_at_once_leave_one_draft(served: Served, customer: int) -> None:
    start, answers = Barrier(2), []

    def window(name: str) -> None:
        client = served.browser("clerk")
        start.wait()
        answers.append(
            keep(client, f"/records/customer/{customer}", f__name=name, version=1).status_code
        )

    threads = [Thread(target=window, args=(name,)) for name in ("一", "二")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [200, 200]
    assert len(kept(served)) == 1


@every_database
def test_what_is_never_taken_up_again_is_forgotten(served: Served, customer: int) -> None:
    keep(served.browser("clerk"), f"/records/customer/{customer}", f__name=TYPED, version=1)
    with served.desk.store.connection():
        clean_up(served.desk, now=clock.now() + drafts.KEPT - timedelta(hours=1))
        assert len(kept(served)) == 1

        clean_up(served.desk, now=clock.now() + drafts.KEPT + timedelta(hours=1))

    assert kept(served) == []


def test_erasing_a_record_for_good_takes_its_drafts_along(served: Served, customer: int) -> None:
    boss = served.as_("supervisor")
    keep(served.browser("clerk"), f"/records/customer/{customer}", f__name=TYPED, version=1)
    boss.delete(f"/api/v1/customer/{customer}", headers={"If-Match": '"1"'})

    answer = boss.post(
        f"/api/v1/customer/bin/{customer}/purge",
        json={"reason": "到期清除"},
        headers={"If-Match": '"2"'},
    )

    assert answer.status_code < 300, answer.json
    assert kept(served) == []


def test_a_form_without_a_draft_costs_no_statement_more(
    served: Served, clerk: Client, customer: int
) -> None:
    path = f"/records/customer/{customer}/edit"
    costs = []
    for name in ("乙公司", "丙公司"):
        page = form(clerk.get(path), "/edit")
        with counted(served.desk.store) as seen:
            page.send(clerk, f__name=name)
        costs.append([sql for sql in seen if "kefu_draft" in sql])
    with counted(served.desk.store) as seen:
        clerk.get(path)

    assert costs == [[], []]
    assert not [sql for sql in seen if "kefu_draft" in sql]


def test_a_layout_with_files_says_that_they_are_not_kept(
    open_store: Callable[[Project], Store], tmp_path: Path
) -> None:
    laid = serve_laid(open_store, tmp_path)

    page = text_of(laid.browser("supervisor").get("/records/customer/new"))

    assert "附件不随草稿保存" in page
