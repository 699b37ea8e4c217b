"""Definitions whose values supervisors keep: the file gives shape and defaults, rows the values.

A value is told apart by its key and holds within dates: half-open, in the project's days. A kind of
such definitions is one `DatedKind`; what a value consists of is a handful of fields, so
that forms, checks and JSON come from the table of field types. Which values hold is read from the
database (`store.dated`) and shown to whatever uses them (`DatedChoices`), without a new config.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol, overload

from kefu_admin.definitions.fields import ALWAYS_WHEN, Choice, Field
from kefu_admin.definitions.label import NO_LABEL, Label
from kefu_admin.problems import NOWHERE, FieldError, Place

COLOR_LABELS = {
    "blue": Label("蓝", "Blue"), "azure": Label("天蓝", "Azure"), "indigo": Label("靛蓝", "Indigo"),
    "purple": Label("紫", "Purple"), "pink": Label("粉", "Pink"), "red": Label("红", "Red"),
    "orange": Label("橙", "Orange"), "yellow": Label("黄", "Yellow"), "lime": Label("黄绿", "Lime"),
    "green": Label("绿", "Green"), "teal": Label("青绿", "Teal"), "cyan": Label("青", "Cyan"),
    "gray": Label("灰", "Grey"),
}  # fmt: skip
COLORS = tuple(COLOR_LABELS)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedValue:
    """One value within its dates; None is open at that end. `parts` are canonical values of the
    kind's fields. `edited`: a person has written it, so the file no longer speaks for it."""

    key: str
    parts: Mapping[str, object]
    from_on: date | None = None
    until_on: date | None = None
    position: int = 0
    edited: bool = False
    id: int = 0
    version: int = 0

    def holds(self, day: date) -> bool:
        """Whether it holds on a day."""
        return (self.from_on is None or self.from_on <= day) and (
            self.until_on is None or day < self.until_on
        )

    def meets(self, other: DatedValue) -> bool:
        """Whether there is a day on which both hold."""
        starts = [one.from_on for one in (self, other) if one.from_on is not None]
        ends = [one.until_on for one in (self, other) if one.until_on is not None]
        return not starts or not ends or max(starts) < min(ends)


class Shown(Protocol):
    """What shows values to those who use them."""

    def show(self, values: Sequence[DatedValue], day: date) -> None:
        """Show these from now on, as they hold on the day."""


def _no_faults(value: DatedValue) -> Sequence[FieldError]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedKind:
    """A kind of definition whose values may be kept in rows.

    Attributes:
        id: the kind of config, `choices`.
        key: what tells values apart.
        parts: what a value consists of, in the order of the form.
        title: the part that stands for it.
        gapless: between the first and the last day of a key every day has a value.
        within_dates: whether a value begins and ends; else it holds from when it is written, and
            there is one of each key.
        faults: what is wrong with a value beyond what its fields tell.
    """

    id: str
    label: Label
    key: Field
    parts: tuple[Field, ...]
    title: str
    gapless: bool = False
    within_dates: bool = True
    faults: Callable[[DatedValue], Sequence[FieldError]] = _no_faults


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """One definition kept in rows. `name` is what rows and roles call it: `choices.source`."""

    id: str
    kind: DatedKind
    label: Label
    help: Label = NO_LABEL
    defaults: tuple[DatedValue, ...]
    shown: Shown = field(compare=False)
    place: Place = field(default=NOWHERE, compare=False)

    @property
    def name(self) -> str:
        """Its kind and id."""
        return f"{self.kind.id}.{self.id}"

    def together(self, rows: Iterable[DatedValue]) -> tuple[DatedValue, ...]:
        """Rows and the defaults no row speaks for, in order."""
        written = tuple(rows)
        keys = {row.key for row in written}
        missing = [one for one in self.defaults if one.key not in keys]
        return tuple(
            sorted((*written, *missing), key=lambda one: (one.position, one.key, _start(one)))
        )


class DatedChoices(Sequence[Choice]):
    """The choices of a list kept in rows: those of the file until the rows have been read.

    A choice with no value that holds is retired: kept for old records, with the last name it had.
    Equal to the choices of the same list, whatever is shown just now.
    """

    def __init__(self, id: str, choices: tuple[Choice, ...]) -> None:
        self.id = id
        self._choices = choices

    def show(self, values: Sequence[DatedValue], day: date) -> None:
        """Show these from now on, as they hold on the day."""
        by_key: dict[str, list[DatedValue]] = {}
        for value in values:
            by_key.setdefault(value.key, []).append(value)
        self._choices = tuple(_choice(some, day) for some in by_key.values())

    @overload
    def __getitem__(self, index: int) -> Choice: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Choice]: ...
    def __getitem__(self, index: int | slice) -> Choice | Sequence[Choice]:
        return self._choices[index]

    def __iter__(self) -> Iterator[Choice]:
        return iter(self._choices)

    def __len__(self) -> int:
        return len(self._choices)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, DatedChoices) and other.id == self.id

    def __hash__(self) -> int:
        return hash(self.id)

    def __repr__(self) -> str:
        return f"DatedChoices({self.id!r})"


def _choice(values: Sequence[DatedValue], day: date) -> Choice:
    """The choice of one key: by what holds on the day, else what held last, else what will."""
    holding = [one for one in values if one.holds(day)]
    past = [one for one in values if one.until_on is not None and one.until_on <= day]
    one = max(holding or past, key=_start, default=None) or min(values, key=_start)
    zh, en, color = (str(one.parts.get(part) or "") for part in ("zh", "en", "color"))
    return Choice(id=one.key, label=Label(zh or one.key, en), color=color, retired=not holding)


def _start(value: DatedValue) -> date:
    return value.from_on or date.min


CHOICES = DatedKind(
    id="choices",
    label=Label("选项表", "Choice list"),
    key=Field(
        id="code",
        type="text",
        label=Label("标识", "Id"),
        help=Label(
            "保存在记录里，以后不能改；留空就取显示名的拼音。小写字母开头，只含小写字母、数字和下划线。",
            "Kept in records and never changed; blank: the pinyin of the name. "
            "Small letters, digits and underscores.",
        ),
        max_length=40,
        pattern="[a-z][a-z0-9_]*",
    ),
    parts=(
        Field(
            id="zh", type="text", label=Label("显示名", "Name"), required=ALWAYS_WHEN, max_length=60
        ),
        Field(id="en", type="text", label=Label("英文名", "English name"), max_length=60),
        Field(
            id="color",
            type="choice",
            label=Label("颜色", "Colour"),
            choices=tuple(Choice(id=id, label=label) for id, label in COLOR_LABELS.items()),
        ),
    ),
    title="zh",
)
