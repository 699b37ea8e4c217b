"""Does again what was written to rows while they were carried, until only the switch is left.

Rows are found by the history every change leaves. A round reads them and writes their new values
while the desk works on; what is written meanwhile is left to the next one, and the last takes place
while nobody writes.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from functools import partial
from time import perf_counter

from kefu_admin.store.carrying.batches import Job, give_way, kinds, reading, worked_out
from kefu_admin.store.carrying.register import Progress
from kefu_admin.store.carrying.setting import write
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect, quoted

_AT_ONCE = 1_000  # rows of one statement
_FEW = 50  # rows that may be left to the last round
_ROUNDS = 20  # where writers are quicker than we, the last round takes what is left


class Latecomers:
    """The rows of one table written to since the back-fills of `jobs` began, all rows up to their
    cursors having been carried."""

    def __init__(self, store: Store, jobs: Sequence[Job], carried: Sequence[Progress]) -> None:
        self._store = store
        self._jobs = jobs
        self._table = quoted(jobs[0].table)
        self._mark = min(each.mark for each in carried)
        self._last = min(each.last_id for each in carried)
        self._seen: set[int] = set()  # history entries; a lower one may appear after a higher

    def settle(self) -> None:
        """Rounds beside the writers; the first also takes rows that lack a new value for whatever
        reason.

        Raises:
            RowRefused: a row cannot be carried.
        """
        ids = self._told() | self._without_counterpart() | self._newer()
        for _ in range(_ROUNDS):
            self._again(ids)
            if len(ids) <= _FEW:
                return
            ids = self._told()

    def finish(self) -> None:
        """The last round, in the open transaction, while nobody else writes.

        Raises:
            RowRefused: a row cannot be carried.
        """
        self._again(self._told() | self._newer())

    def _told(self) -> set[int]:
        names = sorted({name for job in self._jobs for name in job.names})
        told = self._store.rows(
            'SELECT "id", "record_id" FROM "kefu_history" WHERE "id" > ?'
            f' AND "type" IN ({", ".join("?" * len(names))})',
            (self._mark, *names),
        )
        found = {int(row) for entry, row in told if entry not in self._seen}
        self._seen.update(entry for entry, _ in told)
        return found

    def _without_counterpart(self) -> set[int]:
        tests = " OR ".join(
            f"({quoted(job.target)} IS NULL AND {quoted(job.column)} IS NOT NULL)"
            for job in self._jobs
        )
        return set(self._store.ids(f'SELECT "id" FROM {self._table} WHERE {tests}'))

    def _newer(self) -> set[int]:
        return set(self._store.ids(f'SELECT "id" FROM {self._table} WHERE "id" > ?', (self._last,)))

    def _again(self, ids: Collection[int]) -> None:
        listed = sorted(ids)
        parts = [listed[at : at + _AT_ONCE] for at in range(0, len(listed), _AT_ONCE)]
        if self._store.dialect is Dialect.POSTGRESQL:  # where two rows have changed places, the
            for part in parts:  # unique index over the new values would refuse one after the other
                self._unit(partial(self._clear, part))
        ended = 0.0
        for part in parts:
            rows = self._store.rows(
                f"SELECT {reading(self._jobs)} FROM {self._table} WHERE {_among(part)}", part
            )
            work = worked_out(self._jobs, rows)
            if not self._store.in_transaction:
                give_way(self._store, ended)
            table = self._jobs[0].table
            self._unit(partial(write, self._store, table, kinds(self._jobs), work))
            ended = perf_counter()

    def _clear(self, ids: Sequence[int]) -> None:
        settings = ", ".join(f"{quoted(name)} = NULL" for name in kinds(self._jobs))
        self._store.execute(f"UPDATE {self._table} SET {settings} WHERE {_among(ids)}", ids)

    def _unit(self, work: Callable[[], None]) -> None:
        if self._store.in_transaction:
            work()
            return

        def whole() -> None:
            with self._store.transaction():
                work()

        self._store.retrying(whole)


def _among(ids: Sequence[int]) -> str:
    return f'"id" IN ({", ".join("?" * len(ids))})'
