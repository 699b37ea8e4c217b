"""Fields of a content type, and the closed table of field types.

A `Field` is what a config file says of one field. A `FieldType` is one row of the table every layer
reads: how a raw value becomes a canonical one (`convert`), how a canonical value is written as JSON
(`plain`), how it is stored, which operators it takes and which options it may carry. Layers add
their own converter keyed by the same id and a test proves that none is missing.

Canonical Python values: text-like `str`; integer `int`; decimal and money `Decimal` of the declared
scale; boolean `bool`; date `date`; datetime aware UTC `datetime`; time `time` (minutes); duration
`int` minutes; choice `str`; multi_choice, tags `tuple[str, ...]`; region `str` (six digits);
person, department, reference, attachment, image `int` (id); references, attachments, images
`tuple[int, ...]`; children `tuple[Mapping[str, object], ...]`; number `str`. Absent is `None`
(`()` for the many-valued).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from kefu_admin.definitions.condition import Condition, Op
from kefu_admin.definitions.formula import Formula
from kefu_admin.definitions.label import NO_LABEL, Label
from kefu_admin.problems import NOWHERE, Place


class Storage(StrEnum):
    """How a canonical value rests in the database; `store.columns` knows the SQL of each."""

    TEXT = "text"  # VARCHAR up to Field.max_length
    LONG_TEXT = "long_text"
    INTEGER = "integer"  # 64 bit; decimals and money scaled, times and durations in minutes
    BOOLEAN = "boolean"  # 0/1
    DATE = "date"
    INSTANT = "instant"  # naive UTC, microseconds
    MEMBERS = "members"  # "|a|b|": multi-choice and tags
    LINK = "link"  # foreign key
    LINKS = "links"  # a table of its own: references
    FILES = "files"  # rows of the attachment table; no column
    ROWS = "rows"  # children: rows of another type; no column
    SECRET = "secret"  # noqa: S105 -- a storage name: encrypted text and a look-up hash


class PersonalClass(StrEnum):
    """Personal-data class of a field (PIPL); `sensitive` is masked and encrypted by default."""

    NONE = "none"
    GENERAL = "general"
    SENSITIVE = "sensitive"


class BadValue(Exception):
    """A raw value is not one of this field type. `code` picks the sentence, `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(code, facts)


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """Always, never, or by a condition on the record's own values."""

    always: bool = False
    condition: Condition | None = None


NEVER_WHEN = When()
ALWAYS_WHEN = When(always=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """One permitted value of a choice. `color` is one of the theme's named colours."""

    id: str
    label: Label
    color: str = ""
    retired: bool = False  # kept for old records, not offered for new ones
    place: Place = field(default=NOWHERE, compare=False)


class RollupFunction(StrEnum):
    COUNT = "count"
    SUM = "sum"
    MIN = "min"
    MAX = "max"
    LATEST = "latest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollup:
    """A value kept from the rows that refer to this one: `of` type, `by` its reference field,
    `field` what is taken (not for count), `where` which rows, `order` the date for latest.
    `public` lets those see it who may not see all the rows behind it."""

    of: str
    by: str
    function: RollupFunction
    field: str | None = None
    where: Condition | None = None
    order: str | None = None
    public: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field as configured. Options that a type does not take keep their defaults."""

    id: str
    type: str  # id of a FieldType
    label: Label
    help: Label = NO_LABEL
    required: When = NEVER_WHEN
    visible: When = ALWAYS_WHEN
    read_only: When = NEVER_WHEN
    default: object = None  # canonical, or "$me", "$my_department", "$today", "$now" as that text
    unique: bool = False
    min: object = None  # canonical of the same type (range)
    max: object = None
    min_length: int = 0
    max_length: int = 255
    scale: int = 0  # decimal places of decimal (0..6) and money (2)
    unit: Label = NO_LABEL
    pattern: str = ""  # closed subset of regular expressions, linear time
    choices: Sequence[Choice] = ()  # those of a list kept in rows change (`definitions.dated`)
    to: str = ""  # reference(s): type id; children: the owned type id
    by: str = ""  # children: the owned type's reference back
    personal: PersonalClass = PersonalClass.NONE
    purpose: Label = NO_LABEL
    mask: str = ""  # id of a mask: phone, id_number, name, address, email, all
    encrypted: bool = False
    series: str = ""  # number: id of a number series
    formula: Formula | None = None  # computed
    result: str = ""  # computed: the field type of the result; rollup: derived
    rollup: Rollup | None = None
    max_count: int = 0  # attachments and images: 0 = the type's default
    renamed_from: str = ""
    backfill: object = None  # canonical: what rows without a value get when apply asks for one
    old_values: tuple[tuple[str, object], ...] = ()  # written before -> canonical, None = emptied
    clauses: tuple[str, ...] = ()
    zone: str = "Asia/Shanghai"  # the project's time zone, for naive datetimes
    system: bool = False  # id, version, created_at, created_by, updated_at, updated_by
    place: Place = field(default=NOWHERE, compare=False)

    def choice(self, id: str) -> Choice | None:
        """The choice with this id, or None."""
        return next((choice for choice in self.choices if choice.id == id), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldType:
    """One row of the closed table of field types (extensions add rows by entry point).

    `convert(field, raw)` takes text, JSON or canonical values and returns the canonical value
    (None for blank), raising `BadValue`. `plain(field, value)` is its inverse for JSON: text,
    numbers as text for decimal and money, ISO dates. `options` are the config keys it takes beyond
    those every field takes.
    """

    id: str
    label: Label
    storage: Storage
    convert: Callable[[Field, object], object]
    plain: Callable[[Field, object], object]
    operators: frozenset[Op]
    options: frozenset[str] = frozenset()
    many: bool = False
    written: bool = True  # False: computed, rollup, number: nobody may set it
    sortable: bool = True
    formula_type: str | None = None  # ValueType it has in a formula, None = not usable
    json_schema: Mapping[str, object] = field(default_factory=dict)
