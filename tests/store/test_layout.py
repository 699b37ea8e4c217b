"""Which tables, columns and indexes a project wants."""

from __future__ import annotations

from decimal import Decimal

import pytest

from kefu_admin.definitions.condition import All, Any_, Compare, Literal, Not, Op, Path
from kefu_admin.definitions.content_type import Unique
from kefu_admin.definitions.fields import Field, When
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.view import ListView, SortKey
from kefu_admin.store.columns import columns, from_column, to_column
from kefu_admin.store.layout import layout
from kefu_admin.store.names import LONGEST, index_name, link_table
from kefu_admin.store.partial import NotIndexable, partial
from tests.factories import REQUIRED, choice, content_type, field, project


def keys(type_, *views: ListView) -> set[tuple[str, ...]]:
    desk = project(type_, views={view.id: view for view in views})
    table = next(table for table in layout(desk) if table.name == type_.id)
    return {index.columns for index in table.indexes}


def test_only_what_every_row_has_is_not_null():
    wanted = [
        field("always", required=REQUIRED),
        field("sometimes", required=When(condition=All(()))),
        field("hidden", required=REQUIRED, visible=When(condition=All(()))),
    ]

    assert [columns(each)[0].nullable for each in wanted] == [False, True, True]


def test_an_encrypted_field_has_a_hash_beside_it():
    names = [column.name for column in columns(field("id_number", "id_number", encrypted=True))]

    assert names == ["id_number", "id_number_hash"]


@pytest.mark.parametrize("kind", ["references", "children", "attachments", "image"])
def test_what_rests_in_other_tables_has_no_column(kind):
    assert columns(field("x", kind, to="ticket")) == ()


@pytest.mark.parametrize(
    ("each", "value", "neutral"),
    [
        (field("x", "money", scale=2), Decimal("12.50"), 1250),
        (field("x", "decimal", scale=3), Decimal("-0.005"), -5),
        (field("x", "multi_choice"), ("a", "b"), "|a|b|"),
        (field("x", "tags"), (), None),
        (field("x", "boolean"), False, False),
        (field("x"), None, None),
    ],
)
def test_values_cross_into_columns_and_back(each: Field, value, neutral):
    there = to_column(each, value)

    assert there == neutral
    assert from_column(each, there) == value


def test_lists_get_indexes_for_their_order_and_filters():
    ticket = content_type(
        "ticket",
        field("subject"),
        field("body", "long_text"),
        choice("state", "new"),
        field("department", "department"),
        department="department",
    )
    view = ListView(
        id="all",
        label=Label("全部"),
        type="ticket",
        columns=("subject",),
        sort=(SortKey("created_at", descending=True),),
        filters=("state", "body"),
    )

    assert keys(ticket, view) == {
        ("created_at", "id"),
        ("department", "created_at", "id"),
        ("state", "id"),
        ("created_by",),
        ("updated_by",),
    }


def test_links_are_indexed_and_an_owned_type_by_its_owner():
    line = content_type(
        "line", field("ticket", "reference", to="ticket"), field("name"), owned_by="ticket"
    )

    assert ("ticket", "id") in keys(line)
    assert ("ticket",) not in keys(line)


def test_long_names_are_cut_the_same_way_each_time():
    columns_ = ("a" * 40, "b" * 40)

    name = index_name("ticket", columns_, unique=True)

    assert len(name) == LONGEST
    assert name == index_name("ticket", columns_, unique=True)
    assert name != index_name("ticket", columns_[::-1], unique=True)
    assert len(link_table("t" * 50, "f" * 50)) == LONGEST


STATE = content_type("ticket", choice("state", "new", "done"), field("points", "integer"))


def is_(name: str, op: Op, value: object) -> Compare:
    return Compare(Path((name,)), op, Literal(value))


def test_a_partial_condition_is_constant_sql_that_is_never_null():
    condition = Any_((is_("state", Op.EQ, "new"), Not(is_("points", Op.IN, (1, 2)))))

    assert partial(condition, STATE) == (
        """("state" = 'new' AND "state" IS NOT NULL)"""
        """ OR (NOT ("points" IN (1, 2) AND "points" IS NOT NULL))"""
    )


@pytest.mark.parametrize(
    ("op", "value", "text"),
    [
        (Op.GE, 3, '"points" >= 3 AND "points" IS NOT NULL'),
        (Op.BETWEEN, (1, 2), '"points" BETWEEN 1 AND 2 AND "points" IS NOT NULL'),
        (Op.IS_EMPTY, True, '"points" IS NULL'),
    ],
)
def test_comparisons_with_constants_can_be_indexed(op, value, text):
    assert partial(is_("points", op, value), STATE) == text


def test_a_condition_that_reads_elsewhere_cannot_be_indexed():
    through = Compare(Path(("owner", "name")), Op.EQ, Literal("x"))

    with pytest.raises(NotIndexable):
        partial(through, STATE)


def test_unique_per_state_is_a_partial_index():
    ticket = content_type(
        "ticket",
        choice("state", "new", "done"),
        field("phone"),
        unique=(Unique(fields=("phone",), where=is_("state", Op.EQ, "new")),),
    )
    table = next(table for table in layout(project(ticket)) if table.name == "ticket")

    assert [(index.columns, index.where) for index in table.indexes if index.unique] == [
        (("phone",), """"state" = 'new' AND "state" IS NOT NULL""")
    ]
