"""The audit book: append-only lines, each keyed to its content and to the line before it.

A line is written in the transaction of the operation it speaks of; when it cannot be written the
operation fails. There is no shared head: a line continues the chain of its own record (whose row
lock the writer holds), lines without a record continue the chain of their session or account; two
that meet at the same place are kept apart by the unique key, and one of them tries again. The
digest is an HMAC with a key that is not in the database, so that nobody who only has the database
can write, alter or re-link a line. `store.seal` links committed lines into blocks afterwards,
`store.verify` reads it all again.

Lines hold references and field names; values of personal fields come here already masked or as
`keyed_hash`, never in clear.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kefu_admin.actor import Actor
from kefu_admin.store import inserts
from kefu_admin.store.crypto import derive, keyed
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.faults import BusyBeforeCommit, Constraint, ConstraintBroken
from kefu_admin.store.heads import FIRST, Head, forget, remember
from kefu_admin.store.heads import heads as last_heads
from kefu_admin.store.shapes import ColumnKind
from kefu_admin.store.telling import Telling, json_text, quote

if TYPE_CHECKING:
    from kefu_admin.store.database import Store

CONTENT = (  # the columns a digest covers, in this order
    "chain", "seq", "previous", "at", "actor_id", "actor", "source", "address", "session",
    "action", "type", "record_id", "version", "changes", "reason", "operation", "definition",
)  # fmt: skip
_COLUMNS = (*CONTENT, "digest", "transaction_id")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What one operation did to one thing.

    `version` is the record's version after the change, None for what does not change it (unmask). A
    line with `record_id` belongs to the record's chain, any other to the actor's session (or to
    `chain`, when given). `before` and `after` map field ids to plain JSON values, masked or hashed
    where personal. `operation` names what was asked for (`records.change`), `reason` is what the
    person gave.
    """

    actor: Actor
    action: str
    at: datetime
    type: str = ""
    record_id: int | None = None
    version: int | None = None
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    reason: str = ""
    operation: str = ""
    chain: str = ""


def write(store: Store, line: Line) -> None:
    """Append one line in the open transaction."""
    append(store, (line,))


def append(store: Store, lines: Sequence[Line]) -> None:
    """Append lines in the open transaction, set-wise; within a chain they keep their order.

    Costs one insert per 200, and one look-up where the line before is not remembered.

    Raises:
        BusyBeforeCommit: somebody else's line took the place; the unit is to be run again.
    """
    _append(
        store,
        [
            _Row(
                chain_of(line), line.at, _said_by(line.actor), line.action, line.type,
                line.record_id, line.version, _changes(line.before, line.after), line.reason,
                line.operation,
            )
            for line in lines
        ],
    )  # fmt: skip


def append_told(
    store: Store, told: Sequence[Telling], *, actor: Actor, at: datetime, operation: str
) -> None:
    """Append a line per written record, in the actor's name; as `append`."""
    by = _said_by(actor)
    _append(
        store,
        [
            _Row(
                record_chain(one.type, one.record_id), at, by, one.action, one.type, one.record_id,
                one.version, one.changes, "", operation,
            )
            for one in told
        ],
    )  # fmt: skip


def _append(store: Store, lines: Sequence[_Row]) -> None:
    wanted: dict[str, int | None] = {}
    for line in lines:
        wanted.setdefault(line.chain, line.version)
    heads = last_heads(store, wanted)
    hmac = keyed(_key(store.secret))
    definition = store.project.fingerprint[:16]
    instants = {at: instant_text(at) for at in {line.at for line in lines}}
    written = {at: store.to_db(ColumnKind.INSTANT, at) for at in instants}
    # what many lines have in common is put together once
    said = lru_cache(maxsize=64)(_listed) if len(lines) > 1 else _listed
    rows: list[tuple[object, ...]] = []
    for chain, at, by, action, type_id, record_id, version, changes, reason, operation in lines:
        head = heads.get(chain, FIRST)
        seq, previous = head.seq + 1, head.digest
        what = (*by, action, type_id)
        why = (reason, operation, definition)
        content = (
            f'[{quote(chain)},{seq},"{previous}",{said((instants[at], *what))},'
            f"{'null' if record_id is None else record_id},"
            f"{'null' if version is None else version},{quote(changes)},{said(why)}]"
        )
        sealed = hmac.hex(content.encode())
        heads[chain] = Head(seq, sealed, version)
        rows.append(
            (chain, seq, previous, written[at], *what, record_id, version, changes, *why, sealed)
        )
    try:
        _insert(store, rows)
    except ConstraintBroken as error:
        if error.kind is Constraint.UNIQUE:
            forget(store, wanted)
            raise BusyBeforeCommit from error
        raise
    remember(store, heads)


def chain_of(line: Line) -> str:
    """The chain a line continues: its record's, or the session's or account's it came from."""
    if line.chain:
        return line.chain
    if line.record_id is not None:
        return record_chain(line.type, line.record_id)
    if line.actor.session:
        return f"session:{line.actor.session}"
    if line.actor.user_id is not None:
        return f"actor:{line.actor.user_id}"
    return line.actor.login


def record_chain(type_id: str, record_id: int | str) -> str:
    """The chain of everything done to a record; with "" what all chains of a type begin with."""
    return f"{type_id}#{record_id}"


def digest(key: bytes, content: Sequence[object]) -> str:
    """HMAC-SHA256 (hex) over the values of CONTENT; instants as text with microseconds."""
    return keyed(key).hex(_encode(content).encode())


def instant_text(at: datetime) -> str:
    """The form in which an instant enters a digest: UTC, microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f")


def keyed_hash(store: Store, text: str) -> str:
    """A short keyed hash of a personal value: equal values can be told, the value cannot."""
    return "#" + keyed(_key(store.secret)).hex(b"value:" + text.encode())[:16]


def key(store: Store) -> bytes:
    """The key of line digests; for `verify`, which recomputes them."""
    return _key(store.secret)


@lru_cache(maxsize=8)
def _key(secret: bytes) -> bytes:
    return derive(secret, "audit lines")


class _Row(NamedTuple):
    """A line as it is to be appended; `by` are the actor's columns, `changes` canonical JSON."""

    chain: str
    at: datetime
    by: tuple[object, ...]
    action: str
    type: str
    record_id: int | None
    version: int | None
    changes: str
    reason: str
    operation: str


def _listed(values: tuple[object, ...]) -> str:
    """The inside of a JSON list: joined with commas these make what `digest` covers."""
    return ",".join(map(json_text, values))


def _said_by(actor: Actor) -> tuple[object, ...]:
    return actor.user_id, actor.login, actor.source, actor.address, actor.session


def _changes(before: Mapping[str, object], after: Mapping[str, object]) -> str:
    """{"field": [before, after]} as canonical JSON."""
    names = sorted(before.keys() | after.keys())
    return _encode({name: (before.get(name), after.get(name)) for name in names})


def _insert(store: Store, rows: Sequence[tuple[object, ...]]) -> None:
    """On PostgreSQL a line keeps its transaction's number: the sealer goes by it, not by id."""
    own = "CAST(CAST(pg_current_xact_id() AS text) AS bigint)"
    last = own if store.dialect is Dialect.POSTGRESQL else "NULL"
    inserts.many(store, "kefu_audit", _COLUMNS, rows, last=last)
