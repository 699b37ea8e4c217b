"""The endpoints of a type: what goes in, what comes out, and every way to be refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faces.desk import Served

ACME = {"name": "甲公司", "kind": "company", "phone": "13800005678", "level": "b"}


def of_first_department(served: Served) -> dict[str, Any]:
    """A customer the first department's clerk sees, and the second's does not."""
    sent = {**ACME, "department": served.departments["一部"]}
    created: dict[str, Any] = served.as_("supervisor").post("/api/v1/customer", json=sent).json
    return created["data"]


def test_a_created_record_is_answered_with_its_version_and_address(served: Served) -> None:
    answer = served.as_("supervisor").post("/api/v1/customer", json=ACME)

    body = answer.json
    assert answer.status_code == 201
    assert answer.headers["ETag"] == '"1"'
    assert answer.headers["Location"].endswith(f"/api/v1/customer/{body['data']['id']}")
    assert body["ok"] is True
    assert body["data"]["title"] == "甲公司"
    assert body["data"]["values"]["phone"] == "13800005678"
    assert body["data"]["values"]["department"]["label"]


def test_the_record_reads_back_as_it_was_created(served: Served) -> None:
    boss = served.as_("supervisor")
    created = boss.post("/api/v1/customer", json=ACME).json["data"]

    read = boss.get(f"/api/v1/customer/{created['id']}").json["data"]

    assert read == created


def test_a_clerk_reads_the_phone_masked(served: Served) -> None:
    created = of_first_department(served)

    read = served.as_("clerk").get(f"/api/v1/customer/{created['id']}").json["data"]

    assert read["values"]["phone"] == "138****5678"
    assert "phone" in read["masked"]
    assert "id_number" not in read["values"] or read["values"]["id_number"] is None


def test_a_change_touches_only_the_fields_given(served: Served) -> None:
    boss = served.as_("supervisor")
    created = boss.post("/api/v1/customer", json=ACME).json["data"]

    answer = boss.patch(
        f"/api/v1/customer/{created['id']}", json={"level": "a"}, headers={"If-Match": '"1"'}
    )

    changed = answer.json["data"]
    assert (answer.status_code, answer.headers["ETag"]) == (200, '"2"')
    assert changed["values"]["level"] == "a"
    assert changed["values"]["phone"] == "13800005678"


def test_a_change_without_the_version_read_is_refused(served: Served) -> None:
    boss = served.as_("supervisor")
    created = boss.post("/api/v1/customer", json=ACME).json["data"]

    answer = boss.patch(f"/api/v1/customer/{created['id']}", json={"level": "a"})

    assert answer.status_code == 428
    assert answer.json["errors"][0]["code"] == "version_required"


def test_a_change_of_an_old_version_is_refused_and_changes_nothing(served: Served) -> None:
    boss = served.as_("supervisor")
    path = f"/api/v1/customer/{boss.post('/api/v1/customer', json=ACME).json['data']['id']}"
    boss.patch(path, json={"level": "a"}, headers={"If-Match": '"1"'})

    answer = boss.patch(path, json={"name": "乙公司"}, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json["errors"][0]["code"]) == (409, "conflict")
    assert boss.get(path).json["data"]["values"]["name"] == "甲公司"


def test_who_comes_second_is_told_what_the_first_changed(served: Served) -> None:
    boss, clerk = served.browser("supervisor"), served.as_("clerk")
    first = {"X-CSRF-Token": boss.csrf, "If-Match": '"1"'}
    wanted = {**ACME, "department": served.departments["一部"]}
    made = boss.post("/api/v1/customer", json=wanted, headers={"X-CSRF-Token": boss.csrf})
    path = f"/api/v1/customer/{made.json['data']['id']}"
    boss.patch(path, json={"level": "a", "phone": "13900001111"}, headers=first)

    [told] = boss.patch(path, json={"name": "乙公司"}, headers=first).json["errors"]
    [less] = clerk.patch(path, json={"name": "乙公司"}, headers={"If-Match": '"1"'}).json["errors"]

    assert (told["code"], told["version"]) == ("conflict", 2)
    assert told["after"] == {"level": "a", "phone": "13900001111"}
    assert told["before"].keys() == told["after"].keys()
    assert less["version"] == 2
    assert "13900001111" not in str(less)


def test_a_deleted_record_is_gone(served: Served) -> None:
    boss = served.as_("supervisor")
    path = f"/api/v1/customer/{boss.post('/api/v1/customer', json=ACME).json['data']['id']}"

    answer = boss.delete(path, headers={"If-Match": '"1"'})

    assert (answer.status_code, answer.json) == (200, {"ok": True, "data": None})
    assert boss.get(path).status_code == 404


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({**ACME, "colour": "red"}, "colour"),
        ({**ACME, "version": 7}, "version"),
        ({**ACME, "created_by": 1}, "created_by"),
        ({**ACME, "code": "KH1"}, "code"),
        ({**ACME, "visit_count": 3}, "visit_count"),
    ],
)
def test_a_field_nobody_may_set_is_named(
    served: Served, sent: dict[str, object], field: str
) -> None:
    answer = served.as_("supervisor").post("/api/v1/customer", json=sent)

    assert answer.status_code == 422
    assert [error["field"] for error in answer.json["errors"]] == [field]


def test_every_refused_value_is_listed_with_its_reason(served: Served) -> None:
    answer = served.as_("supervisor").post(
        "/api/v1/customer", json={"name": "甲", "phone": "12", "credit": "x", "since": "soon"}
    )

    assert answer.status_code == 422
    assert {e["field"] for e in answer.json["errors"]} == {"phone", "credit", "since"}
    assert all(error["message"] for error in answer.json["errors"])


def test_the_same_key_creates_once_and_answers_the_same(served: Served) -> None:
    boss = served.as_("supervisor")
    key = {"Idempotency-Key": "order-0001"}

    first = boss.post("/api/v1/customer", json=ACME, headers=key)
    second = boss.post("/api/v1/customer", json=ACME, headers=key)

    assert (first.status_code, second.status_code) == (201, 201)
    assert second.json["data"]["id"] == first.json["data"]["id"]
    assert len(boss.get("/api/v1/customer").json["data"]) == 1


def test_the_same_key_for_something_else_is_refused(served: Served) -> None:
    boss = served.as_("supervisor")
    key = {"Idempotency-Key": "order-0001"}
    boss.post("/api/v1/customer", json=ACME, headers=key)

    answer = boss.post("/api/v1/customer", json={**ACME, "name": "乙公司"}, headers=key)

    assert (answer.status_code, answer.json["errors"][0]["code"]) == (
        422,
        "idempotency_key_reused",
    )


def test_what_one_may_not_see_answers_as_what_does_not_exist(served: Served) -> None:
    hidden = of_first_department(served)["id"]
    stranger = served.as_("other_clerk")
    match = {"If-Match": '"1"'}

    def answers(id: int) -> list[tuple[int, object]]:
        path = f"/api/v1/customer/{id}"
        return [
            (answer.status_code, answer.json)
            for answer in (
                stranger.get(path),
                stranger.patch(path, json={"level": "a"}, headers=match),
                stranger.delete(path, headers=match),
                stranger.get(f"{path}/history"),
                stranger.post(f"{path}/unmask", json={"field": "phone", "reason": "回访"}),
            )
        ]

    assert answers(hidden) == answers(987654)
    assert {status for status, _ in answers(hidden)} == {404}


def test_history_tells_who_changed_what(served: Served) -> None:
    boss = served.as_("supervisor")
    path = f"/api/v1/customer/{boss.post('/api/v1/customer', json=ACME).json['data']['id']}"
    boss.patch(path, json={"level": "a"}, headers={"If-Match": '"1"'})

    entries = boss.get(f"{path}/history").json["data"]

    assert [entry["version"] for entry in entries] == [2, 1]
    assert (entries[0]["before"]["level"], entries[0]["after"]["level"]) == ("b", "a")
    assert entries[0]["by"]["label"]


def test_history_names_the_owned_rows_that_came_and_went(served: Served) -> None:
    boss = served.as_("supervisor")
    sent = {**ACME, "contacts": [{"name": "张三"}]}
    path = f"/api/v1/customer/{boss.post('/api/v1/customer', json=sent).json['data']['id']}"
    boss.patch(path, json={"contacts": [{"name": "李四"}]}, headers={"If-Match": '"1"'})

    entries = boss.get(f"{path}/history").json["data"]

    assert [one["label"] for one in entries[0]["after"]["contacts"]] == ["李四"]


def test_unmasking_asks_for_a_reason(served: Served) -> None:
    created = of_first_department(served)["id"]
    clerk = served.as_("clerk")
    path = f"/api/v1/customer/{created}/unmask"

    without = clerk.post(path, json={"field": "phone"})
    given = clerk.post(path, json={"field": "phone", "reason": "客户要求回电"})

    assert without.status_code == 422
    assert given.json == {"ok": True, "data": {"value": "13800005678"}}


def test_choices_offer_what_the_person_may_see(served: Served) -> None:
    of_first_department(served)
    asked = {"field": "customer", "term": "甲公"}

    seen = served.as_("clerk").post("/api/v1/visit/choices", json=asked).json["data"]
    hidden = served.as_("other_clerk").post("/api/v1/visit/choices", json=asked).json["data"]

    assert [choice["label"] for choice in seen] == ["甲公司"]
    assert hidden == []


def test_a_change_and_a_deletion_sent_twice_are_done_once(served: Served) -> None:
    boss = served.as_("supervisor")
    path = f"/api/v1/customer/{boss.post('/api/v1/customer', json=ACME).json['data']['id']}"

    def twice(method: str, key: str, **sent: Any) -> list[tuple[int, str | None]]:
        headers = {"Idempotency-Key": key, "If-Match": sent.pop("match")}
        answers = [boss.open(method, path, headers=headers, **sent) for _ in range(2)]
        return [(answer.status_code, answer.headers.get("ETag")) for answer in answers]

    changed = twice("PATCH", "change-0001", match='"1"', json={"level": "a"})
    assert changed == [(200, '"2"'), (200, '"2"')]
    assert len(boss.get(f"{path}/history").json["data"]) == 2
    back = boss.patch(path, json={"level": "b"}, headers={"If-Match": '"2"'})
    assert back.status_code == 200

    assert twice("DELETE", "delete-0001", match='"3"') == [(200, None), (200, None)]
    assert boss.get(path).status_code == 404


def test_a_change_sent_again_is_answered_though_the_record_is_out_of_sight(served: Served) -> None:
    created, boss = of_first_department(served), served.as_("supervisor")
    path = f"/api/v1/customer/{created['id']}"
    headers = {"If-Match": '"1"', "Idempotency-Key": "moved-out-of-sight"}
    first = served.as_("clerk").patch(path, json={"name": "甲公司（新）"}, headers=headers)
    moved = boss.patch(
        path, json={"department": served.departments["二部"]}, headers={"If-Match": '"2"'}
    )
    assert (first.status_code, moved.status_code) == (200, 200)

    again = served.as_("clerk").patch(path, json={"name": "甲公司（新）"}, headers=headers)

    assert (again.status_code, again.headers["ETag"]) == (200, '"2"')
    assert again.json["data"]["values"] == {}
    assert again.json["data"]["title"] == ""
