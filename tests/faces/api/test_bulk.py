"""Bulk changes by program."""

from __future__ import annotations

from typing import Any

import pytest

from tests.faces.desk import Client, Served


@pytest.fixture
def dialect() -> str:
    """One is enough here."""
    return "sqlite"


@pytest.fixture
def boss(served: Served) -> Client:
    return served.as_("supervisor")


@pytest.fixture
def ids(served: Served, boss: Client) -> list[int]:
    made = []
    for number in range(3):
        values = {"name": f"客户{number}", "kind": "company"}
        made.append(boss.post("/api/v1/customer", json=values).json["data"]["id"])
    return made


def preview(boss: Client, **more: object) -> dict[str, Any]:
    body = {"action": "classify", "values": {"level": "b"}, **more}
    answer = boss.post("/api/v1/bulk", json=body)
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json["data"]
    return found


def test_actions_tell_what_they_ask(served: Served, boss: Client) -> None:
    found = {one["id"]: one for one in boss.get("/api/v1/bulk/actions").json["data"]}

    assert set(found) == {"classify", "reassign", "remove"}
    assert (found["reassign"]["asks"], found["reassign"]["needs_reason"]) == (["owner"], True)
    assert served.as_("clerk").get("/api/v1/bulk/actions").json["data"] == []


def test_a_batch_is_previewed_run_read_and_undone(boss: Client, ids: list[int]) -> None:
    made = preview(boss, ids=ids)
    assert (made["state"], made["counts"]) == ("planned", {"ready": 3})
    path = f"/api/v1/bulk/{made['id']}"

    done = boss.post(f"{path}/run", json={"selection": made["selection"]}).json["data"]
    rows = boss.get(f"{path}/rows?verdict=done&limit=2").json
    undo = boss.post(f"{path}/undo", json={}).json["data"]

    assert (done["state"], done["counts"], done["may_undo"]) == ("done", {"done": 3}, True)
    assert [row["record"]["values"] for row in rows["data"]] == [{"level": "b"}] * 2
    assert rows["next"] == str(ids[1])
    assert (undo["undoes"], undo["counts"]) == (made["id"], {"ready": 3})
    assert [one["id"] for one in boss.get("/api/v1/bulk").json["data"]] == [made["id"]]


def test_the_same_request_twice_makes_one_batch(boss: Client, ids: list[int]) -> None:
    headers = {"Idempotency-Key": "once-and-only-once"}
    body = {"action": "classify", "values": {"level": "b"}, "ids": ids}

    first, second = (
        boss.post("/api/v1/bulk", json=body, headers=headers).json["data"]["id"] for _ in range(2)
    )

    assert first == second


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        ({"ids": []}, 422),
        ({"ids": [True]}, 422),
        ({"ids": [987_654]}, 404),
        ({"ids": [1], "values": {"owner": 1}}, 422),
        ({"ids": [1], "action": "nothing"}, 404),
        ({"filter": {"nothing": 1}}, 422),
        ({"ids": [1], "more": 1}, 422),
    ],
)
def test_what_cannot_be_read_is_refused(
    boss: Client, ids: list[int], body: dict[str, object], status: int
) -> None:
    sent = {"action": "classify", "values": {"level": "b"}, **body}

    assert boss.post("/api/v1/bulk", json=sent).status_code == status


def test_another_selection_than_shown_is_a_conflict(boss: Client, ids: list[int]) -> None:
    made = preview(boss, filter={"kind": "company"})

    answer = boss.post(f"/api/v1/bulk/{made['id']}/run", json={"selection": "another"})

    assert answer.status_code == 409
    assert answer.json["errors"][0]["code"] == "selection_moved"
