"""Values kept in rows: their dates do not meet, nothing is missing, and records name known ones."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from itertools import pairwise

from kefu_admin.definitions.dated import Dated, DatedChoices, DatedValue
from kefu_admin.store import dated as rows
from kefu_admin.store.columns import has_column
from kefu_admin.store.database import Store
from kefu_admin.store.verify.report import Finding

_SHOWN = 20


def dated(store: Store, now: datetime) -> Iterator[Finding]:
    """Of every definition kept in rows, and of every record that names one of its values."""
    found = rows.values(store, store.project.dated.values())
    for one in store.project.dated.values():
        by_key: dict[str, list[DatedValue]] = {}
        for value in one.together(found[one.name]):
            by_key.setdefault(value.key, []).append(value)
        for key, values in by_key.items():
            yield from _dates(one, key, sorted(values, key=lambda v: v.from_on or date.min))
        yield from _records(store, one, by_key.keys())


def _dates(dated: Dated, key: str, values: Sequence[DatedValue]) -> Iterator[Finding]:
    facts = {"name": dated.name, "key": key}
    for value in values:
        if dated.kind.faults(value):
            yield Finding("dated_faulty", facts)
        if value.until_on is not None and (value.from_on or date.min) >= value.until_on:
            yield Finding("dated_ends_before", facts)
    for before, after in pairwise(values):
        if before.meets(after):
            yield Finding("dated_meet", facts)
        elif dated.kind.gapless and before.until_on != after.from_on:
            yield Finding("dated_gap", facts)


def _records(store: Store, dated: Dated, known: Collection[str]) -> Iterator[Finding]:
    for type in store.project.types.values():
        for field in type.fields.values():
            shown = field.choices
            if not isinstance(shown, DatedChoices) or shown != dated.shown or not has_column(field):
                continue
            lost = sorted(
                {
                    name
                    for (text,) in store.rows(
                        f'SELECT DISTINCT "{field.id}" FROM "{type.id}"'
                        f' WHERE "{field.id}" IS NOT NULL'
                    )
                    for name in str(text).split("|")
                    if name and name not in known
                }
            )
            for name in lost[:_SHOWN]:
                yield Finding.of(
                    "dated_unknown", type=type.id, field=field.id, key=name, name=dated.name
                )
