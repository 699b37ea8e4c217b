"""Files hold just the rows and fields whose export the oracle grants, personal values masked."""

from __future__ import annotations

import csv
from io import StringIO

import pytest

from tests.walk.ground import WALKERS, World
from tests.walk.looking import looker
from tests.walk.oracle import Oracle, Person

_TEXTS = {"text", "long_text", "address", "phone", "email"}


@pytest.mark.parametrize("who", WALKERS)
def test_files_hold_just_what_may_be_taken(here: World, who: str) -> None:
    client, look, compared = here.client(who), looker(here, who), 0
    for type in here.desk.project.types:
        answer = client.post(
            f"/api/v1/{type}/export", json={"sort": ["id"]}, headers={"X-CSRF-Token": client.csrf}
        )
        if not _granted(here.oracle, WALKERS[who], type):
            assert answer.status_code in (401, 403, 404), f"{who}: {type}"
            continue
        assert answer.status_code == 200, f"{who}: {type} {answer.json}"
        compared += _compare(here, who, type, answer.get_data().decode("utf-8-sig"))
        for closed in look.closed:
            assert closed not in answer.get_data(as_text=True), f"{who}: {type} tells {closed}"
    assert bool(compared) is (who == "sue")


def _compare(world: World, who: str, type: str, text: str) -> int:
    oracle, person = world.oracle, WALKERS[who]
    heads, *rows = csv.reader(StringIO(text, newline=""))
    fields = {one.label.zh: one for one in world.desk.project.types[type].fields.values()}
    names = [fields.get(head) or fields[head.rpartition("（")[0]] for head in heads]
    keys = [key for key in world.ground.keys(type) if "export" in oracle.actions(person, key)]
    assert [int(row[heads.index("序号")]) for row in rows] == sorted(
        world.ground.ids[k] for k in keys
    )
    by_id = {world.ground.ids[key]: key for key in keys}
    for row in rows:
        key = by_id[int(row[heads.index("序号")])]
        for field, cell in zip(names, row, strict=True):
            value = oracle.rows[key]["values"].get(field.id)
            takes = _takes(oracle, person, key, field.id)
            assert takes or not cell or field.id in ("id", "version"), f"{key}.{field.id}"
            if takes and field.type in _TEXTS and isinstance(value, str):
                whole = oracle.sees(person, key, field.id) == "see" and not field.mask
                assert (cell == value) is whole, f"{key}.{field.id}: {cell}"
    return len(rows)


def _takes(oracle: Oracle, who: Person, key: str, field: str) -> bool:
    row = oracle.rows[key]
    rights = oracle._rights(who, row, field, "export")
    return bool(oracle.sees(who, key, field)) and any("export" in one for one in rights)


def _granted(oracle: Oracle, who: Person, type: str) -> bool:
    """Whether some role of his lets him take something of the type along."""
    return any(
        grant["type"] == type
        and "export" in grant["actions"]
        and any("export" in right for right in grant["fields"].values())
        for _, grant in oracle._grants(who)
    )
