"""The sealer: every committed line comes into exactly one block, also those that commit late."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from datetime import timedelta

import pytest

from kefu_admin.problems import Busy
from kefu_admin.store import audit
from kefu_admin.store.faults import Constraint, ConstraintBroken
from kefu_admin.store.lease import claim, give_up
from kefu_admin.store.seal import Spans, anchor, anchors, blocks, oldest_unsealed, seal
from kefu_admin.store.seal.anchors import FILE
from kefu_admin.store.seal.candidates import sealed_ids
from kefu_admin.store.verify import check_audit
from tests import factories
from tests.databases import opened
from tests.store.books import NOW, from_one, line, seal_all, unguarded, versions, write


@pytest.fixture
def store(open_store):
    return from_one(open_store(factories.project()))


def ids(store):
    return Spans.of(id for (id,) in store.rows('SELECT "id" FROM "kefu_audit"'))


def test_what_was_committed_is_in_a_block_and_the_next_round_makes_none(store):
    versions(store, 1, 3)

    assert seal_all(store) == 3
    assert seal(store, owner="test", now=NOW) == 0

    assert sealed_ids(store) == ids(store)
    assert sum(block.lines for block in blocks(store)) == 3


def test_blocks_are_numbered_without_gaps_and_hold_different_lines(store):
    for version in range(1, 5):
        write(store, line(1, version))
        seal_all(store)

    made = list(blocks(store))
    assert [block.number for block in made] == list(range(1, len(made) + 1))
    assert sum(block.lines for block in made) == len(ids(store)) == 4
    assert len({block.head for block in made}) == len(made)


def test_a_line_that_commits_after_later_ones_were_sealed_is_not_skipped(store):
    if store.dialect == "sqlite":
        with store.transaction():  # one writer: nobody else can commit in between
            audit.write(store, line(1, 1))
            other = again(store)
            assert oldest_unsealed(other) is None
            other.close()
        assert seal_all(store) == 1
        return
    other = again(store)
    with other.transaction():
        audit.write(other, line(1, 1))  # takes the lower id
        versions(store, 2, 3)
        seal(store, owner="test", now=NOW)
        sealed_before = sealed_ids(store)
    other.close()

    seal_all(store)

    assert len(sealed_ids(store)) == 4
    assert sealed_ids(store) == ids(store)
    late = ids(store).first()
    assert late not in sealed_before
    if store.dialect == "mariadb":
        assert len(sealed_before) == 3  # the others did not wait for it


def test_an_id_that_was_rolled_back_holds_nothing_up(store):
    def rolled_back():
        with store.transaction():
            audit.write(store, line(9, 1))
            raise RuntimeError

    versions(store, 1, 1)
    with pytest.raises(RuntimeError):
        rolled_back()
    versions(store, 2, 2)

    assert seal_all(store) == 3
    assert sealed_ids(store) == ids(store)


def test_an_id_of_mariadb_that_never_comes_is_given_up_after_a_day(store):
    def rolled_back():
        with store.transaction():
            audit.write(store, line(9, 1))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        rolled_back()
    pending = []
    for version, at in ((1, NOW), (2, NOW + timedelta(hours=1)), (3, NOW + timedelta(days=2))):
        write(store, line(1, version))
        while not seal(store, owner="test", now=at):
            pass
        pending.append(str(list(blocks(store))[-1].pending))

    assert pending == (["1", "1", ""] if store.dialect == "mariadb" else ["", "", ""])


def test_several_sealers_at_once_seal_every_line_once(store):
    versions(store, 1, 20)
    started = threading.Barrier(4)

    def work(owner):
        started.wait()
        try:
            for _ in range(5):
                store.retrying(lambda: seal(store, owner=owner, now=NOW))
        finally:
            store.release()

    threads = [threading.Thread(target=work, args=(f"sealer-{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.transaction():
        for n in range(4):
            give_up(store, "sealer", owner=f"sealer-{n}")
    seal_all(store)

    assert sealed_ids(store) == ids(store)
    assert sum(block.lines for block in blocks(store)) == 20


def test_what_many_writers_commit_while_the_sealer_runs_is_all_sealed_and_true(store):
    done = threading.Event()

    def work(first):
        try:
            for record in range(first, first + 5):
                for version in (1, 2, 3):
                    store.retrying(lambda r=record, v=version: write(store, line(r, v)))
        finally:
            store.release()

    def sealing():
        while not done.is_set():
            with suppress(Busy):
                seal(store, owner="test", now=NOW)
        store.release()

    writers = [threading.Thread(target=work, args=(first,)) for first in (0, 10, 20, 30)]
    sealer = threading.Thread(target=sealing)
    for thread in (*writers, sealer):
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    sealer.join()
    seal_all(store)

    report = check_audit(store, now=NOW)
    assert report.findings == ()
    assert (report.counts["lines"], report.counts["sealed"]) == (60, 60)


def test_a_lease_is_held_by_one_and_renewed_by_him_only(store):
    with store.transaction():
        assert claim(store, "work", owner="a", milliseconds=60_000)
        assert claim(store, "work", owner="a", milliseconds=60_000)
        assert not claim(store, "work", owner="b", milliseconds=60_000)
        give_up(store, "work", owner="a")
        assert claim(store, "work", owner="b", milliseconds=60_000)


def test_the_database_refuses_to_change_or_delete_a_block(store):
    versions(store, 1, 1)
    seal_all(store)

    for statement in ('UPDATE "kefu_seal" SET "lines" = 0', 'DELETE FROM "kefu_seal"'):
        with pytest.raises(ConstraintBroken) as refused:
            store.execute(statement)
        assert refused.value.kind is Constraint.APPEND_ONLY


def test_health_can_ask_how_old_the_oldest_unsealed_line_is(store):
    assert oldest_unsealed(store) is None
    versions(store, 1, 2)
    assert oldest_unsealed(store) == NOW
    seal_all(store)
    assert oldest_unsealed(store) is None


def test_after_a_restore_that_counts_transactions_from_lower_new_lines_are_sealed(store):
    versions(store, 1, 2)
    seal_all(store)
    with unguarded(store):
        store.execute('UPDATE "kefu_audit" SET "transaction_id" = "transaction_id" + 1000000000')
        store.execute('UPDATE "kefu_seal" SET "horizon" = "horizon" + 1000000000')
    write(store, line(1, 3))

    seal_all(store)

    assert sealed_ids(store) == ids(store)
    assert sum(block.lines for block in blocks(store)) == 3


def test_an_anchor_is_written_once_per_head(store):
    assert anchor(store, now=NOW) is None
    versions(store, 1, 1)
    seal_all(store)

    first = anchor(store, now=NOW)

    assert anchor(store, now=NOW) is None
    assert list(anchors(store)) == [first]
    (block,) = blocks(store)
    assert (first.block, first.head) == (block.number, block.head)
    written = (store.data_directory / FILE).read_text()
    assert json.loads(written)["head"] == block.head


@pytest.mark.parametrize(
    ("spans", "text"),
    [
        ([], ""),
        ([(1, 1)], "1"),
        ([(4, 6), (1, 2), (3, 3), (9, 9)], "1-6,9"),
        ([(1, 5), (2, 3)], "1-5"),
    ],
)
def test_spans_are_written_shortly_and_read_back(spans, text):
    made = Spans(spans)

    assert str(made) == text
    assert Spans.read(text) == made
    assert set(made) == {one for start, end in spans for one in range(start, end + 1)}


def test_spans_know_their_gaps_and_differences():
    made = Spans([(1, 3), (7, 9), (20, 20)])

    assert str(made.gaps()) == "4-6,10-19"
    assert str(made.without(Spans([(2, 7), (20, 30)]))) == "1,8-9"
    assert str(made.above(8)) == "9,20"
    assert (made.first(), made.last(), len(made)) == (1, 20, 7)
    assert [one in made for one in (0, 1, 3, 4, 8, 20, 21)] == [
        False, True, True, False, True, True, False,
    ]  # fmt: skip


def again(store):
    return opened(store.url, store.project, store.data_directory)
