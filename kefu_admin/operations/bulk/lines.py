"""From the cells of a file's lines to what is written: labels become ids, names records.

A blank cell leaves a new record its default and a changed one its value.
Rule: reliability-security D28.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import field_type
from kefu_admin.operations.bulk.cells import Column, unguarded
from kefu_admin.operations.bulk.naming import Names
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import FieldError
from kefu_admin.store.batches import Batch, BatchRow, Sheet, lines

Raw = Mapping[str, str]  # texts of a line by field, without blanks


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
        self._type: ContentType = desk.project.types[batch.type]
        self._names = Names(desk, self._type, actor=actor, now=now)
        self._columns = [
            Column(place, self._type.fields[name], self._names.ids)
            for place, name in sorted(self.sheet.mapping.items())
        ]

    def next_lines(self, after: int, *, limit: int) -> list[tuple[int, tuple[str, ...]]]:
        """The next lines of the file behind one of them: (number, cells)."""
        after = max(after, self.sheet.first_line - 1)
        number = self.sheet.number
        return lines.after(self._desk.store, self._batch.id, number, after, limit=limit)

    def lines(self, given: Sequence[tuple[int, Sequence[str]]]) -> list[Line]:
        """These lines, each with all that is wrong with its cells; without those that are blank."""
        raw = {number: self._raw(cells) for number, cells in given}
        self._look_up(list(raw.values()))
        return [self._line(number, one) for number, one in raw.items() if one]

    def read(self, rows: Sequence[BatchRow]) -> list[Line]:
        """The lines of these rows, with the records they change."""
        if not rows:
            return []
        raw = self.texts(rows)
        self._look_up(list(raw.values()))
        made = [self._line(row.id, raw[row.id]) for row in rows]
        for row, line in zip(rows, made, strict=True):
            if row.target is not None:
                line.target = (row.target, row.version)
                if self.sheet.key_field:
                    line.values.pop(self.sheet.key_field, None)
        return made

    def texts(self, rows: Sequence[BatchRow]) -> dict[int, Raw]:
        """What the file says in these rows, by field."""
        if not rows:
            return {}
        cells = lines.cells(
            self._desk.store,
            self._batch.id,
            self.sheet.number,
            first=rows[0].id,
            last=rows[-1].id,
        )
        return {row.id: self._raw(cells.get(row.id, ())) for row in rows}

    def find_targets(self, found: Sequence[Line]) -> None:
        """Which records the lines change, by the key the person chose: only those he sees."""
        key = self.sheet.key_field
        if not key:
            return
        one = self._type.fields[key]
        wanted = {line.number: line.values[key] for line in found if key in line.values}
        known = self._names.records(key, list(dict.fromkeys(wanted.values())))
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

    def _look_up(self, raw: Sequence[Raw]) -> None:
        """Find what the names in these lines mean."""
        for column in self._columns:
            if column.is_linked:
                texts = {line[column.name] for line in raw if column.name in line}
                named = {part for text in texts for part in column.parted(text)}
                self._names.look_up(column.field, named)

    def _raw(self, cells: Sequence[str]) -> Raw:
        width = len(cells)
        return {
            column.name: unguarded(cells[column.place])
            for column in self._columns
            if column.place < width and cells[column.place].strip()
        }

    def _line(self, number: int, raw: Raw) -> Line:
        made = Line(number)
        for column in self._columns:
            text = raw.get(column.name)
            if text is None:
                continue
            value, wrong = column.read(text)
            if wrong:
                made.errors += wrong
            else:
                made.values[column.name] = value
        return made
