"""`verify` beyond the audit book: it is quiet on a used desk and tells what was tampered with."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kefu_admin.cli.output import Output
from kefu_admin.cli.verify import CHECKED
from kefu_admin.operations import records, verifying
from kefu_admin.operations.desk import Desk
from kefu_admin.store import search
from kefu_admin.store.search.index import STATE
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.verify.invariants.versions import audited
from kefu_admin.wording import sentence
from tests import factories
from tests.databases import lay, opened
from tests.operations.people import actor, department, person
from tests.store.books import line, write

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


@pytest.fixture
def desk(store, small_project):
    """Three customers, the first with two visits; the third deleted."""
    made = Desk(small_project, store)
    search.bring_up(store)  # emptying the database between tests forgets what it was built for
    place = department(store, "一部")
    person(store, "head", "supervisor", department_id=place)
    acting = actor(made, "head")
    for name in ("甲", "乙", "丙"):
        raw = {
            "name": name, "kind": "person", "phone": "13800005678", "secrecy": "internal",
            "id_number": "11010519491231002X",
        }  # fmt: skip
        records.create(made, "customer", raw, actor=acting, now=NOW)
    for score in ("7", "8"):
        records.create(made, "visit", {"customer": 1, "score": score}, actor=acting, now=NOW)
    records.change(made, "customer", 1, 1, {"name": "甲甲"}, actor=acting, now=NOW)
    records.remove(made, "customer", 3, 1, actor=acting, now=NOW)
    return made


def found(desk):
    report = verifying.verify(desk, now=NOW)
    for finding in report.findings:
        for locale in ("zh", "en"):
            assert "{" not in sentence(finding.code, locale, **finding.facts)
    return [(finding.code, dict(finding.facts)) for finding in report.findings]


def test_a_used_desk_is_sound_and_everything_was_checked(desk):
    report = verifying.verify(desk, now=NOW)

    assert report.findings == ()
    assert report.checked == (
        "audit", "references", "attachments", "audited", "history", "bin", "numbers", "rollups",
        "secrets", "search", "batches", "merges", "applied", "dated", "work", "computed",
    )  # fmt: skip
    assert set(report.checked) == CHECKED.keys()
    assert all(Output("en").text(label) != label for label in CHECKED.values())


def test_a_record_that_went_without_its_number_being_voided_leaves_a_gap(desk):
    desk.store.execute('DELETE FROM "kefu_bin"')

    assert found(desk) == [
        (
            "number_gap",
            {"series": "customer", "period": "202611", "department": "", "count": 1, "first": 3},
        )
    ]


def test_a_bin_that_does_not_fit_the_records_is_found(desk):
    desk.store.execute('UPDATE "kefu_bin" SET "record_id" = 2')

    assert found(desk) == [
        ("version_without_audit", {"type": "customer", "id": 2, "version": 2}),
        ("history_incomplete", {"type": "customer", "id": 2, "version": 2}),
        ("bin_not_deleted", {"type": "customer", "id": 2, "version": 2}),
        ("bin_still_there", {"type": "customer", "id": 2}),
        (
            "number_gap",
            {"series": "customer", "period": "202611", "department": "", "count": 1, "first": 3},
        ),
    ]


def test_an_owned_row_that_waits_for_an_owner_who_is_there_is_found(desk):
    desk.store.execute(
        'UPDATE "kefu_bin" SET "type" = ?, "with_owner" = 1, "owner_id" = 1', ("contact",)
    )

    assert ("bin_without_owner", {"type": "contact", "id": 3}) in found(desk)


def test_a_counter_set_back_is_found(desk):
    desk.store.execute('UPDATE "kefu_counter" SET "value" = 1 WHERE "series" = ?', ("visit",))

    assert found(desk) == [
        (
            "number_beyond",
            {"series": "visit", "period": "20261121", "department": "", "count": 1},
        )
    ]


def test_a_number_that_is_void_and_on_a_record_is_found(desk):
    number = desk.store.value('SELECT "code" FROM "customer" WHERE "id" = 1')
    desk.store.execute(
        'INSERT INTO "kefu_void_number" ("series", "number", "reason", "type", "at", "actor")'
        ' SELECT ?, ?, \'x\', "type", "at", "actor" FROM "kefu_bin"',
        ("customer", number),
    )

    assert found(desk) == [
        (
            "number_twice",
            {"series": "customer", "period": "202611", "department": "", "number": 1},
        )
    ]


def test_a_rollup_changed_past_the_writer_is_found(desk):
    desk.store.execute('UPDATE "customer" SET "visit_count" = 3 WHERE "id" = 1')

    assert found(desk) == [("kept_wrong", {"type": "customer", "field": "visit_count", "id": 1})]


def test_a_computed_value_changed_past_the_writer_is_found(desk):
    desk.store.execute('UPDATE "visit" SET "percent" = 1 WHERE "id" = 2')

    assert found(desk) == [("kept_wrong", {"type": "visit", "field": "percent", "id": 2})]


def test_a_record_changed_past_the_writer_is_missing_in_audit_and_history(desk):
    desk.store.execute('UPDATE "customer" SET "version" = 2 WHERE "id" = 2')

    assert found(desk) == [
        ("version_without_audit", {"type": "customer", "id": 2, "version": 2}),
        ("history_incomplete", {"type": "customer", "id": 2, "version": 2}),
    ]


def test_a_cipher_text_put_into_another_row_is_found(desk):
    sealed, hashed = desk.store.row(
        'SELECT "id_number", "id_number_hash" FROM "customer" WHERE "id" = 1'
    )
    desk.store.execute('UPDATE "customer" SET "id_number" = ? WHERE "id" = 2', (sealed,))
    desk.store.execute('UPDATE "customer" SET "id_number_hash" = \'0\' WHERE "id" = 1')

    assert hashed
    assert ("secret_wrong", {"type": "customer", "field": "id_number", "id": 1}) in found(desk)
    assert ("secret_wrong", {"type": "customer", "field": "id_number", "id": 2}) in found(desk)


def test_a_row_whose_reference_leads_nowhere_is_found(desk):
    store = desk.store
    if store.dialect == "sqlite":
        store.execute("PRAGMA foreign_keys = OFF")
        store.execute('UPDATE "visit" SET "customer" = 99 WHERE "id" = 1')
        store.execute("PRAGMA foreign_keys = ON")
    elif store.dialect == "mariadb":
        store.execute("SET SESSION foreign_key_checks = 0")
        store.execute('UPDATE "visit" SET "customer" = 99 WHERE "id" = 1')
        store.execute("SET SESSION foreign_key_checks = 1")
    else:
        store.execute("SET session_replication_role = replica")
        store.execute('UPDATE "visit" SET "customer" = 99 WHERE "id" = 1')
        store.execute("SET session_replication_role = DEFAULT")

    codes = [facts for code, facts in found(desk) if code == "orphans"]
    assert codes == [{"table": "visit", "column": "customer", "target": "customer", "count": 1}]


def test_an_attachment_without_its_file_or_record_is_found(desk):
    desk.store.execute(
        'INSERT INTO "kefu_attachment" ("type", "field", "record_id", "position", "name",'
        ' "media_type", "size", "sha256", "path", "created_at")'
        " VALUES ('customer', 'x', 99, 0, 'a.pdf', 'application/pdf', 3, '', 'files/a', ?)",
        ("2026-11-21 00:00:00.000000",),
    )
    id = desk.store.value('SELECT "id" FROM "kefu_attachment"')
    orphan = (
        "orphans",
        {"table": "kefu_attachment", "column": "record_id", "target": "customer", "count": 1},
    )
    assert found(desk) == [orphan, ("attachment_missing", {"id": id})]

    path = desk.store.data_directory / "files" / "a"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"four")
    assert found(desk) == [orphan, ("attachment_changed", {"id": id})]


def test_an_index_built_for_another_config_is_found(desk):
    desk.store.execute('UPDATE "kefu_state" SET "value" = \'old\' WHERE "key" = ?', (STATE,))

    assert found(desk) == [("search_outdated", {})]


def test_a_line_written_under_a_type_s_former_name_counts(open_bare):
    before = factories.project(factories.content_type("customer", factories.field("name")))
    after = factories.project(
        factories.content_type("client", factories.field("name"), renamed_from="customer")
    )
    store = open_bare(before)
    lay(store)
    at = store.to_db(ColumnKind.INSTANT, NOW)
    store.execute(
        'INSERT INTO "customer" ("version", "name", "created_at", "updated_at")'
        " VALUES (1, 'x', ?, ?)",
        (at, at),
    )
    write(store, line(1, 1))
    renamed = opened(store.url, after, store.data_directory)
    lay(renamed)

    assert list(audited(renamed, NOW)) == []
    renamed.execute('UPDATE "client" SET "version" = 2')
    assert [finding.code for finding in audited(renamed, NOW)] == ["version_without_audit"]
    renamed.close()


def test_checking_writes_nothing(desk):
    before = {
        table: desk.store.value(f'SELECT COUNT(*) FROM "{table}"') for table in desk.store.layout
    }

    verifying.verify(desk, now=NOW + timedelta(days=400))

    assert before == {
        table: desk.store.value(f'SELECT COUNT(*) FROM "{table}"') for table in desk.store.layout
    }


def test_a_record_the_index_does_not_hold_as_it_is_is_found(desk):
    desk.store.execute('UPDATE "customer" SET "name" = \'东城商店\' WHERE "id" = 1')
    wrong = [each for each in found(desk) if each[0].startswith("search")]
    assert wrong == [("search_wrong", {"type": "customer", "id": 1})]

    desk.store.execute('UPDATE "customer" SET "name" = \'商店\' WHERE "id" = 2')
    assert ("search_silent", {}) in found(desk)

    with desk.store.transaction():
        assert search.renew(desk.store) > 0
    assert [each for each in found(desk) if each[0].startswith("search")] == []
