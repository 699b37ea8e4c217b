"""Two at the same moment: one merges, the other is told so; no reference is left behind."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from kefu_admin.operations import records
from kefu_admin.problems import Busy, Invalid, NotFound, Refusal
from kefu_admin.store.faults import BusyBeforeCommit
from tests.desks import NOW
from tests.operations.merging.conftest import Pairs

ROUNDS = 3


def at_once(pairs: Pairs, *deeds: Callable[[], Any]) -> list[Any]:
    """Do all at the same moment, each in a thread: what each gave, or its refusal."""
    barrier = threading.Barrier(len(deeds))

    def one(deed: Callable[[], Any]) -> Any:
        with pairs.store.connection():
            barrier.wait()
            try:
                return deed()
            except (Refusal, BusyBeforeCommit) as refusal:
                return refusal

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


def test_two_supervisors_merge_the_same_pair_once(pairs: Pairs) -> None:
    for _ in range(ROUNDS):
        one, other = pairs.customer("甲公司"), pairs.customer("甲")
        visits = [pairs.visit(one), pairs.visit(other)]

        found = at_once(
            pairs,
            lambda one=one, other=other: pairs.merge(one, other, versions=(1, 1)),
            lambda one=one, other=other: pairs.merge(other, one, versions=(1, 1)),
        )

        [refusal] = [each for each in found if isinstance(each, Exception)]
        assert isinstance(refusal, Invalid | NotFound | Busy | BusyBeforeCommit)
        [done] = [each for each in found if not isinstance(each, Exception)]
        assert {pairs.value("visit", id, "customer") for id in visits} == {done.kept_id}
    assert pairs.findings() == []


def test_a_link_made_meanwhile_moves_or_is_refused(pairs: Pairs) -> None:
    boss = pairs.furnished.people["boss"]
    for _ in range(ROUNDS):
        kept, gone = pairs.customer("甲公司"), pairs.customer("甲")

        def link(gone: int = gone) -> int:
            sent = {"customer": str(gone)}
            return records.create(pairs.desk, "visit", sent, actor=boss, now=NOW).id

        merged, made = at_once(
            pairs, lambda kept=kept, gone=gone: pairs.merge(kept, gone, versions=(1, 1)), link
        )

        assert not isinstance(merged, Exception)
        if isinstance(made, Exception):
            assert isinstance(made, Invalid | Busy | BusyBeforeCommit)
        else:
            assert pairs.value("visit", made, "customer") == kept
    assert pairs.findings() == []
