"""The rules of a type, compiled: what a record must be before it is stored.

Required, visible and read-only (always or by condition), ranges, lengths, patterns, retired
choices, the config's checks, defaults and computed values. `store.change` asks these through the
`Checks` protocol, with values that `behaviours.conversion` has converted. Unique values are the
database's, references and rights the writer's to judge.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC

from kefu_admin.behaviours import conditions, formulas
from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import Condition
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.field_types import plain, value_type
from kefu_admin.definitions.fields import BadValue, Field, When
from kefu_admin.definitions.patterns import matches
from kefu_admin.definitions.project import Project
from kefu_admin.problems import FieldError
from kefu_admin.store.change.statements import same
from kefu_admin.store.columns import has_column
from kefu_admin.store.warrant import Lookup, Settled

MAX_FILES = 20  # of an attachments or images field that does not say
ROUNDS = 5  # clearing one field may hide or compute another; the config's depth is far below
_LENGTH_TYPES = frozenset({"text", "long_text", "address", "url", "email"})


def compile_checks(project: Project) -> Mapping[str, TypeChecks]:
    """The compiled rules of every type."""
    return {type_id: TypeChecks(content_type) for type_id, content_type in project.types.items()}


def decide(
    condition: Condition,
    values: Mapping[str, object],
    *,
    type_id: str,
    binding: Binding,
    lookup: Lookup,
) -> bool:
    """`conditions.decide` in the form a `Warrant` carries."""
    return conditions.decide(condition, values, binding=binding, lookup=lookup)


class TypeChecks:
    """The rules of one type."""

    def __init__(self, content_type: ContentType) -> None:
        own = [field for field in content_type.fields.values() if not field.system]
        self._type = content_type
        self._written = [field for field in own if value_type(field).written and not _kept(field)]
        self._defaults = [field for field in own if field.default is not None]
        self._computed = [f for f in own if f.formula is not None and has_column(f)]
        self._hiding = [field for field in own if field.visible.condition is not None]
        self._read_only = [field for field in self._written if _sometimes(field.read_only)]
        self._required = [field for field in self._written if _sometimes(field.required)]

    def defaults(self, *, binding: Binding) -> Mapping[str, object]:
        """Canonical values of fields that have a default, for a new record."""
        return {field.id: _default(field, binding) for field in self._defaults}

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
        altered: dict[str, object] = {}
        values = _Over(altered, after)
        errors: list[FieldError] = []

        def holds(condition: Condition, of: Mapping[str, object] = values) -> bool:
            try:
                return conditions.decide(condition, of, binding=binding, lookup=lookup)
            except BadValue as bad:  # a formula in it has no result that can be kept
                errors.append(FieldError("", bad.code, bad.facts))
                return False

        hidden = self._clear_and_compute(values, altered, holds, binding, errors)
        changed = {
            field.id
            for field in self._written
            if before is None
            or (
                (field.id in sent or field.id in altered)
                and not same(before.get(field.id), values[field.id])
            )
        }
        defaults = self.defaults(binding=binding) if before is None else {}
        for field in self._read_only:
            judged = values if before is None else before
            if (
                field.id in changed
                and _applies(field.read_only, lambda c, of=judged: holds(c, of))
                and not (before is None and same(values[field.id], defaults.get(field.id)))
            ):
                errors.append(FieldError(field.id, "read_only"))
        for field in self._required:
            empty = values[field.id] in (None, "", ())
            if empty and field.id not in hidden and _applies(field.required, holds):
                errors.append(FieldError(field.id, "required", clause=_first(field.clauses)))
        for field in self._written:
            if field.id in changed and values[field.id] not in (None, ()):
                errors += _faults(field, values[field.id])
        wrong = {error.field for error in errors}
        for check in self._type.checks:
            if wrong.isdisjoint(check.fields) and not holds(check.condition):
                facts = {"message_zh": check.message.zh, "message_en": check.message.text("en")}
                errors += [
                    FieldError(name, "check_failed", facts, _first(check.clauses))
                    for name in check.fields or ("",)
                ]
        return Settled(altered, tuple(errors))

    def recompute(
        self, values: Mapping[str, object], *, binding: Binding, lookup: Lookup
    ) -> Mapping[str, object]:
        """The computed fields worked out afresh, in the order they build on one another."""
        altered: dict[str, object] = {}
        current = _Over(altered, values)
        for _ in range(ROUNDS):
            if not self._compute(current, altered, binding, []):
                break
        return altered

    def _clear_and_compute(
        self,
        values: Mapping[str, object],
        altered: dict[str, object],
        holds: object,
        binding: Binding,
        errors: list[FieldError],
    ) -> set[str]:
        """Clear what may not be visible and work out what is computed, until nothing moves."""
        hidden: set[str] = set()
        for _ in range(ROUNDS):
            errors.clear()
            moved = self._compute(values, altered, binding, errors)
            hidden = {field.id for field in self._hiding if not _applies(field.visible, holds)}
            for name in hidden:
                if values[name] not in (None, ()) and value_type(self._type.fields[name]).written:
                    altered[name] = () if value_type(self._type.fields[name]).many else None
                    moved = True
            if not moved:
                break
        return hidden

    def _compute(
        self,
        values: Mapping[str, object],
        altered: dict[str, object],
        binding: Binding,
        errors: list[FieldError],
    ) -> bool:
        """One round over the computed fields; a result that cannot be kept is an error."""
        moved = False
        for field in self._computed:
            assert field.formula is not None
            try:
                value = formulas.evaluate(field.formula, values, now=binding.now, zone=binding.zone)
            except BadValue as bad:
                errors.append(FieldError(field.id, bad.code, bad.facts))
                value = None
            if not same(values.get(field.id), value):
                altered[field.id] = value
                moved = True
        return moved


class _Over(Mapping[str, object]):
    """A record with some values altered; `altered` may still grow."""

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


def _faults(field: Field, value: object) -> list[FieldError]:
    """What is wrong with a value of the right type."""
    found: list[FieldError] = []

    def fault(code: str, **facts: object) -> None:
        found.append(FieldError(field.id, code, facts, _first(field.clauses)))

    if field.min is not None and value < field.min:  # type: ignore[operator]  # same type, ordered
        fault("too_small", limit=plain(field, field.min))
    if field.max is not None and value > field.max:  # type: ignore[operator]
        fault("too_large", limit=plain(field, field.max))
    if isinstance(value, str):
        if field.type in _LENGTH_TYPES and len(value) > field.max_length:
            fault("too_long", limit=field.max_length)
        if len(value) < field.min_length:
            fault("too_short", limit=field.min_length)
        if field.pattern and not matches(field.pattern, value):
            fault("wrong_form")
    if field.type in ("choice", "multi_choice"):
        wanted = value if isinstance(value, tuple) else (value,)
        for one in wanted:
            choice = field.choice(str(one))
            if choice is not None and choice.retired:
                fault("retired_choice", label=choice.label.zh)
    if field.type in ("attachments", "images") and isinstance(value, tuple):
        limit = field.max_count or MAX_FILES
        if len(value) > limit:
            fault("too_many_members", limit=limit)
    return found


def _default(field: Field, binding: Binding) -> object:
    """The default, `$…` resolved for the one who creates."""
    return resolved(field.default, binding)


def resolved(value: object, binding: Binding) -> object:
    """A value of the config as it is written: `$…` resolved for the one who writes."""
    match value:
        case "$me":
            return binding.user_id
        case "$my_department":
            return binding.department_id
        case "$today":
            return binding.now.astimezone(binding.zone).date()
        case "$now":
            return binding.now.astimezone(UTC)
        case _:
            return value


def _sometimes(when: When) -> bool:
    return when.always or when.condition is not None


def _applies(when: When, holds: object) -> bool:
    """Whether it holds for the record `holds` answers for."""
    assert callable(holds)
    return when.always if when.condition is None else bool(holds(when.condition))


def _kept(field: Field) -> bool:
    return field.formula is not None or field.rollup is not None or bool(field.series)


def _first(clauses: tuple[str, ...]) -> str:
    return clauses[0] if clauses else ""
