"""A selection is written down in portions, and one that was cut off is never run."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from kefu_admin.operations import bulk
from kefu_admin.operations.bulk import freezing, previewing, undoing
from kefu_admin.operations.reading import ListRequest
from kefu_admin.operations.schedules.cleaning import clean_up
from kefu_admin.problems import Invalid, NotReady, SelectionTooLarge
from kefu_admin.store.batches import State, keeping
from kefu_admin.store.database import Store
from kefu_admin.store.idempotency import IdempotencyKey
from kefu_admin.store.verdicts import Verdict
from tests.desks import NOW
from tests.operations.bulk.conftest import Bench

COMPANIES = {"kind": "company"}


class Killed(BaseException):
    """The process is gone."""


@pytest.fixture(autouse=True)
def _small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (previewing, undoing):
        monkeypatch.setattr(module, "PORTION", 2)


@pytest.fixture
def kept(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """The ids of each portion that was kept."""
    portions: list[list[int]] = []
    freeze = keeping.freeze

    def told(store: Store, batch_id: int, portion: list[tuple[int, int]]) -> None:
        freeze(store, batch_id, portion)
        portions.append([id for id, _ in portion])

    monkeypatch.setattr(freezing.batches, "freeze", told)
    return portions


def frozen(bench: Bench) -> list[tuple[int, str, int]]:
    return bench.store.rows('SELECT "id", "state", "total" FROM "kefu_batch"')


def test_a_list_is_taken_portion_by_portion(bench: Bench, kept: list[list[int]]) -> None:
    ids = bench.customers(12)
    for id in (*ids[3:9], ids[10]):
        bench.furnished.remove("boss", "customer", id, 1)

    batch = bench.preview("classify", None, {"level": "b"}, filter=COMPANIES)

    left = [*ids[:3], ids[9], ids[11]]
    assert [id for portion in kept for id in portion] == left
    assert max(map(len, kept)) == 2
    assert bench.counts(batch) == {Verdict.READY: 5}
    assert bench.shown(batch).batch.total == 5


def test_what_happens_between_two_portions_is_told(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = bench.customers(6)
    freeze = keeping.freeze

    def beside(store: Store, batch_id: int, portion: list[tuple[int, int]]) -> None:
        freeze(store, batch_id, portion)
        if portion[0][0] == ids[2]:
            between.append(1)

    between: list[int] = []
    monkeypatch.setattr(freezing.batches, "freeze", beside)
    others = iter([1])

    def let_others_in() -> None:
        if between and next(others, None):
            bench.furnished.update("boss", "customer", ids[0], 1, level="a")  # taken already
            bench.furnished.update("boss", "customer", ids[5], 1, level="a")  # not yet
            bench.furnished.remove("boss", "customer", ids[4], 1)
            bench.customers(1)

    monkeypatch.setattr(bench.store, "let_others_in", let_others_in)

    batch = bench.preview("classify", None, {"level": "b"}, filter=COMPANIES)

    assert bench.verdicts(batch) == {
        ids[0]: Verdict.CHANGED,
        **dict.fromkeys((ids[1], ids[2], ids[3], ids[5]), Verdict.READY),
    }


def test_a_selection_that_was_cut_off_is_never_run(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.customers(5)
    freeze = keeping.freeze
    taken: list[int] = []

    def dying(store: Store, batch_id: int, portion: list[tuple[int, int]]) -> None:
        freeze(store, batch_id, portion)
        taken.append(len(portion))
        if len(taken) == 2:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(freezing.batches, "freeze", dying)
        with pytest.raises(Killed):
            bench.preview("classify", None, {"level": "b"}, filter=COMPANIES)

    [(batch, state, total)] = frozen(bench)
    assert (state, total) == (State.FREEZING, 2)  # the portion he died in was not kept
    with pytest.raises(NotReady):
        bench.run(batch)
    clean_up(bench.desk, now=NOW + timedelta(days=2))
    assert (bench.furnished.count("kefu_batch"), bench.furnished.count("kefu_batch_row")) == (0, 0)


@pytest.mark.parametrize("is_named", [True, False])
def test_a_selection_too_large_leaves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, is_named: bool
) -> None:
    ids = bench.customers(5)
    monkeypatch.setattr(previewing, "MOST_ROWS", 4)

    with pytest.raises(SelectionTooLarge):
        bench.preview("classify", ids if is_named else None, {"level": "b"})

    assert (frozen(bench), bench.furnished.count("kefu_batch_row")) == ([], 0)


def test_a_selection_of_nothing_leaves_nothing(bench: Bench) -> None:
    bench.customers(1)

    with pytest.raises(Invalid):
        bench.preview("classify", None, {"level": "b"}, filter={"kind": "person"})

    assert frozen(bench) == []


def test_asked_twice_at_the_same_moment_it_is_frozen_once(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.customers(3)
    key = IdempotencyKey("twice", "the same")
    portions = previewing._portions
    inner: list[int] = []

    def ask() -> int:
        return bulk.preview(
            bench.desk,
            "classify",
            ListRequest(type="customer", filter=COMPANIES),
            {"level": "b"},
            actor=bench.furnished.people["boss"],
            now=NOW,
            key=key,
        )

    def overtaken(found: object) -> Iterable[freezing.Portion]:
        monkeypatch.setattr(previewing, "_portions", portions)
        inner.append(ask())
        return portions(found)  # type: ignore[arg-type]

    monkeypatch.setattr(previewing, "_portions", overtaken)

    assert ask() == inner[0] == ask()
    assert frozen(bench) == [(inner[0], State.PLANNED, 3)]
    assert bench.furnished.count("kefu_batch_row") == 3


def test_an_undo_is_frozen_in_portions_too(bench: Bench, kept: list[list[int]]) -> None:
    ids = bench.customers(5)
    batch = bench.preview("classify", ids, {"level": "b"})
    bench.run(batch)
    kept.clear()

    undo = bulk.preview_undo(bench.desk, batch, actor=bench.furnished.people["boss"], now=NOW)

    assert kept == [ids[:2], ids[2:4], ids[4:]]
    assert bench.counts(undo) == {Verdict.READY: 5}


def test_a_preview_is_forgotten_in_portions_and_cannot_be_run_meanwhile(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "_FORGOTTEN", 2)
    batch = bench.preview("classify", bench.customers(5), {"level": "b"})

    def forget() -> bool:
        with bench.store.transaction():
            return keeping.forget(bench.store, batch)

    left = []
    while forget():
        left.append(bench.furnished.count("kefu_batch_row"))
        with pytest.raises(NotReady):
            bench.run(batch)

    assert left == [3, 1]
    assert frozen(bench) == []


def test_what_was_confirmed_is_not_forgotten(bench: Bench) -> None:
    batch = bench.preview("classify", bench.customers(2), {"level": "b"})
    bench.run(batch)

    with bench.store.transaction():
        assert keeping.forget(bench.store, batch) is False

    assert bench.counts(batch) == {Verdict.DONE: 2}
