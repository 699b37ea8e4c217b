"""What the files say of each other: checked when everything has been read once.

`names` (reserved words, renames), `fields` (one field's options against each other and its type),
`relations` (references, children, rollups, cycles), `records` (what a type says of its fields),
`sizes` (what a database could not hold), `access` (roles, views, examples). Each takes the
`Loading` and adds to its problems.
"""

from kefu_admin.definitions.crosscheck.access import check_access
from kefu_admin.definitions.crosscheck.cycles import check_cycles
from kefu_admin.definitions.crosscheck.fields import check_fields
from kefu_admin.definitions.crosscheck.names import check_names
from kefu_admin.definitions.crosscheck.records import check_records
from kefu_admin.definitions.crosscheck.relations import check_relations
from kefu_admin.definitions.crosscheck.sizes import check_sizes
from kefu_admin.definitions.loading import Loading


def crosscheck(loading: Loading) -> None:
    """Run every check; problems are added to `loading.problems`."""
    check_names(loading)
    check_fields(loading)
    check_relations(loading)
    check_cycles(loading)
    check_records(loading)
    check_sizes(loading)
    check_access(loading)


__all__ = ["crosscheck"]
