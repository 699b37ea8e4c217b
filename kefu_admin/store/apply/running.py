"""Does a plan: under a lock, whole or resumable, and then activates the config."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from kefu_admin.actor import Actor
from kefu_admin.problems import Busy, Refusal
from kefu_admin.store import audit, derived, renames, search, secret_mark
from kefu_admin.store.alter import relax, statements
from kefu_admin.store.apply import (
    backfill,
    first_id,
    identity,
    indexes,
    mariadb,
    postgresql,
    sqlite,
)
from kefu_admin.store.apply.activation import activate
from kefu_admin.store.apply.backfill import Filling
from kefu_admin.store.apply.backup import back_up
from kefu_admin.store.apply.names import new_names
from kefu_admin.store.apply.planning import Plan, outline
from kefu_admin.store.apply.planning import plan as plan_now
from kefu_admin.store.apply.renaming import renaming
from kefu_admin.store.carrying import register
from kefu_admin.store.carrying.register import Progress
from kefu_admin.store.changeset import CreateTable, DropColumn, Step
from kefu_admin.store.database import Store
from kefu_admin.store.ddl import add_reference
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.found import Found


class ApplyRefused(Refusal):
    """Rows stand in the way. facts: subjects; `steps` are the refused ones."""

    code, status = "apply_refused", 409

    def __init__(self, steps: tuple[Step, ...]) -> None:
        self.steps = steps
        super().__init__(subjects="、".join(dict.fromkeys(step.subject for step in steps)))


class UnknownConsent(Refusal):
    """Consent was given to what the plan does not destroy. facts: names."""

    code, status = "unknown_consent", 422


class PlanOutdated(Refusal):
    """The database has changed since the plan was made: plan again."""

    code, status = "plan_outdated", 409


class ApplyRunning(Refusal):
    """Another process is applying right now."""

    code, status = "apply_running", 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """What was done, and what was not.

    Attributes:
        left: destructive steps that nobody consented to.
        activated: whether another config than before is now the applied one.
        stale: computed and kept fields to be worked out for the rows there are
            (`operations.derived`).
        backup: the copy made before (SQLite).
    """

    done: tuple[Step, ...]
    left: tuple[Step, ...]
    activated: bool
    stale: derived.Fields
    backup: Path | None = None


def apply(
    store: Store,
    plan: Plan,
    *,
    actor: Actor,
    now: datetime,
    consent: frozenset[str] = frozenset(),
) -> Applied:
    """Does the plan.

    Args:
        consent: subjects of destructive steps that may be done ("customer.fax"). What is not
            named stays, its columns made nullable.

    Raises:
        ApplyRefused: rows stand in the way of a step; nothing was changed.
        UnknownConsent: a consented name is no destructive step of the plan.
        PlanOutdated: the plan no longer fits the database.
        ApplyRunning: another process is applying.
        OtherProject: the database serves another project.
        OtherSecret: it was written with another secret.
    """
    if unknown := consent - set(plan.to_consent):
        raise UnknownConsent(names="、".join(sorted(unknown)))
    with store.connection(), _alone(store):
        fresh = _still_fitting(store, plan)
        done = tuple(s for s in fresh.steps if not s.needs_consent or s.subject in consent)
        left = tuple(step for step in fresh.steps if step not in done)
        saved = back_up(store, done, now=now)
        filled = backfill.fillings(store, done)
        begun = _expanded(store, fresh, filled, now=now)
        late = backfill.run(store, filled, begun)
        built = indexes.build(store, done, filled, now=now)
        backfill.settle(late)
        with _switching(store, fenced=bool(filled)):
            with _unit(store):
                backfill.catch_up(store, filled, late)
                _register_renames(store, done, now=now)
            steps = indexes.remaining(backfill.remaining(done, filled), built)
            _run(store, steps, left, now=now)
            search.lay(store)
            with _unit(store):
                renames.follow(store)
                search.bring_up(store)
                stale = derived.forget_empty(store)
                activated = activate(store, actor=actor, now=now)
                identity.keep(store)
                secret_mark.keep(store)
                register.forget_all(store)
                if activated or done:
                    _write_audit(store, done, actor=actor, now=now)
        if store.dialect is Dialect.POSTGRESQL:
            postgresql.prove(store)
    store.forget()
    return Applied(done=done, left=left, activated=activated, stale=stale, backup=saved)


def _still_fitting(store: Store, plan: Plan) -> Plan:
    """The plan made again, now that nobody else applies."""
    fresh = plan_now(store, tried=plan)
    if [step.action for step in fresh.steps] != [step.action for step in plan.steps]:
        raise PlanOutdated
    if fresh.refused:
        raise ApplyRefused(fresh.refused)
    return fresh


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    """One apply at a time. A killed one's lock goes with its connection or its file handle."""
    locks = {
        Dialect.SQLITE: sqlite.locked,
        Dialect.POSTGRESQL: postgresql.locked,
        Dialect.MARIADB: mariadb.locked,
    }
    with locks[store.dialect](store) as is_ours:
        if not is_ours:
            raise ApplyRunning
        yield


@contextmanager
def _switching(store: Store, *, fenced: bool) -> Iterator[None]:
    """The one transaction of SQLite and PostgreSQL. `fenced`: changes under way come to their end
    first, and later ones find the config moved, so that nothing is written in the old notation."""
    if store.dialect is Dialect.MARIADB:
        if fenced:
            mariadb.fence(store)
        yield
        return
    if store.dialect is Dialect.SQLITE:
        with sqlite.unguarded(store):
            try:
                with store.transaction():
                    yield
                    sqlite.check_references(store)
            except Busy as busy:
                raise ApplyRunning from busy
        return
    with store.transaction():
        if fenced:
            register.drain(store)
        postgresql.forget_unproved(store)
        yield


def _expanded(
    store: Store, plan: Plan, filled: Sequence[Filling], *, now: datetime
) -> tuple[Progress, ...]:
    """Room for what is filled before the switch, and where each filling stands."""
    if not filled and not plan.left_over:
        return ()
    if store.dialect is Dialect.MARIADB:
        return mariadb.expand(store, plan, filled, now=now)
    with store.transaction():
        register.drain(store)
        backfill.expand(store, plan, filled, store.execute, now=now)
        return backfill.begin_all(store, filled, now=now)


@contextmanager
def _unit(store: Store) -> Iterator[None]:
    """Inside the one transaction, or in one of its own on MariaDB."""
    if store.in_transaction:
        yield
        return
    with store.transaction():
        yield


def _run(store: Store, done: tuple[Step, ...], left: tuple[Step, ...], *, now: datetime) -> None:
    _, there = outline(store)
    if store.dialect is Dialect.SQLITE:
        sqlite.run(store, done, left)
        return
    keys = _foreign_keys(there, done)
    if store.dialect is Dialect.MARIADB:
        mariadb.run(store, done, left, keys, now=now)
        return
    created = [step.action.table for step in done if isinstance(step.action, CreateTable)]
    for step in done:
        for statement in statements(step.action, store.dialect, keys):
            store.execute(statement)
        first_id.go_on(store, step.action)
    for table in created:
        for column in table.columns:
            if column.references:
                store.execute(add_reference(table.name, column))
    for step in left:
        if isinstance(step.action, DropColumn) and not step.action.column.nullable:
            store.execute(relax(step.action.table, step.action.column, store.dialect))


def _foreign_keys(there: Found, done: tuple[Step, ...]) -> dict[tuple[str, str], str]:
    """Constraint names under the names tables and columns will have."""
    tables, columns = new_names(done)
    keys = {}
    for (table, column), name in there.references.items():
        renamed = tables.get(table, table)
        keys[renamed, columns.get((renamed, column), column)] = name
    return keys


def _register_renames(store: Store, done: tuple[Step, ...], *, now: datetime) -> None:
    if "kefu_state" not in store.database.get_tables():
        return  # nothing was there to be renamed
    entries = renaming(store, done, renames.read(store), now=now)
    if entries:
        renames.register(store, entries)


def _write_audit(store: Store, done: tuple[Step, ...], *, actor: Actor, now: datetime) -> None:
    audit.write(
        store,
        audit.Line(
            actor=actor,
            action="config_applied",
            at=now,
            after={"definition": store.project.fingerprint, "steps": len(done)},
            operation="apply",
            chain="config",
        ),
    )
