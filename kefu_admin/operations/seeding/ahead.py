"""Rows are invented ahead by a process of their own while this one writes.

It only computes: it is a fork of this process that touches no database. Where forking is not to be
had, or this process has threads, rows are made here, one chunk at a time; they are the same rows.
"""

from __future__ import annotations

import multiprocessing
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from multiprocessing.connection import Connection

Rows = Sequence[Mapping[str, object]]
Make = Callable[[int, int], Rows]  # the rows from an index on, so many
WORTH_IT = 5_000  # rows from which a process of its own pays


def chunks(make: Make, start: int, end: int, size: int) -> Iterator[Rows]:
    """The rows of the indexes from `start` up to `end`, in runs of `size`.

    Raises what `make` raises: a run that fails ahead is made again here, to tell why.
    """
    runs = [(at, min(size, end - at)) for at in range(start, end, size)]
    if end - start < WORTH_IT or not _may_fork():
        yield from (make(*run) for run in runs)
        return
    fork = multiprocessing.get_context("fork")
    here, there = fork.Pipe(duplex=False)
    maker = fork.Process(target=_make_all, args=(make, runs, there, here), daemon=True)
    maker.start()
    there.close()
    try:
        for run in runs:
            try:
                made = here.recv()
            except EOFError:
                made = make(*run)
            yield made
    finally:
        here.close()  # ends the maker when we stop early
        maker.join()


def _may_fork() -> bool:
    return "fork" in multiprocessing.get_all_start_methods() and threading.active_count() == 1


def _make_all(
    make: Make, runs: Sequence[tuple[int, int]], out: Connection, other: Connection
) -> None:
    other.close()
    with suppress(BrokenPipeError):
        for run in runs:
            out.send(make(*run))
