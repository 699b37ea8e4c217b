"""Quick search: one text over the type's `search` fields, in rows and fields the asker sees.

Each word must be found. Where he sees a field only masked, a word no longer than the end the mask
shows finds by that end. A reference is followed to visible records that hold the word. A single
character that very many records hold is looked for in the values themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from kefu_admin.definitions.condition import ALWAYS, NEVER, Compare, Condition, Literal, Op, Path
from kefu_admin.definitions.field_types import operators
from kefu_admin.definitions.fields import Field
from kefu_admin.definitions.logic import all_of, any_of
from kefu_admin.definitions.masks import searchable_tail
from kefu_admin.definitions.role import Right
from kefu_admin.store import search
from kefu_admin.store.dialect import Dialect, quoted
from kefu_admin.store.query import Nearness
from kefu_admin.store.read.select import asked, compiled, from_where
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
    """The condition, and whether no word narrows the rows enough to list them.

    `hits`: about how many records of the index it leaves, where that was counted; `is_listed`: a
    word of it is nothing but a list of ids.
    """

    where: Fragment
    is_common: bool
    hits: int | None = None
    is_listed: bool = False


def quick(
    sight: Sight,
    rules: Rules,
    text: str,
    *,
    in_order: bool = False,
    nearness: Nearness = Nearness.HOLDS,
) -> Quick | None:
    """The records that hold every word of the text; None when it has no word. `in_order`: see
    `search.match`."""
    words = words_of(text)
    if not words:
        return None
    found = [_word(sight, rules, word, in_order, nearness) for word in words]
    counted = [one.hits for one in found if one.hits is not None]
    return Quick(
        joined((one.where for one in found), "AND"),
        all(one.is_common for one in found),
        min(counted, default=None),
        any(one.is_listed for one in found),
    )


def words_of(text: str) -> list[str]:
    """The words that are looked for, in normal form."""
    return [word[:LONGEST] for word in search.normal(text).split()[:MOST_WORDS]]


def _word(sight: Sight, rules: Rules, word: str, in_order: bool, nearness: Nearness) -> Quick:
    holds = nearness is Nearness.HOLDS
    found = _own(sight, rules, word, in_order, nearness)
    if holds:
        followed = [
            beyond.where
            for one in search.followed_fields(rules.type)
            if (beyond := _followed(sight, rules, one, word)) is not None
        ]
        if followed:
            return Quick(joined((found.where, *followed), "OR"), found.is_common)
    return found


def _own(sight: Sight, rules: Rules, word: str, in_order: bool, nearness: Nearness) -> Quick:
    """Records that hold the word in a field of their own."""
    groups = _groups(rules, word if nearness is Nearness.HOLDS else "")
    in_values = in_order or sight.store.dialect is not Dialect.SQLITE
    if in_values and len(word) == 1 and _is_everywhere(sight, rules, word, groups):
        return Quick(compiled(sight, rules.type.id, _letter(rules, word)), is_common=True)
    found: list[Fragment] = []
    matches: list[search.Match] = []
    for opened, (fields, tails) in groups.items():
        matched = search.match(
            sight.store,
            rules.type.id,
            word,
            fields=fields,
            tails=tails,
            alias=ALIAS,
            in_order=in_order,
            nearness=nearness,
        )
        if matched is not None:
            where = compiled(sight, rules.type.id, opened)
            found.append(joined((where, matched.where), "AND"))
            matches.append(matched)
    return Quick(
        joined(found, "OR") if found else NOTHING,
        any(one.is_common for one in matches),
        matches[0].hits if len(matches) == 1 else None,
        len(matches) == 1 and not matches[0].is_common,
    )


def _followed(sight: Sight, rules: Rules, one: Field, word: str) -> Quick | None:
    """Records whose reference leads to a visible record that holds the word; None where the asker
    sees neither."""
    target, seen = sight.rules(one.to), rules.where(one.id, SEE)
    if target is None or seen == NEVER:
        return None
    own = _own(sight, target, word, in_order=False, nearness=Nearness.HOLDS)
    visible = asked(sight, target, ALWAYS)[1]
    listed = (
        f'"{ALIAS}".{quoted(one.id)} IN'
        f' (SELECT "{ALIAS}"."id" {from_where(target, visible, f"({own.where.text})")})'
    )
    reached = Fragment(f"({listed})", (*visible.params, *own.where.params))
    return Quick(joined((compiled(sight, rules.type.id, seen), reached), "AND"), is_common=False)


_Groups = dict[Condition, tuple[list[str], list[str]]]


def _groups(rules: Rules, word: str) -> _Groups:
    """Fields to search whole, and fields to search by their shown end (none for the word ""), by
    the rows they are open in."""
    groups: _Groups = {}
    for one in search.indexed_fields(rules.type):
        seen = rules.where(one.id, SEE)
        if seen != NEVER:
            groups.setdefault(seen, ([], []))[0].append(one.id)
        masked = rules.where(one.id, MASKED)
        if masked != NEVER and 0 < len(word) <= searchable_tail(one):
            groups.setdefault(masked, ([], []))[1].append(one.id)
    return groups


def _is_everywhere(sight: Sight, rules: Rules, letter: str, groups: _Groups) -> bool:
    """Whether very many records hold the character in a field the asker sees."""
    return any(
        search.is_common(sight.store, rules.type.id, letter, fields=fields, tails=tails)
        for fields, tails in groups.values()
    )


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
