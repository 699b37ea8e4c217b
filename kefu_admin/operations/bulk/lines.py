"""From the cells of a file's lines to what is written: labels become ids, names records.

A blank cell leaves a new record its default and a changed one its value. The leading apostrophe by
which an export keeps a spreadsheet from running a text comes off. Rule: reliability-security D28.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.behaviours.conversion import convert_values
from kefu_admin.behaviours.spreadsheets import LOST
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import LINKED, convert, field_type, value_type
from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.operations.bulk.naming import Names
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.exports.cells import STARTS
from kefu_admin.problems import FieldError
from kefu_admin.store.batches import Batch, BatchRow, Sheet, lines

_CHOICES = frozenset({"choice", "multi_choice"})
_DAY = 10  # characters of a day


@dataclass(slots=True)
class Line:
    """One line: its values, what is wrong with it, the record it changes (id, version)."""

    number: int
    values: dict[str, object] = field(default_factory=dict)
    errors: list[FieldError] = field(default_factory=list)
    target: tuple[int, int] | None = None


class Reader:
    """Reads lines of one batch as the person who asked for it."""

    def __init__(self, desk: Desk, batch: Batch, *, actor: Actor, now: datetime) -> None:
        found = lines.sheet(desk.store, batch.id)
        assert found is not None
        self.sheet: Sheet = found
        self._desk = desk
        self._batch = batch
        self._actor = actor
        self._now = now
        self._type: ContentType = desk.project.types[batch.type]

    def read(self, rows: Sequence[BatchRow]) -> list[Line]:
        """The lines of these rows, each with all that is wrong with its cells."""
        if not rows:
            return []
        cells = lines.cells(self._desk.store, self._batch.id, first=rows[0].id, last=rows[-1].id)
        raw = {row.id: self._raw(cells.get(row.id, ())) for row in rows}
        names = Names(self._desk, self._type, actor=self._actor, now=self._now)
        for name in self.sheet.mapping.values():
            one = self._type.fields[name]
            if one.type in LINKED:
                texts = (_parted(one, line[name]) for line in raw.values() if name in line)
                names.look_up(one, {text for several in texts for text in several})
        return [self._line(row, raw[row.id], names) for row in rows]

    def find_targets(self, found: Sequence[Line]) -> None:
        """Which records the lines change, by the key the person chose: only those he sees."""
        key = self.sheet.key_field
        if not key:
            return
        one = self._type.fields[key]
        wanted = {line.number: line.values[key] for line in found if key in line.values}
        names = Names(self._desk, self._type, actor=self._actor, now=self._now)
        known = names.records(key, list(dict.fromkeys(wanted.values())))
        taken: dict[int, int] = {}
        for line in found:
            target = known.get(wanted.get(line.number))
            if field_type(one).written:
                if target is not None:
                    line.values.pop(key)
            else:
                if key in line.values and target is None:
                    line.errors.append(FieldError(key, "import_no_such"))
                line.values.pop(key, None)
            if target is not None:
                first = taken.setdefault(target[0], line.number)
                if first != line.number:
                    line.errors.append(FieldError(key, "import_repeated", {"line": first}))
                line.target = target
        others = lines.aimed_at(self._desk.store, self._batch.id, list(taken))
        for line in found:
            other = others.get(line.target[0]) if line.target is not None else None
            if other not in (None, line.number):
                line.errors.append(FieldError(key, "import_repeated", {"line": other}))

    def _raw(self, cells: Sequence[str]) -> dict[str, str]:
        """The texts of a line by field, without blanks."""
        return {
            name: _unguarded(cells[place])
            for place, name in self.sheet.mapping.items()
            if place < len(cells) and cells[place].strip()
        }

    def _line(self, row: BatchRow, raw: Mapping[str, str], names: Names) -> Line:
        made = Line(row.id)
        given: dict[str, object] = {}
        for name, text in raw.items():
            one = self._type.fields[name]
            if text.startswith(LOST):
                made.errors.append(FieldError(name, "import_rounded"))
            elif one.type in LINKED:
                ids, wrong = names.ids(one, _parted(one, text))
                made.errors += wrong
                given[name] = ids if value_type(one).many else next(iter(ids), None)
            else:
                given[name] = _typed(one, text)
        values, wrong = convert_values(self._type, given, types=self._desk.project.types)
        made.values = values
        made.errors += wrong
        if row.target is not None:
            made.target = (row.target, row.version)
            if self.sheet.key_field:
                made.values.pop(self.sheet.key_field, None)
        return made


def _unguarded(text: str) -> str:
    """A text without the apostrophe an export led it by."""
    return text[1:] if text.startswith("'") and text[1:].startswith(STARTS) else text


def _typed(one: Field, text: str) -> object:
    """A cell as the field's converter takes it: labels of choices as their ids, a day as its
    first minute where an instant is wanted."""
    kind = value_type(one).id
    if kind in _CHOICES:
        ids = {
            label: choice.id
            for choice in one.choices
            for label in (choice.id, choice.label.zh, choice.label.text("en"))
        }
        several = _parted(one, text) if kind == "multi_choice" else [text.strip()]
        told = [ids.get(part, part) for part in several]
        return told if kind == "multi_choice" else told[0]
    if kind == "datetime" and len(text.strip()) <= _DAY:
        try:
            convert(one, text)
        except BadValue:
            return f"{text.strip()} 00:00"
    return text


def _parted(one: Field, text: str) -> list[str]:
    """The members of a cell of several; of one the whole text."""
    if not value_type(one).many:
        return [text.strip()]
    for mark in "，、;；\n":
        text = text.replace(mark, ",")
    return [part.strip() for part in text.split(",") if part.strip()]
