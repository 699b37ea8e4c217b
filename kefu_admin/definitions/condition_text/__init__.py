"""The written form of conditions: read it, check it against the types, write it again.

`parse` reads mappings, all/any/not, children and counts; `operands` reads what stands right of an
operator and checks that it suits the `left` side; `days` compares whole days with instants;
`symbols` knows `$me` and its kind; `write` is the inverse of `parse`; `reads` answers questions
about a finished condition: which fields it reads, whether it has an SQL form, whether it depends on
now. What can be wrong is in `definitions.troubles`.
"""

from kefu_admin.definitions.condition_text.operands import MAX_LIST
from kefu_admin.definitions.condition_text.parse import (
    MAX_DEPTH,
    MAX_NODES,
    MAX_REFERENCES,
    RESERVED,
    parse_condition,
    parse_filter,
)
from kefu_admin.definitions.condition_text.reads import depends_on_now, has_sql, reads
from kefu_admin.definitions.condition_text.write import write_condition

__all__ = [
    "MAX_DEPTH",
    "MAX_LIST",
    "MAX_NODES",
    "MAX_REFERENCES",
    "RESERVED",
    "depends_on_now",
    "has_sql",
    "parse_condition",
    "parse_filter",
    "reads",
    "write_condition",
]
