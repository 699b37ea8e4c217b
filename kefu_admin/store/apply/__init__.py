"""Plan and apply: makes the database what the project wants, and keeps what it activated.

`plan` compares and counts, changes nothing. `apply` does one plan: under a lock, in one transaction
on PostgreSQL and SQLite, step by step and resumable on MariaDB. `definition` gives back any config
that was ever active.
"""

from kefu_admin.store.apply.activation import definition
from kefu_admin.store.apply.identity import OtherProject
from kefu_admin.store.apply.planning import Plan, plan
from kefu_admin.store.apply.running import (
    Applied,
    ApplyRefused,
    ApplyRunning,
    PlanOutdated,
    UnknownConsent,
    apply,
)
from kefu_admin.store.apply.wording import lines

__all__ = [
    "Applied",
    "ApplyRefused",
    "ApplyRunning",
    "OtherProject",
    "Plan",
    "PlanOutdated",
    "UnknownConsent",
    "apply",
    "definition",
    "lines",
    "plan",
]
