"""Runs the permission examples of the config (`tests/*.yaml`) in a scratch database.

People and records are made for real, then every case is decided through the operations the faces
use: what `kefu test` says is what the desk does. Each scenario and each writing case has a copy of
the scratch file to itself.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from kefu_admin.actor import Actor, system_actor
from kefu_admin.behaviours.conversion import convert_values
from kefu_admin.definitions.field_types import plain
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action
from kefu_admin.definitions.scenario import Case, Example, Scenario
from kefu_admin.operations import reading, records
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.seeding.ground import paths, warrant
from kefu_admin.problems import FieldError, Forbidden, Invalid, NotFound, Refusal
from kefu_admin.store import accounts, apply, read
from kefu_admin.store.change import Change
from kefu_admin.store.database import Store
from kefu_admin.store.query import Ref

RUNNER = system_actor("scenarios")
OPERATION = "scenarios.run"
_SECRET = b"a scratch database lives for one run only"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """One case and how it came out. `found` says what was seen instead: a value, "" for hidden;
    for actions "can" or "cannot"."""

    scenario: Scenario
    case: Case
    passed: bool
    found: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusable:
    """A scenario whose people or records could not be made: the record and what is wrong."""

    scenario: Scenario
    record: str
    errors: tuple[FieldError, ...]


def run(project: Project, *, now: datetime) -> tuple[Verdict | Unusable, ...]:
    """Every case of every scenario, in file order."""
    with TemporaryDirectory(prefix="kefu-test-") as directory:
        laid = Path(directory) / "laid.db"
        store = _open(laid, project)
        apply.apply(store, apply.plan(store), actor=RUNNER, now=now)
        _close(store)
        return tuple(
            verdict
            for number, scenario in enumerate(project.scenarios.values())
            for verdict in _scenario(project, scenario, laid, f"scenario{number}", now)
        )


def _scenario(
    project: Project, scenario: Scenario, laid: Path, name: str, now: datetime
) -> list[Verdict | Unusable]:
    file = laid.with_name(f"{name}.db")
    shutil.copy(laid, file)
    store = _open(file, project)
    people = _people(store, scenario, now)
    made: dict[str, int] = {}
    for example in scenario.records:
        try:
            made[example.id] = _record(store, example, {**people, **made}, now)
        except Invalid as invalid:
            _close(store)
            return [Unusable(scenario=scenario, record=example.id, errors=invalid.errors)]
    _close(store)
    verdicts: list[Verdict | Unusable] = []
    types = {example.id: example for example in scenario.records}
    for number, case in enumerate(scenario.cases):
        trial = laid.with_name(f"{name}-{number}.db")
        shutil.copy(file, trial)
        store = _open(trial, project)
        desk = Desk(project, store)
        actor = reading.actor_of(desk, case.who)
        found = _found(desk, case, types[case.record], made[case.record], actor, now)
        wanted = _wanted(case)
        verdicts.append(Verdict(scenario=scenario, case=case, passed=found == wanted, found=found))
        _close(store)
        trial.unlink()
    return verdicts


def _wanted(case: Case) -> str:
    if case.action is None:
        return case.shows or ""
    return "can" if case.allowed else "cannot"


def _found(desk: Desk, case: Case, example: Example, id: int, actor: Actor, now: datetime) -> str:
    """What the person sees of the field, or whether he can do the action."""
    if case.action is None:
        return _shown(desk, case, example.type, id, actor, now)
    return "can" if _can(desk, case.action, example, id, actor, now) else "cannot"


def _shown(desk: Desk, case: Case, type_id: str, id: int, actor: Actor, now: datetime) -> str:
    try:
        row = reading.get(desk, type_id, id, actor=actor, now=now)
    except NotFound:
        return ""
    value = row.values.get(case.field_name)
    if value is None or case.field_name in row.masked:
        return str(value or "")
    if isinstance(value, Ref):
        return value.label
    return str(plain(desk.project.types[type_id].fields[case.field_name], value))


def _can(
    desk: Desk, action: Action, example: Example, id: int, actor: Actor, now: datetime
) -> bool:
    """Whether the action is not refused to this person: tried for real where it writes."""
    if action is Action.CREATE:
        return _tried(lambda: _create_again(desk, example, id, actor, now))
    try:
        row = reading.get(desk, example.type, id, actor=actor, now=now)
    except NotFound:
        return False
    if action is Action.UPDATE:
        return bool(row.editable) and action in row.actions
    if action is Action.DELETE:
        return _tried(
            lambda: records.remove(desk, example.type, id, row.version, actor=actor, now=now)
        )
    return action in row.actions


def _create_again(desk: Desk, example: Example, id: int, actor: Actor, now: datetime) -> None:
    """Another record with the same values, as far as the person may set them."""
    view = reading.type_view(desk, example.type, actor, now=now)
    stored = read.raw(desk.store, example.type, id) or {}
    raw = {
        name: plain(view.fields[name].field, stored[name])
        for name in example.values
        if name in view.fields and view.fields[name].create
    }
    records.create(desk, example.type, raw, actor=actor, now=now)


def _tried(attempt: Callable[[], object]) -> bool:
    """Whether an attempt is allowed: refusals for other reasons than rights do not count."""
    try:
        attempt()
    except (Forbidden, NotFound):
        return False
    except Refusal:
        return True
    return True


def _people(store: Store, scenario: Scenario, now: datetime) -> dict[str, int]:
    """The scenario's departments and people; ids by the people's names."""
    known = paths(store)
    made: dict[str, int] = {}
    with store.transaction():
        wanted = {one.department for one in scenario.people}
        wanted |= _departments_of(scenario, store.project)
        for path in sorted(wanted - {""}):
            _department(store, path, known, now)
        for one in scenario.people:
            made[one.id] = accounts.create_person(
                store,
                login=one.id,
                name=one.id,
                password_hash="!",  # noqa: S106 -- nobody signs in here
                department_id=known.get(one.department),
                roles=frozenset(one.roles),
                must_change=False,
                actor=RUNNER,
                now=now,
                operation=OPERATION,
            ).id
    return made


def _departments_of(scenario: Scenario, project: Project) -> set[str]:
    return {
        str(value)
        for example in scenario.records
        for name, value in example.values.items()
        if project.types[example.type].fields[name].type == "department"
    }


def _department(store: Store, path: str, known: dict[str, int], now: datetime) -> int:
    """The department at a path of names, made with those above it when it is not there."""
    if path not in known:
        above, _, name = path.rpartition("/")
        parent_id = _department(store, above, known, now) if above else None
        known[path] = accounts.create_department(
            store,
            name=name,
            code=f"D{len(known) + 1}",
            parent_id=parent_id,
            actor=RUNNER,
            now=now,
            operation=OPERATION,
        ).id
    return known[path]


def _record(store: Store, example: Example, ids: Mapping[str, int], now: datetime) -> int:
    """Make a record; references stand by the ids of people and records of the scenario.

    Raises:
        Invalid: the values are not a record of the type.
    """
    content_type = store.project.types[example.type]
    departments = paths(store)
    raw: dict[str, object] = {}
    for name, value in example.values.items():
        kind = content_type.fields[name].type
        if kind == "department":
            raw[name] = departments[str(value)]
        elif kind in ("person", "reference"):
            raw[name] = ids[str(value)]
        elif kind == "references":
            raw[name] = [ids[str(one)] for one in (value if isinstance(value, list) else [value])]
        else:
            raw[name] = value
    values, errors = convert_values(content_type, raw, types=store.project.types)
    if errors:
        raise Invalid(errors)
    made_with = warrant(store, now=now)
    with Change.open(store, made_with, now=now, operation=OPERATION) as change:
        return change.create(example.type, values)


def _open(file: Path, project: Project) -> Store:
    return Store.open(f"sqlite:///{file}", project, data_directory=file.parent, secret=_SECRET)


def _close(store: Store) -> None:
    """Everything into the file itself, so that it can be copied."""
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
