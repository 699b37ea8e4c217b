"""Bulk actions: what may be done to many records at once, and what is asked before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kefu_admin.definitions.condition import ALWAYS, Condition
from kefu_admin.definitions.label import NO_LABEL, Label
from kefu_admin.problems import NOWHERE, Place


class Deed(StrEnum):
    """What is done to each record."""

    EDIT = "edit"  # write values into its fields
    DELETE = "delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkAction:
    """One action on many records of a type.

    Attributes:
        when: records that do not meet it are refused, with `otherwise` as the reason.
        values: what is written into every record: canonical, or a symbol ("$me", "$my_department",
            "$today", "$now") as that text.
        asks: fields whose values the person gives; what is left blank stays as it is.
        needs_reason: whether the person must say why; it stands in the audit book.
        undo_hours: how long it may be undone; 0 = not at all.
    """

    id: str
    label: Label
    help: Label = NO_LABEL
    icon: str = ""
    type: str
    deed: Deed = Deed.EDIT
    when: Condition = ALWAYS
    otherwise: Label = NO_LABEL
    values: Mapping[str, object]
    asks: tuple[str, ...] = ()
    needs_reason: bool = False
    undo_hours: int = 24
    clauses: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field it may write, in order."""
        return (*self.values, *self.asks)
