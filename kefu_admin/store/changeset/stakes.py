"""The questions a change asks of the rows that are there, as counting statements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kefu_admin.store.changeset.steps import Meaning, Stake
from kefu_admin.store.dialect import quoted
from kefu_admin.store.names import digest
from kefu_admin.store.shapes import ColumnKind, ColumnShape, IndexShape


@dataclass(frozen=True, slots=True)
class Place:
    """Where the rows are found now: table and column under their present names.

    `tables` maps the names tables will have to those they have, for tables that are there.
    """

    table: str
    column: str
    tables: Mapping[str, str]

    def rows(self, meaning: Meaning) -> Stake:
        """Every row."""
        return self._count(meaning, "")

    def filled(self, meaning: Meaning) -> Stake:
        """Rows with a value."""
        return self._count(meaning, f"{quoted(self.column)} IS NOT NULL")

    def empty(self, meaning: Meaning) -> Stake:
        """Rows without a value."""
        return self._count(meaning, f"{quoted(self.column)} IS NULL")

    def longer(self, length: int) -> Stake:
        """Rows whose text has more characters."""
        # CHAR_LENGTH on MariaDB and PostgreSQL; SQLite's LENGTH counts characters too
        return self._count(Meaning.TOO_LONG, f"{{CHAR_LENGTH}}({quoted(self.column)}) > {length}")

    def unrounded(self, places: int) -> Stake:
        """Rows whose scaled integer has digits in its last places."""
        name = quoted(self.column)
        return self._count(
            Meaning.WOULD_ROUND, f"{name} IS NOT NULL AND {name} % {10**places} <> 0"
        )

    def breaking(self, check: str, new_name: str, exponent: int) -> Stake:
        """Rows that a check refuses, the value rescaled by a power of ten."""
        name = quoted(self.column)
        value = name
        if exponent > 0:
            value = f"({name} * {10**exponent})"
        elif exponent < 0:
            value = f"({name} / {10**-exponent})"
        condition = check.replace(quoted(new_name), value)
        return self._count(Meaning.NOT_ALLOWED, f"{name} IS NOT NULL AND NOT ({condition})")

    def dangling(self, target: str) -> Stake:
        """Rows that refer to none of the target's rows (all, when there is no such table yet)."""
        present = self.tables.get(target)
        if present is None:
            return self.filled(Meaning.DANGLING)
        return self._count(
            Meaning.DANGLING,
            f"{quoted(self.column)} IS NOT NULL AND NOT EXISTS (SELECT 1 FROM {quoted(present)}"
            f' AS r WHERE r."id" = {quoted(self.table)}.{quoted(self.column)})',
        )

    def _count(self, meaning: Meaning, where: str) -> Stake:
        ending = f" WHERE {where}" if where else ""
        rows = f"FROM {quoted(self.table)}{ending}"
        return Stake(
            meaning, f"SELECT COUNT(*) {rows}", f'SELECT "id" {rows} ORDER BY "id" LIMIT 5'
        )


def stakes_of_change(
    before: ColumnShape, after: ColumnShape, place: Place, exponent: int
) -> tuple[Stake, ...]:
    """What may go wrong, or be written, when a column changes its shape."""
    stakes = []
    if before.nullable and not after.nullable:
        stakes.append(place.empty(emptiness(after)))
    if after.kind is ColumnKind.TEXT and (
        before.kind is ColumnKind.LONG_TEXT or before.length > after.length
    ):
        stakes.append(place.longer(after.length))
    if after.check and digest(after.check) != before.check[-8:]:
        stakes.append(place.breaking(after.check, after.name, exponent))
    if after.references and before.references != after.references:
        stakes.append(place.dangling(after.references))
    return tuple(stakes)


def emptiness(column: ColumnShape) -> Meaning:
    """What rows without a value mean for a column that will always have one."""
    has_filling = column.default is not None or column.is_filled
    return Meaning.FILLED if has_filling else Meaning.EMPTY


def repeated(table: str, index: IndexShape, columns: tuple[str, ...], where: str) -> Stake:
    """Rows that share the values of a unique key; `columns` are the present names."""
    names = ", ".join(quoted(column) for column in columns)
    filled = " AND ".join(f"{quoted(column)} IS NOT NULL" for column in columns)
    if where:
        filled += f" AND ({where})"
    groups = f"FROM {quoted(table)} WHERE {filled} GROUP BY {names} HAVING COUNT(*) > 1"
    return Stake(
        Meaning.REPEATED,
        f'SELECT COALESCE(SUM("n"), 0) FROM (SELECT COUNT(*) AS "n" {groups}) AS d',
        f'SELECT MIN("id") {groups} ORDER BY 1 LIMIT 5',
    )


def scale(column: ColumnShape) -> int | None:
    """Decimal places of a whole-number column's values; None when they are no plain numbers."""
    if column.kind is not ColumnKind.INTEGER or column.references:
        return None
    if not column.form:
        return 0
    return int(column.form[5:]) if column.form.startswith("scale") else None
