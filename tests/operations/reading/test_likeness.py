"""Records that may be the one somebody is about to make, within his rights."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from kefu_admin.operations import reading
from kefu_admin.operations.reading.likeness import core
from kefu_admin.problems import TooMany, UnknownParameter
from kefu_admin.store import search
from kefu_admin.store.database import Store
from tests.databases import NOW
from tests.operations.reading.conftest import World
from tests.store.read.rows import put as put_row

ENDINGS = ("有限公司", "股份有限公司", "公司", "集团")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("安平热力有限公司", "安平热力"),
        ("安平热力 股份有限公司", "安平热力"),
        ("安平（河北）热力集团有限公司", "安平河北热力"),
        ("ＡＢＣ公司", "abc"),
        ("公司", "公司"),
        ("王芳", "王芳"),
    ],
)
def test_what_is_left_of_a_name(text: str, left: str) -> None:
    assert core(text, ENDINGS) == left


def put(store: Store, type_id: str, **values: object) -> None:
    """A record, in the search index too."""
    put_row(store, type_id, **values)
    search.rebuild(store)


def found(world: World, who: str, **values: object) -> list[tuple[str, tuple[str, ...]]]:
    some = reading.alike(world.desk, "customer", values, actor=world.actor(who), now=NOW)
    return [(one.row.title, one.fields) for one in some]


def test_a_name_is_the_same_without_its_endings(world: World) -> None:
    put(
        world.desk.store, "customer", code="KH7", name="安平热力有限公司", kind="company",
        department=world.ids["one"], secrecy="internal",
    )  # fmt: skip
    put(
        world.desk.store, "customer", code="KH8", name="石家庄安平热力公司", kind="company",
        department=world.ids["one"], secrecy="internal",
    )  # fmt: skip

    assert found(world, "wang", name="安平热力股份有限公司") == [
        ("石家庄安平热力公司", ("name",)),
        ("安平热力有限公司", ("name",)),
    ]
    assert found(world, "wang", name="热力有限公司") == []
    assert found(world, "wang", name="公") == []
    assert found(world, "li", name="安平热力") == []


def test_a_phone_is_compared_as_it_is_stored(world: World) -> None:
    assert found(world, "zhao", phone="138 0000 5678") == [("甲公司", ("phone",))]
    assert found(world, "zhao", phone="13800005") == []
    assert found(world, "li", phone="13800005678") == []


def test_alike_in_more_fields_comes_first(world: World) -> None:
    put(
        world.desk.store, "customer", code="KH9", name="甲", kind="company",
        phone="13800005678", department=world.ids["one"], secrecy="internal",
    )  # fmt: skip

    put(
        world.desk.store, "customer", code="KH10", name="乙某", kind="person",
        phone="13800005678", department=world.ids["one"], secrecy="internal",
    )  # fmt: skip

    some = found(world, "zhao", name="乙某", phone="13800005678")

    assert some[0] == ("乙某", ("name", "phone"))
    assert {fields for _, fields in some[1:]} == {("phone",)}


def test_a_phone_seen_masked_is_a_look_up_counted_and_told(world: World) -> None:
    [(row)] = reading.alike(
        world.desk, "customer", {"phone": "13800005678"}, actor=world.actor("wang"), now=NOW
    )
    assert row.row.values["phone"] == "138****5678"
    told = world.desk.store.rows(
        """SELECT "changes" FROM "kefu_audit" WHERE "action" = 'search_exact'"""
    )
    assert len(told) == 1
    assert "13800005678" not in json.dumps(told)

    world.desk.project = replace(world.desk.project, search_per_hour=1)
    with pytest.raises(TooMany):
        found(world, "wang", phone="13800005679")


def test_only_the_fields_of_the_type_are_compared(world: World) -> None:
    with pytest.raises(UnknownParameter):
        found(world, "zhao", address="科技园")


def test_a_secret_record_is_not_hinted_at(world: World) -> None:
    assert found(world, "wang", phone="13700009999") == []
    assert found(world, "zhao", phone="13700009999") == [("丙公司", ("phone",))]
