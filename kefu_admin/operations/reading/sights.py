"""What one actor sees of a desk at one moment, and the rules of all types for him."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin.actor import Actor
from kefu_admin.behaviours.formulas import evaluate
from kefu_admin.definitions.binding import Binding
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.formula import Formula
from kefu_admin.operations.reading.filters import Guard, narrowed
from kefu_admin.problems import NotFound
from kefu_admin.store.read import Sight, visible_ids
from kefu_admin.store.rules import Rules

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk


@dataclass(frozen=True, slots=True)
class Known:
    """The types an actor knows: their rules, and themselves without fields closed to him."""

    rules: Mapping[str, Rules]
    types: Mapping[str, ContentType]


def sight(desk: Desk, actor: Actor, now: datetime) -> Sight:
    """The actor's view of the store."""
    return Sight(desk.store, desk.grants(actor), desk.binding(actor, now), _evaluate)


def known(look: Sight) -> Known:
    """The types this actor knows; compiled once per set of roles."""
    kept = look.memo.shapes
    key = ("known", look.grants.key)
    found = kept.get(key)
    if not isinstance(found, Known):
        types = look.store.project.types
        rules = {id: r for id in types if (r := look.rules(id)) is not None}
        found = kept[key] = Known(rules, narrowed(types, rules))
    return found


def rules_of(look: Sight, type_id: str) -> Rules:
    """The rules of a type.

    Raises:
        NotFound: no such type, or none the actor may read.
    """
    rules = look.rules(type_id)
    if rules is None:
        raise NotFound
    return rules


def guard(look: Sight) -> Guard:
    """What holds a person's conditions to what he sees."""
    all_known = known(look)

    def visible(type_id: str, ids: tuple[int, ...]) -> Collection[int]:
        return visible_ids(look, type_id, ids)

    return Guard(all_known.types, all_known.rules, visible)


def _evaluate(formula: Formula, values: Mapping[str, object], binding: Binding) -> object:
    return evaluate(formula, values, now=binding.now, zone=binding.zone)
