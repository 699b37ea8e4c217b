"""Merging by program, and where an old id or number leads."""

from __future__ import annotations

import pytest

from tests.faces.desk import Client, Served

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def two(served: Served) -> tuple[Client, list[dict[str, object]]]:
    """The supervisor and two customers of the first department."""
    boss = served.as_("supervisor")
    made = [
        boss.post(
            "/api/v1/customer",
            json={"name": name, "kind": "company", "department": served.departments["一部"]},
        ).json["data"]
        for name in ("甲公司", "甲")
    ]
    return boss, made


def merge(boss: Client, kept: int, gone: int, **headers: str) -> object:
    return boss.post(
        f"/api/v1/customer/{kept}/merge",
        json={"with": gone, "with_version": 1},
        headers={"If-Match": '"1"', **headers},
    )


def test_an_old_id_and_number_answer_the_kept_record(served: Served) -> None:
    boss, (kept, gone) = two(served)
    assert merge(boss, kept["id"], gone["id"]).status_code == 200  # type: ignore[attr-defined,arg-type]
    number = gone["values"]["code"]  # type: ignore[index]

    by_id = boss.get(f"/api/v1/customer/{gone['id']}")
    by_number = boss.get(f"/api/v1/customer/by-number/{number}")
    own = boss.get(f"/api/v1/customer/by-number/{kept['values']['code']}")  # type: ignore[index]

    assert by_id.json["data"]["id"] == by_number.json["data"]["id"] == kept["id"]
    assert by_id.json["merged"] == {"id": gone["id"], "into": kept["id"]}
    assert by_number.json["merged"] == {"number": number, "into": kept["id"]}
    assert by_number.headers["Content-Location"] == f"/api/v1/customer/{kept['id']}"
    assert "merged" not in own.json
    found = boss.post("/api/v1/customer/query", json={"search": number}).json["data"]
    assert [one["id"] for one in found] == [kept["id"]]
    everywhere = boss.post("/api/v1/search", json={"text": number}).json["data"]
    assert [hit["id"] for group in everywhere for hit in group["hits"]] == [kept["id"]]


def test_what_he_may_not_see_answers_as_nothing(served: Served) -> None:
    boss, (kept, gone) = two(served)
    merge(boss, kept["id"], gone["id"])  # type: ignore[arg-type]
    number, far = gone["values"]["code"], served.as_("other_clerk")  # type: ignore[index]

    for path in (f"{gone['id']}", f"by-number/{number}", f"{kept['id']}/merges", "merges/1"):
        assert far.get(f"/api/v1/customer/{path}").status_code == 404, path
    assert far.post("/api/v1/customer/query", json={"search": number}).json["data"] == []
    assert far.post("/api/v1/search", json={"text": number}).json["data"] == []


def test_it_is_done_once_for_a_key(served: Served) -> None:
    boss, (kept, gone) = two(served)
    key = {"Idempotency-Key": "merge-once-1"}

    first, again = (merge(boss, kept["id"], gone["id"], **key) for _ in range(2))  # type: ignore[arg-type]

    assert (first.status_code, first.json) == (again.status_code, again.json)  # type: ignore[attr-defined]


def test_it_needs_the_versions_and_the_right(served: Served) -> None:
    boss, (kept, gone) = two(served)
    path, sent = f"/api/v1/customer/{kept['id']}/merge", {"with": gone["id"], "with_version": 1}

    assert boss.post(path, json=sent).status_code == 428
    assert boss.post(path, json=sent, headers={"If-Match": '"2"'}).status_code == 409
    clerk = served.as_("clerk")
    assert clerk.post(path, json=sent, headers={"If-Match": '"1"'}).status_code == 403
    unknown = {**sent, "take": ["nonsense"]}
    assert boss.post(path, json=unknown, headers={"If-Match": '"1"'}).status_code == 422
    visit = boss.post("/api/v1/visit/1/merge", json=sent, headers={"If-Match": '"1"'})
    assert visit.status_code == 404
