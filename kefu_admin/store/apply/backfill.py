"""The part of an apply that runs while the desk works on: room for new values, and filling it.

Everything here leaves the tables as the running release knows them; it only adds nullable columns
beside. `expand` makes them, `run` fills them batch by batch and can be killed anywhere, `catch_up`
does again what was written meanwhile, in the transaction (or behind MariaDB's fence) that switches.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from kefu_admin.definitions.fields import Field
from kefu_admin.problems import Refusal
from kefu_admin.store.apply.conversions import is_shadow
from kefu_admin.store.apply.names import new_names
from kefu_admin.store.apply.planning import Plan
from kefu_admin.store.carrying import batches, register
from kefu_admin.store.carrying.batches import Job
from kefu_admin.store.carrying.late import Latecomers
from kefu_admin.store.carrying.register import Progress
from kefu_admin.store.carrying.rows import Carrier
from kefu_admin.store.changeset import (
    AddColumn,
    ChangeColumn,
    Convert,
    CreateTable,
    Meaning,
    Step,
)
from kefu_admin.store.changeset.stakes import repeated, scale
from kefu_admin.store.database import Store
from kefu_admin.store.ddl import column_text, create_table
from kefu_admin.store.dialect import quoted
from kefu_admin.store.found import found
from kefu_admin.store.names import digest
from kefu_admin.store.shapes import ColumnShape

Run = Callable[[str], None]


class NotUnique(Refusal):
    """Carried values would repeat where they must not. facts: subject, count."""

    code, status = "carried_not_unique", 409


@dataclass(frozen=True, slots=True, kw_only=True)
class Filling:
    """One step's share: `job` says how, `rule` and `form` what the register knows it by."""

    step: Step
    job: Job
    rule: str
    form: str

    @property
    def carries(self) -> bool:
        """Whether values are worked out beside, not filled in where they stand."""
        return isinstance(self.step.action, Convert)

    @property
    def given(self) -> str | int | None:
        """The constant that a new column is made with, so that no row needs to be written."""
        kinds = self.job.carrier.kinds(self.job.target)
        if not isinstance(self.step.action, AddColumn) or len(kinds) > 1:
            return None
        ((value,),) = self.job.carrier.fillings([0])
        constant = value if isinstance(value, int) else str(value)
        return None if isinstance(constant, str) and "\\" in constant else constant


def fillings(store: Store, done: Sequence[Step]) -> tuple[Filling, ...]:
    """What the steps ask to be filled before the switch."""
    return tuple(_fillings(store, done))


def expand(store: Store, plan: Plan, wanted: Sequence[Filling], run: Run, *, now: datetime) -> None:
    """Clears away what nobody goes on with and adds the columns that are lacking."""
    if register.TABLE not in found(store).tables:
        for statement in create_table(store.layout[register.TABLE], store.dialect):
            run(statement)
    for old in plan.left_over:
        _drop(store, old.table, old.target, run)
        register.forget(store, old)
    known = {(each.table, each.target): each for each in register.known(store)}
    for each in wanted:
        action = each.step.action
        assert isinstance(action, (Convert, AddColumn, ChangeColumn))
        before = known.get((action.table, each.job.target))
        if each.carries and (before is None or before.rule != each.rule):
            _drop(store, each.job.table, each.job.target, run)
        for column in _room(store, each):
            _add(store, each.job.table, column, run)


def begin_all(store: Store, wanted: Sequence[Filling], *, now: datetime) -> tuple[Progress, ...]:
    """Registers every filling, or finds how far it has come; while no change is under way."""
    return tuple(
        register.begin(
            store,
            each.job.carrier.type_id,
            each.job.carrier.field.id,
            each.job.target,
            rule=each.rule,
            form=each.form,
            now=now,
        )
        for each in wanted
    )


def run(
    store: Store, wanted: Sequence[Filling], begun: Sequence[Progress]
) -> tuple[Latecomers, ...]:
    """Fills, each from where it stands; what `catch_up` goes on with.

    Raises:
        RowRefused, NotUnique: rows stand in the way; nothing was switched.
    """
    tables = dict[str, list[tuple[Job, Progress]]]()
    for (table, _, is_full), alike in _alike(wanted, begun).items():
        jobs, standing = [job for job, _ in alike], [progress for _, progress in alike]
        if not is_full:
            standing = batches.carry(store, jobs, standing)
        tables.setdefault(table, []).extend(zip(jobs, standing, strict=True))
    for each, progress in zip(wanted, begun, strict=True):
        if not each.carries and each.given is None and not progress.is_full:
            batches.fill(store, each.job, progress)
    late = tuple(
        Latecomers(store, [job for job, _ in jobs], [progress for _, progress in jobs])
        for jobs in tables.values()
    )
    settle(late)
    for each in wanted:
        if each.carries:
            _assert_unique(store, each)
    return late


def settle(late: Sequence[Latecomers]) -> None:
    """What was written since, while people write on: little is left to `catch_up`."""
    for rows in late:
        rows.settle()


def catch_up(store: Store, wanted: Sequence[Filling], late: Sequence[Latecomers]) -> None:
    """What was written since, while nobody writes."""
    for rows in late:
        rows.finish()
    for each in wanted:
        if not each.carries and each.given is None:
            batches.fill_between(store, each.job, 0)


def _alike(
    wanted: Sequence[Filling], begun: Sequence[Progress]
) -> Mapping[tuple[str, int, bool], list[tuple[Job, Progress]]]:
    """The carryings by table and how far they have come: those are done together."""
    groups = dict[tuple[str, int, bool], list[tuple[Job, Progress]]]()
    for each, progress in zip(wanted, begun, strict=True):
        if each.carries:
            key = (each.job.table, progress.last_id, progress.is_full)
            groups.setdefault(key, []).append((each.job, progress))
    return groups


def remaining(done: Sequence[Step], wanted: Sequence[Filling]) -> tuple[Step, ...]:
    """The steps as they are left to do after `expand`."""
    filled = {each.step.subject: each.given for each in wanted}
    hashes = {
        (each.job.carrier.type_id, name)
        for each in wanted
        for name in each.job.carrier.kinds(each.job.target)
    }
    left = []
    for step in done:
        action = step.action
        if isinstance(action, CreateTable) and wanted and action.table.name == register.TABLE:
            continue
        if not isinstance(action, AddColumn):
            left.append(step)
        elif (action.table, action.column.name) in hashes and action.column.form == "hash":
            continue
        elif step.subject in filled:
            given = filled[step.subject]
            before = replace(action.column, nullable=True, default=given, check="")
            change = ChangeColumn(action.table, before, action.column)
            left.append(replace(step, action=change))
        else:
            left.append(step)
    return tuple(left)


def _fillings(store: Store, done: Sequence[Step]) -> Iterator[Filling]:
    tables, columns = new_names(done)
    former = {new: old for old, new in tables.items()}
    formerly = {(table, new): old for (table, old), new in columns.items()}
    for step in done:
        action = step.action
        if isinstance(action, Convert):
            source = (action.source_table, action.source_column)
            target, before = action.shadow, action.before
        elif isinstance(action, (AddColumn, ChangeColumn)) and _is_filled(step):
            after = _after(action)
            table = former.get(action.table, action.table)
            source = (table, formerly.get((action.table, after.name), after.name))
            target, before = source[1], after
        else:
            continue
        type = store.project.types[action.table]
        field = type.fields[_after(action).name]
        yield Filling(
            step=step,
            job=Job(
                carrier=Carrier(store, type.id, field, before, scale(before) or 0),
                table=source[0],
                column=source[1],
                target=target,
                names=frozenset({source[0], type.id, type.renamed_from} - {""}),
            ),
            rule=_rule(field, before, _after(action)),
            form=_after(action).form,
        )


def _is_filled(step: Step) -> bool:
    """Whether rows are given a value where the database does not do it by itself."""
    action = step.action
    if (Meaning.FILLED not in {meaning for meaning, _ in step.at_stake}) or step.is_refused:
        return False
    return isinstance(action, ChangeColumn) or _after(action).default is None


def _after(action: object) -> ColumnShape:
    if isinstance(action, AddColumn):
        return action.column
    assert isinstance(action, (ChangeColumn, Convert))
    return action.after


def _rule(field: Field, before: ColumnShape, after: ColumnShape) -> str:
    said = (
        field.type, field.scale, field.zone, field.min, field.max, field.max_length,
        [choice.id for choice in field.choices], field.old_values, field.backfill, field.default,
        before.kind, before.form, after,
    )  # fmt: skip
    return digest(repr(said))


def _room(store: Store, filling: Filling) -> Iterator[ColumnShape]:
    """The columns a filling writes, nullable and unchecked."""
    action = filling.step.action
    wanted = store.layout[filling.job.carrier.type_id]
    for name in filling.job.carrier.kinds(filling.job.target):
        shape = _after(action) if name == filling.job.target else wanted.column(name)
        if isinstance(action, Convert) and name == action.shadow:
            shape = action.after
        assert shape is not None
        yield replace(
            shape,
            name=name,
            nullable=True,
            default=filling.given,
            check="",
            references="",
            renamed_from="",
        )


def _add(store: Store, table: str, column: ColumnShape, run: Run) -> None:
    if found(store).tables[table].column(column.name) is None:
        text = column_text(column, store.dialect)
        run(f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(column.name)} {text}")


def _drop(store: Store, table: str, target: str, run: Run) -> None:
    there = found(store).tables.get(table)
    if is_shadow(target) and there is not None and there.column(target) is not None:
        run(f"ALTER TABLE {quoted(table)} DROP COLUMN {quoted(target)}")


def _assert_unique(store: Store, filling: Filling) -> None:
    """The new values do not repeat where they must not: found here, while nothing is switched."""
    action, job = filling.step.action, filling.job
    assert isinstance(action, Convert)
    there = found(store).tables[job.table]
    new = action.after.name
    for index in action.anew:
        where = index.where.replace(quoted(new), quoted(job.target))
        names = tuple(job.target if name == new else name for name in index.columns)
        if not index.unique or not all(there.column(name) for name in names):
            continue
        if count := int(store.value(repeated(job.table, index, names, where).sql)):
            raise NotUnique(subject=filling.step.subject, count=count)
