"""Lines of a file as new records: each with a verdict of its own, as in every bulk change.

What only the database can refuse is found by halving; drafts that were undone are made anew, for
the first attempt has given them ids.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.role import Action
from kefu_admin.problems import Refusal
from kefu_admin.store.change import foreseeing, guarding, guesses, prepare, references
from kefu_admin.store.change.bulk import undone_when_refused, why, write
from kefu_admin.store.change.values import Draft, walk
from kefu_admin.store.verdicts import Told, Verdict

if TYPE_CHECKING:
    from kefu_admin.store.change.unit import Change


class NewLine(NamedTuple):
    """One line and the canonical values of the record it is to make."""

    line: int
    values: Mapping[str, object]


def judge_new(change: Change, type_id: str, lines: Sequence[NewLine]) -> list[Told]:
    """What would become of each line: READY, or why not; nothing is written."""
    drafts, told = _drafts(change, type_id, lines)
    reasons = foreseeing.repeats(change, list(drafts.values()))
    for line, draft in drafts.items():
        errors = reasons.get(draft.id, ())
        verdict = Verdict.REFUSED if errors else Verdict.READY
        told.append(Told(id=line, verdict=verdict, errors=errors))
        change.reader.forget(type_id, draft.id)
    return told


def bring_new(
    change: Change, type_id: str, lines: Sequence[NewLine]
) -> tuple[list[Told], dict[int, int]]:
    """Make a record of each line one can be made of, in the open change: the verdicts by line, and
    the ids of the records made."""
    drafts, told = _drafts(change, type_id, lines)
    guesses.spend(change, drafts.values())  # outside of what may be undone: a guess stays counted
    good = [one for one in lines if one.line in drafts]
    made: dict[int, int] = {}
    _write(change, type_id, good, drafts, told, made)
    return told, made


def _write(
    change: Change,
    type_id: str,
    lines: Sequence[NewLine],
    drafts: Mapping[int, Draft],
    told: list[Told],
    made: dict[int, int],
) -> None:
    if not lines:
        return
    written = [drafts[one.line] for one in lines]
    try:
        with undone_when_refused(change, written):
            write(change, written)
    except Refusal as refusal:
        if len(lines) == 1:
            told.append(Told(id=lines[0].line, verdict=Verdict.REFUSED, errors=why(refusal)))
            return
        middle = len(lines) // 2
        for half in (lines[:middle], lines[middle:]):
            again, refused = _drafts(change, type_id, half)
            told += refused
            left = [one for one in half if one.line in again]
            _write(change, type_id, left, again, told, made)
        return
    for one in lines:
        made[one.line] = drafts[one.line].id
        told.append(Told(id=one.line, verdict=Verdict.DONE, version_after=1))


def _drafts(
    change: Change, type_id: str, lines: Sequence[NewLine]
) -> tuple[dict[int, Draft], list[Told]]:
    """Judged drafts of the lines a record can be made of, and the verdicts of all others."""
    content_type = change.type(type_id)
    if not change.access.allows(type_id, Action.CREATE):
        return {}, [Told(id=one.line, verdict=Verdict.DENIED) for one in lines]
    drafts = prepare.creates(change, content_type, [("", one.values) for one in lines])
    references.check(change, list(walk(drafts)))
    guarding.ask(change, walk(drafts))
    good: dict[int, Draft] = {}
    told: list[Told] = []
    all_take_part = _all_take_part(change, type_id)
    for one, draft in zip(lines, drafts, strict=True):
        if draft.errors:
            told.append(Told(id=one.line, verdict=Verdict.REFUSED, errors=tuple(draft.errors)))
        elif draft.forbidden or not (all_take_part or _takes_part(change, content_type, draft)):
            told.append(Told(id=one.line, verdict=Verdict.DENIED))
        else:
            good[one.line] = draft
            continue
        change.reader.forget(type_id, draft.id)
    return good, told


def _all_take_part(change: Change, type_id: str) -> bool:
    """Whether whatever this person may create may come from a file."""
    of_type = change.warrant.grants.types[type_id]
    creating = (grant for grant in of_type.grants if Action.CREATE in grant.actions)
    return all(Action.IMPORT in grant.actions for grant in creating) and not any(
        Action.IMPORT in denial.actions for denial in of_type.denials
    )


def _takes_part(change: Change, content_type: ContentType, draft: Draft) -> bool:
    """Whether such a record may come from a file by this person."""
    held = change.access.held(content_type.id, Action.IMPORT, draft.after)
    return Action.IMPORT in held.actions
