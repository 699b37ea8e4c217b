"""Quick search: one text over the type's `search` fields, in rows and fields the asker sees.

Each word must be found. Where he sees a field only masked, a word no longer than the end the mask
shows finds by that end. Words of one character have no pair in the index and are looked for in the
values themselves.
"""

from __future__ import annotations

from kefu_admin.definitions.condition import NEVER, Compare, Condition, Literal, Op, Path
from kefu_admin.definitions.field_types import operators
from kefu_admin.definitions.logic import all_of, any_of
from kefu_admin.definitions.masks import visible_tail
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


def quick(sight: Sight, rules: Rules, text: str) -> Fragment | None:
    """The records that hold every word of the text; None when it has no word."""
    words = search.normal(text).split()[:MOST_WORDS]
    if not words:
        return None
    return joined((_word(sight, rules, word[:LONGEST]) for word in words), "AND")


def _word(sight: Sight, rules: Rules, word: str) -> Fragment:
    if len(word) < 2:
        return compiled(sight, rules.type.id, _letter(rules, word))
    found: list[Fragment] = []
    for opened, (fields, tails) in _groups(rules, word).items():
        matched = search.match(
            sight.store, rules.type.id, word, fields=fields, tails=tails, alias=ALIAS
        )
        if matched is not None:
            where = compiled(sight, rules.type.id, opened)
            found.append(joined((where, matched), "AND"))
    return joined(found, "OR") if found else NOTHING


def _groups(rules: Rules, word: str) -> dict[Condition, tuple[list[str], list[str]]]:
    """Fields to search whole, and fields to search by their shown end, by the rows they are open
    in."""
    groups: dict[Condition, tuple[list[str], list[str]]] = {}
    for one in search.indexed_fields(rules.type):
        seen = rules.where(one.id, SEE)
        if seen != NEVER:
            groups.setdefault(seen, ([], []))[0].append(one.id)
        masked = rules.where(one.id, MASKED)
        if masked != NEVER and len(word) <= visible_tail(one.mask):
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
        if Op.ENDS_WITH in known and visible_tail(one.mask):
            ends = Compare(path, Op.ENDS_WITH, Literal(letter))
            parts.append(all_of((rules.where(one.id, MASKED), ends)))
    return any_of(part for part in parts if part != NEVER)
