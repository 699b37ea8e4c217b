"""Running a whole unit again: only where nothing was kept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from kefu_admin.store.change import Change, perform
from kefu_admin.store.faults import BusyBeforeCommit, CommitUnknown
from kefu_admin.store.idempotency import IdempotencyKey
from tests.desks import NOW, Desk

KEY = IdempotencyKey("k", "h")


def creating(change: Change) -> Mapping[str, Any]:
    """One customer."""
    return {"id": change.create("customer", {"name": "甲", "kind": "company"})}


def cut_off(desk: Desk, patch: pytest.MonkeyPatch, *, kept: bool) -> None:
    """The connection is lost in the next commit, which the server has or has not done."""
    execute: Callable[..., Any] = desk.store.execute
    cuts = [True]

    def cutting(sql: str, params: Any = ()) -> Any:
        if sql == "COMMIT" and cuts:
            cuts.clear()
            execute("COMMIT" if kept else "ROLLBACK")
            raise CommitUnknown
        return execute(sql, params)

    patch.setattr(desk.store, "execute", cutting)


@pytest.mark.parametrize("kept", [True, False])
def test_a_commit_of_unknown_end_is_looked_up_by_its_key(
    desk: Desk, kept: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut_off(desk, monkeypatch, kept=kept)

    answer = perform(desk.store, desk.warrant("wang"), creating, now=NOW, operation="test", key=KEY)

    assert answer.replayed is kept
    assert desk.count("customer") == 1


def test_without_a_key_it_is_not_tried_again(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    cut_off(desk, monkeypatch, kept=True)

    with pytest.raises(CommitUnknown):
        perform(desk.store, desk.warrant("wang"), creating, now=NOW, operation="test")

    assert desk.count("customer") == 1


def test_a_busy_database_is_tried_three_times(desk: Desk) -> None:
    tries = []

    def busy(change: Change) -> Mapping[str, Any]:
        tries.append(change)
        creating(change)
        raise BusyBeforeCommit

    with pytest.raises(BusyBeforeCommit):
        perform(desk.store, desk.warrant("wang"), busy, now=NOW, operation="test")

    assert len(tries) == 3
    assert desk.count("customer") == 0
