"""Bringing back many deleted records at once, each with its own verdict: a batch of deletions is
taken back. What brings one record back (`restoring`) does it here, too."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kefu_admin.definitions.role import Action
from kefu_admin.problems import FieldError
from kefu_admin.store.change import foreseeing, guarding, guesses, references, restoring
from kefu_admin.store.change.bulk import Wanted, halving, write
from kefu_admin.store.change.recorded import Recorded
from kefu_admin.store.change.values import Draft, walk
from kefu_admin.store.verdicts import Told, Verdict

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


_PURGED = (FieldError("", "bulk_purged"),)


def judge_back(change: Change, type_id: str, wanted: Sequence[Wanted]) -> list[Told]:
    """What would become of each record; nothing is written or locked."""
    drafts, told = _drafts(change, type_id, wanted, lock=False)
    repeats = foreseeing.repeats(change, drafts)
    return [
        *told,
        *(
            Told(id=draft.id, verdict=Verdict.REFUSED, errors=repeats[draft.id])
            if draft.id in repeats
            else Told(id=draft.id, verdict=Verdict.READY, before={})
            for draft in drafts
        ),
    ]


def bring_back(change: Change, type_id: str, wanted: Sequence[Wanted]) -> list[Told]:
    """Bring back every record that can be, in the open change; the others are told why not."""
    drafts, told = _drafts(change, type_id, wanted, lock=True)
    done: list[Told] = []

    def bring(some: Sequence[Draft]) -> None:
        write(change, list(some))
        done.extend(Told(id=d.id, verdict=Verdict.DONE, version_after=d.version) for d in some)

    guesses.spend(change, walk(drafts))
    told += halving(change, drafts, bring)
    return [*done, *told]


def _drafts(
    change: Change, type_id: str, wanted: Sequence[Wanted], *, lock: bool
) -> tuple[list[Draft], list[Told]]:
    """Judged drafts of what can be brought back, and the verdicts of all others."""
    ids = [one.id for one in wanted]
    binned = change.past.load(type_id, ids, lock=lock)
    stored = change.reader.load(type_id, [id for id in ids if id not in binned])
    told: list[Told] = []
    back: list[Recorded] = []
    for one in wanted:
        if one.id in binned:
            verdict = _look(change, type_id, binned[one.id], one)
            if verdict is None:
                back.append(binned[one.id])
            else:
                told.append(Told(id=one.id, verdict=verdict))
        elif one.id in stored:
            is_seen = change.access.visible(type_id, stored[one.id].values)
            verdict = Verdict.CHANGED if is_seen else Verdict.GONE
            told.append(Told(id=one.id, verdict=verdict))
        else:
            told.append(Told(id=one.id, verdict=Verdict.REFUSED, errors=_PURGED))
    drafts = restoring.drafts(change, change.type(type_id), back, {})
    for draft in drafts:
        draft.errors = [_unplaced(draft, error) for error in draft.errors]
        draft.prefix = ""
    references.check(change, list(walk(drafts)))
    guarding.ask(change, walk(drafts))
    good: list[Draft] = []
    for draft in drafts:
        errors = tuple(error for one in walk([draft]) for error in one.errors)
        if errors:
            told.append(Told(id=draft.id, verdict=Verdict.REFUSED, errors=errors))
        elif any(one.forbidden for one in walk([draft])):
            told.append(Told(id=draft.id, verdict=Verdict.DENIED))
        else:
            good.append(draft)
    return good, told


def _look(change: Change, type_id: str, one: Recorded, wanted: Wanted) -> Verdict | None:
    """The verdict on a record in the bin where it is clear from rights and version."""
    held = change.past_access.held(type_id, Action.RESTORE, one.values)
    if Action.READ not in held.actions:
        return Verdict.GONE
    if one.entry.version != wanted.version:
        return Verdict.CHANGED
    bulk = change.past_access.held(type_id, Action.BULK, one.values)
    if Action.RESTORE not in held.actions or Action.BULK not in bulk.actions:
        return Verdict.DENIED
    return None


def _unplaced(draft: Draft, error: FieldError) -> FieldError:
    """A fault without its place among the records."""
    place = draft.path("")
    return replace(error, field=error.field.removeprefix(place).removeprefix("."))
