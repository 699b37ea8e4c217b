"""What type a rollup's value has: it follows from the function and the field rolled up."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType

from kefu_admin.definitions.fields import Field, RollupFunction
from kefu_admin.definitions.loading import Loading

SUMMED = frozenset({"integer", "decimal", "money", "duration"})
COMPARED = SUMMED | {"date", "datetime", "time"}
LATEST = COMPARED | {"text", "choice", "boolean", "number"}

FITTING = {
    RollupFunction.SUM: SUMMED,
    RollupFunction.MIN: COMPARED,
    RollupFunction.MAX: COMPARED,
    RollupFunction.LATEST: LATEST,
}


def derive_results(loading: Loading) -> None:
    """Fill `result` (with scale, choices, length and unit) of every rollup field.

    A rollup that cannot be worked out (a loop, an unknown field) counts as integer; crosscheck
    says why.
    """
    for draft in loading.drafts.values():
        fields = {
            name: _derived(field, loading, frozenset({(draft.type.id, name)}))
            for name, field in draft.type.fields.items()
        }
        draft.type = replace(draft.type, fields=MappingProxyType(fields))


def _derived(field: Field, loading: Loading, seen: frozenset[tuple[str, str]]) -> Field:
    rollup = field.rollup
    if rollup is None or field.result:
        return field
    source = None
    below = loading.drafts.get(rollup.of)
    step = (rollup.of, rollup.field or "")
    if rollup.function is not RollupFunction.COUNT and below and step not in seen:
        source = below.type.fields.get(step[1])
        source = _derived(source, loading, seen | {step}) if source else None
    if source is None:
        return replace(field, result="integer")
    return replace(
        field,
        result=source.result or ("text" if source.type == "number" else source.type),
        scale=source.scale,
        choices=source.choices,
        max_length=source.max_length,
        unit=field.unit if field.unit.zh else source.unit,
    )
