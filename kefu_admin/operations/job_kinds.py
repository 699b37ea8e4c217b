"""Every kind of job a worker runs: a closed table, each entry made by the operation it is of."""

from __future__ import annotations

from collections.abc import Mapping

from kefu_admin.operations import bulk
from kefu_admin.operations.jobs import JobKind

_KINDS: tuple[JobKind, ...] = (bulk.PLAN, bulk.RUN)

KINDS: Mapping[str, JobKind] = {kind.name: kind for kind in _KINDS}
