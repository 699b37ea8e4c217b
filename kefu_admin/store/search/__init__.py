"""Quick search: an index of pairs of characters over the types' `search` fields.

Chinese has no spaces between words, so every two neighbouring characters are one token; a text is
found by the phrase of its pairs, which is exact for any part of it. Names and short texts are found
by their pinyin too. The three databases index the same tokens with what they have: SQLite FTS5
(contentless), PostgreSQL tsvector with GIN, MariaDB FULLTEXT. Written in the transaction of the
record.

- `tokens`: normal form, pairs, what is indexed · `pinyin`: how characters are read · `asking`: what
  a word asks of the index · `marking`: where a text holds a word, and how closely (all pure)
- `index`: tables, upkeep, rebuild · `checking`: self-test, comparison with the records ·
  `match`: records that hold a text, as SQL
"""

from kefu_admin.store.search.checking import self_test, wrong
from kefu_admin.store.search.index import (
    TABLE,
    Indexed,
    bring_up,
    change,
    clear,
    indexed,
    lay,
    may_tidy,
    rebuild,
    renew,
    tidy,
)
from kefu_admin.store.search.marking import Closeness, Span, closeness, places
from kefu_admin.store.search.match import COMMON, Match, is_common, match
from kefu_admin.store.search.pinyin import read_aloud
from kefu_admin.store.search.tokens import (
    LONGEST,
    followed_fields,
    indexed_fields,
    normal,
    spoken,
)

__all__ = [
    "COMMON",
    "LONGEST",
    "TABLE",
    "Closeness",
    "Indexed",
    "Match",
    "Span",
    "bring_up",
    "change",
    "clear",
    "closeness",
    "followed_fields",
    "indexed",
    "indexed_fields",
    "is_common",
    "lay",
    "match",
    "may_tidy",
    "normal",
    "places",
    "read_aloud",
    "rebuild",
    "renew",
    "self_test",
    "spoken",
    "tidy",
    "wrong",
]
