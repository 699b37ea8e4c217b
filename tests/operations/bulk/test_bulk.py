"""A bulk change does exactly what was shown, to each record once, and says what became of it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from kefu_admin.operations import bulk
from kefu_admin.operations.schedules.cleaning import clean_up
from kefu_admin.operations.verifying import verify
from kefu_admin.problems import (
    Invalid,
    NotFound,
    SelectionMoved,
    UndoOver,
    UnknownParameter,
)
from kefu_admin.store.change import purge, restore
from kefu_admin.store.verdicts import Verdict
from kefu_admin.store.verify.invariants.batches import bulk_changes
from tests.desks import NOW
from tests.operations.bulk.conftest import Bench


def test_a_preview_freezes_and_changes_nothing(bench: Bench) -> None:
    ids = bench.customers(3)

    batch = bench.preview("classify", ids, {"level": "b"})

    assert bench.counts(batch) == {Verdict.READY: 3}
    assert set(bench.column("level").values()) == {None}


def test_a_run_changes_each_record_once(bench: Bench) -> None:
    ids = bench.customers(3)
    batch = bench.preview("classify", ids, {"level": "b"})

    first, again = bench.run(batch), bench.run(batch)

    assert first == again == {Verdict.DONE: 3}
    assert set(bench.column("level").values()) == {"b"}
    assert set(bench.column("version").values()) == {2}


def test_a_preview_nobody_confirms_is_forgotten_by_the_worker(bench: Bench) -> None:
    ids = bench.customers(2)
    kept, left = (bench.preview("classify", ids, {"level": level}) for level in ("b", "a"))
    bench.run(kept)
    assert bench.counts(left)

    clean_up(bench.desk, now=NOW + timedelta(days=2))

    assert bench.store.rows('SELECT "id" FROM "kefu_batch"') == [(kept,)]
    assert bench.store.rows('SELECT DISTINCT "batch_id" FROM "kefu_batch_row"') == [(kept,)]


def test_all_that_a_list_holds_is_taken(bench: Bench) -> None:
    bench.customers(3)
    bench.customers(2, kind="person", phone="13800005678", secrecy="internal")

    batch = bench.preview("classify", None, {"level": "b"}, filter={"kind": "company"})

    assert bench.counts(batch) == {Verdict.READY: 3}


def test_a_record_changed_since_is_left_alone(bench: Bench) -> None:
    ids = bench.customers(3)
    batch = bench.preview("classify", ids, {"level": "b"})
    bench.furnished.update("boss", "customer", ids[1], 1, level="a")
    bench.furnished.remove("boss", "customer", ids[2], 1)

    bench.run(batch)

    assert bench.verdicts(batch) == {
        ids[0]: Verdict.DONE,
        ids[1]: Verdict.CHANGED,
        ids[2]: Verdict.GONE,
    }
    assert bench.column("level") == {ids[0]: "b", ids[1]: "a"}


def test_what_would_be_refused_is_shown_with_its_reason(bench: Bench) -> None:
    company = bench.customers(1)
    person = bench.customers(1, kind="person", phone="13800005678")
    li = bench.furnished.people["li"].user_id

    batch = bench.preview("reassign", [*company, *person], {"owner": str(li)})

    shown = bench.shown(batch)
    assert dict(shown.counts) == {Verdict.READY: 1, Verdict.REFUSED: 1}
    [reason] = shown.reasons
    assert (reason.count, reason.errors[0].facts["message_zh"]) == (1, "个人客户不能批量改派。")


def test_what_stands_there_already_is_not_written_again(bench: Bench) -> None:
    ids = bench.customers(2, level="b")

    batch = bench.preview("classify", ids, {"level": "b"})

    assert bench.run(batch) == {Verdict.SAME: 2}
    assert set(bench.column("version").values()) == {1}


def test_an_id_out_of_sight_refuses_the_request_and_is_told(bench: Bench) -> None:
    ids = bench.customers(2)

    with pytest.raises(NotFound):
        bench.preview("classify", [*ids, 987_654], {"level": "b"})

    assert bench.furnished.count("kefu_batch") == 0
    told = bench.store.rows("""SELECT "actor" FROM "kefu_audit" WHERE "action" = 'bulk_refused'""")
    assert [row[0] for row in told] == ["boss"]


def test_one_without_the_right_finds_no_action(bench: Bench) -> None:
    ids = bench.customers(1)

    with pytest.raises(NotFound):
        bench.preview("classify", ids, {"level": "b"}, who="wang")


def test_a_batch_is_its_askers_alone(bench: Bench) -> None:
    batch = bench.preview("classify", bench.customers(1), {"level": "b"})

    with pytest.raises(NotFound):
        bench.shown(batch, who="wang")


def test_another_digest_than_shown_is_refused(bench: Bench) -> None:
    batch = bench.preview("classify", bench.customers(1), {"level": "b"})

    with pytest.raises(SelectionMoved):
        bulk.run(bench.desk, batch, "0" * 64, actor=bench.furnished.people["boss"], now=NOW)


@pytest.mark.parametrize(("values", "refusal"), [({}, Invalid), ({"owner": "1"}, UnknownParameter)])
def test_answers_must_be_those_asked_for(
    bench: Bench, values: dict[str, object], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        bench.preview("classify", bench.customers(1), values)


def test_a_reason_is_needed_where_the_action_says_so(bench: Bench) -> None:
    with pytest.raises(Invalid):
        bench.preview("remove", bench.customers(1), reason=" ")


def test_a_batch_is_one_audit_line_and_a_history_entry_each(bench: Bench) -> None:
    ids = bench.customers(3)
    batch = bench.preview("classify", ids, {"level": "b"})
    before = bench.furnished.count("kefu_audit")

    bench.run(batch)

    assert bench.furnished.count("kefu_audit") == before + 1
    told = bench.store.rows(
        """SELECT "chain", "changes" FROM "kefu_audit" WHERE "action" = 'bulk'"""
    )
    assert [row[0] for row in told] == [f"kefu_batch#{batch}"]
    assert '"count":[null,3]' in told[0][1]
    history = bench.store.rows(
        'SELECT "version", "after" FROM "kefu_history" WHERE "operation" = ?',
        (f"kefu_batch#{batch}",),
    )
    assert [(row[0], row[1]) for row in history] == [(2, '{"level":"b"}')] * 3


def test_verify_finds_every_version_told(bench: Bench) -> None:
    ids = bench.customers(3)
    bench.run(bench.preview("classify", ids, {"level": "b"}))
    bench.furnished.update("boss", "customer", ids[0], 2, level="a")

    report = verify(bench.desk, now=NOW)

    assert [f for f in report.findings if f.facts.get("type") == "customer"] == []


def test_deleting_leaves_what_others_refer_to(bench: Bench) -> None:
    ids = bench.customers(4)
    own = {"customer": ids[2]}
    bench.furnished.change("boss", lambda change: change.create("visit", own))

    batch = bench.preview("remove", ids)

    assert bench.counts(batch) == {Verdict.READY: 3, Verdict.REFUSED: 1}
    [reason] = bench.shown(batch).reasons
    assert reason.errors[0].code == "bulk_referred"
    assert bench.run(batch) == {Verdict.DONE: 3, Verdict.REFUSED: 1}
    assert list(bench.column("id")) == [ids[2]]


def test_one_referred_to_after_the_preview_is_left_too(bench: Bench) -> None:
    ids = bench.customers(4)
    batch = bench.preview("remove", ids)
    bench.furnished.change("boss", lambda change: change.create("visit", {"customer": ids[2]}))

    assert bench.run(batch) == {Verdict.DONE: 3, Verdict.REFUSED: 1}
    assert list(bench.column("id")) == [ids[2]]


def test_a_rule_on_deleting_holds_in_bulk(bench: Bench) -> None:
    kept = bench.customers(1, level="a")
    ids = bench.customers(1)

    batch = bench.preview("remove", [*kept, *ids])

    assert bench.counts(batch) == {Verdict.DENIED: 1, Verdict.READY: 1}


def test_an_undo_brings_back_what_nobody_has_changed(bench: Bench) -> None:
    ids = bench.customers(3, level="a")
    batch = bench.preview("classify", ids, {"level": "b"})
    bench.run(batch)
    bench.furnished.update("boss", "customer", ids[1], 2, region="110101")

    undo = bulk.preview_undo(bench.desk, batch, actor=bench.furnished.people["boss"], now=NOW)
    bench.run(undo)

    assert bench.verdicts(undo) == {
        ids[0]: Verdict.DONE,
        ids[1]: Verdict.CHANGED,
        ids[2]: Verdict.DONE,
    }
    assert bench.column("level") == {ids[0]: "a", ids[1]: "b", ids[2]: "a"}
    assert bench.shown(batch).undone_by == undo


def test_undoing_a_deletion_takes_out_of_the_bin_what_is_still_there(bench: Bench) -> None:
    ids = bench.customers(6, kind="person", phone="13800005678")
    names = bench.column("name")
    batch = bench.preview("remove", ids)
    bench.run(batch)
    back, gone, taken, twice = ids[1:5]
    furnished = bench.furnished
    furnished.change("boss", lambda change: restore(change, "customer", {back: 2}))
    furnished.change("boss", lambda change: purge(change, "customer", {gone: 2}, "客户要求删除"))
    furnished.create("boss", "customer", name=names[taken], kind="person", phone="13800005678")
    furnished.change("boss", lambda change: restore(change, "customer", {twice: 2}))
    furnished.remove("boss", "customer", twice, 3)

    undo = bulk.preview_undo(bench.desk, batch, actor=furnished.people["boss"], now=NOW)

    foreseen = bench.verdicts(undo)
    bench.run(undo)
    assert bench.verdicts(undo) == {
        id: Verdict.DONE if verdict is Verdict.READY else verdict
        for id, verdict in foreseen.items()
    }
    assert foreseen == {
        ids[0]: Verdict.READY,
        back: Verdict.CHANGED,
        gone: Verdict.REFUSED,
        taken: Verdict.REFUSED,
        twice: Verdict.CHANGED,
        ids[5]: Verdict.READY,
    }
    codes = {reason.errors[0].code for reason in bench.shown(undo).reasons}
    assert codes == {"bulk_purged", "not_unique"}
    assert {bench.column("name")[id] for id in (ids[0], ids[5])} == {names[ids[0]], names[ids[5]]}
    assert bench.column("version")[ids[0]] == 3
    assert list(bulk_changes(bench.store, NOW)) == []
    assert bench.shown(batch).undone_by == undo


def test_a_value_taken_after_the_preview_of_an_undo_is_refused(bench: Bench) -> None:
    ids = bench.customers(3, kind="person", phone="13800005678")
    names = bench.column("name")
    batch = bench.preview("remove", ids)
    bench.run(batch)
    boss = bench.furnished.people["boss"]
    undo = bulk.preview_undo(bench.desk, batch, actor=boss, now=NOW)
    assert bench.counts(undo) == {Verdict.READY: 3}
    bench.furnished.create(
        "boss", "customer", name=names[ids[1]], kind="person", phone="13800005678"
    )

    assert bench.run(undo) == {Verdict.DONE: 2, Verdict.REFUSED: 1}
    assert bench.verdicts(undo)[ids[1]] is Verdict.REFUSED


def test_an_undo_is_done_once_and_in_time(bench: Bench) -> None:
    boss = bench.furnished.people["boss"]
    batch = bench.preview("classify", bench.customers(1), {"level": "b"})
    bench.run(batch)

    with pytest.raises(UndoOver):
        bulk.preview_undo(bench.desk, batch, actor=boss, now=NOW + timedelta(hours=25))
    first = bulk.preview_undo(bench.desk, batch, actor=boss, now=NOW)
    second = bulk.preview_undo(bench.desk, batch, actor=boss, now=NOW)
    bench.run(first)
    with pytest.raises(UndoOver):
        bench.run(second)


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        ("""UPDATE "kefu_batch" SET "digest" = 'x'""", "batch_digest_wrong"),
        ("""UPDATE "kefu_batch" SET "settled" = 1""", "batch_counts_wrong"),
        ("""UPDATE "kefu_batch_row" SET "verdict" = 'gone'""", "batch_counts_wrong"),
        ("""UPDATE "kefu_batch_row" SET "record_id" = "record_id" + 50""", "batch_row_untold"),
        ("""UPDATE "kefu_batch_row" SET "version_after" = 7""", "batch_row_untold"),
    ],
)
def test_verify_finds_a_batch_told_otherwise(bench: Bench, spoil: str, code: str) -> None:
    bench.run(bench.preview("classify", bench.customers(2, level="a"), {"level": "b"}))
    if "gone" in spoil:
        bench.store.execute("""UPDATE "kefu_batch" SET "settled" = 0""")
    bench.store.execute(spoil)

    assert code in {finding.code for finding in bulk_changes(bench.store, NOW)}


def test_verify_finds_a_batch_without_its_line(bench: Bench) -> None:
    batch = bench.preview("classify", bench.customers(2), {"level": "b"})
    bench.run(batch)
    bench.store.execute('UPDATE "kefu_batch_row" SET "batch_id" = ?', (_copied(bench, batch),))

    found = {finding.code for finding in bulk_changes(bench.store, NOW)}

    assert "batch_without_line" in found


def _copied(bench: Bench, batch: int) -> int:
    """A batch like another one that the audit book knows nothing of."""
    names = '"type", "action", "deed", "state", "asker", "asked", "filter", "reason", "total",'
    names += ' "settled", "selection", "digest", "definition", "created_at"'
    bench.store.execute(
        f'INSERT INTO "kefu_batch" ({names}) SELECT {names} FROM "kefu_batch" WHERE "id" = ?',
        (batch,),
    )
    return int(bench.store.value('SELECT MAX("id") FROM "kefu_batch"'))
