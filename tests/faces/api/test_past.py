"""The endpoints about what was: the bin, restoring, purging; who refers to what is not deleted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faces.desk import Client, Served
from tests.faces.statements import counted

ACME = {"name": "甲公司", "kind": "company", "phone": "13800005678", "level": "b"}
BIN = "/api/v1/customer/bin"


@pytest.fixture
def boss(served: Served) -> Client:
    """A supervisor whose token was used already (that costs a write once a minute)."""
    client = served.as_("supervisor")
    assert client.get("/api/v1/me").status_code == 200
    return client


def deleted(served: Served, **values: Any) -> int:
    """A customer of the first department, deleted; his id."""
    boss = served.as_("supervisor")
    sent = {**ACME, "department": served.departments["一部"], **values}
    id: int = boss.post("/api/v1/customer", json=sent).json["data"]["id"]
    assert boss.delete(f"/api/v1/customer/{id}", headers={"If-Match": '"1"'}).status_code == 200
    return id


def match(version: int, key: str = "") -> dict[str, str]:
    return {"If-Match": f'"{version}"'} | ({"Idempotency-Key": key} if key else {})


def test_the_bin_shows_what_was_deleted_newest_first(served: Served, boss: Client) -> None:
    one = deleted(served, contacts=[{"name": "张三"}, {"name": "李四"}])
    two = deleted(served, name="乙公司")

    first = boss.get(f"{BIN}?limit=1").json
    second = boss.get(f"{BIN}?limit=1&cursor={first['next']}").json

    assert [row["id"] for row in (*first["data"], *second["data"])] == [two, one]
    assert boss.get(f"{BIN}?cursor={second['next'] or 0}").json["next"] == ""
    row = second["data"][0]
    assert (row["title"], row["version"], row["along"], row["rows"]) == ("甲公司", 2, 2, [])
    assert row["values"]["phone"] == "13800005678"
    assert row["values"]["department"]["label"] == "一部"
    assert row["by"]["label"] == "supervisor"
    assert row["actions"] == ["purge", "restore"]
    whole = boss.get(f"{BIN}/{one}")
    assert whole.headers["ETag"] == '"2"'
    assert [below["title"] for below in whole.json["data"]["rows"]] == ["张三", "李四"]


def test_the_whole_bin_holds_what_one_may_see_and_is_searched_in_a_body(
    served: Served, boss: Client
) -> None:
    one = deleted(served, contacts=[{"name": "张三"}])
    sent = {**ACME, "name": "乙公司", "contacts": [{"name": "李四", "phone": "13900001234"}]}
    other = boss.post("/api/v1/customer", json=sent).json["data"]
    contact = other["values"]["contacts"][0]["id"]
    boss.patch(f"/api/v1/customer/{other['id']}", json={"contacts": []}, headers=match(1))

    def found(**sent: Any) -> list[tuple[str, int]]:
        rows = boss.post("/api/v1/bin/query", json=sent).json["data"]
        return [(row["type"], row["id"]) for row in rows]

    everything = boss.get("/api/v1/bin").json["data"]
    assert [(r["type"], r["id"]) for r in everything] == [("contact", contact), ("customer", one)]
    assert found(search="甲") == found(type="customer") == [("customer", one)]
    assert found(search="9000012") == found(search="李 1234") == [("contact", contact)]
    assert found(search="李四", type="customer") == found(search="李 甲") == []
    assert boss.get("/api/v1/bin?search=甲").status_code == 422
    assert boss.get("/api/v1/bin?type=nothing").status_code == 404
    assert served.as_("clerk").get("/api/v1/bin").status_code == 403


def test_the_bin_costs_the_same_for_one_row_and_for_three(served: Served, boss: Client) -> None:
    deleted(served)
    boss.get(BIN)

    with counted(served.desk.store) as one:
        boss.get(BIN)
    deleted(served, name="乙公司")
    deleted(served, name="丙公司")
    with counted(served.desk.store) as three:
        boss.get(BIN)

    assert len(one) == len(three)


def test_who_may_not_restore_sees_no_bin(served: Served) -> None:
    id = deleted(served)

    clerk = served.as_("clerk")

    assert clerk.get(BIN).status_code == 403
    assert clerk.get(f"{BIN}/{id}").status_code == 403
    assert clerk.post(f"{BIN}/{id}/restore", json={}, headers=match(2)).status_code == 403
    assert served.as_("admin").get(BIN).status_code == 404


def test_a_record_is_restored_once_however_often_it_is_asked(served: Served, boss: Client) -> None:
    id = deleted(served)
    path = f"{BIN}/{id}/restore"

    answers = [boss.post(path, json={}, headers=match(2, "restore-0001")) for _ in range(2)]

    assert [(one.status_code, one.headers["ETag"]) for one in answers] == [(200, '"3"')] * 2
    assert boss.get(f"/api/v1/customer/{id}").json["data"]["values"]["phone"] == "13800005678"
    assert boss.get(f"{BIN}/{id}").status_code == 404
    assert boss.post(path, json={}, headers=match(2)).status_code == 404


def test_a_collision_is_refused_and_another_value_mends_it(served: Served, boss: Client) -> None:
    id = deleted(served)
    boss.post("/api/v1/customer", json=ACME)

    refused = boss.post(f"{BIN}/{id}/restore", json={}, headers=match(2))
    mended = boss.post(
        f"{BIN}/{id}/restore", json={"values": {"name": "甲公司（旧）"}}, headers=match(2)
    )

    assert refused.status_code == 422
    assert {one["code"] for one in refused.json["errors"]} == {"not_unique"}
    assert mended.json["data"]["title"] == "甲公司（旧）"


@pytest.mark.parametrize(
    ("sent", "headers", "status"),
    [
        ({}, {}, 428),
        ({}, match(7), 409),
        ({"value": {}}, match(2), 422),
        ({"values": []}, match(2), 422),
        ({"values": {"colour": "red"}}, match(2), 422),
    ],
)
def test_what_cannot_be_meant_is_refused(
    served: Served, boss: Client, sent: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    id = deleted(served)

    assert boss.post(f"{BIN}/{id}/restore", json=sent, headers=headers).status_code == status


def test_purging_needs_a_reason_and_leaves_nothing(served: Served, boss: Client) -> None:
    id = deleted(served)
    path = f"{BIN}/{id}/purge"

    assert boss.post(path, json={"reason": " "}, headers=match(2)).status_code == 422
    done = [
        boss.post(path, json={"reason": "客户要求"}, headers=match(2, "purge-00001"))
        for _ in range(2)
    ]

    assert [(one.status_code, one.json["data"]) for one in done] == [(200, None)] * 2
    assert boss.get(BIN).json["data"] == []
    rest = served.desk.store.value(
        'SELECT COUNT(*) FROM "kefu_history" WHERE "type" = ? AND "record_id" = ?',
        ("customer", id),
    )
    assert rest == 0


def test_who_refers_is_named(served: Served, boss: Client) -> None:
    customer = boss.post("/api/v1/customer", json=ACME).json["data"]["id"]
    visit = boss.post("/api/v1/visit", json={"customer": customer}).json["data"]

    answer = boss.delete(f"/api/v1/customer/{customer}", headers=match(1))

    [error] = answer.json["errors"]
    assert (answer.status_code, error["code"], error["hidden"]) == (409, "still_referenced", False)
    assert error["referrers"] == [
        {"type": "visit", "id": visit["id"], "label": f"回访记录 {visit['title']}"}
    ]


def test_two_versions_are_compared_and_one_restored(served: Served, boss: Client) -> None:
    path = f"/api/v1/customer/{boss.post('/api/v1/customer', json=ACME).json['data']['id']}"
    boss.patch(path, json={"level": "a", "name": "乙公司"}, headers=match(1))
    boss.patch(path, json={"credit": "5"}, headers=match(2))

    diff = boss.get(f"{path}/history/diff?older=1&newer=3").json["data"]
    one = boss.post(
        f"{path}/history/restore", json={"version": 1, "fields": ["level"]}, headers=match(3)
    )
    whole = [
        boss.post(f"{path}/history/restore", json={"version": 1}, headers=match(4, "revert-0001"))
        for _ in range(2)
    ]

    assert (diff["before"], diff["after"]) == (
        {"level": "b", "name": "甲公司", "credit": None},
        {"level": "a", "name": "乙公司", "credit": "5.00"},
    )
    assert (one.json["data"]["values"]["level"], one.json["data"]["values"]["name"]) == (
        "b",
        "乙公司",
    )
    assert [(w.headers["ETag"], w.json["data"]["values"]["name"]) for w in whole] == [
        ('"5"', "甲公司")
    ] * 2
    assert whole[0].json["data"]["values"]["credit"] is None


def test_owned_rows_are_compared_field_by_field(served: Served, boss: Client) -> None:
    sent = {**ACME, "contacts": [{"name": "张三", "role": "user"}]}
    made = boss.post("/api/v1/customer", json=sent).json["data"]
    path, row = f"/api/v1/customer/{made['id']}", made["values"]["contacts"][0]["id"]
    rows = [{"id": row, "name": "张三", "role": "boss"}, {"name": "李四"}]
    boss.patch(path, json={"contacts": rows}, headers=match(1))

    diff = boss.get(f"{path}/history/diff?older=1&newer=2").json["data"]

    changed, added = diff["rows"]["contacts"]
    assert changed == {
        "change": "changed",
        "row": {"id": row, "label": "张三"},
        "before": {"role": "user"},
        "after": {"role": "boss"},
        "masked": [],
        "rows": {},
    }
    assert (added["change"], added["before"], added["after"]) == ("added", {}, {"name": "李四"})
    assert [one["label"] for one in diff["after"]["contacts"]] == ["张三", "李四"]


def test_a_comparison_masks_what_the_record_masks(served: Served, boss: Client) -> None:
    sent = {**ACME, "department": served.departments["一部"]}
    path = f"/api/v1/customer/{boss.post('/api/v1/customer', json=sent).json['data']['id']}"
    boss.patch(path, json={"phone": "13900001111"}, headers=match(1))

    seen = boss.get(f"{path}/history/diff?older=1&newer=2").json["data"]
    answer = served.as_("clerk").get(f"{path}/history/diff?older=1&newer=2")

    assert seen["after"] == {"phone": "13900001111"}
    assert answer.json["data"]["before"] == {"phone": "138****5678"}
    assert answer.json["data"]["masked"] == ["phone"]
    assert "13900001111" not in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("sent", "headers", "status"),
    [
        ({"version": 1}, {}, 428),
        ({"version": 1}, match(1), 409),
        ({"version": 2}, match(2), 422),
        ({"version": "x"}, match(2), 422),
        ({}, match(2), 422),
        ({"version": 1, "fields": ["colour"]}, match(2), 422),
        ({"version": 1, "fields": []}, match(2), 200),
    ],
)
def test_a_version_that_cannot_be_meant_is_refused(
    served: Served, boss: Client, sent: dict[str, Any], headers: dict[str, str], status: int
) -> None:
    path = f"/api/v1/customer/{boss.post('/api/v1/customer', json=ACME).json['data']['id']}"
    boss.patch(path, json={"level": "a"}, headers=match(1))

    answer = boss.post(f"{path}/history/restore", json=sent, headers=headers)

    assert answer.status_code == status
    for query in ("", "?older=1", "?older=2&newer=1", "?older=1&newer=9"):
        assert boss.get(f"{path}/history/diff{query}").status_code == 422
