"""The steps of a plan: what is done, how dangerous it is, and which rows are at stake."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from kefu_admin.store.shapes import ColumnShape, IndexShape, TableShape


class Level(StrEnum):
    """How a step may hurt. DESTRUCTIVE needs the consent that names its subject."""

    SAFE = "safe"
    ATTENTION = "attention"
    DESTRUCTIVE = "destructive"


class Meaning(StrEnum):
    """What the rows counted by a stake mean for the step. A count of 0 means nothing."""

    HOLD = "hold"  # they hold what would be lost
    FILLED = "filled"  # they are given the default
    REWRITTEN = "rewritten"  # their value is written anew, unchanged in meaning
    EMPTY = "empty"  # refused: no value where one is now required, and no default
    TOO_LONG = "too_long"  # refused
    NOT_ALLOWED = "not_allowed"  # refused: outside the choices or the range
    REPEATED = "repeated"  # refused: not unique
    DANGLING = "dangling"  # refused: refer to what is not there
    NOT_CONVERTIBLE = "not_convertible"  # refused: values of another kind
    WOULD_ROUND = "would_round"  # refused: more decimal places than are left


REFUSING = frozenset(
    {
        Meaning.EMPTY,
        Meaning.TOO_LONG,
        Meaning.NOT_ALLOWED,
        Meaning.REPEATED,
        Meaning.DANGLING,
        Meaning.NOT_CONVERTIBLE,
        Meaning.WOULD_ROUND,
    }
)


@dataclass(frozen=True, slots=True)
class Stake:
    """A count over the tables as they are found now. `sql` gives one number."""

    meaning: Meaning
    sql: str


@dataclass(frozen=True, slots=True)
class CreateTable:
    table: TableShape


@dataclass(frozen=True, slots=True)
class RenameTable:
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class DropTable:
    name: str


@dataclass(frozen=True, slots=True)
class AddColumn:
    table: str
    column: ColumnShape


@dataclass(frozen=True, slots=True)
class RenameColumn:
    table: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class DropCheck:
    """`constraint` is the found name."""

    table: str
    column: str
    constraint: str


@dataclass(frozen=True, slots=True)
class Rescale:
    """Multiplies (exponent > 0) or divides the scaled integers of a column by a power of ten."""

    table: str
    column: str
    exponent: int


@dataclass(frozen=True, slots=True)
class ChangeColumn:
    """From the found shape (already under its new name) to the wanted one; empty values get the
    wanted default where it is now required."""

    table: str
    before: ColumnShape
    after: ColumnShape


@dataclass(frozen=True, slots=True)
class ReplaceColumn:
    """A column no row has a value in is dropped with its indexes and made as another kind."""

    table: str
    before: ColumnShape
    after: ColumnShape
    indexes: tuple[IndexShape, ...] = ()


@dataclass(frozen=True, slots=True)
class DropColumn:
    """Drops a column with its indexes. Without consent it stays and is made nullable, so that it
    does not stop inserts."""

    table: str
    column: ColumnShape
    indexes: tuple[IndexShape, ...] = ()


@dataclass(frozen=True, slots=True)
class AddIndex:
    table: str
    index: IndexShape


@dataclass(frozen=True, slots=True)
class RenameIndex:
    table: str
    old: IndexShape
    new: IndexShape


@dataclass(frozen=True, slots=True)
class DropIndex:
    table: str
    index: IndexShape


@dataclass(frozen=True, slots=True)
class AddGuard:
    """Triggers that make a table append-only."""

    table: str


Action = (
    CreateTable
    | RenameTable
    | DropTable
    | AddColumn
    | RenameColumn
    | DropCheck
    | Rescale
    | ChangeColumn
    | ReplaceColumn
    | DropColumn
    | AddIndex
    | RenameIndex
    | DropIndex
    | AddGuard
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of a plan.

    `sign` is + - or ~. `subject` is what a person calls it and what a consent names:
    "customer", "customer.fax". `code` picks the sentence, `facts` fill it (a column's shape as its
    description). `counts` are the
    answers to `stakes`, in their order, filled in by `store.apply`.
    """

    action: Action
    sign: str
    level: Level
    subject: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    stakes: tuple[Stake, ...] = ()
    counts: tuple[int, ...] = ()

    @property
    def at_stake(self) -> tuple[tuple[Meaning, int], ...]:
        """What was counted and is not nothing."""
        counted = zip(self.stakes, self.counts, strict=False)
        return tuple((stake.meaning, count) for stake, count in counted if count)

    @property
    def is_refused(self) -> bool:
        """Whether rows stand in the way: they must be mended before this can be applied."""
        return any(meaning in REFUSING for meaning, _ in self.at_stake)

    @property
    def needs_consent(self) -> bool:
        """Whether it is only done when its subject is consented to."""
        return self.level is Level.DESTRUCTIVE
