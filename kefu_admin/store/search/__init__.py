"""Quick search: an index of pairs of characters over the types' `search` fields.

Chinese has no spaces between words, so every two neighbouring characters are one token; a text is
found by the phrase of its pairs, which is exact for any part of two characters and more. The three
databases index the same tokens with what they have: SQLite FTS5 (contentless), PostgreSQL tsvector
with GIN, MariaDB FULLTEXT. Written in the transaction of the record.

- `tokens`: normal form, pairs, what is indexed (pure) · `index`: tables, upkeep, rebuild, self-test
- `match`: records that hold a text, as SQL
"""

from kefu_admin.store.search.index import (
    TABLE,
    Indexed,
    bring_up,
    change,
    clear,
    indexed,
    lay,
    rebuild,
    self_test,
)
from kefu_admin.store.search.match import match
from kefu_admin.store.search.tokens import LONGEST, indexed_fields, normal

__all__ = [
    "LONGEST",
    "TABLE",
    "Indexed",
    "bring_up",
    "change",
    "clear",
    "indexed",
    "indexed_fields",
    "lay",
    "match",
    "normal",
    "rebuild",
    "self_test",
]
