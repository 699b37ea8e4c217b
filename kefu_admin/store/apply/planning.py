"""What would be done, with the rows at stake counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from kefu_admin.definitions.saved_view import SavedView
from kefu_admin.store import secret_mark
from kefu_admin.store.apply import identity
from kefu_admin.store.apply.activation import fingerprint, forms
from kefu_admin.store.apply.conversions import converted, is_shadow
from kefu_admin.store.apply.foretelling import Outlook, outlook
from kefu_admin.store.carrying import register
from kefu_admin.store.changeset import (
    Action,
    AddColumn,
    Convert,
    DropColumn,
    DropTable,
    Example,
    Level,
    Step,
    compare,
)
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.found import Found, found
from kefu_admin.store.views import lacking


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps in the order of their doing, and the config they lead to.

    Attributes:
        definition: fingerprint of the project's config.
        activates: whether that config is another than the one last applied.
        left_over: what an apply of another config began and never finished; it is cleared away.
        views: kept views that name what this config has not, with the names.
        outlook: how long it will take over large tables, and how long nobody can save.
    """

    steps: tuple[Step, ...]
    definition: str
    activates: bool
    left_over: tuple[register.Progress, ...] = ()
    outlook: tuple[Outlook, ...] = ()
    views: tuple[tuple[SavedView, tuple[str, ...]], ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do: the tables fit and the config is the applied one."""
        return not self.steps and not self.activates and not self.left_over

    @property
    def refused(self) -> tuple[Step, ...]:
        """Steps that rows stand in the way of."""
        return tuple(step for step in self.steps if step.is_refused)

    @property
    def to_consent(self) -> tuple[str, ...]:
        """The names a consent may give, each once."""
        return tuple(dict.fromkeys(step.subject for step in self.steps if step.needs_consent))

    def missing(self) -> tuple[Step, ...]:
        """What the config needs and the database lacks; drops are not among it."""
        return tuple(step for step in self.steps if not is_drop(step.action))


def plan(store: Store, *, tried: Plan | None = None) -> Plan:
    """Compares the project's tables with those found and counts rows at stake; changes nothing.

    Args:
        tried: a plan made shortly before: what it converts is not tried on every row once more, for
            carrying a row refuses it if it has to.

    Raises:
        OtherProject: the database serves another project.
        OtherSecret: it was written with another secret.
    """
    with store.connection():
        identity.assert_own(store)
        secret_mark.assert_own(store)
        steps, there = outline(store)
        counted = [replace(step, counts=_counts(store, step)) for step in steps]
        known = tried.steps if tried and tried.definition == store.project.fingerprint else ()
        settled = converted(store, counted, there, _forms(store, there), known)
        return Plan(
            steps=tuple(_levelled(_exemplified(store, step)) for step in settled),
            definition=store.project.fingerprint,
            activates=fingerprint(store) != store.project.fingerprint,
            left_over=_left_over(store, there, settled),
            outlook=outlook(store, settled, there),
            views=tuple(lacking(store)) if "kefu_view" in there.tables else (),
        )


def outline(store: Store) -> tuple[tuple[Step, ...], Found]:
    """The steps without counts, and what was found."""
    there = found(store)
    return compare(tuple(store.layout.values()), there.tables, _forms(store, there)), there


def _forms(store: Store, there: Found) -> dict[str, dict[str, str]]:
    """The forms apply knows of, with those a killed apply had switched to but not written down."""
    if "kefu_state" not in there.tables:
        return {}
    ours = forms(store)
    if register.TABLE not in there.tables:
        return ours
    for each in register.known(store):
        if _is_switched(each, there):
            ours.setdefault(each.table, {})[each.column] = each.form
    return ours


def _is_switched(progress: register.Progress, there: Found) -> bool:
    """Whether a killed apply had put the new values in place already (MariaDB)."""
    table = there.tables.get(progress.table)
    if not progress.is_full or table is None or not is_shadow(progress.target):
        return False
    return table.column(progress.target) is None


def _left_over(store: Store, there: Found, steps: Sequence[Step]) -> tuple[register.Progress, ...]:
    """Back-fills somebody began and this plan does not go on with."""
    if register.TABLE not in there.tables:
        return ()
    wanted = {
        (step.action.table, step.action.shadow)
        for step in steps
        if isinstance(step.action, Convert)
    }
    filled = {step.subject for step in steps}
    return tuple(
        each
        for each in register.known(store)
        if each.target != register.DERIVED
        and (each.table, each.target) not in wanted
        and f"{each.table}.{each.column}" not in filled
        and not _is_switched(each, there)
    )


def is_drop(action: Action) -> bool:
    """Whether the action takes away what the config no longer knows."""
    return isinstance(action, (DropColumn, DropTable))


def _counts(store: Store, step: Step) -> tuple[int, ...]:
    return tuple(int(store.value(_spelled(store, stake.sql))) for stake in step.stakes)


def _spelled(store: Store, sql: str) -> str:
    length = "LENGTH" if store.dialect is Dialect.SQLITE else "CHAR_LENGTH"
    return sql.replace("{CHAR_LENGTH}", length)


def _exemplified(store: Store, step: Step) -> Step:
    """With a few of the rows in the way, for who has to mend them."""
    if step.examples or not step.is_refused or isinstance(step.action, AddColumn):
        return step  # a column that is not there yet is empty in every row
    stake = next(s for s, n in zip(step.stakes, step.counts, strict=True) if n and s.is_refusing)
    table = getattr(step.action, "table", "")
    if not stake.ids or table not in store.project.types:
        return step
    ids = tuple(int(id) for (id,) in store.rows(_spelled(store, stake.ids)))
    count = next(n for s, n in zip(step.stakes, step.counts, strict=True) if s is stake)
    return replace(step, examples=(Example(count, ids),))


def _levelled(step: Step) -> Step:
    """What only asks for attention because of rows is safe where there are none."""
    if step.level is Level.ATTENTION and not step.at_stake:
        return replace(step, level=Level.SAFE)
    return step
