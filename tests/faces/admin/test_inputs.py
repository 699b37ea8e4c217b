"""Every field type can be shown, typed and taken back."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from werkzeug.datastructures import MultiDict

from kefu_admin.definitions.field_types import FIELD_TYPES
from kefu_admin.definitions.project import Project
from kefu_admin.faces.admin.cells import WRITERS, Shown, cell
from kefu_admin.faces.admin.inputs import BUILDERS, posted
from kefu_admin.faces.admin.inputs.filled import raw_text
from kefu_admin.store.query import Ref

CHINA = ZoneInfo("Asia/Shanghai")
ZH = Shown("zh", CHINA)


def test_every_field_type_has_a_control_and_a_writer() -> None:
    assert set(BUILDERS) == set(FIELD_TYPES)
    assert set(WRITERS) == set(FIELD_TYPES)


@pytest.mark.parametrize(
    ("type_id", "name", "value", "shown"),
    [
        ("customer", "kind", "company", ("", "单位", "blue")),
        ("customer", "credit", Decimal("12345.60"), ("n", "12,345.60", "")),
        ("customer", "region", "110105", ("", "北京市朝阳区", "")),
        ("customer", "owner", Ref(7, "王小敏"), ("", "王小敏", "")),
        ("customer", "phone", None, ("z", "—", "")),
        (
            "visit",
            "planned_at",
            datetime(2026, 1, 1, 1, 5, tzinfo=UTC),
            ("d", "2026-01-01 09:05", ""),
        ),
        ("visit", "minutes", 90, ("n", "1 小时 30 分", "")),
    ],
)
def test_a_value_is_shown_as_people_write_it(
    small_project: Project, type_id: str, name: str, value: object, shown: tuple[str, str, str]
) -> None:
    field = small_project.types[type_id].fields[name]

    assert tuple(cell(field, value, ZH)) == shown


def test_a_masked_value_is_shown_as_it_comes(small_project: Project) -> None:
    field = small_project.types["customer"].fields["phone"]

    assert tuple(cell(field, "138****5678", ZH, masked=True)) == ("m", "138****5678", "")


def test_an_instant_is_typed_on_the_projects_clock(small_project: Project) -> None:
    field = small_project.types["visit"].fields["planned_at"]

    assert raw_text(field, datetime(2026, 1, 1, 1, 5, tzinfo=UTC), CHINA) == "2026-01-01 09:05"
    assert raw_text(field, time(9, 5), CHINA) == "09:05"


def test_only_what_was_sent_is_taken(small_project: Project) -> None:
    form = MultiDict([("f.name", "甲公司"), ("version", "3"), ("_csrf", "x")])

    taken = posted(form, small_project.types["customer"], small_project.types)

    assert taken.raw == {"name": "甲公司"}


def test_an_unknown_field_is_passed_on_to_be_refused_by_name(small_project: Project) -> None:
    form = MultiDict([("f.nmae", "甲公司")])

    taken = posted(form, small_project.types["customer"], small_project.types)

    assert taken.raw == {"nmae": "甲公司"}


def test_a_masked_field_left_blank_is_left_alone(small_project: Project) -> None:
    form = MultiDict([("f.phone", ""), ("f.address", "")])

    taken = posted(
        form, small_project.types["customer"], small_project.types, masked={"phone": "138****5678"}
    )

    assert taken.raw == {"address": ""}


def test_child_rows_come_in_the_order_sent_without_blank_and_deleted_ones(
    small_project: Project,
) -> None:
    form = MultiDict(
        [
            ("f.contacts", ""),
            ("f.contacts.0.id", "5"),
            ("f.contacts.0.version", "2"),
            ("f.contacts.0.name", "赵六"),
            ("f.contacts.1.id", "6"),
            ("f.contacts.1.version", "1"),
            ("f.contacts.1.name", "孙七"),
            ("f.contacts.1._delete", "1"),
            ("f.contacts.17.name", ""),
            ("f.contacts.99.name", "周八"),
        ]
    )

    taken = posted(form, small_project.types["customer"], small_project.types)

    assert taken.raw == {
        "contacts": [{"id": "5", "version": "2", "name": "赵六"}, {"name": "周八"}]
    }


def test_no_rows_sent_means_no_rows_wanted(small_project: Project) -> None:
    form = MultiDict([("f.contacts", "")])

    taken = posted(form, small_project.types["customer"], small_project.types)

    assert taken.raw == {"contacts": []}
