"""Faults planted into a child; a run must find each. The product has no switch for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kefu_admin.operations import files
from kefu_admin.store import audit, history, idempotency
from kefu_admin.store.session import Session
from tests.soak.oracle import Promise, Word

Plant = Callable[[], None]
Say = Callable[[Promise], Word]


def commit_each_statement() -> None:
    """Every statement stands for itself."""

    @contextmanager
    def unit(self: Session, *_: object) -> Iterator[None]:
        self._local.open, self._local.after = True, []
        try:
            yield
        finally:
            self._local.open = False
        for work in self._local.after:
            work()

    Session._unit = unit  # type: ignore[method-assign]


def history_apart() -> None:
    """History is written when the change has been committed, on its own."""
    _apart(history, "append")


def audit_apart() -> None:
    """The audit line is written when the change has been committed."""
    _apart(audit, "_append")


def forgotten_key() -> None:
    """No answer is kept for a request that is sent again."""
    idempotency.keep = lambda *_, **__: None  # type: ignore[assignment]


def row_before_file() -> None:
    """An upload's row is committed first, its file written then."""
    add, real = files.attachments.add, dict[str, bytes]()

    def later(store: Any, row: Any) -> int:
        path = store.data_directory / row.path
        real[row.path] = path.read_bytes()
        path.unlink()
        store.after_commit(lambda: Path(path).write_bytes(real[row.path]))
        return add(store, row)

    files.attachments.add = later  # type: ignore[assignment]


def early_answer(promise: Promise) -> Word:
    """The person is answered before the commit."""
    return Word.REFUSED if promise.deed.name == "stale change" else Word.ACKED


def _apart(book: Any, name: str) -> None:
    append = getattr(book, name)

    def later(store: Session, entries: Sequence[Any], **given: Any) -> None:
        store.after_commit(lambda: append(store, entries, **given))

    setattr(book, name, later)


PLANTS: dict[str, tuple[Plant | None, Say | None]] = {
    "commit_each_statement": (commit_each_statement, None),
    "history_apart": (history_apart, None),
    "audit_apart": (audit_apart, None),
    "forgotten_key": (forgotten_key, None),
    "row_before_file": (row_before_file, None),
    "early_answer": (None, early_answer),
}


def put(name: str) -> None:
    """Put a fault into this process."""
    plant, _ = PLANTS[name]
    assert plant is not None, f"{name} is not of a process"
    plant()
