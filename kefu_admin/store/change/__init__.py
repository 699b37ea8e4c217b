"""The one write path: nothing else writes business rows.

perform     a whole unit: once per idempotency key, again where that is safe
unit        `Change`: opened with a warrant, create / update / remove, one or many
prepare     what was sent -> drafts: rights, the type's rules, owned rows; collects all faults
references  what a record points at must be there for the one who points
removal     owned rows go along, referrers forbid it
writing     drafts -> rows, set-wise; numbers, links, files
book        history, audit lines, events, search rows, kept values of other records
trouble     a broken constraint as a refusal
access, rows, statements, values   what these stand on
"""

from kefu_admin.store.change.perform import Answer, perform
from kefu_admin.store.change.unit import Change

__all__ = ["Answer", "Change", "perform"]
