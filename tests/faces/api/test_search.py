"""`POST /search`: the closest records of every type the caller sees."""

from __future__ import annotations

from tests.faces.desk import Served

ACME = {"name": "朝阳电梯", "kind": "company", "phone": "13800005678"}


def test_hits_say_what_they_were_found_by(served: Served) -> None:
    boss = served.as_("supervisor")
    made = boss.post("/api/v1/customer", json=ACME).json["data"]["id"]

    answer = boss.post("/api/v1/search", json={"text": "cydt"})

    assert answer.json["data"] == [
        {
            "type": "customer",
            "more": False,
            "hits": [
                {
                    "id": made, "title": "朝阳电梯", "field": "name", "text": "朝阳电梯",
                    "marks": [[0, 4]], "match": "spoken",
                }
            ],
        }
    ]  # fmt: skip


def test_what_one_may_not_see_is_not_found(served: Served) -> None:
    served.as_("supervisor").post("/api/v1/customer", json=ACME)

    answer = served.as_("other_clerk").post("/api/v1/search", json={"text": "朝阳"})

    assert answer.json["data"] == []


def test_the_text_comes_in_the_body_and_nothing_unknown_with_it(served: Served) -> None:
    boss = served.as_("supervisor")

    assert boss.get("/api/v1/search?text=x").status_code in (404, 405)
    assert boss.post("/api/v1/search", json={}).status_code == 422
    assert boss.post("/api/v1/search", json={"text": "x", "limit": 0}).status_code == 422
    assert boss.post("/api/v1/search", json={"text": "x", "colour": 1}).status_code == 422
