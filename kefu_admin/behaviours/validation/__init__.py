"""The rules of a type, compiled: what a record must be before it is stored.

Required, visible and read-only (always or by condition), ranges, lengths, patterns, retired
choices, the config's checks, defaults and computed values. `store.change` asks these through the
`Checks` protocol, with values that `behaviours.conversion` has converted. Unique values are the
database's, references and rights the writer's to judge.

- `checks`: the rules between the fields of one type · `fields`: those of a single value
"""

from __future__ import annotations

from collections.abc import Mapping

from kefu_admin import registry
from kefu_admin.behaviours import conditions
from kefu_admin.behaviours.validation.checks import TypeChecks
from kefu_admin.behaviours.validation.fields import faults, resolved
from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import Condition
from kefu_admin.definitions.project import Project
from kefu_admin.store.warrant import Lookup

__all__ = ["TypeChecks", "compile_checks", "decide", "faults", "resolved"]


def compile_checks(project: Project) -> Mapping[str, TypeChecks]:
    """The compiled rules of every type, with the guards it names."""
    return {
        type.id: TypeChecks(type, [registry.installed().guards[name] for name in type.guards])
        for type in project.types.values()
    }


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
