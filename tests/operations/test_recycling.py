"""The bin with its files: restored, purged for a reason, and purged when its time has passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest

from kefu_admin.definitions.project import Project
from kefu_admin.operations import files, reading, records, recycling
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.schedules.cleaning import clean_up
from kefu_admin.problems import Invalid
from kefu_admin.store import attachments
from tests.factories import field
from tests.operations.people import actor, department, person
from tests.store.test_invariants import NOW

CUSTOMER = {"name": "甲", "kind": "company", "secrecy": "internal"}


@pytest.fixture
def desk(open_store: Any, small_project: Project) -> Desk:
    """The small desk whose customers have papers, and who keeps the bin for 30 days."""
    customer, role = small_project.types["customer"], small_project.roles["supervisor"]
    fields = {**customer.fields, "papers": field("papers", "attachments")}
    grants = tuple(
        replace(one, fields={**one.fields, "papers": one.fields["name"]})
        if one.type == "customer"
        else one
        for one in role.grants
    )
    project = replace(
        small_project,
        bin_days=30,
        types={**small_project.types, "customer": replace(customer, fields=fields)},
        roles={**small_project.roles, "supervisor": replace(role, grants=grants)},
    )
    made = Desk(project, open_store(project))
    person(made.store, "head", "supervisor", department_id=department(made.store, "一部"))
    return made


def deleted(desk: Desk, days_ago: int = 0) -> tuple[int, int]:
    """A customer with a paper, deleted some days ago; his id and the file's."""
    head, then = actor(desk, "head"), NOW - timedelta(days=days_ago)
    file = files.upload(
        desk, "customer", "papers", "a.txt", BytesIO(b"text"), most_bytes=99, actor=head, now=then
    )
    made = records.create(desk, "customer", {**CUSTOMER, "papers": [file.id]}, actor=head, now=then)
    records.remove(desk, "customer", made.id, 1, actor=head, now=then)
    return made.id, file.id


def there(desk: Desk, file_id: int) -> bool:
    """Whether a file lies in its place."""
    found = attachments.by_ids(desk.store, [file_id]).get(file_id)
    return found is not None and (desk.store.data_directory / found.path).is_file()


def test_a_deleted_record_keeps_its_files_until_it_is_purged(desk: Desk) -> None:
    head = actor(desk, "head")
    id, file = deleted(desk, days_ago=2)
    files.sweep(desk, now=NOW)
    assert there(desk, file)
    row = reading.bin_get(desk, "customer", id, actor=head, now=NOW)
    assert [one.name for one in row.values["papers"]] == ["a.txt"]  # type: ignore[attr-defined]

    recycling.restore(desk, "customer", id, 2, actor=head, now=NOW)
    assert files.download(desk, "customer", id, file, actor=head, now=NOW).path.is_file()
    records.remove(desk, "customer", id, 3, actor=head, now=NOW)
    with pytest.raises(Invalid):
        recycling.purge(desk, "customer", id, 4, " ", actor=head, now=NOW)
    recycling.purge(desk, "customer", id, 4, "客户要求", actor=head, now=NOW)

    assert not there(desk, file)
    assert list((desk.store.data_directory / "files").rglob("*.*")) == []


def test_what_was_in_the_bin_too_long_is_purged_by_the_worker(desk: Desk) -> None:
    old = [deleted(desk, days_ago=days) for days in (31, 400)]
    young = deleted(desk, days_ago=29)

    clean_up(desk, now=NOW)

    left = desk.store.rows('SELECT "record_id" FROM "kefu_bin"')
    assert [id for (id,) in left] == [young[0]]
    assert [there(desk, file) for _, file in (*old, young)] == [False, False, True]
    told = desk.store.rows(
        'SELECT "actor", "record_id", "reason" FROM "kefu_audit" WHERE "action" = ?'
        ' ORDER BY "record_id"',
        ("purge",),
    )
    assert told == [("system:retention", id, "在回收站满 30 天") for id, _ in old]


def test_without_a_time_the_bin_is_kept(desk: Desk) -> None:
    kept = Desk(replace(desk.project, bin_days=0), desk.store)
    deleted(desk, days_ago=4000)

    assert recycling.purge_expired(kept, now=NOW) == 0
    assert recycling.purge_expired(desk, now=NOW) == 1
