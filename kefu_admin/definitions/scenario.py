"""Permission examples (`config/tests/`): people, records, and what each must and must not see.

`kefu test` builds the people and records in a scratch database and decides every case through the
same read and write path the faces use.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kefu_admin.definitions.label import Label
from kefu_admin.definitions.role import Action
from kefu_admin.problems import NOWHERE, Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An invented person: roles, department by name path ("总部/客服一部")."""

    id: str
    roles: tuple[str, ...]
    department: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """An invented record; values as written, references by the example's id."""

    id: str
    type: str
    values: Mapping[str, object]
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """`who` can/cannot do `action` to `record`; or sees `field` as `shows` (None = hidden)."""

    who: str
    record: str
    action: Action | None = None
    allowed: bool = True
    field_name: str = ""
    shows: str | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    id: str
    label: Label
    people: tuple[Person, ...]
    records: tuple[Example, ...]
    cases: tuple[Case, ...]
    place: Place = field(default=NOWHERE, compare=False)
