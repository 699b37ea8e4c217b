"""The one write path: nothing else writes business rows.

- `perform`: a whole unit, once per idempotency key, again where that is safe
- `unit`: `Change`, opened with a warrant: create, update, remove, one or many
- `prepare`: what was sent becomes drafts, owned rows included · `judging`: a draft under the type's
  rules and the actor's rights · `references`: what it points at must be there for him
- `owners`: owned rows written on their own raise their owner's version · `removal`: what is owned
  goes along, what refers forbids it
- `reverting`: an older version is restored · `recorded`: deleted records as they were ·
  `restoring`: they come back · `erasing`: or are purged
- `writing`: drafts become rows, set-wise; numbers, links, files · `ties`: references among rows
  that go or come together
- `merging`: two records become one · `exchanging`: references of others follow · `unmerging`: and
  back
- `book`: history, audit lines, events, search rows · `following`: kept and computed values of
  other records
- `trouble`: a broken constraint as a refusal
- `bulk`: many records, each with a verdict of its own
- `access`, `rows`, `statements`, `values`: what these stand on
"""

from kefu_admin.store.change.erasing import purge
from kefu_admin.store.change.perform import Answer, perform
from kefu_admin.store.change.restoring import restore
from kefu_admin.store.change.reverting import revert
from kefu_admin.store.change.unit import Change

__all__ = ["Answer", "Change", "perform", "purge", "restore", "revert"]
