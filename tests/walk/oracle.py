"""Who may see and do what, worked out from the role files alone.

Written from the issue's words about roles, apart from the product: it reads YAML and plain dicts
and shares no code with `kefu_admin`. Rows are dicts of plain values; references hold row keys.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

Facts = dict[str, Any]
SYSTEM = ("id", "version", "created_at", "created_by", "updated_at", "updated_by")
WRITING = {"create", "update", "delete", "restore", "purge"}
UNWRITTEN = {"number", "computed", "rollup"}


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody who asks. `departments` are his own and those below; `scopes` those of a token."""

    login: str
    roles: tuple[str, ...] = ()
    department: str = ""
    departments: frozenset[str] = frozenset()
    scopes: frozenset[str] | None = None


class Oracle:
    """The config as far as rights go. `rows` maps keys to facts: type, values, level, parent, and
    `past` those of deleted rows."""

    def __init__(
        self, directory: Path, rows: dict[str, Facts], past: dict[str, Facts] | None = None
    ) -> None:
        self.roles = _files(directory / "roles")
        self.types = _files(directory / "types")
        levels = yaml.safe_load((directory / "project.yaml").read_text())["secrecy_levels"]
        self.levels = {level["id"]: rank for rank, level in enumerate(levels, start=1)}
        self.rows: Mapping[str, Facts] = ChainMap(rows, past or {})

    def actions(self, who: Person, key: str) -> set[str]:
        """What he may do with the row; nothing when he may not read it."""
        row = self.rows[key]
        found = {action for _, grant in self._pairs(who, row) for action in grant["actions"]}
        for denial in self._denials(who, row):
            found -= set(denial.get("actions", ()))
        return found if "read" in found and self._cleared(who, row) else set()

    def bins(self, who: Person, key: str) -> set[str]:
        """What he may do with a deleted row."""
        return self.actions(who, key) & {"restore", "purge"}

    def sees(self, who: Person, key: str, field: str) -> str:
        """ "see", "masked" or "": how he meets the field in this row."""
        if field in ("id", "version"):
            return "see" if self.actions(who, key) else ""
        return self._field(who, key, field, "read") if self._known(who, key, field) else ""

    def edits(self, who: Person, key: str) -> set[str]:
        """The fields he may write in this row."""
        row = self.rows[key]
        if "update" not in self.actions(who, key):
            return set()
        return {
            field
            for field, one in self.types[row["type"]]["fields"].items()
            if one["type"] not in UNWRITTEN
            and self._known(who, key, field)
            and any("edit" in r for r in self._rights(who, row, field, "update"))
            and not self._hidden(who, row, field)
        }

    def may(self, who: Person, permission: str) -> bool:
        """Whether one of his roles has a permission that belongs to no type (no token has)."""
        return who.scopes is None and any(
            permission in self.roles[r].get("may", ())
            or (permission == "values" and self.roles[r].get("keeps"))
            for r in who.roles
        )

    def creates(self, who: Person, row: Facts, fields: set[str]) -> bool:
        """Whether he may create this very row with these fields."""
        pairs = [g for _, g in self._pairs(who, row) if "create" in g["actions"]]
        denied = {a for denial in self._denials(who, row) for a in denial.get("actions", ())}
        given = {f for f in fields if any("edit" in _of(g, f) for g in pairs)}
        return bool(pairs) and not denied & {"read", "create"} and given == fields

    def _field(self, who: Person, key: str, field: str, action: str) -> str:
        row = self.rows[key]
        if action not in self.actions(who, key) or self._hidden(who, row, field):
            return ""
        rights = list(self._rights(who, row, field, action))
        masked = self.types[row["type"]]["fields"].get(field, {})
        maskable = bool(masked.get("mask")) or masked.get("type") == "id_number"
        if any(r & {"see", "edit", "export"} and not (maskable and "masked" in r) for r in rights):
            return "see"
        if any("masked" in r for r in rights):
            return "masked" if maskable else "see"
        return ""

    def _known(self, who: Person, key: str, field: str) -> bool:
        """References need a visible target, rollups that nobody's rule hides a counted row."""
        row = self.rows[key]
        one = self.types[row["type"]]["fields"].get(field, {})
        kind = one.get("type")
        if kind == "reference" and row["values"].get(field):
            return bool(self.actions(who, row["values"][field]))
        if kind in ("reference", "references", "children"):
            target = one.get("to") or one["of"]
            return any(g["type"] == target for _, g in self._grants(who))
        if kind == "rollup" and not one.get("public"):
            here = {role for role, _ in self._pairs(who, row)}
            return any(  # the walk's private rollups are over owned rows: they follow the record
                role in here
                and (one["function"] == "count" or _of(g, one["field"]) & {"see", "edit", "export"})
                for role, g in self._grants(who)
                if g["type"] == one["of"] and "read" in g["actions"]
            )
        return True

    def _grants(self, who: Person) -> Iterator[tuple[str, Facts]]:
        for role in who.roles:
            for grant in self.roles[role].get("grants", ()):
                kept = {a for a in grant["actions"] if self._scoped(who, grant["type"], a)}
                if kept:
                    yield role, {**grant, "actions": kept}

    def _scoped(self, who: Person, type: str, action: str) -> bool:
        """Tokens: rows of an owned type go with their owner's scope."""
        if who.scopes is None or f"{type}:{action}" in who.scopes:
            return True
        by = self.types[type].get("owned_by")
        if not by:
            return False
        above = "update" if action in WRITING else action
        return self._scoped(who, self.types[type]["fields"][by]["to"], above)

    def _pairs(self, who: Person, row: Facts) -> Iterator[tuple[str, Facts]]:
        """Role and grant where the rows match; an owned row's come through its owner, in the same
        role."""
        for role, grant in self._grants(who):
            if grant["type"] != row["type"]:
                continue
            if not row.get("parent"):
                if self._holds(grant.get("rows", {}), row, who):
                    yield role, grant
                continue
            above = [
                action
                for r, g in self._grants(who)
                if r == role
                and g["type"] == self.rows[row["parent"]]["type"]
                and self._holds(g.get("rows", {}), self.rows[row["parent"]], who)
                for action in g["actions"]
            ]
            kept = grant["actions"] & (
                (WRITING if "update" in above else set())
                | (set(grant["actions"]) - WRITING if "read" in above else set())
            )
            if kept:
                yield role, {**grant, "actions": kept}

    def _denials(self, who: Person, row: Facts) -> Iterator[Facts]:
        for role in who.roles:
            for denial in self.roles[role].get("deny", ()):
                if denial["type"] == row["type"] and self._holds(denial.get("rows", {}), row, who):
                    yield denial

    def _rights(self, who: Person, row: Facts, field: str, action: str) -> Iterator[set[str]]:
        return (_of(g, field) for _, g in self._pairs(who, row) if action in g["actions"])

    def _hidden(self, who: Person, row: Facts, field: str) -> bool:
        return any(field in denial.get("fields", ()) for denial in self._denials(who, row))

    def _cleared(self, who: Person, row: Facts) -> bool:
        most = max(
            (self.levels.get(self.roles[r].get("clearance"), 0) for r in who.roles), default=0
        )
        own = self.levels.get(row["values"].get("secrecy"), 0)
        above = row.get("parent")
        return own <= most and (not above or self._cleared(who, self.rows[above]))

    def _holds(self, condition: Facts, row: Facts, who: Person) -> bool:
        return all(self._entry(name, asked, row, who) for name, asked in condition.items())

    def _entry(self, name: str, asked: Any, row: Facts, who: Person) -> bool:
        if name in ("any", "all"):
            return {"any": any, "all": all}[name](self._holds(part, row, who) for part in asked)
        if isinstance(asked, dict):
            ((op, operand),) = asked.items()
            assert (op, operand) == ("in", "$my_departments"), "the oracle knows no other operator"
            return row["values"].get(name) in who.departments
        return row["values"].get(name) == (who.login if asked == "$me" else asked)


def _of(grant: Facts, field: str) -> set[str]:
    rights = grant["fields"].get(field, grant["fields"].get("*", "hide"))
    return set([rights] if isinstance(rights, str) else rights) - {"hide"}


def _files(directory: Path) -> dict[str, Facts]:
    return {path.stem: yaml.safe_load(path.read_text()) for path in directory.glob("*.yaml")}
