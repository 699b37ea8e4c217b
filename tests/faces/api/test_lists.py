"""Lists: filters, order, pages, counts, expanded references; nothing personal in a URL."""

from __future__ import annotations

import json

import pytest

from tests.faces.desk import Client, Served


@pytest.fixture
def boss(served: Served) -> Client:
    """A supervisor with five customers."""
    client = served.as_("supervisor")
    for number in range(5):
        sent = {
            "name": f"客户{number}",
            "kind": "company" if number % 2 else "person",
            "phone": f"1380000567{number}",
            "credit": f"{number * 100}.50",
        }
        assert client.post("/api/v1/customer", json=sent).status_code == 201
    return client


def names(answer: object) -> list[str]:
    return [row["values"]["name"] for row in answer.json["data"]]  # type: ignore[attr-defined]  # a test answer


def test_a_filter_is_the_configs_condition(boss: Client) -> None:
    condition = json.dumps({"kind": "company", "credit": {"ge": "300"}})

    answer = boss.get("/api/v1/customer", query_string={"filter": condition})

    assert names(answer) == ["客户3"]


def test_pages_follow_each_other_until_next_is_empty(boss: Client) -> None:
    seen, cursor, pages = [], "", 0
    while True:
        query = {"sort": "name", "limit": 2} | ({"cursor": cursor} if cursor else {})
        answer = boss.get("/api/v1/customer", query_string=query)
        seen += names(answer)
        pages, cursor = pages + 1, answer.json["next"]
        if not cursor:
            break

    assert (seen, pages) == ([f"客户{number}" for number in range(5)], 3)


def test_only_the_fields_asked_for_come(boss: Client) -> None:
    answer = boss.get("/api/v1/customer?fields=name,credit&sort=-credit&limit=1")

    assert answer.json["data"][0]["values"] == {"name": "客户4", "credit": "400.50"}


def test_a_count_comes_when_asked(boss: Client) -> None:
    assert boss.get("/api/v1/customer?count=true&limit=1").json["count"] == 5
    assert "count" not in boss.get("/api/v1/customer?limit=1").json


def test_a_reference_expands_to_the_record(boss: Client) -> None:
    customer = boss.get("/api/v1/customer?limit=1&sort=name").json["data"][0]
    boss.post("/api/v1/visit", json={"customer": customer["id"]})

    row = boss.get("/api/v1/visit?expand=customer").json["data"][0]

    assert row["values"]["customer"]["record"]["values"]["name"] == "客户0"


@pytest.mark.parametrize(
    "query",
    [
        {"filter": json.dumps({"phone": "13800005671"})},
        {"filter": json.dumps({"not": {"name": {"contains": "客户"}}})},
        {"filter": json.dumps({"contacts": {"any": {"phone": "13800005671"}}})},
        {"search": "13800005671"},
    ],
)
def test_personal_values_do_not_stand_in_a_url(boss: Client, query: dict[str, str]) -> None:
    answer = boss.get("/api/v1/customer", query_string=query)

    assert answer.status_code == 422
    assert answer.json["errors"][0]["message"] == (
        "涉及个人信息的条件不能写在网址里，请用 POST /customer/query 写在内容里。"
    )


def test_the_same_question_is_welcome_in_a_body(boss: Client) -> None:
    exact = boss.post("/api/v1/customer/query", json={"filter": {"phone": "13800005671"}})
    quick = boss.post("/api/v1/customer/query", json={"search": "客户", "sort": ["name"]})

    assert names(exact) == ["客户1"]
    assert len(names(quick)) == 5


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("colour=red", "colour"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=5&limit=6", "limit"),
        ("count=maybe", "count"),
        ("sort=colour", "colour"),
        ("fields=name,colour", "colour"),
        ("expand=name", "expand"),
        ('filter={"colour":1}', "colour"),
    ],
)
def test_an_unknown_parameter_is_named(boss: Client, query: str, field: str) -> None:
    answer = boss.get(f"/api/v1/customer?{query}")

    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == field


@pytest.mark.parametrize("query", ["filter={", "filter=[1]", "cursor=nonsense", "cursor=%00"])
def test_what_cannot_be_read_is_refused(boss: Client, query: str) -> None:
    assert boss.get(f"/api/v1/customer?{query}").status_code in (400, 422)


def test_a_type_one_may_not_read_is_not_there(served: Served) -> None:
    known, unknown = served.as_("admin"), served.as_("supervisor")

    assert known.get("/api/v1/customer").status_code == 404
    assert unknown.get("/api/v1/unicorn").status_code == 404
    assert known.get("/api/v1/customer").json == unknown.get("/api/v1/unicorn").json
