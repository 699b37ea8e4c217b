"""Quick search: one text over the type's `search` fields, in rows and fields the asker sees.

Where he sees a field only masked, a text no longer than the end the mask shows finds by that end.
"""

from __future__ import annotations

from kefu_admin.definitions.condition import (
    NEVER,
    Compare,
    Condition,
    Literal,
    Op,
    Path,
)
from kefu_admin.definitions.field_types import operators
from kefu_admin.definitions.logic import all_of, any_of
from kefu_admin.operations.reading.filters import MASKED, SEE, shows_tail
from kefu_admin.store.rules import Rules

LONGEST = 100


def quick_search(asked: Condition, text: str, rules: Rules) -> Condition:
    """`asked`, and some search field that holds the text; each word must be found."""
    words = text.split()[:8]
    return all_of((asked, *(_word(word[:LONGEST], rules) for word in words)))


def _word(word: str, rules: Rules) -> Condition:
    found: list[Condition] = []
    for name in rules.type.search:
        one = rules.type.fields[name]
        known = operators(one)
        path = Path((name,))
        if Op.CONTAINS in known:
            holds = Compare(path, Op.CONTAINS, Literal(word))
            found.append(all_of((rules.where(name, SEE), holds)))
        if Op.ENDS_WITH in known and shows_tail(one, word):
            ends = Compare(path, Op.ENDS_WITH, Literal(word))
            found.append(all_of((rules.where(name, MASKED), ends)))
    return any_of(part for part in found if part != NEVER)
