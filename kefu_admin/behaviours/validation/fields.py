"""What one field's definition says of a value of its type: range, length, form, retired choices,
number of files; and what stands in a new record where nothing was given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC

from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.dated import DatedChoices
from kefu_admin.definitions.field_types import plain
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.patterns import matches
from kefu_admin.problems import FieldError

MAX_FILES = 20  # of an attachments or images field that does not say
_FILES = frozenset({"attachments", "images"})
_LENGTH_TYPES = frozenset({"text", "long_text", "address", "url", "email"})


def judging(field: Field) -> Callable[[object], list[FieldError]] | None:
    """What finds the faults of a field's values; None where a value of its type has none."""
    kept = isinstance(field.choices, DatedChoices)  # one of them may end at any time
    retired = kept or any(choice.retired for choice in field.choices)
    ranged = field.min is not None or field.max is not None
    written = field.type in _LENGTH_TYPES or field.min_length > 0 or bool(field.pattern)
    if not (retired or ranged or written or field.type in _FILES):
        return None
    return lambda value: faults(field, value)


def faults(field: Field, value: object) -> list[FieldError]:
    """What is wrong with a value of the right type."""
    found: list[FieldError] = []

    def fault(code: str, **facts: object) -> None:
        found.append(FieldError(field.id, code, facts, first_clause(field.clauses)))

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
    if field.type in _FILES and isinstance(value, tuple):
        limit = field.max_count or MAX_FILES
        if len(value) > limit:
            fault("too_many_members", limit=limit)
    return found


def default(field: Field, binding: Binding) -> object:
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


def first_clause(clauses: tuple[str, ...]) -> str:
    """The clause a refusal names; "" for none."""
    return clauses[0] if clauses else ""
