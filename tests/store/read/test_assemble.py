"""Rows as they leave the store: labels, files, owned rows, and what they cost."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from kefu_admin.definitions.condition import ALWAYS
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action, Right
from kefu_admin.store import read
from kefu_admin.store.database import Store
from kefu_admin.store.grants import Grants, RowGrant, TypeGrants
from kefu_admin.store.query import File, Query, Ref
from tests.factories import content_type, field, project
from tests.store.read.rows import department, person, put, sight

SEE = frozenset({Right.SEE})
MASKED = frozenset({Right.SEE_MASKED})


def grants(**types: dict[str, frozenset[Right]]) -> Grants:
    """Reading every row of the types, with these rights."""
    return Grants(
        key=repr(sorted(types.items())),
        types={
            id: TypeGrants(
                type=id,
                grants=(
                    RowGrant(
                        role="r", actions=frozenset({Action.READ}), rows=ALWAYS, rights=rights
                    ),
                ),
            )
            for id, rights in types.items()
        },
        permissions=frozenset(),
        clearance=0,
    )


@pytest.fixture
def notes(open_store: Callable[[Project], Store]) -> Store:
    owner = content_type("owner", field("name", mask="name"))
    note = content_type(
        "note",
        field("text"),
        field("owner", "reference", to="owner"),
        field("pictures", "images"),
        field("paper", "attachment"),
        field("lines", "children", to="line", by="note"),
    )
    line = content_type(
        "line",
        field("text"),
        field("note", "reference", to="note"),
        field("owner", "reference", to="owner"),
        owned_by="note",
    )
    return open_store(project(owner, note, line))


def attach(store: Store, record_id: int, name: str, field: str, position: int = 0) -> int:
    return store.insert(
        'INSERT INTO "kefu_attachment" ("type", "field", "record_id", "position", "name",'
        ' "media_type", "size", "sha256", "path", "created_at")'
        " VALUES ('note', ?, ?, ?, ?, 'image/png', 7, 'x', 'x', '2026-01-01 00:00:00.000000')",
        (field, record_id, position, name),
    )


@pytest.mark.parametrize(
    ("right", "label"), [(SEE, "张三丰"), (MASKED, "张**"), (frozenset(), "#1")]
)
def test_a_label_shows_the_title_as_the_asker_sees_it(
    notes: Store, right: frozenset[Right], label: str
) -> None:
    put(notes, "note", text="一", owner=put(notes, "owner", name="张三丰"))
    look = sight(notes, grants=grants(note={"owner": SEE}, owner={"name": right}))

    row = read.get(look, "note", 1)

    assert row is not None
    assert row.values["owner"] == Ref(1, label)


def test_files_come_in_their_order(notes: Store) -> None:
    id = put(notes, "note", text="一")
    second = attach(notes, id, "二.png", "pictures", 1)
    first = attach(notes, id, "一.png", "pictures", 0)
    paper = attach(notes, id, "合同.pdf", "paper")
    attach(notes, id + 1, "别人的.png", "pictures")
    look = sight(notes, grants=grants(note={"pictures": SEE, "paper": SEE}))

    row = read.get(look, "note", id)

    assert row is not None
    assert row.values["pictures"] == (
        File(first, "一.png", 7, "image/png"),
        File(second, "二.png", 7, "image/png"),
    )
    assert row.values["paper"] == File(paper, "合同.pdf", 7, "image/png")


def test_a_page_with_everything_costs_the_same_for_one_and_for_fifty_rows(
    notes: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = sight(
        notes,
        grants=grants(
            note=dict.fromkeys(("text", "owner", "pictures", "paper", "lines"), SEE),
            line={"text": SEE, "owner": SEE},
            owner={"name": SEE},
        ),
    )
    query = Query(type="note", columns=tuple(notes.project.types["note"].fields), count_up_to=9)
    asked: list[str] = []
    rows = notes.rows
    monkeypatch.setattr(
        notes, "rows", lambda sql, params=(): (asked.append(sql), rows(sql, params))[1]
    )
    costs = []

    for wanted in (1, 3, 50):
        have = int(notes.value('SELECT COUNT(*) FROM "note"'))
        for _ in range(wanted - have):
            owner = put(notes, "owner", name="某")
            id = put(notes, "note", text="一", owner=owner)
            put(notes, "line", note=id, text="行", owner=owner)
        asked.clear()
        page = read.page(look, query)
        costs.append(len(asked))

    assert len(page.rows) == 50
    # page, files, lines, owners of lines, owners of notes; a count of more than the page shows
    assert costs == [5, 5, 6]


def test_a_disabled_person_keeps_his_name_and_is_not_offered(store: Store) -> None:
    here = department(store, "一部")
    wang = person(store, "wang", here)
    put(store, "customer", code="K", name="甲", kind="person", owner=wang, department=here)
    store.execute('UPDATE "kefu_user" SET "active" = 0')
    look = sight(store, "supervisor", departments=(here,))

    row = read.get(look, "customer", 1)

    assert row is not None
    assert row.values["owner"] == Ref(wang, "wang")
    assert read.picks(look, "person", "", limit=5) == ()
    assert read.picks(look, "department", "一", limit=5) == (Ref(here, "一部"),)
