"""Which fields a record as shown may leave out: empty ones its type hides under a condition.

The writer clears what may not be visible, so a hidden field is always empty; an empty one is hidden
only when its condition fails. The condition is judged on what the asker sees of the record, never
on more, so a missing line tells nobody anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from kefu_admin.actor import Actor
from kefu_admin.behaviours.conditions import NoLookup, decide
from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.condition import paths
from kefu_admin.definitions.fields import BadValue, When
from kefu_admin.operations.desk import Desk
from kefu_admin.store.query import File, Ref, Row

_NOTHING = (None, "", ())


def hidden(desk: Desk, row: Row, *, actor: Actor, now: datetime) -> frozenset[str]:
    """Names of the empty fields of the row that do not apply to it; where the asker does not see
    enough to tell, an empty conditional field counts as hidden."""
    fields = desk.project.types[row.type].fields
    asked = {
        name: fields[name].visible
        for name, value in row.values.items()
        if fields[name].visible.condition is not None and value in _NOTHING
    }
    if not asked:
        return frozenset()
    known, binding = _known(row), desk.binding(actor, now)
    return frozenset(name for name, when in asked.items() if not _holds(when, known, binding))


def _known(row: Row) -> Mapping[str, object]:
    """The row's values as conditions know them, without masked ones, files and owned rows."""
    known: dict[str, object] = {}
    for name, value in row.values.items():
        several = value if isinstance(value, tuple) else (value,)
        if name in row.masked or any(isinstance(one, Row | File) for one in several):
            continue
        if isinstance(value, tuple):
            known[name] = tuple(one.id if isinstance(one, Ref) else one for one in value)
        else:
            known[name] = value.id if isinstance(value, Ref) else value
    return known


def _holds(when: When, known: Mapping[str, object], binding: Binding) -> bool:
    condition = when.condition
    if condition is None:
        return when.always
    if any(len(path.names) > 1 or path.names[0] not in known for path in paths(condition)):
        return False
    try:
        return decide(condition, known, binding=binding)
    except (NoLookup, BadValue):
        return False
