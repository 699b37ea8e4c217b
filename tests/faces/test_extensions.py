"""What installed packages add takes part in every face: field types, guards and effects."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kefu_admin import clock, registry, settings
from kefu_admin.app import create_app
from kefu_admin.definitions import field_types, load
from kefu_admin.definitions.condition import Op
from kefu_admin.definitions.fields import BadValue, Field, FieldType, Storage
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.project import Project
from kefu_admin.operations.desk import Desk
from kefu_admin.registry import Extension, Proposed
from kefu_admin.settings import Settings
from kefu_admin.store.database import Store
from kefu_admin.worker.delivery import Sender
from kefu_admin.worker.receivers import Told, receivers
from tests.conftest import PROJECTS
from tests.faces.desk import Served, serve

REASON = ("停用的客户不能再改。", "A closed customer is not changed.")
COMPANY = {"name": "甲公司", "kind": "company"}
FIELDS = """\
  plate: {type: plate, label: {zh: 车牌, en: Plate}}
  length: {type: millimetres, label: {zh: 长度, en: Length}}
  marks: {type: marks, label: {zh: 标记, en: Marks}}
"""


def to_plate(field: Field, raw: object) -> str | None:
    text = str(raw or "").strip().upper()
    if text and len(text) != 7:
        raise BadValue("wrong_form")
    return text or None


def to_millimetres(field: Field, raw: object) -> int | None:
    return None if raw in (None, "") else int(str(raw))


def to_marks(field: Field, raw: object) -> tuple[str, ...]:
    return tuple(str(one) for one in raw) if isinstance(raw, list | tuple) else ()


def field_type(id: str, storage: Storage, convert: Callable[[Field, object], object]) -> FieldType:
    many = storage is Storage.MEMBERS
    return FieldType(
        id=id,
        label=Label(id),
        storage=storage,
        convert=convert,
        plain=lambda field, value: list(value) if isinstance(value, tuple) else value,
        operators=frozenset({Op.HAS if many else Op.EQ, Op.IS_EMPTY}),
        options=frozenset({"required"}),
        many=many,
        sortable=not many,
    )


def open_only(proposed: Proposed) -> tuple[str, str] | None:
    """Customers named 停用 are closed for good."""
    is_closed = proposed.before is not None and proposed.before["name"] == "停用"
    return REASON if is_closed else None


@pytest.fixture
def told() -> list[Told]:
    """What the effect has been told."""
    return []


@pytest.fixture
def extension(told: list[Told], monkeypatch: pytest.MonkeyPatch) -> Extension:
    """An extension as if its package were installed."""
    made = Extension(
        guards={"open_only": open_only},
        effects={"labels": told.append, "unnamed": told.append},
        field_types={
            "plate": field_type("plate", Storage.TEXT, to_plate),
            "millimetres": field_type("millimetres", Storage.INTEGER, to_millimetres),
            "marks": field_type("marks", Storage.MEMBERS, to_marks),
        },
    )
    monkeypatch.setattr(registry, "installed", lambda: made)
    for one in made.field_types.values():
        assert isinstance(one, FieldType)
        monkeypatch.setitem(field_types._TABLE, one.id, one)
    return made


@pytest.fixture
def project(extension: Extension, tmp_path: Path) -> Project:
    """The small project with fields, a guard and an effect of the extension."""
    config = tmp_path / "config"
    shutil.copytree(PROJECTS / "small", config)
    customer = config / "types" / "customer.yaml"
    text = customer.read_text("utf-8")
    text = text.replace("\nfields:\n", f"\nfields:\n{FIELDS}", 1)
    customer.write_text(f"{text}\nguards: [open_only]\neffects: [labels]\n", "utf-8")
    return load(config)


@pytest.fixture
def here(tmp_path: Path) -> Settings:
    """Settings of their own."""
    return settings.read({}, data=str(tmp_path))


@pytest.fixture
def served(open_store: Callable[[Project], Store], project: Project, here: Settings) -> Served:
    """That project served to a few people."""
    desk = Desk(project, open_store(project))
    return serve(create_app(here, desk=desk), desk, here, now=clock.now())


def test_a_field_type_of_an_extension_works_in_api_form_detail_list_and_filter(
    served: Served,
) -> None:
    api, panel = served.as_("supervisor"), served.browser("supervisor")
    sent = {**COMPANY, "plate": "京a12345", "length": 1200, "marks": ["新", "急"]}

    made = api.post("/api/v1/customer", json=sent)

    id, values = made.json["data"]["id"], made.json["data"]["values"]
    assert (values["plate"], values["length"], values["marks"]) == ("京A12345", 1200, ["新", "急"])
    refused = api.post("/api/v1/customer", json={**COMPANY, "plate": "短"})
    assert [error["field"] for error in refused.json["errors"]] == ["plate"]
    asked = {"filter": {"plate": "京A12345", "marks": {"has": "急"}}}
    found = api.post("/api/v1/customer/query", json=asked)
    assert [row["id"] for row in found.json["data"]] == [id]
    assert 'name="f.plate"' in panel.get("/records/customer/new").text
    edit = panel.get(f"/records/customer/{id}/edit").text
    assert 'value="京A12345"' in edit
    assert 'value="新、急"' in edit
    detail = panel.get(f"/records/customer/{id}").text
    assert "1,200" in detail
    assert "新、急" in detail


def test_a_guard_refuses_in_the_persons_language_and_nothing_is_written(served: Served) -> None:
    api = served.as_("supervisor")
    id = api.post("/api/v1/customer", json={**COMPANY, "name": "停用"}).json["data"]["id"]
    at = f"/api/v1/customer/{id}"
    version = {"If-Match": '"1"'}

    changed = api.patch(at, json={"name": "乙公司"}, headers=version)
    english = api.delete(at, headers={**version, "Accept-Language": "en"})

    assert (changed.status_code, english.status_code) == (422, 422)
    assert changed.json["errors"] == [{"code": "check_failed", "field": "", "message": REASON[0]}]
    assert [error["message"] for error in english.json["errors"]] == [REASON[1]]
    assert api.get(at).json["data"]["version"] == 1
    browser = served.browser("supervisor")
    sent = {"key": "a-form-of-its-own", "version": "1", "_csrf": browser.csrf}
    page = browser.post(f"/records/customer/{id}/delete", data=sent)
    assert REASON[0] in page.text


def test_a_guard_is_asked_about_records_of_a_bulk_change(served: Served) -> None:
    api = served.as_("supervisor")
    ids = [
        api.post("/api/v1/customer", json={**COMPANY, "name": name}).json["data"]["id"]
        for name in ("停用", "甲公司")
    ]

    for action, values in (("remove", {}), ("classify", {"level": "a"})):
        sent = {"action": action, "ids": ids, "values": values, "reason": "清理"}
        batch = api.post("/api/v1/bulk", json=sent).json["data"]["id"]
        refused = api.get(f"/api/v1/bulk/{batch}/rows?verdict=refused").json["data"]
        assert [(row["id"], row["errors"][0]["message"]) for row in refused] == [
            (ids[0], REASON[0])
        ]


def test_an_effect_is_told_of_the_types_that_name_it_after_the_commit(
    served: Served, here: Settings, told: list[Told]
) -> None:
    api, desk = served.as_("supervisor"), served.desk
    id = api.post("/api/v1/customer", json=COMPANY).json["data"]["id"]
    api.post("/api/v1/visit", json={"customer": id})
    found = receivers(here, desk.store.secret, desk.project)

    with desk.store.connection():
        sender = Sender(desk, found, owner="one")
        while sender.one():
            continue

    assert set(found) == {"labels"}
    assert [(one.event, one.record_id) for one in told] == [("customer.created", id)]
