"""What a kind of job is, and the step a worker hands to it.

A kind is a function that does one chunk. It is called again and again until it says `finish`:

    def chunk(step: Step) -> None:
        with step.change("bulk.run") as change:
            ...                                  # what begins at step.job.cursor
            step.advance({"after": last_id}, done=step.job.done + len(rows))

Effect and cursor are one transaction, and so is the check that the job is still this worker's. A
chunk may be run again from its beginning while nothing of it was kept; it must take well under a
minute (`store.jobs.LEASE_MS`) unless its kind is long, and hold references in payload and cursor,
no values of records.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kefu_admin.actor import Actor
from kefu_admin.operations.desk import Desk
from kefu_admin.store import jobs
from kefu_admin.store.change import Change
from kefu_admin.store.jobs import Job, JobState


class Step:
    """One chunk's turn at a job.

    Attributes:
        job: as it stands before this chunk; `job.payload`, `job.cursor` (None at first).
        actor: whom the job acts for, with the rights he has now; the system for its own jobs.
        now: when the chunk began.
        kept: the job as this chunk left it, once its transaction was committed; else None.
    """

    def __init__(
        self, desk: Desk, job: Job, *, actor: Actor, now: datetime, lease_ms: int = jobs.LEASE_MS
    ) -> None:
        self.desk = desk
        self.job = job
        self.actor = actor
        self.now = now
        self.kept: Job | None = None
        self._lease_ms = lease_ms

    def change(self, operation: str) -> AbstractContextManager[Change]:
        """A `Change` in the name of whom the job acts for; call `advance` or `finish` inside."""
        warrant = self.desk.warrant(self.actor, self.now)
        return Change.open(self.desk.store, warrant, now=self.now, operation=operation)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """A transaction for what is no record; call `advance` or `finish` inside."""
        with self.desk.store.transaction():
            yield

    def advance(self, cursor: Mapping[str, Any], *, done: int, total: int | None = None) -> None:
        """Where the next chunk begins, and how many rows are done, in the open transaction.

        Raises:
            LeaseLost: the job is somebody else's by now, or cancelled; let it travel on.
        """
        self._keep(
            jobs.advance(
                self.desk.store,
                self.job,
                cursor=cursor,
                done=done,
                total=total,
                lease_ms=self._lease_ms,
            )
        )

    def finish(self, result: Mapping[str, Any] | None = None, *, done: int | None = None) -> None:
        """The job is done, in the open transaction.

        Raises:
            LeaseLost: as for `advance`.
        """
        done = self.job.done if done is None else done
        self._keep(jobs.finish(self.desk.store, self.job, result=result, done=done, now=self.now))

    @property
    def is_finished(self) -> bool:
        """Whether the committed chunk was the last."""
        return self.kept is not None and self.kept.state is JobState.DONE

    def _keep(self, job: Job) -> None:
        def committed() -> None:
            self.kept = job

        self.desk.store.after_commit(committed)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """A kind of job.

    Attributes:
        name: as the table holds it, `bulk.run`.
        version: of the payload; a job of another one is not run.
        label: what people call it, a message id.
        chunk: does the next chunk and says `advance` or `finish`.
        is_long: its chunk may take hours. A process of its own runs it, so that no other job waits
            behind it, and renews its lease meanwhile.
    """

    name: str
    version: int
    label: str
    chunk: Callable[[Step], None]
    is_long: bool = False
