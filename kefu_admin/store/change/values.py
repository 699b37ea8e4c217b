"""Records as the writer holds them: values read from the database, and drafts of what to write."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from enum import StrEnum
from operator import itemgetter
from typing import Any, NamedTuple, Protocol

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import value_type
from kefu_admin.definitions.fields import Field
from kefu_admin.problems import FieldError
from kefu_admin.store import rollups
from kefu_admin.store.change.access import Held

Take = Callable[[Mapping[str, object]], tuple[object, ...]]


class Late(Protocol):
    """Values of one record that are read when they are first asked for."""

    @property
    def names(self) -> AbstractSet[str]:
        """The fields it can read."""

    def read(self, name: str) -> object:
        """The canonical value; KeyError for a field it does not know."""


@dataclass(frozen=True, slots=True)
class LateCalls:
    """Late values, each read by a call of its own."""

    calls: Mapping[str, Callable[[], object]]

    @property
    def names(self) -> AbstractSet[str]:
        """The fields there are calls for."""
        return self.calls.keys()

    def read(self, name: str) -> object:
        """What the call gives."""
        return self.calls[name]()


class Values(Mapping[str, object]):
    """The canonical values of one record. What is late (links, files, children, columns of a stored
    row) is read when first asked for, so that what does not concern a change costs nothing."""

    __slots__ = ("_late", "_stored")

    def __init__(self, stored: dict[str, object], late: Late | None = None) -> None:
        self._stored = stored
        self._late = late

    def __getitem__(self, name: str) -> object:
        try:
            return self._stored[name]
        except KeyError:
            if self._late is None:
                raise
        value = self._stored[name] = self._late.read(name)
        return value

    def get(self, name: str, default: Any = None) -> Any:
        """The value, or the default for a field there is none of; as `Mapping.get`, in one call."""
        found = self._stored.get(name, self)
        if found is not self:
            return found
        try:
            return self[name]
        except KeyError:
            return default

    def __iter__(self) -> Iterator[str]:
        yield from self._stored
        if self._late is not None:
            yield from (name for name in self._late.names if name not in self._stored)

    def __len__(self) -> int:
        late = self._late.names if self._late is not None else frozenset()
        return len(self._stored.keys() | late)

    def __contains__(self, name: object) -> bool:
        return name in self._stored or (self._late is not None and name in self._late.names)

    @property
    def whole(self) -> Mapping[str, object]:
        """The same values to look into, without detour where none of them is late."""
        return self._stored if self._late is None else self

    @property
    def selected(self) -> Sequence[object] | None:
        """The row as it was selected, of a record that was just read; None for others."""
        return getattr(self._late, "row", None)

    def several(self, take: Take) -> tuple[object, ...]:
        """What `taking` was made for, at once."""
        try:
            return take(self._stored)
        except KeyError:
            return take(self)

    def over(self, changes: Mapping[str, object]) -> Values:
        """The same record with some values replaced."""
        return Values({**self._stored, **changes}, self._late) if changes else self


def taking(names: Sequence[str]) -> Take:
    """A function that takes these values out of a record, in this order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda values: tuple(values[name] for name in names)


class Record(NamedTuple):
    """A stored record."""

    id: int
    version: int
    values: Values


class Kind(StrEnum):
    """What a draft does to its record; also the action named in history, audit and events."""

    CREATE = "create"
    UPDATE = "update"
    REMOVE = "delete"
    RESTORE = "restore"

    @property
    def brings(self) -> bool:
        """Whether there is no such row before."""
        return self in (Kind.CREATE, Kind.RESTORE)


@dataclass(slots=True, kw_only=True)
class Draft:
    """One record to be written: judged first, then numbered, written and told.

    `id` is negative until the row exists. `changed` names the fields whose values are written.
    `touched` raises the version although no own field changed: an owned row did. `reverts`: what is
    sent are values of an older version.
    """

    type: ContentType
    kind: Kind
    id: int
    version: int
    before: Values | None
    after: Values
    sent: Mapping[str, object] = field(default_factory=dict)
    held: Held
    prefix: str = ""
    changed: frozenset[str] = frozenset()
    touched: bool = False
    reverts: bool = False
    children: list[Draft] = field(default_factory=list)
    told: list[Draft] = field(default_factory=list)  # owned rows written on their own
    parent: Draft | None = None
    errors: list[FieldError] = field(default_factory=list)
    forbidden: bool = False

    @property
    def writes(self) -> bool:
        """Whether there is anything to write for this record itself."""
        return self.kind is not Kind.UPDATE or bool(self.changed) or self.touched

    def refuse(self, name: str, code: str, **facts: object) -> None:
        """Note that a value cannot be accepted."""
        self.errors.append(FieldError(self.path(name), code, facts))

    def path(self, name: str) -> str:
        """Where a field of the record stands in what was sent; "" for the record itself."""
        return f"{self.prefix}{name}" if name else self.prefix.rstrip(".")


def walk(drafts: list[Draft]) -> Iterator[Draft]:
    """All drafts with their children, parents first."""
    for draft in drafts:
        yield draft
        if draft.children:
            yield from walk(draft.children)


def rising(drafts: list[Draft]) -> Iterator[Draft]:
    """All drafts with their children, each after what it owns."""
    for draft in drafts:
        if draft.children:
            yield from rising(draft.children)
        yield draft


def absent(field: Field) -> object:
    """The value of a field nobody has filled in."""
    if field.rollup is not None:
        return rollups.initial(field)
    return () if value_type(field).many else None
