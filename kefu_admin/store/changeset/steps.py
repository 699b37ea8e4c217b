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
    NOT_READABLE = "not_readable"  # refused: these values do not read as one of the new kind
    WOULD_ROUND = "would_round"  # refused: more decimal places than are left


REFUSING = frozenset(
    {
        Meaning.EMPTY,
        Meaning.TOO_LONG,
        Meaning.NOT_ALLOWED,
        Meaning.REPEATED,
        Meaning.DANGLING,
        Meaning.NOT_CONVERTIBLE,
        Meaning.NOT_READABLE,
        Meaning.WOULD_ROUND,
    }
)


@dataclass(frozen=True, slots=True)
class Stake:
    """A count over the tables as they are found now. `sql` gives one number, `ids` a few of the
    rows counted ("" where rows have no id)."""

    meaning: Meaning
    sql: str
    ids: str = ""

    @property
    def is_refusing(self) -> bool:
        """Whether rows it counts stand in the way."""
        return self.meaning in REFUSING


@dataclass(frozen=True, slots=True)
class Example:
    """Rows that stand in the way for one reason. `value` is theirs ("" where it is personal, or
    differs), `code` and `facts` say why ("" where the step's line does), `ids` are the first."""

    count: int
    ids: tuple[int, ...]
    value: str = ""
    code: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)


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
class Convert:
    """A column whose rows have values takes the place of another: every value was worked out beside
    it, in `shadow`.

    Attributes:
        before: the found shape, under the name the column will have.
        source_table: what the table is called until the switch.
        source_column: likewise.
        indexes: found ones that go with the old column.
        anew: wanted ones that are made on the new one.
    """

    table: str
    before: ColumnShape
    after: ColumnShape
    source_table: str
    source_column: str
    shadow: str
    indexes: tuple[IndexShape, ...] = ()
    anew: tuple[IndexShape, ...] = ()


@dataclass(frozen=True, slots=True)
class Restate:
    """Every value already reads as wanted: only what is remembered of its form changes."""

    table: str
    column: str


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
    | Convert
    | Restate
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
    answers to `stakes`, in their order, filled in by `store.apply`; `examples` are rows that stand
    in the way, for those who mend them.
    """

    action: Action
    sign: str
    level: Level
    subject: str
    code: str
    facts: Mapping[str, object] = field(default_factory=dict)
    stakes: tuple[Stake, ...] = ()
    counts: tuple[int, ...] = ()
    examples: tuple[Example, ...] = ()

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
