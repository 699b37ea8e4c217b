"""Imports by program: sent, mapped, run and undone."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from tests.faces.desk import Client, Served

FILE = "客户登记表,,\r\n名称,类型,电话\r\n甲公司,单位,\r\n乙,个人,12\r\n"
PATH = "/api/v1/imports"


@pytest.fixture
def dialect() -> str:
    """One is enough here."""
    return "sqlite"


@pytest.fixture
def boss(served: Served) -> Client:
    return served.as_("supervisor")


def sent(client: Client, text: str = FILE, *, key: str = "", **form: str) -> Any:
    data = {"type": "customer", **form, "file": (BytesIO(text.encode("gb18030")), "客户.csv")}
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(PATH, data=data, headers=headers)


def test_a_file_is_sent_mapped_run_and_undone(boss: Client) -> None:
    made = sent(boss)
    assert made.status_code == 201, made.json
    file = made.json["data"]
    assert (file["encoding"], file["heads"], file["lines"]) == ("gb18030", 2, 2)
    assert [one["field"] for one in file["columns"]] == ["name", "kind", "phone"]
    assert file["columns"][0]["samples"] == ["甲公司", "乙"]
    assert "code" in file["keys"]
    one = f"{PATH}/{file['id']}"
    assert boss.get(one).json["data"] == file
    assert boss.get(f"{one}?heads=1").json["data"]["lines"] == 3

    columns = {"0": "name", "1": "kind", "2": "phone"}
    checked = boss.post(f"{one}/columns", json={"columns": columns}).json["data"]
    batch = f"/api/v1/bulk/{file['id']}"
    rows = boss.get(f"{batch}/rows?verdict=refused").json["data"]
    faults = boss.get(f"{one}/faults", headers={"Accept": "*/*"})
    done = boss.post(f"{batch}/run", json={"selection": checked["selection"]}).json["data"]
    undo = boss.post(f"{batch}/undo", json={}).json["data"]

    assert (checked["state"], checked["new"], checked["changed"]) == ("planned", 1, 0)
    assert checked["counts"] == {"ready": 1, "refused": 1}
    assert [(row["id"], row["errors"][0]["field"]) for row in rows] == [(4, "phone")]
    with ZipFile(BytesIO(faults.get_data())) as book:
        assert "乙" in book.read("xl/sharedStrings.xml").decode()
    assert done["counts"] == {"done": 1, "refused": 1}
    assert undo["counts"] == {"ready": 1}
    assert boss.get(one).status_code == 404


def test_the_same_key_takes_the_file_once_and_another_file_not(boss: Client) -> None:
    first, second = (sent(boss, key="import-key-1").json["data"]["id"] for _ in range(2))

    assert first == second
    assert sent(boss, "名称\r\n丙\r\n", key="import-key-1").status_code == 422


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"columns": {"0": "name"}, "sheet": 9}, 404),
        ({"columns": {"0": "name"}, "heads": 99}, 404),
        ({"columns": {"x": "name"}}, 422),
        ({"columns": {"0": 5}}, 422),
        ({"columns": {"0": "nothing"}}, 422),
        ({"columns": {}}, 422),
        ({"columns": {"0": "name"}, "other": 1}, 422),
    ],
)
def test_what_does_not_fit_is_refused(boss: Client, body: dict[str, Any], status: int) -> None:
    id = sent(boss).json["data"]["id"]

    assert boss.post(f"{PATH}/{id}/columns", json=body).status_code == status


def test_a_file_is_its_senders_alone(served: Served, boss: Client) -> None:
    clerk = served.as_("clerk")
    id = sent(boss).json["data"]["id"]

    assert sent(clerk).status_code == 404
    assert clerk.get(f"{PATH}/customer/template").status_code == 404
    for path in (f"{PATH}/{id}", f"{PATH}/{id}/faults"):
        assert clerk.get(path).status_code == 404
    assert clerk.post(f"{PATH}/{id}/columns", json={"columns": {"0": "name"}}).status_code == 404


def test_no_file_and_no_type_are_told(boss: Client) -> None:
    assert boss.post(PATH, data={"type": "customer"}).status_code in (415, 422)
    assert sent(boss, type="nothing").status_code == 404
    assert boss.post(PATH, json={}).status_code == 415


def test_the_template_is_handed_out(boss: Client) -> None:
    answer = boss.get(f"{PATH}/customer/template", headers={"Accept": "*/*"})

    assert answer.get_data()[:2] == b"PK"
