"""Exporting a list by program."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from tests.faces.desk import Client, Served


@pytest.fixture
def dialect() -> str:
    """One is enough here."""
    return "sqlite"


@pytest.fixture
def boss(served: Served) -> Client:
    client = served.as_("supervisor")
    for number in range(3):
        values = {"name": f"客户{number}", "kind": "company", "phone": f"1380000567{number}"}
        client.post("/api/v1/customer", json=values)
    return client


def test_a_file_holds_what_the_query_would_answer(boss: Client) -> None:
    body = {"filter": {"name": {"ne": "客户1"}}, "sort": ["name"], "fields": ["name", "phone"]}
    answer = boss.post("/api/v1/customer/export", json=body)

    rows = list(csv.reader(StringIO(answer.get_data().decode("utf-8-sig"), newline="")))
    assert rows == [["名称", "电话"], ["客户0", "138****5670"], ["客户2", "138****5672"]]
    assert answer.mimetype == "text/csv"
    english = boss.post(
        "/api/v1/customer/export", json={"fields": ["name"]}, headers={"Accept-Language": "en"}
    )
    assert english.get_data(as_text=True).startswith("\ufeffName\r\n")


def test_a_view_brings_its_columns(boss: Client) -> None:
    answer = boss.post("/api/v1/customer/export", json={"view": "customers", "format": "xlsx"})

    assert (answer.status_code, answer.get_data()[:2]) == (200, b"PK")


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"format": "doc"}, 422, "parameter_format"),
        ({"format": 1}, 422, ""),
        ({"full": True}, 403, "export_second_needed"),
        ({"limit": 5}, 422, "unknown_parameter"),
        ({"view": "visits"}, 404, "not_found"),
        ({"fields": ["nothing"]}, 422, "unknown_parameter"),
        ({"filter": {"nothing": 1}}, 422, ""),
    ],
)
def test_what_cannot_be_given_is_refused(
    boss: Client, body: dict[str, object], status: int, code: str
) -> None:
    answer = boss.post("/api/v1/customer/export", json=body)

    assert answer.status_code == status, answer.json
    assert answer.json["errors"][0]["code"] == code or not code


def test_one_without_the_right_gets_none(served: Served, boss: Client) -> None:
    assert served.as_("clerk").post("/api/v1/customer/export", json={}).status_code == 403
    assert served.as_("nobody").post("/api/v1/customer/export", json={}).status_code == 404
