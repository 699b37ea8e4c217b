"""Many records at once, each with its own verdict: what cannot be done to one stops no other.

Rules and rights are those of every change; only the telling differs. A batch is told by one audit
line of its own, written before its first record changes (`Book.told_by`), and by a history entry
per record.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from kefu_admin.definitions.condition import ALWAYS, Condition
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.role import Action
from kefu_admin.problems import FieldError, Invalid, NumbersExhausted, Refusal, StillReferenced
from kefu_admin.store.change import (
    alike,
    following,
    foreseeing,
    guarding,
    guesses,
    references,
    removal,
    writing,
)
from kefu_admin.store.change.access import Held
from kefu_admin.store.change.trouble import refused
from kefu_admin.store.change.values import Draft, Kind, Record, rising, walk
from kefu_admin.store.faults import ConstraintBroken
from kefu_admin.store.verdicts import Told, Verdict

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change

_REFERRED = (FieldError("", "bulk_referred"),)


class Wanted(NamedTuple):
    """One record as it was frozen, and what is to be written into it; None: it is to go."""

    id: int
    version: int
    values: Mapping[str, object] | None


@dataclass(frozen=True, slots=True)
class Rule:
    """What a record must meet besides rules and rights, and what is said of one that does not.
    `takes_part`: the right by which records take part in what is done."""

    condition: Condition = ALWAYS
    otherwise: FieldError | None = None
    takes_part: Action = Action.BULK


def judge(change: Change, type_id: str, wanted: Sequence[Wanted], rule: Rule) -> list[Told]:
    """What would become of each record: READY, or why not; nothing is written or locked.

    What only the database can tell (referrers, values that repeat) is asked for all of them
    together; it may be otherwise when it is done.
    """
    drafts, told = _drafts(change, type_id, wanted, rule, lock=False)
    for draft in drafts:
        change.reader.forget(type_id, draft.id)
    going = [draft for draft in drafts if draft.kind is Kind.REMOVE]
    reasons = foreseeing.repeats(change, [d for d in drafts if d.kind is Kind.UPDATE])
    reasons |= dict.fromkeys(foreseeing.referred(change, going), _REFERRED)
    return [
        *(
            Told(id=d.id, verdict=Verdict.REFUSED, errors=reasons[d.id])
            if d.id in reasons
            else Told(id=d.id, verdict=Verdict.READY, before=d.before)
            for d in drafts
        ),
        *told,
    ]


def carry_out(change: Change, type_id: str, wanted: Sequence[Wanted], rule: Rule) -> list[Told]:
    """Do it to every record it can be done to, in the open change; the others are told why not."""
    drafts, told = _drafts(change, type_id, wanted, rule, lock=True)
    done: list[Told] = []

    def edit(some: Sequence[Draft]) -> None:
        write(change, list(some))
        done.extend(Told(id=d.id, verdict=Verdict.DONE, version_after=d.version + 1) for d in some)

    guesses.spend(change, drafts)  # outside of what may be undone: a guess stays counted
    told += halving(change, drafts, edit)
    return [*done, *told]


def _drafts(
    change: Change, type_id: str, wanted: Sequence[Wanted], rule: Rule, *, lock: bool
) -> tuple[list[Draft], list[Told]]:
    """Judged drafts of what can be done, and the verdicts of all others."""
    content_type = change.type(type_id)
    records = change.reader.load(type_id, [one.id for one in wanted], lock=lock)
    look = _Look(change, content_type, rule)
    told: list[Told] = []
    edits: list[Draft] = []
    removed: list[Record] = []
    for one in wanted:
        record = records.get(one.id)
        seen = Verdict.GONE if record is None else look.at(record, one)
        if record is None or isinstance(seen, Verdict):
            assert isinstance(seen, Verdict)
            errors = (rule.otherwise,) if seen is Verdict.REFUSED and rule.otherwise else ()
            told.append(Told(id=one.id, verdict=seen, errors=errors))
        elif one.values is None:
            removed.append(record)
        else:
            edits.append(_edit(content_type, record, one.values, seen))
    going = removal.drafts(change, content_type, removed)
    guarding.ask(change, walk(going))
    good, refused = _parted(change, [*_judged(change, edits), *going])
    return good, [*told, *refused]


@dataclass(slots=True)
class _Seen:
    """The rights in records that are alike, and what follows from them for the action."""

    held: Held
    found: Verdict | Held | None = None


class _Look:
    """What is clear of a record without looking at the values to be written: his rights in it, its
    version, the action's own condition. Records alike in their columns are asked once."""

    def __init__(self, change: Change, content_type: ContentType, rule: Rule) -> None:
        self._change = change
        self._type = content_type
        self._rule = rule
        self._known: alike.Remembered[_Seen] = alike.Remembered(
            alike.rights_key(change, content_type, (rule.condition,))
        )

    def at(self, record: Record, one: Wanted) -> Verdict | Held:
        """The rights in a record, or its verdict."""
        action = Action.DELETE if one.values is None else Action.UPDATE
        key, seen = self._known.known(record.values, action)
        if seen is None:
            seen = _Seen(self._change.access.held(self._type.id, action, record.values))
            self._known.keep(key, seen)
        if Action.READ not in seen.held.actions:
            return Verdict.GONE
        if record.version != one.version:
            return Verdict.CHANGED
        if seen.found is None:
            seen.found = self._may(record, action, seen.held)
        return seen.found

    def _may(self, record: Record, action: Action, held: Held) -> Verdict | Held:
        change, rule = self._change, self._rule
        if action not in held.actions or not self._takes_part(action, record):
            return Verdict.DENIED
        if rule.condition != ALWAYS and not change.warrant.decide(
            rule.condition,
            record.values,
            type_id=self._type.id,
            binding=change.warrant.binding,
            lookup=change.reader.lookup,
        ):
            return Verdict.REFUSED
        return held

    def _takes_part(self, action: Action, record: Record) -> bool:
        """Whether such changes are open to him in this row; asked only where that may differ from
        the action itself."""
        change, part = self._change, self._rule.takes_part
        of_type = change.warrant.grants.types[self._type.id]
        if all(
            part in grant.actions for grant in of_type.grants if action in grant.actions
        ) and not any(part in denial.actions for denial in of_type.denials):
            return True
        return part in change.access.held(self._type.id, part, record.values).actions


def _edit(
    content_type: ContentType, record: Record, values: Mapping[str, object], held: Held
) -> Draft:
    return Draft(
        type=content_type,
        kind=Kind.UPDATE,
        id=record.id,
        version=record.version,
        before=record.values,
        after=record.values.over(values),
        sent=values,
        held=held,
    )


def _judged(change: Change, drafts: list[Draft]) -> list[Draft]:
    """The drafts with their faults."""
    if drafts:
        sent = frozenset(name for draft in drafts for name in draft.sent)
        judge = alike.Judge(change, drafts[0].type, sent)
        for draft in drafts:
            judge.judge(draft)
    references.check(change, drafts)
    guarding.ask(change, drafts)
    return drafts


def _parted(change: Change, drafts: Sequence[Draft]) -> tuple[list[Draft], list[Told]]:
    """The drafts that may be written, and the verdicts of those that may not."""
    good: list[Draft] = []
    told: list[Told] = []
    for draft in drafts:
        errors = tuple(error for one in walk([draft]) for error in one.errors)
        if errors:
            told.append(Told(id=draft.id, verdict=Verdict.REFUSED, errors=errors))
        elif draft.forbidden:
            told.append(Told(id=draft.id, verdict=Verdict.DENIED))
        elif not draft.writes:
            told.append(Told(id=draft.id, verdict=Verdict.SAME))
        else:
            good.append(draft)
            continue
        change.reader.forget(draft.type.id, draft.id)
    return good, told


def halving(
    change: Change, drafts: Sequence[Draft], write: Callable[[Sequence[Draft]], None]
) -> list[Told]:
    """Write the drafts together; what the database or a referrer refuses is found by halving, each
    half undone by itself when it fails."""
    if not drafts:
        return []
    try:
        with undone_when_refused(change, drafts):
            write(drafts)
    except Refusal as refusal:
        if len(drafts) == 1:
            return [Told(id=drafts[0].id, verdict=Verdict.REFUSED, errors=why(refusal))]
        middle = len(drafts) // 2
        return [
            *halving(change, drafts[:middle], write),
            *halving(change, drafts[middle:], write),
        ]
    return []


@contextmanager
def undone_when_refused(change: Change, drafts: Sequence[Draft]) -> Iterator[None]:
    """What the block wrote is undone when it is refused; the transaction goes on."""
    waiting = change.book.waiting
    change.store.execute("SAVEPOINT kefu_bulk")
    try:
        yield
    except Refusal:
        change.store.execute("ROLLBACK TO SAVEPOINT kefu_bulk")
        change.book.unsay(waiting)
        for draft in walk(list(drafts)):
            change.reader.forget(draft.type.id, draft.id)
        raise
    change.store.execute("RELEASE SAVEPOINT kefu_bulk")


def write(change: Change, drafts: list[Draft]) -> None:
    """Write and tell judged drafts.

    Raises:
        Invalid, StillReferenced: the database or a referrer refuses one of them.
    """
    if any(draft.kind is Kind.REMOVE for draft in drafts):
        removal.refuse_referred(change, drafts)
    following.lock_carriers(change.store, list(walk(drafts)))
    try:
        writing.write(change, drafts)
    except ConstraintBroken as broken:
        raise refused(change, broken, drafts) from broken
    for draft in rising(drafts):
        if draft.writes:
            change.book.tell(draft)


def why(refusal: Refusal) -> tuple[FieldError, ...]:
    """The reasons of a record that was refused when it was written."""
    if isinstance(refusal, Invalid):
        return refusal.errors
    if isinstance(refusal, StillReferenced):
        return _REFERRED
    if isinstance(refusal, NumbersExhausted):
        return (FieldError("", refusal.code, refusal.facts),)
    return (FieldError("", "bulk_refused"),)
