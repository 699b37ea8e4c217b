"""Global search: the closest records of every type, and nothing the asker may not see."""

from __future__ import annotations

from datetime import datetime

from kefu_admin.operations import reading, records
from kefu_admin.store.search import Closeness
from tests.operations.reading.conftest import World


def found(world: World, who: str, text: str, now: datetime, **more: object) -> dict[str, list[str]]:
    groups = reading.search_all(world.desk, text, actor=world.actor(who), now=now, **more)  # type: ignore[arg-type]
    return {group.type.id: [hit.title for hit in group.hits] for group in groups}


def named(world: World, now: datetime, *names: str) -> None:
    for name in names:
        raw = {"name": name, "kind": "company", "department": str(world.ids["one"])}
        records.create(world.desk, "customer", raw, actor=world.actor("zhao"), now=now)


def test_hits_are_ranked_by_closeness_then_the_newer_first(world: World, now: datetime) -> None:
    named(world, now, "朝阳", "朝阳贸易", "新朝阳", "朝阳商店", "潮扬")

    assert found(world, "zhao", "朝阳", now)["customer"] == [
        "朝阳", "朝阳商店", "朝阳贸易", "新朝阳",
    ]  # fmt: skip
    assert found(world, "zhao", "chaoyang", now)["customer"] == [
        "潮扬", "朝阳商店", "新朝阳", "朝阳贸易", "朝阳",
    ]  # fmt: skip


def test_the_closest_come_first_however_old_they_are(world: World, now: datetime) -> None:
    named(world, now, "海淀", "海淀东店", *(f"老海淀{number}号" for number in range(45)))

    (group,) = reading.search_all(
        world.desk, "海淀", actor=world.actor("zhao"), now=now, types=("customer",), each=3
    )

    assert [hit.title for hit in group.hits] == ["海淀", "海淀东店", "老海淀44号"]
    assert group.more
    assert [hit.closeness for hit in group.hits] == [
        Closeness.IS, Closeness.BEGINS, Closeness.HOLDS,
    ]  # fmt: skip


def test_each_finds_only_what_he_sees(world: World, now: datetime) -> None:
    assert found(world, "wang", "公司", now)["customer"] == ["甲公司"]
    assert found(world, "li", "公司", now)["customer"] == ["乙公司"]
    assert found(world, "wang", "yigongsi", now) == {}
    assert found(world, "zhao", "ygs", now)["customer"] == ["乙公司"]


def test_a_masked_value_is_found_and_marked_by_its_shown_end_only(
    world: World, now: datetime
) -> None:
    (group,) = reading.search_all(world.desk, "5678", actor=world.actor("wang"), now=now)

    assert [(hit.title, hit.text, hit.marks) for hit in group.hits] == [
        ("甲公司", "138****5678", ((7, 11),))
    ]
    assert found(world, "wang", "05678", now) == {}
    assert found(world, "wang", "13800005678", now) == {}


def test_nothing_typed_and_nobodys_types_find_nothing(world: World, now: datetime) -> None:
    assert found(world, "zhao", "  ", now) == {}
    assert found(world, "zhao", "公司", now, types=("no_such_type",)) == {}
    admin = world.actor("wang", "admin")
    assert reading.search_all(world.desk, "公司", actor=admin, now=now) == ()
