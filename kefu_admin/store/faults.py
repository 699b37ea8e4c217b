"""What can go wrong between us and a database, told alike for three drivers.

Being locked out, deadlocked or cut off is `Busy` for a person, a full disk `NoSpace`; whether the
work may be tried again depends on when it happened. A broken constraint is a `ConstraintBroken`
that the writer turns into a sentence about fields. Everything else stays the driver's own
exception: a programming fault.
"""

from __future__ import annotations

import errno
import re
from enum import StrEnum

from kefu_admin.problems import Busy, NoSpace
from kefu_admin.store.dialect import Dialect

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})  # of an OSError


class BusyBeforeCommit(Busy):
    """Nothing has been kept: the whole unit of work may be tried again (rule D07)."""


class CommitUnknown(Busy):
    """The connection was lost during commit: look up the idempotency row, never retry blindly."""


class ConnectionLost(BusyBeforeCommit):
    """The server went away before commit; the connection is of no more use."""


class Constraint(StrEnum):
    UNIQUE = "unique"
    REFERENCE = "reference"
    CHECK = "check"
    REQUIRED = "required"
    APPEND_ONLY = "append_only"
    TOO_LONG = "too_long"


class ConstraintBroken(Exception):
    """The database refused a row.

    `name` is the constraint or index where the database says it (SQLite does not for references);
    `columns` those it names (SQLite's unique, and required). Texts of values are never kept here.
    """

    def __init__(self, kind: Constraint, *, name: str = "", columns: tuple[str, ...] = ()) -> None:
        self.kind = kind
        self.name = name
        self.columns = columns
        super().__init__(f"{kind} {name} {columns}")


APPEND_ONLY_MARK = "kefu: append-only"


def fault(dialect: Dialect, error: Exception) -> Exception | None:
    """Our exception for a driver's, or None where the driver's own should travel on."""
    if dialect is Dialect.SQLITE:
        return _sqlite(error)
    if dialect is Dialect.POSTGRESQL:
        return _postgresql(error)
    return _mariadb(error)


_SQLITE_COLUMNS = re.compile(r"[^\s,:]+\.([^\s,]+)")


def _sqlite(error: Exception) -> Exception | None:
    said = str(error)
    if APPEND_ONLY_MARK in said:
        return ConstraintBroken(Constraint.APPEND_ONLY)
    if said.startswith("UNIQUE constraint failed: index"):
        return ConstraintBroken(Constraint.UNIQUE, name=said.split("'")[1])
    if said.startswith("UNIQUE constraint failed"):
        columns = tuple(_SQLITE_COLUMNS.findall(said.partition(": ")[2]))
        return ConstraintBroken(Constraint.UNIQUE, columns=columns)
    if said.startswith("FOREIGN KEY constraint failed"):
        return ConstraintBroken(Constraint.REFERENCE)
    if said.startswith("CHECK constraint failed"):
        return ConstraintBroken(Constraint.CHECK, name=said.partition(": ")[2])
    if said.startswith("NOT NULL constraint failed"):
        columns = tuple(_SQLITE_COLUMNS.findall(said.partition(": ")[2]))
        return ConstraintBroken(Constraint.REQUIRED, columns=columns)
    if "database is locked" in said or "database table is locked" in said:
        return BusyBeforeCommit()
    if said.startswith(_SQLITE_FULL):
        return NoSpace()
    return None


_SQLITE_FULL = ("database or disk is full", "attempt to write a readonly database")
_POSTGRESQL_FULL = {"53100", "25006"}  # disk full, read-only transaction (a standby)
_MARIADB_FULL = {1021, 1114, 1290, 1792}  # disk full, table full, read-only server or transaction

_POSTGRESQL_CONSTRAINTS = {
    "23505": Constraint.UNIQUE,
    "23503": Constraint.REFERENCE,
    "23001": Constraint.REFERENCE,
    "23514": Constraint.CHECK,
    "23502": Constraint.REQUIRED,
    "22001": Constraint.TOO_LONG,
}
_POSTGRESQL_BUSY = {"40001", "40P01", "55P03", "53300", "57014"}
_POSTGRESQL_LOST = {"57P01", "57P02", "57P03", "08000", "08001", "08003", "08006", "25P03"}


def _postgresql(error: Exception) -> Exception | None:
    state = getattr(error, "sqlstate", None)
    if state is None:
        return ConnectionLost() if type(error).__name__ == "OperationalError" else None
    if APPEND_ONLY_MARK in str(error):
        return ConstraintBroken(Constraint.APPEND_ONLY)
    if kind := _POSTGRESQL_CONSTRAINTS.get(state):
        told = getattr(error, "diag", None)
        column = getattr(told, "column_name", None)
        return ConstraintBroken(
            kind,
            name=getattr(told, "constraint_name", None) or "",
            columns=(column,) if column else (),
        )
    if state == "0A000" and "cached plan" in str(error):
        return ConnectionLost()  # another process changed the table; a new connection plans anew
    if state in _POSTGRESQL_FULL:
        return NoSpace()
    if state in _POSTGRESQL_BUSY:
        return BusyBeforeCommit()
    if state in _POSTGRESQL_LOST:
        return ConnectionLost()
    return None


_MARIADB_CONSTRAINTS = {
    1062: Constraint.UNIQUE,
    1451: Constraint.REFERENCE,
    1452: Constraint.REFERENCE,
    4025: Constraint.CHECK,
    1048: Constraint.REQUIRED,
    1364: Constraint.REQUIRED,
    1406: Constraint.TOO_LONG,
}
_MARIADB_NAMES = {
    1062: re.compile(r"for key '(?:[^']*\.)?([^']+)'$"),
    1451: re.compile(r"CONSTRAINT [`\"]([^`\"]+)"),
    1452: re.compile(r"CONSTRAINT [`\"]([^`\"]+)"),
    4025: re.compile(r"CONSTRAINT [`\"](?:[^`\"]*\.)?([^`\"]+)"),
    1048: re.compile(r"Column '([^']+)'"),
    1364: re.compile(r"Field '([^']+)'"),
    1406: re.compile(r"column '([^']+)'"),
}
_MARIADB_NO_SPACE = re.compile(r"\b(?:[Ee]rrcode|[Ee]rrno|[Ee]rror):? 28\b")
_MARIADB_BUSY = {1205, 1213, 1020, 1040, 1203, 3024, 1969}
_MARIADB_LOST = {2003, 2006, 2013, 2014, 2055, 1927, 1053, 0}


def _mariadb(error: Exception) -> Exception | None:
    code = error.args[0] if error.args and isinstance(error.args[0], int) else None
    said = str(error.args[1]) if len(error.args) > 1 else str(error)
    if APPEND_ONLY_MARK in said:
        return ConstraintBroken(Constraint.APPEND_ONLY)
    if kind := _MARIADB_CONSTRAINTS.get(code or -1):
        found = _MARIADB_NAMES[code or -1].search(said)
        name = found[1] if found else ""
        if kind in (Constraint.REQUIRED, Constraint.TOO_LONG):
            return ConstraintBroken(kind, columns=(name,) if name else ())
        return ConstraintBroken(kind, name=name)
    if code in _MARIADB_FULL or _MARIADB_NO_SPACE.search(said):
        return NoSpace()
    if code in _MARIADB_BUSY:
        return BusyBeforeCommit()
    if code in _MARIADB_LOST and type(error).__name__ in ("OperationalError", "InterfaceError"):
        return ConnectionLost()
    return None
