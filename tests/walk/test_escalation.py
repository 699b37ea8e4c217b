"""What a request must not smuggle in: fields, system columns, roles, levels, rows of others."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.faces.desk import Client
from tests.walk.asks import KEY, new_values
from tests.walk.ground import PEOPLE, World
from tests.walk.looking import changed, state
from tests.walk.oracle import SYSTEM

WRITERS = [who for who, person in PEOPLE.items() if person.roles]
EXTRAS: dict[str, Any] = {
    "id": 7, "version": 99, "created_by": 1, "created_at": "2001-01-01T00:00:00Z",
    "updated_by": 1, "updated_at": "2001-01-01T00:00:00Z", "role": "admin", "roles": ["admin"],
    "is_admin": True, "user_id": 1, "owner_id": 1, "password_hash": "x", "_csrf": "x",
    "__class__": "x", "__dict__": {}, "type": "item", "deleted": False, "id_number_hash": "x",
    "clearance": "top_secret", "": "x", "values": {}, "$me": 1,
}  # fmt: skip


@pytest.mark.parametrize("who", WRITERS)
def test_a_field_one_may_not_write_refuses_the_whole_request(here: World, who: str) -> None:
    client, ground, oracle = here.client(who), here.ground, here.oracle
    before, tried = state(here.desk.store), 0
    for key, row in ground.rows.items():
        if "update" not in oracle.actions(PEOPLE[who], key):
            continue
        open_fields = oracle.edits(PEOPLE[who], key)
        for field in oracle.types[row["type"]]["fields"]:
            if field in open_fields or row["values"].get(field) is None:
                continue
            value = _other(here, row["type"], field)
            for answer in _write(client, here, key, {field: value}):
                assert answer.status_code in (400, 403, 422), f"{who}: {key}.{field}"
                tried += 1
    assert not changed(before, state(here.desk.store))
    assert tried or who == "root"


@pytest.mark.parametrize("who", ["amy", "sue", "founder"])
def test_an_unknown_or_system_field_refuses_the_whole_request(here: World, who: str) -> None:
    client, before = here.client(who), state(here.desk.store)
    for name, value in EXTRAS.items():
        sent = {**new_values(here.ground, "customer"), name: value}
        answers = list(_write(client, here, "c_own", {"notes": "改了", name: value}))
        answers.append(_post(client, "/api/v1/customer", sent))
        for answer in answers:
            assert answer.status_code in (400, 403, 422), f"{name}: {answer.status}"
        if answers[0].status_code == 422:
            assert answers[0].json["errors"][0]["field"] == name
    assert not changed(before, state(here.desk.store))


def test_a_form_that_says_role_admin_beside_its_fields_gives_no_role(fresh: World) -> None:
    client, ground = fresh.client("amy"), fresh.ground
    before = state(fresh.desk.store)
    form = {"key": KEY, "version": ground.versions["c_own"], "_csrf": client.csrf, "f.notes": "改"}

    answer = client.post(
        f"/records/customer/{ground.ids['c_own']}/edit",
        data={**form, "role": "admin", "roles": "admin", "owner": "1", "id": "2"},
    )

    tables = changed(before, state(fresh.desk.store))
    assert answer.status_code == 303
    assert set(tables) == {"customer", "kefu_history", "kefu_outbox"}
    assert client.get("/users/").status_code == 403


def test_a_row_can_not_leave_what_one_may_write(here: World) -> None:
    ground, before = here.ground, state(here.desk.store)
    far = ground.departments["two"]
    for who, key, values in (
        ("amy", "c_own", {"department": far}),
        ("amy", "c_own", {"department": None}),
        ("amy", "v_far", {"owner": ground.people["amy"]}),
        ("sue", "c_own", {"secrecy": "secret"}),
        ("sue", "c_own", {"secrecy": "top_secret"}),
        ("sue", "p_own", {"department": far}),
        ("amy", "c_own.0", {"customer": ground.ids["c_peer"]}),
        ("kim", "w_far", {"keeper": ground.people["kim"]}),
    ):
        for answer in _write(here.client(who), here, key, values):
            assert answer.status_code in (403, 404, 422), f"{who}: {key} {values} {answer.status}"
    assert not changed(before, state(here.desk.store))


def test_one_foreign_member_refuses_the_whole_list(here: World) -> None:
    ground, before = here.ground, state(here.desk.store)
    client, ids = here.client("amy"), ground.ids
    own = {"id": ids["c_own.0"], "version": ground.versions["c_own.0"]}
    new = [{"name": f"第{number}人"} for number in range(997)]
    file = next(id for id, row, name in ground.files.values() if (row, name) == ("c_far", "files"))
    for values in (
        {"contacts": [own, *new, {"id": ids["c_far.0"], "name": "别人的"}]},
        {"contacts": [own, {"id": ids["c_secret.0"], "version": 2}]},
        {"contacts": [{**own, "customer": ids["c_far"]}]},
        {"contacts": [{**own, "id": 987_654}]},
        {"files": [file]},
    ):
        (answer,) = _write(client, here, "c_own", values, panel=False)
        assert answer.status_code == 422, values
    related: list[Any] = [ids["p_own"]] * 1 + [ids["p_mixed"], ids["p_far"]]
    for values in ({"related": related}, {"customer": ids["c_far"]}, {"customer": ids["c_conf"]}):
        for answer in _write(client, here, "p_own", values):
            assert answer.status_code == 422, values
    assert not changed(before, state(here.desk.store))


def test_somebody_elses_upload_can_not_be_claimed(fresh: World) -> None:
    founder, amy, ground = fresh.client("founder"), fresh.client("amy"), fresh.ground
    from io import BytesIO

    file = founder.post(
        "/api/v1/customer/files",
        data={"field": "files", "file": (BytesIO(b"secret"), "a.txt")},
        headers={"X-CSRF-Token": founder.csrf},
    ).json["data"]["id"]

    for answer in _write(amy, fresh, "c_own", {"files": [file]}):
        assert answer.status_code == 422
    path = f"/records/customer/{ground.ids['c_own']}/files/{file}"
    assert amy.get(path).status_code == 404


def _write(
    client: Client, world: World, key: str, values: dict[str, Any], *, panel: bool = True
) -> list[TestResponse]:
    """The change through the API and, where a form can say it, through the panel."""
    ground, type = world.ground, (world.ground.rows.get(key) or {"type": ""})["type"]
    headers = {"If-Match": f'"{ground.versions[key]}"', "X-CSRF-Token": client.csrf}
    answers = [client.patch(f"/api/v1/{type}/{ground.ids[key]}", json=values, headers=headers)]
    if panel:
        form = {f"f.{name}": "" if value is None else value for name, value in values.items()}
        sent = {**form, "key": KEY, "version": ground.versions[key], "_csrf": client.csrf}
        answers.append(client.post(f"/records/{type}/{ground.ids[key]}/edit", data=_flat(sent)))
    return answers


def _flat(form: dict[str, Any]) -> dict[str, Any]:
    return {
        name: [str(one) for one in value] if isinstance(value, list) else str(value)
        for name, value in form.items()
    }


def _post(client: Client, path: str, sent: dict[str, Any]) -> TestResponse:
    return client.post(path, json=sent, headers={"X-CSRF-Token": client.csrf})


def _other(world: World, type: str, field: str) -> Any:
    """A value of the field's type, other than the stored one."""
    kind = world.oracle.types[type]["fields"][field]["type"]
    ground = world.ground
    return {
        "phone": "16699990000", "id_number": "110101199003077715", "email": "x@example.com",
        "url": "https://example.com/", "money": "1.00", "decimal": "1", "integer": 3,
        "duration": 3, "boolean": True, "date": "2020-02-02", "datetime": "2020-02-02 10:00",
        "time": "10:00", "region": "310101", "person": ground.people["kim"],
        "department": ground.departments["store"], "reference": ground.ids["c_peer"],
        "references": [], "multi_choice": [], "tags": ["x"], "children": [], "image": None,
        "images": [], "attachment": None, "attachments": [], "choice": "secret",
    }.get(kind, "别的")  # fmt: skip


assert set(SYSTEM) <= set(EXTRAS)
