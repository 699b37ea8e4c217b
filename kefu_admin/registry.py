"""What installed packages add: guards, effects, notifiers, sign-in back ends and field types.

A package names an `Extension` (or a function that returns one) under the entry-point group
`kefu_admin.extensions`. Everything is collected once at start; one name offered twice is refused
with a sentence naming both packages, since which of them won would depend on the order of
installation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from functools import cache
from importlib.metadata import EntryPoint, entry_points
from types import MappingProxyType

GROUP = "kefu_admin.extensions"
KINDS = ("guards", "effects", "notifiers", "sign_in", "field_types")


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A change of one record as a guard sees it: judged and sound, not yet written.

    `id` is None for a new record, `before` where there was none, `after` where none is left. Values
    are canonical and not masked. `user_id` is None for the desk itself.
    """

    type: str
    id: int | None
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None
    user_id: int | None
    now: datetime


Guard = Callable[[Proposed], tuple[str, str] | None]
"""None lets the change pass; else why not, in Chinese and in English. A guard is asked within the
transaction: it decides from what it is given, at once, and changes nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """What one package adds, each by the name the config uses. Values are what the layer that uses
    the kind expects: `notifiers` and `effects` take a `worker.receivers.Told`; a field type is a
    `definitions.fields.FieldType` under its id."""

    guards: Mapping[str, Guard] = field(default_factory=dict)
    effects: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    notifiers: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    sign_in: Mapping[str, Callable[..., object]] = field(default_factory=dict)
    field_types: Mapping[str, object] = field(default_factory=dict)


class BadExtension(Exception):
    """An extension cannot be used. `code` picks the sentence in `wording`, `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code} {facts}")


def collect(found: Iterable[EntryPoint]) -> Extension:
    """All extensions as one.

    Raises:
        BadExtension: an entry point does not load or is no `Extension`, or two offer one name.
    """
    merged: dict[str, dict[str, object]] = {kind: {} for kind in KINDS}
    source: dict[tuple[str, str], str] = {}
    for point in sorted(found, key=lambda point: (_package(point), point.name)):
        extension = _load(point)
        for kind in KINDS:
            for name, offered in getattr(extension, kind).items():
                if (kind, name) in source:
                    raise BadExtension(
                        "extension_twice",
                        kind=kind,
                        name=name,
                        first=source[kind, name],
                        second=_package(point),
                    )
                source[kind, name] = _package(point)
                merged[kind][name] = offered
    return Extension(**{kind: MappingProxyType(merged[kind]) for kind in KINDS})  # type: ignore[arg-type]  # each kind keeps its own values


@cache
def installed() -> Extension:
    """What the packages installed beside this one add, read once per process."""
    return collect(entry_points(group=GROUP))


def _load(point: EntryPoint) -> Extension:
    try:
        loaded = point.load()
    except (ImportError, AttributeError) as error:
        raise BadExtension(
            "extension_broken", name=point.name, package=_package(point), why=error
        ) from error
    extension = loaded if isinstance(loaded, Extension) else loaded() if callable(loaded) else None
    if not isinstance(extension, Extension):
        raise BadExtension("extension_odd", name=point.name, package=_package(point))
    return extension


def _package(point: EntryPoint) -> str:
    return point.dist.name if point.dist is not None else point.value.partition(":")[0]


assert tuple(row.name for row in fields(Extension)) == KINDS
