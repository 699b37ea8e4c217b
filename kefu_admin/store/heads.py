"""The last line of each chain of the audit book, which the next one follows.

They are looked up, or remembered: a process remembers the heads it has committed itself (an audit
line never changes, so what was committed stays true) and uses one only when it was the record's
previous version; that spares most changes a statement. Should another process have gone on
meanwhile, the unique key refuses the line, the head is forgotten and the operation is tried again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

GENESIS = "0" * 64  # what the first line of a chain follows
MOST = 20_000  # remembered per store, some 250 bytes each; then all are forgotten
_SIZES = (5, 20, 100, 500)  # chains per look-up: few texts to prepare


class Head(NamedTuple):
    """Where a chain stands. `version` is the record's, None where the line changed no record."""

    seq: int
    digest: str
    version: int | None = None


FIRST = Head(0, GENESIS)
_remembered: WeakKeyDictionary[Store, dict[str, Head | None]] = WeakKeyDictionary()


def heads(store: Store, wanted: Mapping[str, int | None]) -> dict[str, Head]:
    """The head of each chain that has one.

    Args:
        wanted: chain to the record version of its next line (None: no version). The first version
            begins a chain and is not looked up, unless a try at it was refused.
    """
    known = _remembered.get(store, {})
    found: dict[str, Head] = {}
    asked: list[str] = []
    for chain, version in wanted.items():
        head = known.get(chain)
        if version == 1 and chain not in known:
            continue
        if version is not None and head is not None and head.version == version - 1:
            found[chain] = head
        else:
            asked.append(chain)
    return found | _look_up(store, sorted(asked))


def remember(store: Store, written: Mapping[str, Head]) -> None:
    """These became the heads, if the open transaction is committed."""

    def keep() -> None:
        known = _remembered.setdefault(store, {})
        if len(known) + len(written) > MOST:
            known.clear()
        known.update(written)

    store.after_commit(keep)


def forget(store: Store, chains: Iterable[str]) -> None:
    """A line was refused its place: look these chains up, whatever version comes next."""
    _remembered.setdefault(store, {}).update(dict.fromkeys(chains))


def _look_up(store: Store, chains: list[str]) -> dict[str, Head]:
    if len(chains) == 1:
        row = store.row(
            'SELECT "seq", "digest" FROM "kefu_audit" WHERE "chain" = ?'
            ' ORDER BY "seq" DESC LIMIT 1',
            chains,
        )
        return {chains[0]: Head(int(row[0]), str(row[1]))} if row else {}
    found: dict[str, Head] = {}
    for start in range(0, len(chains), _SIZES[-1]):
        part = chains[start : start + _SIZES[-1]]
        size = next(size for size in _SIZES if size >= len(part))
        padded = part + [part[-1]] * (size - len(part))
        rows = store.rows(
            'SELECT a."chain", a."seq", a."digest" FROM "kefu_audit" AS a JOIN'
            ' (SELECT "chain", MAX("seq") AS "seq" FROM "kefu_audit"'
            f' WHERE "chain" IN ({", ".join("?" * size)}) GROUP BY "chain") AS m'
            ' ON a."chain" = m."chain" AND a."seq" = m."seq"',
            padded,
        )
        found.update((str(chain), Head(int(seq), str(last))) for chain, seq, last in rows)
    return found
