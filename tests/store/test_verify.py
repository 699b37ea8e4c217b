"""`verify` finds what somebody with the database, but not the key, can do to the audit book."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kefu_admin.store.seal import anchor, seal
from kefu_admin.store.seal.anchors import FILE
from kefu_admin.store.verify import check_audit
from tests import factories
from tests.store.books import NOW, from_one, line, seal_all, unguarded, versions, write


@pytest.fixture
def store(open_store):
    """Two records with three lines each (ids 1-6), sealed in two blocks and anchored."""
    made = from_one(open_store(factories.project()))
    versions(made, 1, 3)
    seal_all(made)
    versions(made, 2, 3)
    seal_all(made)
    anchor(made, now=NOW)
    return made


def found(store):
    report = check_audit(store, now=NOW)
    return [(finding.code, dict(finding.facts)) for finding in report.findings]


def codes(store):
    return {code for code, _ in found(store)}


def tamper(store, *statements):
    with unguarded(store):
        for statement in statements:
            store.execute(statement)


def test_an_untouched_book_is_sound_and_counted(store):
    write(store, line(1, 4))

    report = check_audit(store, now=NOW)

    assert report.is_sound
    assert report.notes == ()
    assert {key: report.counts[key] for key in ("lines", "sealed", "unsealed", "missing")} == {
        "lines": 7, "sealed": 6, "unsealed": 1, "missing": 0,
    }  # fmt: skip
    assert report.counts["anchors"] == 1


EDITS = (
    "\"reason\" = 'x'", "\"actor\" = 'wang'", '"actor_id" = NULL', "\"changes\" = '{}'",
    "\"address\" = ''", "\"action\" = 'create'", '"version" = 9', "\"type\" = 'visit'",
    "\"at\" = '2026-11-21 02:00:00.123457'", "\"definition\" = ''", "\"operation\" = ''",
    "\"session\" = ''", '"record_id" = 1', "\"source\" = 'api'",
)  # fmt: skip


def test_a_line_edited_in_any_column_is_named(store):
    write(store, *(line(record, 1) for record in range(101, 101 + len(EDITS))))
    seal_all(store)
    chains = [f"customer#{record}" for record in range(101, 101 + len(EDITS))]
    tamper(
        store,
        *(
            f'UPDATE "kefu_audit" SET {edit} WHERE "chain" = \'{chain}\''
            for edit, chain in zip(EDITS, chains, strict=True)
        ),
    )

    assert [(code, facts["chain"]) for code, facts in found(store)] == [
        ("audit_line_edited", chain) for chain in chains
    ]


def test_an_edited_line_is_named_by_id_and_place(store):
    tamper(store, 'UPDATE "kefu_audit" SET "reason" = \'x\' WHERE "id" = 5')

    assert found(store) == [("audit_line_edited", {"id": 5, "chain": "customer#2", "seq": 2})]


def test_an_edited_line_that_is_not_sealed_yet_is_named_too(store):
    versions(store, 3, 3)
    tamper(store, 'UPDATE "kefu_audit" SET "reason" = \'x\' WHERE "id" = 8')

    assert found(store) == [("audit_line_edited", {"id": 8, "chain": "customer#3", "seq": 2})]


def test_a_deleted_line_is_named_and_shows_as_a_gap_in_its_chain(store):
    tamper(store, 'DELETE FROM "kefu_audit" WHERE "id" = 2')

    assert found(store) == [
        ("audit_chain_gap", {"chain": "customer#1", "first": 2, "last": 2}),
        ("audit_lines_deleted", {"first": 2, "last": 2}),
    ]
    assert check_audit(store, now=NOW).counts["missing"] == 1


def test_a_deleted_line_that_was_not_sealed_shows_as_a_gap(store):
    versions(store, 3, 3)
    tamper(store, 'DELETE FROM "kefu_audit" WHERE "id" = 8')

    assert found(store) == [("audit_chain_gap", {"chain": "customer#3", "first": 2, "last": 2})]


def test_deleting_a_record_s_whole_chain_is_found(store):
    tamper(store, 'DELETE FROM "kefu_audit" WHERE "chain" = \'customer#1\'')

    assert found(store) == [("audit_lines_deleted", {"first": 1, "last": 3})]


def test_the_last_lines_cut_off_are_found(store):
    tamper(store, 'DELETE FROM "kefu_audit" WHERE "id" >= 5')

    assert found(store) == [("audit_lines_truncated", {"first": 5, "last": 6})]


def test_lines_and_blocks_cut_off_back_beyond_the_anchor_are_found(store):
    head = store.value('SELECT MAX("number") FROM "kefu_seal"')
    tamper(
        store,
        'DELETE FROM "kefu_audit" WHERE "id" > 3',
        f'DELETE FROM "kefu_seal" WHERE "number" = {head}',
    )

    assert codes(store) == {"audit_cut_short"}


def test_two_lines_that_change_places_are_found(store):
    tamper(
        store,
        'UPDATE "kefu_audit" SET "id" = 100 WHERE "id" = 4',
        'UPDATE "kefu_audit" SET "id" = 4 WHERE "id" = 5',
        'UPDATE "kefu_audit" SET "id" = 5 WHERE "id" = 100',
    )

    assert codes(store) == {"audit_lines_swapped"}


def test_two_lines_that_change_their_place_in_the_chain_are_found(store):
    tamper(
        store,
        'UPDATE "kefu_audit" SET "seq" = 100 WHERE "id" = 4',
        'UPDATE "kefu_audit" SET "seq" = 1 WHERE "id" = 5',
        'UPDATE "kefu_audit" SET "seq" = 2 WHERE "id" = 4',
    )

    assert codes(store) == {"audit_line_edited"}
    assert [facts["id"] for _, facts in found(store)] == [5, 4]


def test_a_line_written_without_the_key_is_found(store):
    columns = ", ".join(
        f'"{name}"'
        for name in (
            "at", "actor_id", "actor", "source", "address", "session", "action", "type",
            "record_id", "version", "changes", "reason", "operation", "definition", "digest",
        )
    )  # fmt: skip
    last = store.value('SELECT "digest" FROM "kefu_audit" WHERE "id" = 3')
    store.execute(
        f'INSERT INTO "kefu_audit" ("chain", "seq", "previous", {columns})'
        f' SELECT "chain", 4, ?, {columns} FROM "kefu_audit" WHERE "id" = 3',
        (last,),
    )

    assert codes(store) == {"audit_line_inserted"}


def test_a_block_that_was_altered_or_removed_is_found(store):
    tamper(store, 'UPDATE "kefu_seal" SET "lines" = "lines" + 1 WHERE "number" = 1')
    assert ("audit_block_edited", {"block": 1}) in found(store)

    tamper(store, 'DELETE FROM "kefu_seal" WHERE "number" = 1')
    assert ("audit_blocks_missing", {"first": 1, "last": 1}) in found(store)


def test_an_anchor_that_differs_from_the_book_is_found(store):
    path = store.data_directory / FILE
    path.write_text(path.read_text().replace('"head": "', '"head": "0') + "no anchor\n")

    assert codes(store) == {"audit_anchor_differs", "audit_anchor_unreadable"}


def test_lines_that_wait_long_for_the_sealer_are_noted_but_no_fault(store):
    write(store, line(1, 4))

    report = check_audit(store, now=NOW + timedelta(minutes=6))

    assert report.is_sound
    assert [note.code for note in report.notes] == ["audit_unsealed_long"]


def test_a_book_without_an_anchor_is_noted(store):
    (store.data_directory / FILE).unlink()

    assert [note.code for note in check_audit(store, now=NOW).notes] == ["audit_no_anchor"]


def test_sealing_an_edited_line_does_not_make_it_true(store):
    versions(store, 3, 1)
    tamper(store, 'UPDATE "kefu_audit" SET "reason" = \'x\' WHERE "id" = 7')
    while not seal(store, owner="test", now=NOW):
        pass

    assert codes(store) == {"audit_line_edited"}
