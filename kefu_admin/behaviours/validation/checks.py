"""The rules of one type, compiled: when each field is visible, required, read-only, and the checks
over several of them.

A record is settled in one pass over what its type really has: nothing is asked of a field that no
rule speaks of.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from kefu_admin.behaviours import formulas
from kefu_admin.behaviours.conditions import Asked, Rec, Test, compiled
from kefu_admin.behaviours.validation.fields import default, first_clause, judging
from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import value_type
from kefu_admin.definitions.fields import BadValue, Field, When
from kefu_admin.problems import FieldError
from kefu_admin.registry import Guard
from kefu_admin.store.change.statements import same
from kefu_admin.store.columns import has_column
from kefu_admin.store.warrant import Lookup, Reads, Settled

ROUNDS = 5  # clearing one field may hide or compute another; the config's depth is far below


class TypeChecks:
    """The rules of one type."""

    def __init__(self, content_type: ContentType, guards: Sequence[Guard] = ()) -> None:
        self.guards = guards
        own = [field for field in content_type.fields.values() if not field.system]
        self._written = [field for field in own if value_type(field).written and not _kept(field)]
        self._defaults = [field for field in own if field.default is not None]
        self._computed = [f for f in own if f.formula is not None and has_column(f)]
        self._hiding = [
            (field, _when(field.visible)) for field in own if field.visible.condition is not None
        ]
        self._read_only = [
            (field, _when(field.read_only))
            for field in self._written
            if _sometimes(field.read_only)
        ]
        self._required = [
            (field, _when(field.required)) for field in self._written if _sometimes(field.required)
        ]
        self._judged = [
            (field.id, judge) for field in self._written if (judge := judging(field)) is not None
        ]
        self._conditions = tuple(check.condition for check in content_type.checks)
        self._checks = [(check, compiled(check.condition)) for check in content_type.checks]

    def defaults(self, *, binding: Binding) -> Mapping[str, object]:
        """Canonical values of fields that have a default, for a new record."""
        return {field.id: default(field, binding) for field in self._defaults}

    def settle(
        self,
        before: Mapping[str, object] | None,
        after: Mapping[str, object],
        *,
        sent: Collection[str],
        binding: Binding,
        lookup: Lookup,
    ) -> Settled:
        """The record as it may be stored: what must be altered in `after`, and what is wrong."""
        errors: list[FieldError] = []
        holds = _Holds(Asked(binding, lookup), errors)
        values, altered, hidden = self._clear_and_compute(after, holds, binding, errors)
        self._read_only_faults(before, values, sent, altered, holds, errors)
        for field, test in self._required:
            empty = values[field.id] in (None, "", ())
            if empty and field.id not in hidden and holds(test, values):
                errors.append(FieldError(field.id, "required", clause=first_clause(field.clauses)))
        for name, judge in self._judged:
            if before is not None and name not in sent and name not in altered:
                continue  # it cannot have moved, and need not be read
            value = values[name]
            if value is None or value == ():
                continue
            if before is None or _moved(name, before, value, sent, altered):
                errors += judge(value)
        wrong = {error.field for error in errors}
        for check, test in self._checks:
            if wrong.isdisjoint(check.fields) and not holds(test, values):
                facts = {"message_zh": check.message.zh, "message_en": check.message.text("en")}
                errors += [
                    FieldError(name, "check_failed", facts, first_clause(check.clauses))
                    for name in check.fields or ("",)
                ]
        return Settled(altered, tuple(errors))

    def reads(self, sent: Collection[str]) -> Reads:
        """What `settle` reads of a stored record when the fields in `sent` are written: records
        alike in all of it are settled alike."""
        whens = (
            *(field.visible for field, _ in self._hiding),
            *(field.read_only for field, _ in self._read_only),
            *(field.required for field, _ in self._required),
        )
        computed = {field.id for field in self._computed}
        inputs = {name for f in self._computed if f.formula for name in f.formula.fields}
        return Reads(
            values=frozenset(computed | inputs | set(sent)),
            presence=frozenset(f.id for f, _ in (*self._hiding, *self._required)),
            conditions=(
                *(when.condition for when in whens if when.condition is not None),
                *self._conditions,
            ),
        )

    def _read_only_faults(
        self,
        before: Mapping[str, object] | None,
        values: Mapping[str, object],
        sent: Collection[str],
        altered: Mapping[str, object],
        holds: _Holds,
        errors: list[FieldError],
    ) -> None:
        """A read-only field may not move; in a new record it may hold its default."""
        if not self._read_only:
            return
        defaults = self.defaults(binding=holds.asked.binding) if before is None else {}
        for field, test in self._read_only:
            value = values[field.id]
            if before is None:
                fine = not holds(test, values) or same(value, defaults.get(field.id))
            else:
                moved = _moved(field.id, before, value, sent, altered)
                fine = not moved or not holds(test, before)
            if not fine:
                errors.append(FieldError(field.id, "read_only"))

    def recompute(
        self, values: Mapping[str, object], *, binding: Binding, lookup: Lookup
    ) -> Mapping[str, object]:
        """The computed fields worked out afresh, in the order they build on one another."""
        current = values
        altered: dict[str, object] = {}
        for _ in range(ROUNDS):
            moved = self._compute(current, binding, [])
            if not moved:
                break
            altered |= moved
            current = _over(values, altered)
        return altered

    def _clear_and_compute(
        self,
        after: Mapping[str, object],
        holds: _Holds,
        binding: Binding,
        errors: list[FieldError],
    ) -> tuple[Mapping[str, object], dict[str, object], set[str]]:
        """Clear what may not be visible and work out what is computed, until nothing moves: the
        values then, those that were altered, and the hidden fields."""
        values, altered, hidden = after, dict[str, object](), set[str]()
        for _ in range(ROUNDS):
            errors.clear()
            moved = self._compute(values, binding, errors) if self._computed else {}
            if moved:
                altered |= moved
                values = _over(after, altered)
            hidden = {field.id for field, test in self._hiding if not holds(test, values)}
            cleared = {
                field.id: () if value_type(field).many else None
                for field, _ in self._hiding
                if field.id in hidden
                and values[field.id] not in (None, ())
                and value_type(field).written
            }
            if cleared:
                altered |= cleared
                values = _over(after, altered)
            elif not moved:
                break
        return values, altered, hidden

    def _compute(
        self, values: Mapping[str, object], binding: Binding, errors: list[FieldError]
    ) -> dict[str, object]:
        """One round over the computed fields: those that are other than they were; a result that
        cannot be kept is an error."""
        moved: dict[str, object] = {}
        for field in self._computed:
            assert field.formula is not None
            try:
                value = formulas.evaluate(
                    field.formula, _over(values, moved), now=binding.now, zone=binding.zone
                )
            except BadValue as bad:
                errors.append(FieldError(field.id, bad.code, bad.facts))
                value = None
            if not same(values.get(field.id), value):
                moved[field.id] = value
        return moved


class _Holds:
    """Decides compiled conditions for one record; a formula in one that has no result that can be
    kept is an error, and the condition does not hold."""

    __slots__ = ("_errors", "_record", "asked")

    def __init__(self, asked: Asked, errors: list[FieldError]) -> None:
        self.asked = asked
        self._errors = errors
        self._record: Rec | None = None  # the last one asked about: most tests ask of the same

    def __call__(self, test: Test | None, values: Mapping[str, object]) -> bool:
        if test is None:
            return True
        try:
            if self._record is None or self._record.values is not values:
                self._record = Rec(values)
            return test(self.asked, self._record)
        except BadValue as bad:
            self._errors.append(FieldError("", bad.code, bad.facts))
            return False


def _over(values: Mapping[str, object], altered: Mapping[str, object]) -> Mapping[str, object]:
    """A record with some values altered."""
    if not altered:
        return values
    return {**values, **altered} if isinstance(values, dict) else _Over(altered, values)


class _Over(Mapping[str, object]):
    """`_over` a record of which not everything is read yet."""

    __slots__ = ("_altered", "_record")

    def __init__(self, altered: Mapping[str, object], record: Mapping[str, object]) -> None:
        self._altered = altered
        self._record = record

    def __getitem__(self, name: str) -> object:
        return self._altered[name] if name in self._altered else self._record[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._record)

    def __len__(self) -> int:
        return len(self._record)


def _moved(
    name: str,
    before: Mapping[str, object],
    value: object,
    sent: Collection[str],
    altered: Mapping[str, object],
) -> bool:
    """Whether a stored record's value is being changed."""
    return (name in sent or name in altered) and not same(before.get(name), value)


def _sometimes(when: When) -> bool:
    return when.always or when.condition is not None


def _when(when: When) -> Test | None:
    """The condition of a rule; None where it always holds."""
    return None if when.condition is None else compiled(when.condition)


def _kept(field: Field) -> bool:
    return field.formula is not None or field.rollup is not None or bool(field.series)
