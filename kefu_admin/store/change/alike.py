"""Records of a bulk change that are alike in all that rights and rules read are judged once.

What a rule reads of a record is known beforehand (`Checks.reads`, the paths of conditions); where
that lies in columns of its own row, two records with the same columns get the same judgement: ten
thousand customers of three departments ask their rights three times. Where a rule looks at owned
rows, or at records of the type that is being changed, every record is judged by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from kefu_admin.definitions.condition import Condition, paths
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.problems import FieldError
from kefu_admin.store.change import crossing, judging
from kefu_admin.store.change.values import Draft, Values

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change

T = TypeVar("T")
_ABSENT = (None, "")
Key = Callable[[Sequence[Any]], Hashable]  # of a row as it was selected


class Remembered(Generic[T]):
    """One answer for all records with the same key; no key: every record is asked."""

    def __init__(self, key: Key | None) -> None:
        self._key = key
        self._known: dict[Hashable, T] = {}

    def known(self, values: Values, more: Hashable = None) -> tuple[Hashable, T | None]:
        """The key of a stored record and the answer for it, None where there is none yet."""
        row = values.selected
        if self._key is None or row is None:
            return None, None
        key = (self._key(row), more)
        return key, self._known.get(key)

    def keep(self, key: Hashable, answer: T) -> None:
        """Remember the answer for a key `known` gave."""
        if key is not None:
            self._known[key] = answer


@dataclass(frozen=True, slots=True)
class Judged:
    """What `judging.judge_update` found: values the rules altered, fields written, faults."""

    altered: Mapping[str, object]
    changed: frozenset[str]
    errors: tuple[FieldError, ...]
    forbidden: bool


class Judge:
    """Judges drafts of changed records of one type within one change."""

    def __init__(self, change: Change, type: ContentType, sent: Collection[str]) -> None:
        self._change = change
        self._sent: dict[int, tuple[Mapping[str, object], Hashable]] = {}
        self._remembered: Remembered[Judged] = Remembered(judging_key(change, type, sent))

    def judge(self, draft: Draft) -> None:
        """As `judging.judge_update`, with the findings of a record alike where there was one."""
        assert draft.before is not None
        sent = self._sent_key(draft.sent)
        key, found = self._remembered.known(draft.before, (sent, draft.held))
        if sent is None or found is None:
            altered = judging.judge_update(self._change, draft)
            values = {name: draft.after[name] for name in altered}
            found = Judged(values, draft.changed, tuple(draft.errors), draft.forbidden)
            self._remembered.keep(key if sent is not None else None, found)
            return
        draft.changed, draft.forbidden = found.changed, found.forbidden
        draft.errors = list(found.errors)
        draft.after = draft.after.over(found.altered)
        if draft.changed:
            draft.after = judging.raised(self._change, draft)
        self._change.reader.draft(draft.type.id, draft.id, draft.after)

    def _sent_key(self, sent: Mapping[str, object]) -> Hashable:
        """The values sent, as part of a key; None where they cannot be."""
        held = self._sent.get(id(sent))  # the records of an edit share one mapping
        if held is None:
            key = tuple(sent.items())
            try:
                hash(key)
            except TypeError:
                return None
            held = self._sent[id(sent)] = (sent, key)  # kept, so that its id stays its own
        return held[1]


def rights_key(change: Change, type: ContentType, conditions: Iterable[Condition]) -> Key | None:
    """The columns that the actor's rights in a row and some conditions depend on."""
    names = _read_by_rights(change, type)
    more = _columns(type, conditions)
    return None if names is None or more is None else _key(change, type, names | more, ())


def judging_key(change: Change, type: ContentType, sent: Collection[str]) -> Key | None:
    """The columns that `judge_update` depends on when these fields are sent."""
    names, reads = _read_by_rights(change, type), change.checks(type.id).reads(sent)
    if names is None:
        return None
    more = _columns(type, reads.conditions)
    if more is None:
        return None
    return _key(change, type, names | more | reads.values, reads.presence)


def _read_by_rights(change: Change, type: ContentType) -> frozenset[str] | None:
    of_type = change.warrant.grants.types.get(type.id)
    if of_type is None:
        return frozenset()
    conditions = [grant.rows for grant in of_type.grants]
    conditions += [denial.rows for denial in of_type.denials]
    names = _columns(type, conditions)
    own = {name for name in (type.secrecy, type.owned_by) if name}
    return None if names is None else names | own


def _columns(type: ContentType, conditions: Iterable[Condition]) -> frozenset[str] | None:
    """The fields that conditions begin at; None where one comes back to records of the type."""
    every = [path for condition in conditions for path in paths(condition)]
    if any(type.id in path.through for path in every):
        return None
    return frozenset(path.names[0] for path in every)


def _key(
    change: Change, type: ContentType, values: Collection[str], presence: Collection[str]
) -> Key | None:
    """A key over columns by their values, and by whether there is one; None where a field has no
    column."""
    readers = crossing.of(change.store, type.id).readers
    if any(name not in readers for name in (*values, *presence)):
        return None
    places = sorted(readers[name][0] for name in values)
    present = sorted({readers[name][0] for name in presence} - set(places))

    take = itemgetter(*places) if places else _nothing
    if not present:
        return take

    others = itemgetter(*present, present[0])  # two at least: then it gives several

    def key(row: Sequence[Any]) -> Hashable:
        return take(row), *map(_ABSENT.__contains__, others(row))

    return key


def _nothing(row: Sequence[Any]) -> Hashable:
    return None
