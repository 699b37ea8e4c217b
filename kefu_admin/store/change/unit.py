"""`Change`: one unit of writing, from its first look at the database to its commit.

A change is opened with a warrant and cannot be made without one. What it wrote is told (history,
audit, search, events), and kept values of other records are brought up to date, in the same
transaction; any refusal or fault undoes everything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.role import Action
from kefu_admin.problems import (
    Conflict,
    FieldError,
    Forbidden,
    Invalid,
    NotFound,
)
from kefu_admin.store import idempotency
from kefu_admin.store.change import (
    following,
    guarding,
    guesses,
    judging,
    owners,
    prepare,
    references,
    removal,
    ties,
    writing,
)
from kefu_admin.store.change.access import NOTHING, Access, Held
from kefu_admin.store.change.book import Book
from kefu_admin.store.change.prepare import Edit
from kefu_admin.store.change.recorded import Past
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.change.statements import CHUNK
from kefu_admin.store.change.trouble import refused
from kefu_admin.store.change.values import Draft, Record, rising, walk
from kefu_admin.store.faults import BusyBeforeCommit, Constraint, ConstraintBroken
from kefu_admin.store.idempotency import APPLIED_KEY, IdempotencyKey
from kefu_admin.store.warrant import Checks, Warrant

if TYPE_CHECKING:
    from kefu_admin.store.database import Store


class Change:
    """The only writer of business rows. Values are canonical; instants aware UTC.

    `replayed` is the answer given before when the idempotency key was used already: then nothing
    may be written. `answer` is what will be replayed the next time.
    """

    def __init__(self, store: Store, warrant: Warrant, *, now: datetime, operation: str) -> None:
        self.store = store
        self.warrant = warrant
        self.now = now
        self.operation = operation
        self.replayed: Mapping[str, Any] | None = None
        self.answer: Mapping[str, Any] = {}
        self.reader = Reader(store)
        self.access = Access(warrant, store.project, self.reader.stored)
        self.book = Book(store, warrant.actor, now=now, operation=operation)
        self.past = Past(store, self.reader)
        self.past_access = Access(warrant, store.project, self.past.lookup)
        self.nothing_held: Held = NOTHING
        self._draft_id = 0

    @classmethod
    @contextmanager
    def open(
        cls,
        store: Store,
        warrant: Warrant,
        *,
        now: datetime,
        operation: str,
        key: IdempotencyKey | None = None,
    ) -> Iterator[Change]:
        """One transaction; commits when the block ends without an exception.

        Raises:
            ConfigMoved: another config has been applied since this process started.
            KeyReused: the key was used for something else.
            BusyBeforeCommit: locked out, cut off, or raced by a request with the same key; nothing
                was kept, the whole block may be run again (`perform` does).
        """
        with store.transaction():
            change = cls(store, warrant, now=now, operation=operation)
            change.replayed = idempotency.open_unit(
                store, warrant.actor, operation, key, state_key=APPLIED_KEY
            )
            yield change
            if change.replayed is not None:
                return
            change.tell()
            if key is not None:
                try:
                    idempotency.keep(store, warrant.actor, operation, key, change.answer, now=now)
                except ConstraintBroken as broken:
                    if broken.kind is Constraint.UNIQUE:
                        raise BusyBeforeCommit from broken
                    raise

    # what may be asked for

    def create(self, type_id: str, values: Mapping[str, object]) -> int:
        """Create one record; returns its id. See `create_many`."""
        draft = self._create(type_id, [("", values)])[0]
        return draft.id

    def create_many(self, type_id: str, rows: Sequence[Mapping[str, object]]) -> list[int]:
        """Create records of one type; all or none. Field paths of faults begin with `[index].`.

        Raises:
            Invalid: values were refused (all faults together).
            Forbidden: the actor may not create such a record.
            NotFound: the type does not exist for the actor.
        """
        made = self._create(type_id, [(f"[{i}].", row) for i, row in enumerate(rows)])
        return [draft.id for draft in made]

    def update(
        self, type_id: str, record_id: int, version: int, values: Mapping[str, object]
    ) -> int:
        """Change some fields of one record; returns its version now. A `children` value is the
        complete wanted list: rows with `id` stay, rows without are new, missing ones are deleted.

        Raises:
            NotFound, Forbidden, Conflict, Invalid: nothing was changed.
            StillReferenced: other records refer to an owned row that was left out.
        """
        return self.update_each(type_id, [(record_id, version, values)], single=True)[0]

    def update_many(
        self, type_id: str, versions: Mapping[int, int], values: Mapping[str, object]
    ) -> list[int]:
        """The same values into many records (id to version); all or none. Returns the versions now,
        in the order given."""
        return self.update_each(type_id, [(i, v, values) for i, v in versions.items()])

    def update_each(
        self,
        type_id: str,
        rows: Sequence[tuple[int, int, Mapping[str, object]]],
        *,
        single: bool = False,
    ) -> list[int]:
        """Own values for each of many records: (id, version, values); all or none. Field paths
        begin with `[index].` unless `single`."""
        content_type = self.visible_type(type_id)
        records = self.reader.load(type_id, [row[0] for row in rows], lock=True)
        edits = []
        for index, (record_id, version, values) in enumerate(rows):
            if record_id not in records or not self._may_know(content_type, records[record_id]):
                raise NotFound
            prefix = "" if single else f"[{index}]."
            edits.append(Edit(records[record_id], version, values, prefix))
        held = owners.of_stored(self, content_type, [records[row[0]] for row in rows])
        drafts = prepare.updates(self, content_type, edits)
        self.write(content_type, drafts, held)
        return [d.version + 1 if d.writes else d.version for d in drafts]

    def remove(self, type_id: str, record_id: int, version: int) -> None:
        """Delete one record with the rows it owns.

        Raises:
            NotFound, Forbidden, Conflict: as for `update`.
            StillReferenced: other records refer to it.
        """
        self.remove_many(type_id, {record_id: version})

    def remove_many(self, type_id: str, versions: Mapping[int, int]) -> None:
        """Delete many records (id to version); all or none."""
        content_type = self.visible_type(type_id)
        records = self.reader.load(type_id, list(versions), lock=True)
        for record_id, version in versions.items():
            record = records.get(record_id)
            if record is None or not self.access.visible(type_id, record.values):
                raise NotFound
            if record.version != version:
                raise Conflict(version=record.version, sent=version, id=record_id)
        drafts = removal.drafts(self, content_type, list(records.values()))
        held = owners.of_stored(self, content_type, list(records.values()))
        self.write(content_type, drafts, held)

    # what its parts ask of it

    def visible_type(self, type_id: str) -> ContentType:
        """A type the actor may read.

        Raises:
            NotFound: there is none, or none for him.
        """
        if type_id not in self.store.project.types or not self.access.allows(type_id, Action.READ):
            raise NotFound
        return self.type(type_id)

    def write(
        self, content_type: ContentType, drafts: list[Draft], held: dict[int, Record]
    ) -> None:
        """Judge, write and tell drafts together; `held` are owners of rows written on their own.

        Raises:
            Invalid, Forbidden, StillReferenced: nothing was written.
        """
        references.check(self, list(walk(drafts)))
        guarding.ask(self, walk(drafts))
        judging.raise_faults(drafts)
        removal.refuse_referred(self, drafts)
        guesses.spend(self, walk(drafts))
        touched = owners.touch(self, content_type, drafts, held)
        following.lock_carriers(self.store, list(walk(drafts)))
        try:
            with ties.untied(self, [*touched, *drafts]):
                writing.write(self, [*touched, *drafts])
        except ConstraintBroken as broken:
            raise refused(self, broken, drafts) from broken
        for draft in (*rising(drafts), *touched):  # history: a version of an owner comes after
            if draft.writes:  # those of its rows that belong to it
                self.book.tell(draft)
        if self.book.waiting >= CHUNK:
            self.tell()

    def tell(self) -> None:
        """Write down what was written so far, and what follows from it."""
        self.book.finish(self.warrant.binding, self.recomputed)

    def type(self, type_id: str) -> ContentType:
        """The definition of a type."""
        return self.store.project.types[type_id]

    def checks(self, type_id: str) -> Checks:
        """The compiled rules of a type."""
        return self.warrant.checks[type_id]

    def next_draft_id(self) -> int:
        """A (negative) id for a record that has none yet."""
        self._draft_id -= 1
        return self._draft_id

    def department_code(self, draft: Draft) -> str:
        """The code of a record's department, for numbers that carry it.

        Raises:
            Invalid: there is no department, or it has no code.
        """
        name = draft.type.department
        department_id = draft.after.get(name)
        found = None
        if isinstance(department_id, int):
            found = self.reader.lookup("department", department_id)
        if found is None or not found.get("code"):
            raise Invalid([FieldError(f"{draft.prefix}{name}", "department_code_needed")])
        return str(found["code"])

    def recompute(self, draft: Draft, changed: set[str]) -> None:
        """Work out the computed fields of a draft again when they read one of `changed`."""
        draft.after = draft.after.over(self.recomputed(draft.type.id, draft.after, changed))

    def recomputed(
        self, type_id: str, values: Mapping[str, object], changed: set[str]
    ) -> Mapping[str, object]:
        """The computed fields of a record that read one of `changed`, as they are now."""
        fields = self.type(type_id).fields.values()
        if not any(field.formula and field.formula.fields & changed for field in fields):
            return {}
        return self.checks(type_id).recompute(
            values, binding=self.warrant.binding, lookup=self.reader.lookup
        )

    # how

    def _may_know(self, content_type: ContentType, record: Record) -> bool:
        """Whether an owned row is visible, before its owner is asked whether it may be changed;
        other rows are asked when their drafts are made."""
        return not content_type.owned_by or self.access.visible(content_type.id, record.values)

    def _create(
        self, type_id: str, rows: Sequence[tuple[str, Mapping[str, object]]]
    ) -> list[Draft]:
        if not rows:
            return []
        if len(rows) == 1:
            rows = [("", rows[0][1])]
        if not self.access.allows(type_id, Action.CREATE):
            self.visible_type(type_id)
            raise Forbidden
        content_type = self.type(type_id)
        held = owners.of_new(self, content_type, rows)
        drafts = prepare.creates(self, content_type, rows)
        self.write(content_type, drafts, held)
        return drafts
