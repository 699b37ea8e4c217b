"""Every kind of job a worker runs: a closed table, each entry made by the operation it is of."""

from __future__ import annotations

from collections.abc import Mapping

from kefu_admin.operations import bulk, merging, schedules
from kefu_admin.operations.jobs import JobKind
from kefu_admin.store.jobs import Lane

_KINDS: tuple[JobKind, ...] = (
    bulk.PLAN,
    bulk.RUN,
    merging.RUN,
    merging.UNDO,
    *schedules.KINDS.values(),
)

KINDS: Mapping[str, JobKind] = {kind.name: kind for kind in _KINDS}
_LONG = tuple(kind.name for kind in _KINDS if kind.is_long)
SHORT_JOBS, LONG_JOBS = Lane(kinds=_LONG), Lane(kinds=_LONG, but=False)
