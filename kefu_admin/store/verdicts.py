"""What becomes of one record in a bulk change."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from kefu_admin.problems import FieldError


class Verdict(StrEnum):
    """`NEW` and `READY` are still to come, all others are final. A record the asker may no longer
    see is `GONE`, as if it were not there."""

    NEW = "new"  # frozen, not looked at yet
    READY = "ready"  # will be done
    DONE = "done"
    SAME = "same"  # nothing to change
    CHANGED = "changed"  # changed since it was frozen
    GONE = "gone"
    DENIED = "denied"  # he may see it, not do this to it
    REFUSED = "refused"  # a rule refuses it, with reasons


OPEN = frozenset({Verdict.NEW, Verdict.READY})


class Told(NamedTuple):
    """One record's verdict. `version_after` and `before` (values of the fields it writes) where it
    was or will be done."""

    id: int
    verdict: Verdict
    errors: tuple[FieldError, ...] = ()
    version_after: int | None = None
    before: Mapping[str, object] | None = None
