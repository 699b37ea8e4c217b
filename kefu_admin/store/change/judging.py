"""Judges drafts: the type's rules, the rights on each field, and whether the record stays one the
actor may write. Faults are noted in the drafts; `raise_faults` refuses with all of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kefu_admin.definitions.role import Action
from kefu_admin.problems import FieldError, Forbidden, Invalid
from kefu_admin.store.change import statements
from kefu_admin.store.change.access import UNWRITTEN
from kefu_admin.store.change.statements import same
from kefu_admin.store.change.values import Draft, Values, walk

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


def settle(change: Change, draft: Draft) -> frozenset[str]:
    """Apply the type's rules; the names of the values they altered."""
    settled = change.checks(draft.type.id).settle(
        draft.before,
        draft.after.whole,
        sent=draft.sent,
        binding=change.warrant.binding,
        lookup=change.reader.lookup,
    )
    for error in settled.errors:
        draft.errors.append(
            FieldError(draft.path(error.field), error.code, error.facts, error.clause)
        )
    draft.after = draft.after.over(settled.values)
    change.reader.draft(draft.type.id, draft.id, draft.after)
    return frozenset(settled.values)


def judge_new(draft: Draft, defaults: Mapping[str, object]) -> None:
    """Whether the actor may create this very record with these fields."""
    if not draft.held.within_level:
        draft.refuse(draft.type.secrecy, "above_clearance")
        return
    if Action.CREATE not in draft.held.actions:
        draft.forbidden = True
        return
    if draft.held.edit.issuperset(draft.sent) and UNWRITTEN.isdisjoint(draft.sent):
        return
    for name, value in draft.sent.items():
        if name in draft.held.edit and name not in UNWRITTEN:
            continue
        if name == draft.type.owned_by or same(value, defaults.get(name)):
            continue
        draft.refuse(name, "not_editable")


def judge_update(change: Change, draft: Draft) -> frozenset[str]:
    """Settle a draft of a stored record and find what it changes; the names of the values that the
    type's rules altered."""
    assert draft.before is not None
    before, sent, held = draft.before, draft.sent, draft.held
    change.reader.draft(draft.type.id, draft.id, draft.after)
    settled = settle(change, draft)
    owned = {field.id for field in statements.of(change.store, draft.type.id).children}
    for name in sent:
        editable = name in held.edit and name not in UNWRITTEN and name != draft.type.owned_by
        # sending back what one sees is no change; of what one does not see it would be a guess
        if not editable and not (name in held.see and _unmoved(draft, name, owned)):
            draft.refuse(name, "not_editable")
    draft.changed |= {
        name
        for name in (*sent, *settled)
        if name not in owned
        and (not same(before[name], draft.after[name]) or (name in sent and _hides(draft, name)))
    }
    draft.touched |= any(child.writes for child in draft.children)
    draft.forbidden |= draft.writes and Action.UPDATE not in held.actions
    if draft.writes:
        draft.after = raised(change, draft)
    if draft.changed:
        _judge_moved(change, draft)
    return settled


def _hides(draft: Draft, name: str) -> bool:
    """Whether "nothing changed" would tell the sender of a value what he does not see: that he
    guessed it. That there is none a mask shows him."""
    assert draft.before is not None
    if name in draft.held.see:
        return False
    return draft.before[name] is not None or name not in draft.held.masked


def raised(change: Change, draft: Draft) -> Values:
    """The values of a record that is about to be written: its next version, by whom and when."""
    return draft.after.over(
        {
            "version": draft.version + 1,
            "updated_at": change.now,
            "updated_by": change.warrant.actor.user_id,
        }
    )


def _unmoved(draft: Draft, name: str, owned: set[str]) -> bool:
    """Whether a sent value is what is stored."""
    assert draft.before is not None
    if name in owned:
        return not any(child.writes for child in draft.children)
    return same(draft.before[name], draft.sent[name])


def raise_faults(drafts: list[Draft]) -> None:
    """Refuse when anything is wrong: values first, so that a person may mend them.

    Raises:
        Invalid: values were refused.
        Forbidden: a record would be outside of what the actor may write.
    """
    every = list(walk(drafts))
    errors = tuple(dict.fromkeys(_keyed(error) for draft in every for error in draft.errors))
    if errors:
        raise Invalid([found.error for found in errors])
    if any(draft.forbidden for draft in every):
        raise Forbidden


def _judge_moved(change: Change, draft: Draft) -> None:
    """The changed record must still be one the actor may change or could have created."""
    held = change.access.held(draft.type.id, Action.UPDATE, draft.after)
    if not held.within_level and draft.type.secrecy in draft.changed:
        draft.refuse(draft.type.secrecy, "above_clearance")
    elif Action.UPDATE not in held.actions:
        held = change.access.held(draft.type.id, Action.CREATE, draft.after)
        draft.forbidden |= Action.CREATE not in held.actions


@dataclass(frozen=True)
class _Keyed:
    """A field error told apart by field and code (its facts are a mapping and have no hash)."""

    field: str
    code: str
    message: str
    error: FieldError

    def __hash__(self) -> int:
        return hash((self.field, self.code, self.message))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Keyed) and (self.field, self.code, self.message) == (
            other.field,
            other.code,
            other.message,
        )


def _keyed(error: FieldError) -> _Keyed:
    return _Keyed(error.field, error.code, str(error.facts.get("message_zh", "")), error)
