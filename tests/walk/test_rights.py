"""The API shows everybody exactly what the oracle grants: rows, fields, masks, actions, no more and
no less."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.walk.ground import WALKERS, World
from tests.walk.looking import listed
from tests.walk.oracle import SYSTEM, Facts, Oracle, Person

READERS = [who for who in WALKERS if who != "anonymous"]


@pytest.mark.parametrize("who", READERS)
def test_lists_hold_just_the_rows_that_are_granted(here: World, who: str) -> None:
    check_lists(here, who)


@pytest.mark.parametrize("who", READERS)
def test_records_hold_just_the_fields_that_are_granted(here: World, who: str) -> None:
    check_records(here, who)


def check_lists(world: World, who: str) -> int:
    """List, query and panel list of every type; returns how many rows were compared."""
    client, person, ground, compared = world.client(who), WALKERS[who], world.ground, 0
    for type in world.desk.project.types:
        keys = ground.keys(type)
        wanted = {ground.ids[key] for key in keys if world.oracle.actions(person, key)}
        answers = [client.get(f"/api/v1/{type}?limit=200")]
        options: Any = {"json": {"limit": 200}, "headers": {"X-CSRF-Token": client.csrf}}
        answers.append(client.post(f"/api/v1/{type}/query", **options))
        for answer in answers:
            got = {row["id"] for row in listed(answer)} if answer.status_code == 200 else set()
            assert got == wanted, f"{who} lists {type}"
        if who != "token":
            page = client.get(f"/records/{type}/").get_data(as_text=True)
            shown = {int(id) for id in re.findall(rf'/records/{type}/(\d+)"', page)}
            assert shown == wanted, f"{who} sees the list of {type}"
        compared += len(keys)
    return compared


def check_records(world: World, who: str) -> int:
    """Every record as JSON; returns how many fields were compared."""
    client, person, ground, compared = world.client(who), WALKERS[who], world.ground, 0
    for key, row in ground.rows.items():
        answer = client.get(f"/api/v1/{row['type']}/{ground.ids[key]}")
        actions = world.oracle.actions(person, key)
        assert answer.status_code == (200 if actions else 404), f"{who}: {key}"
        if not actions:
            continue
        body = answer.json["data"]
        compared += compare(world, person, key, body)
        assert set(body["actions"]) == actions, f"{who}: {key}"
        editable = world.oracle.edits(person, key) - unfollowed(world, person, key)
        assert set(body["editable"]) == editable, f"{who}: {key}"
    return compared


def compare(world: World, person: Person, key: str, body: Facts, skipped: str = "") -> int:
    """One record, or an owned row in it, with what the oracle grants."""
    oracle, row = world.oracle, world.ground.rows[key]
    fields = {*oracle.types[row["type"]]["fields"], *SYSTEM} - {"id", "version", skipped}
    sights = {field: oracle.sees(person, key, field) for field in fields}
    assert set(body["values"]) == {f for f, sight in sights.items() if sight}, f"{person}: {key}"
    masked = {field for field, sight in sights.items() if sight == "masked"}
    assert {f for f in body["masked"] if body["values"][f]} <= masked, f"{person}: {key}"
    for field in masked & set(row["values"]):
        assert body["values"][field] != row["values"][field], f"{person}: {key}.{field}"
    for field in {f for f, sight in sights.items() if sight == "see"}:
        _same(oracle, world, person, key, field, body["values"][field])
    return len(fields)


def _same(oracle: Oracle, world: World, person: Person, key: str, field: str, shown: Any) -> None:
    """The value of a field seen in full is the true one, its links only those he may follow."""
    row, ids = world.ground.rows[key], world.ground.ids
    if field in row["children"]:
        below = [child for child in row["children"][field] if oracle.actions(person, child)]
        assert [one["id"] for one in shown] == [ids[child] for child in below]
        by = oracle.types[row["type"]]["fields"][field]["by"]
        for child, one in zip(below, shown, strict=True):
            compare(world, person, child, one, by)
        return
    true = row["values"].get(field)
    kind = oracle.types[row["type"]]["fields"].get(field, {}).get("type")
    if kind == "references" and true:
        true = [ids[one] for one in true if oracle.actions(person, one)]
        shown = [one["id"] for one in shown]
    elif kind == "reference" and true:
        true, shown = ids[true], shown["id"]
    elif kind == "person" and true:
        true, shown = f"N-{true}", shown["label"]
    elif kind == "department" and true:
        true, shown = f"D-{true}", shown["label"]
    elif kind == "boolean" and true:
        true = true == "true"
    elif kind == "datetime" and true:
        true, shown = true[:7], shown[:7]  # in the project's zone, in UTC
    elif kind in ("image", "images", "attachment", "attachments", "rollup", "computed") or not true:
        return
    assert str(shown).replace(" ", "") == str(true).replace(" ", ""), f"{person}: {key}.{field}"


def unfollowed(world: World, person: Person, key: str) -> set[str]:
    """Fields of links that lead to a row he may not see: they can not be edited here."""
    row, found = world.ground.rows[key], set()
    for field, one in world.oracle.types[row["type"]]["fields"].items():
        to = row["values"].get(field) or []
        targets = [to] if one["type"] == "reference" else to if one["type"] == "references" else []
        if any(target and not world.oracle.actions(person, target) for target in targets):
            found.add(field)
    return found
