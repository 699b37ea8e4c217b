"""Pages: what is on them, in what order, and what they cost."""

from __future__ import annotations

from kefu_admin.definitions.view import SortKey
from kefu_admin.store import read
from kefu_admin.store.database import Store
from kefu_admin.store.query import Query, Ref
from tests.store.read.rows import department, person, put, sight


def test_a_clerk_sees_his_departments_customers_with_phones_masked(store: Store) -> None:
    own, other = department(store, "一部"), department(store, "二部")
    wang = person(store, "wang", own)
    mine = put(store, "customer", code="KH1", name="甲", kind="person", phone="13800005678",
               department=own, owner=wang, secrecy="internal")  # fmt: skip
    put(store, "customer", code="KH2", name="乙", kind="person", department=other)

    page = read.page(
        sight(store, "clerk", me=wang, departments=(own,)),
        Query(type="customer", columns=("name", "phone", "owner", "department"), count_up_to=10),
    )

    assert [(row.id, row.title, dict(row.values)) for row in page.rows] == [
        (
            mine,
            "甲",
            {"name": "甲", "phone": "138****5678", "owner": Ref(wang, "wang"),
             "department": Ref(own, "一部")},
        )
    ]  # fmt: skip
    assert page.rows[0].masked == {"phone"}
    assert (page.count, page.capped) == (1, False)


def test_the_way_forward_and_back_meets_every_row_once(store: Store) -> None:
    here, there = department(store, "一部"), department(store, "二部")
    for number in range(7):
        put(store, "customer", code=f"K{number}", name=f"客{number % 3}", kind="person",
            level=("a", None)[number % 2], department=(here, there)[number % 2])  # fmt: skip
    look = sight(store, "supervisor", departments=(here, there))
    query = Query(type="customer", columns=("name",), sort=(SortKey("level", True),), limit=2)

    first = read.page(look, query)
    second = read.page(look, Query(type="customer", columns=("name",), sort=query.sort, limit=2,
                                   after=first.next))  # fmt: skip
    back = read.page(look, Query(type="customer", columns=("name",), sort=query.sort, limit=2,
                                 before=second.previous))  # fmt: skip

    assert not first.previous
    assert [row.id for row in first.rows] == [7, 5]
    assert [row.id for row in second.rows] == [3, 1]
    assert [row.id for row in back.rows] == [7, 5]
