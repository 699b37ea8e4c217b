"""Quick search: one text over the type's `search` fields, in rows and fields the asker sees.

Each word must be found. Where he sees a field only masked, a word no longer than the end the mask
shows finds by that end. Words of one character have no pair in the index and are looked for in the
values themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from kefu_admin.definitions.condition import NEVER, Compare, Condition, Literal, Op, Path
from kefu_admin.definitions.field_types import operators
from kefu_admin.definitions.logic import all_of, any_of
from kefu_admin.definitions.masks import searchable_tail
from kefu_admin.definitions.role import Right
from kefu_admin.store import search
from kefu_admin.store.read.select import compiled
from kefu_admin.store.read.shape import ALIAS
from kefu_admin.store.read.sight import Sight
from kefu_admin.store.rules import Rules
from kefu_admin.store.where import Fragment, joined

SEE = frozenset({Right.SEE})
MASKED = frozenset({Right.SEE_MASKED})
MOST_WORDS = 8
LONGEST = 100
NOTHING = Fragment("(1 = 0)")


@dataclass(frozen=True, slots=True)
class Quick:
    """The condition, and whether no word narrows the rows enough to list them."""

    where: Fragment
    is_common: bool


def quick(sight: Sight, rules: Rules, text: str, *, in_order: bool = False) -> Quick | None:
    """The records that hold every word of the text; None when it has no word. `in_order`: see
    `search.match`."""
    words = search.normal(text).split()[:MOST_WORDS]
    if not words:
        return None
    found = [_word(sight, rules, word[:LONGEST], in_order) for word in words]
    return Quick(joined((one.where for one in found), "AND"), all(one.is_common for one in found))


def _word(sight: Sight, rules: Rules, word: str, in_order: bool) -> Quick:
    if len(word) < 2:
        return Quick(compiled(sight, rules.type.id, _letter(rules, word)), True)
    found: list[Fragment] = []
    is_common = False
    for opened, (fields, tails) in _groups(rules, word).items():
        matched = search.match(
            sight.store,
            rules.type.id,
            word,
            fields=fields,
            tails=tails,
            alias=ALIAS,
            in_order=in_order,
        )
        if matched is not None:
            where = compiled(sight, rules.type.id, opened)
            found.append(joined((where, matched.where), "AND"))
            is_common = is_common or matched.is_common
    return Quick(joined(found, "OR") if found else NOTHING, is_common)


def _groups(rules: Rules, word: str) -> dict[Condition, tuple[list[str], list[str]]]:
    """Fields to search whole, and fields to search by their shown end, by the rows they are open
    in."""
    groups: dict[Condition, tuple[list[str], list[str]]] = {}
    for one in search.indexed_fields(rules.type):
        seen = rules.where(one.id, SEE)
        if seen != NEVER:
            groups.setdefault(seen, ([], []))[0].append(one.id)
        masked = rules.where(one.id, MASKED)
        if masked != NEVER and len(word) <= searchable_tail(one):
            groups.setdefault(masked, ([], []))[1].append(one.id)
    return groups


def _letter(rules: Rules, letter: str) -> Condition:
    """A single character, asked of the values in both its cases."""
    parts: list[Condition] = []
    for one in search.indexed_fields(rules.type):
        path, known = Path((one.id,)), operators(one)
        if Op.CONTAINS in known:
            cases = dict.fromkeys((letter, letter.upper()))
            holds = any_of(Compare(path, Op.CONTAINS, Literal(case)) for case in cases)
            parts.append(all_of((rules.where(one.id, SEE), holds)))
        if Op.ENDS_WITH in known and searchable_tail(one):
            ends = Compare(path, Op.ENDS_WITH, Literal(letter))
            parts.append(all_of((rules.where(one.id, MASKED), ends)))
    return any_of(part for part in parts if part != NEVER)
