"""No log line, batch, job, book or error page holds a personal value, whatever is done with it and
however it fails."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator

import pytest

from kefu_admin import clock, logs, opening, worker
from kefu_admin.actor import system_actor
from kefu_admin.operations import records
from kefu_admin.operations.jobs import JobKind, ask
from kefu_admin.store.dialect import translate
from kefu_admin.worker import jobs as running
from tests.databases import NOW
from tests.faces.desk import Served

CANARIES = {
    "name": "慕容雪鸢",
    "phone": "13987654321",
    "id_number": "110101199003070134",
    "address": "解放大道三百零七号乙单元",
}
TYPED = ("慕容雪鸢", "13987654321", "110101199003070134", "解放大道三百零七号乙单元", "司徒霜")


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch, served: Served) -> Iterator[list[str]]:
    """Every line of every logger, from DEBUG on, as text and as JSON."""
    hidden: list[str] = []
    monkeypatch.setattr(logs, "set_up", lambda *, personal, **_: hidden.extend(personal))
    opening.private_logs(served.settings, served.desk.project)
    forms = [logs.Formatter(as_json=as_json, personal=hidden) for as_json in (True, False)]
    lines: list[str] = []

    class Hear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.extend(form.format(record) for form in forms)

    handler, root = Hear(), logging.getLogger()
    for name in list(logging.root.manager.loggerDict):
        if name.startswith("kefu_admin"):  # other tests switch them off, or set them up
            monkeypatch.setattr(logging.getLogger(name), "disabled", False)
            monkeypatch.setattr(logging.getLogger(name), "propagate", True)
            monkeypatch.setattr(logging.getLogger(name), "level", logging.NOTSET)
    before = root.level, root.manager.disable
    logging.disable(logging.NOTSET)
    root.setLevel(logging.DEBUG)  # also forgets which levels were off
    root.addHandler(handler)
    yield lines
    root.removeHandler(handler)
    root.setLevel(before[0])
    logging.disable(before[1])


def told(lines: list[str]) -> list[str]:
    return [line for line in lines for canary in TYPED if canary in line]


def test_what_is_created_changed_refused_and_changed_in_bulk_is_not_logged(
    served: Served, heard: list[str]
) -> None:
    boss, clerk = served.as_("supervisor"), served.as_("clerk")
    made = boss.post("/api/v1/customer", json={**CANARIES, "kind": "company"})
    path = f"/api/v1/customer/{made.json['data']['id']}"
    version = {"If-Match": '"1"'}
    answers = (
        made,
        boss.patch(path, json={"name": "司徒霜"}, headers=version),
        boss.patch(path, json={"name": "司徒霜"}, headers=version),
        boss.post("/api/v1/customer", json={"name": "慕容雪鸢", "kind": "慕容雪鸢"}),
        boss.post("/api/v1/customer", json={"慕容雪鸢": "13987654321"}),
        boss.post("/api/v1/customer", data="{慕容雪鸢", content_type="application/json"),
        clerk.get(path + "?慕容雪鸢=13987654321"),
        boss.post("/api/v1/customer/13987654321", json={}),
    )

    assert [answer.status_code for answer in answers[:3]] == [201, 200, 409]
    assert all(400 <= answer.status_code < 500 for answer in answers[2:])
    assert heard
    assert told(heard) == []


@pytest.mark.parametrize(
    "selection",
    [
        {"filter": {"phone": "13987654321"}},
        {"filter": {"name": {"contains": "慕容雪鸢"}}},
        {"filter": {"all": [{"address": "解放大道三百零七号乙单元"}, {"kind": "person"}]}},
        {"search": "慕容雪鸢"},
        {},
    ],
)
def test_a_bulk_change_leaves_no_value_in_batch_job_audit_or_log(
    served: Served, heard: list[str], selection: dict[str, object]
) -> None:
    boss, store = served.as_("supervisor"), served.desk.store
    made = boss.post("/api/v1/customer", json={**CANARIES, "kind": "person"}).json["data"]
    selection = selection or {"ids": [made["id"]]}
    values = {"action": "classify", "values": {"level": "b"}, **selection}

    batch = boss.post("/api/v1/bulk", json=values, headers={"Idempotency-Key": "a" * 24})
    path = f"/api/v1/bulk/{batch.json['data']['id']}/run"
    done = boss.post(path, json={"selection": batch.json["data"]["selection"]})
    with store.connection():
        worker.once(served.desk, now=clock.now())

    assert (done.json["data"]["total"], done.status_code) == (1, 200)
    assert in_tables(served) == {"customer", "kefu_history"}
    assert told(heard) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"filter": {"慕容雪鸢": 1}},
        {"filter": {"level": "慕容雪鸢"}},
        {"values": {"level": "慕容雪鸢"}},
        {"action": "慕容雪鸢"},
        {"慕容雪鸢": 1},
    ],
)
def test_a_bulk_change_that_is_refused_leaves_none_either(
    served: Served, heard: list[str], wrong: dict[str, object]
) -> None:
    boss = served.as_("supervisor")
    made = boss.post("/api/v1/customer", json={**CANARIES, "kind": "person"}).json["data"]
    asked = {"action": "classify", "values": {"level": "b"}, "ids": [made["id"]], **wrong}
    if "filter" in wrong:
        del asked["ids"]

    assert 400 <= boss.post("/api/v1/bulk", json=asked).status_code < 500
    assert in_tables(served) == {"customer", "kefu_history"}
    assert told(heard) == []


def test_a_page_that_is_not_there_repeats_nothing_of_what_was_asked(
    served: Served, heard: list[str]
) -> None:
    boss = served.browser("supervisor")

    answers = [
        boss.get("/records/customer/慕容雪鸢"),
        boss.get("/records/慕容雪鸢/1"),
        boss.get("/batches/慕容雪鸢"),
        boss.post("/records/customer/1/edit", data={"f.name": "慕容雪鸢"}),  # no token of the form
    ]

    assert all(400 <= answer.status_code < 500 for answer in answers)
    seen = [re.sub(r"<[^>]*>", "", answer.text) for answer in answers]  # the way back is in a tag
    assert told(seen) == []
    assert told(heard) == []


def in_tables(served: Served) -> set[str]:
    """Tables in which a canary can be read; values live under the rights of their fields."""
    store = served.desk.store
    with store.connection():
        return {
            name
            for name in store.layout
            if told([repr(row) for row in store.rows(f'SELECT * FROM "{name}"')])
        }


def test_a_crash_is_logged_without_what_it_says(
    served: Served, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*args: object, **options: object) -> None:
        try:
            raise KeyError(TYPED[0])
        except KeyError as error:
            raise RuntimeError(f"no customer {args} {options}") from error

    monkeypatch.setattr(records, "create", crash)
    served.app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = served.as_("supervisor").post("/api/v1/customer", json=CANARIES)

    assert answer.status_code == 500
    assert told([answer.text]) == []
    assert any("builtins.RuntimeError: ***" in line for line in heard)
    assert any("builtins.KeyError: ***" in line for line in heard)
    assert any("test_log_canaries.py" in line for line in heard)
    assert told(heard) == []


def test_what_a_driver_says_of_a_value_is_not_logged(
    served: Served, heard: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = served.desk.store

    def clash(*args: object, **options: object) -> None:
        """Past the store, so that the driver's own error travels on."""
        sql = 'INSERT INTO "kefu_state" ("key", "value") VALUES (?, ?)'
        with store.connection(), store.transaction():
            for _ in range(2):
                cursor = store.database.connection().cursor()
                cursor.execute(translate(sql, store.dialect), TYPED[:2])

    monkeypatch.setattr(records, "create", clash)
    served.app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = served.as_("supervisor").post("/api/v1/customer", json=CANARIES)

    assert answer.status_code == 500
    assert any("IntegrityError" in line or "UniqueViolation" in line for line in heard)
    assert told(heard) == []


def test_a_job_that_crashes_says_its_kind_and_place_only(served: Served, heard: list[str]) -> None:
    def crash(step: object) -> None:
        raise ValueError(" ".join(TYPED))

    kind = JobKind(name="demo", version=1, label="试验", chunk=crash)
    with served.desk.store.transaction():
        ask(served.desk.store, kind, {}, actor=system_actor("tests"), now=NOW)

    running.run_one(served.desk, owner="tests", kinds={"demo": kind})

    assert any("builtins.ValueError: ***" in line for line in heard)
    assert told(heard) == []
