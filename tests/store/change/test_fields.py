"""Every kind of field is written, read back, told in history, and changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest

from kefu_admin.definitions.condition import ALWAYS
from kefu_admin.definitions.field_types import FIELD_TYPES
from kefu_admin.definitions.fields import PersonalClass, Rollup, RollupFunction
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.number import Counter, DepartmentPart, Fixed, Series
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action, Grant, Right, Role
from kefu_admin.problems import Invalid, NumbersExhausted
from kefu_admin.store import attachments, history
from kefu_admin.store.attachments import Attachment
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.database import Store
from tests import factories
from tests.desks import NOW, Desk, furnish
from tests.factories import choice, content_type, field
from tests.store.change.test_create import faults

ITEM = content_type("item", field("name", unique=True))
LINE = content_type(
    "line", field("thing", "reference", to="thing"), field("amount", "money", scale=2),
    owned_by="thing",
)  # fmt: skip
THING = content_type(
    "thing",
    field("title"),
    field("note", "long_text", max_length=5000),
    field("pieces", "integer", min=0),
    field("weight", "decimal", scale=3),
    field("price", "money", scale=2),
    field("open", "boolean"),
    field("on", "date"),
    field("at", "datetime"),
    field("from_time", "time"),
    field("lasts", "duration"),
    choice("state", "new", "old"),
    field("kinds", "multi_choice", choices=choice("x", "a", "b", "c").choices),
    field("marks", "tags"),
    field("phone", "phone", mask="phone"),
    field("card", "id_number", personal=PersonalClass.SENSITIVE, encrypted=True, unique=True),
    field("mail", "email"),
    field("site", "url"),
    field("area", "region"),
    field("street", "address"),
    field("person", "person"),
    field("dept", "department"),
    field("item", "reference", to="item"),
    field("items", "references", to="item"),
    field("lines", "children", to="line", by="thing"),
    field("scan", "attachment"),
    field("scans", "attachments"),
    field("photo", "image"),
    field("photos", "images"),
    field("code", "number", series="thing"),
    field(
        "total", "rollup", result="money", scale=2,
        rollup=Rollup(of="line", by="thing", function=RollupFunction.SUM, field="amount"),
    ),
    field(
        "largest", "rollup", result="money", scale=2,
        rollup=Rollup(of="line", by="thing", function=RollupFunction.MAX, field="amount"),
    ),
    field(
        "latest", "rollup", result="money", scale=2,
        rollup=Rollup(
            of="line", by="thing", function=RollupFunction.LATEST, field="amount",
            order="created_at",
        ),
    ),
    department="dept",
)  # fmt: skip
SERIES = Series(
    id="thing", label=Label("编号"), parts=(Fixed("T"), DepartmentPart(), Fixed("-"), Counter(1))
)


def keeper(*types: str) -> Role:
    """One who may do everything with these types."""
    every = frozenset({Right.SEE, Right.EDIT})
    return Role(
        id="supervisor",
        label=Label("全"),
        grants=tuple(
            Grant(
                type=one.id,
                actions=frozenset(Action),
                rows=ALWAYS,
                fields=dict.fromkeys(one.fields, every),
            )
            for one in (ITEM, LINE, THING)
        ),
    )


@pytest.fixture
def wide(open_store: Callable[[Project], Store]) -> Desk:
    """A desk with every field type."""
    project = factories.project(
        ITEM, LINE, THING, numbers={"thing": SERIES}, roles={"supervisor": keeper()}
    )
    return furnish(open_store(project))


def upload(desk: Desk, name: str, *, who: str = "boss") -> int:
    """A file uploaded for a field of `thing`."""
    return attachments.add(
        desk.store,
        Attachment(
            id=0, type="thing", field=name, record_id=None, name=f"{name}.pdf",
            media_type="application/pdf", size=3, sha256="0" * 64, path=name, created_at=NOW,
            created_by=desk.people[who].user_id,
        ),
    )  # fmt: skip


def values_of(desk: Desk, record_id: int) -> Mapping[str, Any]:
    """What is stored, as canonical values."""
    return Reader(desk.store).load("thing", [record_id])[record_id].values


def samples(desk: Desk) -> dict[str, object]:
    """A value for every field a person may write, but owned rows."""
    one, two = desk.create("boss", "item", name="甲"), desk.create("boss", "item", name="乙")
    return {
        "title": "标题", "note": "一\n二", "pieces": 3, "weight": Decimal("1.250"),
        "price": Decimal("12.30"), "open": True, "on": date(2026, 1, 31),
        "at": datetime(2026, 1, 31, 4, 5, 6, tzinfo=UTC), "from_time": time(18, 30), "lasts": 90,
        "state": "new", "kinds": ("a", "c"), "marks": ("急", "重"), "phone": "13800005678",
        "card": "11010119900307109X", "mail": "a@example.com", "site": "https://example.com/",
        "area": "110105", "street": "某路1号", "person": desk.people["boss"].user_id,
        "dept": desk.first, "item": one, "items": (two, one), "scan": upload(desk, "scan"),
        "scans": (upload(desk, "scans"), upload(desk, "scans")), "photo": upload(desk, "photo"),
        "photos": (upload(desk, "photos"),),
    }  # fmt: skip


def test_the_table_of_field_types_is_covered() -> None:
    assert {f.type for f in THING.fields.values()} >= FIELD_TYPES.keys() - {"computed"}


def test_every_value_comes_back_as_it_was_written(wide: Desk) -> None:
    sent = samples(wide)

    made = wide.create("boss", "thing", **sent)

    stored = values_of(wide, made)
    assert {name: stored[name] for name in sent} == sent
    told = history.of_record(wide.store, "thing", made)[0].after
    assert {name: told[name] for name in sent} == sent


def test_every_value_can_be_taken_away_again(wide: Desk) -> None:
    sent = samples(wide)
    made = wide.create("boss", "thing", **sent)
    empty = {name: () if isinstance(value, tuple) else None for name, value in sent.items()}

    wide.update("boss", "thing", made, 1, **empty)

    stored = values_of(wide, made)
    assert {name: stored[name] for name in sent} == empty
    told = history.of_record(wide.store, "thing", made)[0]
    assert {name: told.before[name] for name in sent} == sent


def test_an_encrypted_value_rests_unreadable_and_is_found_by_its_hash(wide: Desk) -> None:
    made = wide.create("boss", "thing", title="甲", dept=wide.first, card="11010119900307109X")

    row = wide.row("thing", made, "card", "card_hash")
    told = wide.store.value('SELECT "after" FROM "kefu_history" ORDER BY "id" DESC')
    assert row is not None
    assert row[0].startswith("v1.")
    assert len(row[1]) == 64
    assert "11010119900307109X" not in told
    with pytest.raises(Invalid) as refused:
        wide.create("boss", "thing", title="乙", dept=wide.first, card="11010119900307109X")
    assert faults(refused) == [("card", "not_unique")]


def test_a_changed_encrypted_value_opens_in_its_row(wide: Desk) -> None:
    made = wide.create("boss", "thing", title="甲", dept=wide.first, card="11010119900307109X")

    wide.update("boss", "thing", made, 1, card="11010119900307088X")

    assert values_of(wide, made)["card"] == "11010119900307088X"


def test_a_file_is_claimed_once_by_the_one_who_uploaded_it(wide: Desk) -> None:
    file, foreign = upload(wide, "scan"), upload(wide, "scan", who="li")
    made = wide.create("boss", "thing", title="甲", dept=wide.first, scan=file)

    for taken in (file, foreign, 99_999):
        with pytest.raises(Invalid) as refused:
            wide.create("boss", "thing", title="乙", dept=wide.first, scan=taken)
        assert faults(refused) == [("scan", "no_such_file")]

    wide.remove("boss", "thing", made, 1)
    assert attachments.by_ids(wide.store, [file])[file].record_id == made  # until it is purged


def test_a_number_carries_the_department_s_code_and_counts_by_it(wide: Desk) -> None:
    first = wide.create("boss", "thing", title="甲", dept=wide.first)
    second = wide.create("boss", "thing", title="乙", dept=wide.second)
    again = wide.create("boss", "thing", title="丙", dept=wide.first)

    codes = [values_of(wide, made)["code"] for made in (first, second, again)]
    assert codes == ["TA1-1", "TB2-1", "TA1-2"]


def test_a_number_that_needs_a_department_says_so(wide: Desk) -> None:
    with pytest.raises(Invalid) as refused:
        wide.create("boss", "thing", title="甲")

    assert faults(refused) == [("dept", "department_code_needed")]


def test_a_series_never_wraps(wide: Desk) -> None:
    rows = [{"title": str(i), "dept": wide.first} for i in range(9)]
    wide.change("boss", lambda c: c.create_many("thing", rows))

    with pytest.raises(NumbersExhausted) as refused:
        wide.create("boss", "thing", title="十", dept=wide.first)

    assert refused.value.facts == {"series": "thing"}
    assert wide.count("thing") == 9


def test_kept_values_follow_owned_rows(wide: Desk) -> None:
    made = wide.create(
        "boss", "thing", title="甲", dept=wide.first,
        lines=({"amount": Decimal("1.50")}, {"amount": Decimal("2.25")}),
    )  # fmt: skip
    stored = values_of(wide, made)
    assert (stored["total"], stored["largest"], stored["latest"]) == (
        Decimal("3.75"), Decimal("2.25"), Decimal("2.25"),
    )  # fmt: skip

    wide.update("boss", "thing", made, 1, lines=())

    stored = values_of(wide, made)
    assert (stored["total"], stored["largest"], stored["latest"]) == (Decimal("0.00"), None, None)


def test_own_values_for_each_of_many_rows(wide: Desk) -> None:
    made = wide.change(
        "boss",
        lambda c: c.create_many("thing", [{"title": t, "dept": wide.first} for t in "甲乙丙"]),
    )
    changes = [
        (made[0], 1, {"title": "一", "price": Decimal("1.00"), "on": date(2026, 1, 1)}),
        (made[1], 1, {"title": "二", "price": None, "card": "11010119900307109X"}),
        (made[2], 1, {"title": "三", "price": Decimal("3.00"), "on": None}),
    ]

    wide.change("boss", lambda c: c.update_each("thing", changes))

    rows = wide.store.rows('SELECT "title", "price", "version" FROM "thing" ORDER BY "id"')
    assert rows == [("一", 100, 2), ("二", None, 2), ("三", 300, 2)]
    assert values_of(wide, made[1])["card"] == "11010119900307109X"
