"""Views by program: as a query of a list, and kept."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kefu_admin import clock
from kefu_admin.store import tokens
from tests.faces.desk import Client, Served

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

BIG = {"type": "customer", "name": "大客户", "on": "customers", "columns": ["name", "credit"]}


@pytest.fixture
def boss(served: Served) -> Client:
    """A supervisor with three customers, by a token that may keep views."""
    store, now = served.desk.store, clock.now()
    with store.connection(), store.transaction():
        _, bearer = tokens.issue(
            store,
            user_id=served.people["supervisor"],
            name="tests",
            scopes=frozenset({"*:*", "may:views"}),
            expires_at=now + timedelta(days=1),
            now=now,
        )
    client = Client(served.app.test_client(), bearer=bearer)
    for number in range(3):
        sent = {"name": f"客户{number}", "kind": "company", "credit": f"{number * 100}"}
        assert client.post("/api/v1/customer", json=sent).status_code == 201
    return client


def test_every_view_is_a_query_of_its_list(boss: Client) -> None:
    sent = {**BIG, "sort": ["-credit"], "filter": {"credit": {"ge": 100}}}
    made = boss.post("/api/v1/views", json=sent).json["data"]

    listed = boss.get(f"/api/v1/customer?view={made['id']}").json["data"]
    narrowed = boss.post(
        "/api/v1/customer/query", json={"view": made["id"], "filter": {"name": "客户1"}}
    ).json["data"]
    configured = boss.get("/api/v1/customer?view=customers&limit=1").json["data"]

    assert [row["values"] for row in listed] == [
        {"name": "客户2", "credit": "200.00"},
        {"name": "客户1", "credit": "100.00"},
    ]
    assert [row["values"]["name"] for row in narrowed] == ["客户1"]
    assert "visit_count" not in configured[0]["values"]


def test_a_kept_view_may_hold_a_personal_value_that_never_stands_in_a_url(boss: Client) -> None:
    made = boss.post("/api/v1/views", json={**BIG, "filter": {"name": "客户1"}}).json["data"]

    assert len(boss.get(f"/api/v1/customer?view={made['id']}").json["data"]) == 1


def test_views_are_listed_changed_and_given_up(served: Served, boss: Client) -> None:
    answer = boss.post("/api/v1/views", json=BIG)
    id = answer.headers["Location"].rpartition("/")[2]

    changed = boss.patch(
        f"/api/v1/views/{id}", json={"name": "大户"}, headers={"If-Match": answer.headers["ETag"]}
    )
    listed = boss.get("/api/v1/views?type=customer").json["data"]
    gone = boss.delete(f"/api/v1/views/{id}", headers={"If-Match": changed.headers["ETag"]})

    assert [(one["id"], one["name"], one["shared"]) for one in listed] == [
        ("customers", "全部客户", "config"),
        (f"v-{id}", "大户", "own"),
    ]
    assert changed.json["data"]["columns"] == ["name", "credit"]
    assert gone.status_code == 200
    assert boss.get(f"/api/v1/views/{id}").status_code == 404
    assert boss.get(f"/api/v1/customer?view=v-{id}").status_code == 404


def test_a_shared_view_tells_its_reader_only_what_is_his(served: Served, boss: Client) -> None:
    sent = {
        **BIG, "shared": "role", "role": "clerk", "columns": ["name", "address"],
        "filter": {"all": [{"kind": "company"}, {"phone": {"is_empty": True}}]},
    }  # fmt: skip
    made = boss.post("/api/v1/views", json=sent).json["data"]

    read = served.as_("clerk").get(f"/api/v1/views/{made['id'][2:]}").json["data"]
    listed = served.as_("clerk").get(f"/api/v1/customer?view={made['id']}").json

    assert made["left_out"] == 0
    assert (read["left_out"], read["filter"]) == (1, {"all": [{"kind": "company"}]})
    assert listed["left_out"] == 1
    assert read["may_change"] is False
    assert served.as_("admin").get(f"/api/v1/views/{made['id'][2:]}").status_code == 404


def test_the_same_request_twice_keeps_one_view(boss: Client) -> None:
    headers = {"Idempotency-Key": "views-test-1"}
    first, again = (boss.post("/api/v1/views", json=BIG, headers=headers) for _ in range(2))

    assert first.json == again.json
    assert len(boss.get("/api/v1/views?type=customer").json["data"]) == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"colour": 1},
        {"columns": ["unicorn"]},
        {"sort": ["unicorn"]},
        {"filter": {"unicorn": 1}},
        {"filter": {"credit": {"ge": "viel"}}},
        {"on": "unicorn"},
        {"name": ""},
        {"shared": "world"},
        {"shared": "role", "role": "unicorn"},
        {"density": "tiny"},
    ],
)
def test_what_is_no_view_is_refused(boss: Client, wrong: dict[str, object]) -> None:
    assert boss.post("/api/v1/views", json={**BIG, **wrong}).status_code in (400, 422)
    assert len(boss.get("/api/v1/views?type=customer").json["data"]) == 1


def test_a_type_one_may_not_read_has_no_views(served: Served) -> None:
    admin = served.as_("admin")

    assert admin.get("/api/v1/views").json["data"] == []
    assert admin.get("/api/v1/views?type=customer").status_code == 404


def test_an_export_follows_a_kept_view(boss: Client) -> None:
    made = boss.post("/api/v1/views", json={**BIG, "filter": {"credit": {"gt": 100}}}).json["data"]

    file = boss.post("/api/v1/customer/export", json={"format": "csv", "view": made["id"]})

    assert file.get_data(as_text=True).count("客户2") == 1
    assert (
        "大客户" in file.headers["Content-Disposition"]
        or "%E5%A4%A7" in file.headers["Content-Disposition"]
    )
