"""What would be done, with the rows at stake counted."""

from __future__ import annotations

from dataclasses import dataclass, replace

from kefu_admin.store.apply import identity
from kefu_admin.store.apply.activation import fingerprint, forms
from kefu_admin.store.changeset import (
    Action,
    DropColumn,
    DropTable,
    Level,
    RenameColumn,
    RenameTable,
    Step,
    compare,
)
from kefu_admin.store.database import Store
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.found import Found, found


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The steps in the order of their doing, and the config they lead to.

    Attributes:
        definition: fingerprint of the project's config.
        activates: whether that config is another than the one last applied.
    """

    steps: tuple[Step, ...]
    definition: str
    activates: bool

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do: the tables fit and the config is the applied one."""
        return not self.steps and not self.activates

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


def plan(store: Store) -> Plan:
    """Compares the project's tables with those found and counts rows at stake; changes nothing.

    Raises:
        OtherProject: the database serves another project.
    """
    with store.connection():
        identity.assert_own(store)
        steps, _ = outline(store)
        counted = tuple(replace(step, counts=_counts(store, step)) for step in steps)
        return Plan(
            steps=tuple(_levelled(step) for step in counted),
            definition=store.project.fingerprint,
            activates=fingerprint(store) != store.project.fingerprint,
        )


def outline(store: Store) -> tuple[tuple[Step, ...], Found]:
    """The steps without counts, and what was found."""
    there = found(store)
    ours = forms(store) if "kefu_state" in there.tables else {}
    return compare(tuple(store.layout.values()), there.tables, ours), there


def is_drop(action: Action) -> bool:
    """Whether the action takes away what the config no longer knows."""
    return isinstance(action, (DropColumn, DropTable))


def new_names(steps: tuple[Step, ...]) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """(old table -> new, (new table, old column) -> new column) of a plan's renames."""
    tables = {
        step.action.old: step.action.new for step in steps if isinstance(step.action, RenameTable)
    }
    columns = {
        (step.action.table, step.action.old): step.action.new
        for step in steps
        if isinstance(step.action, RenameColumn)
    }
    return tables, columns


def _counts(store: Store, step: Step) -> tuple[int, ...]:
    length = "LENGTH" if store.dialect is Dialect.SQLITE else "CHAR_LENGTH"
    return tuple(
        int(store.value(stake.sql.replace("{CHAR_LENGTH}", length))) for stake in step.stakes
    )


def _levelled(step: Step) -> Step:
    """What only asks for attention because of rows is safe where there are none."""
    if step.level is Level.ATTENTION and not step.at_stake:
        return replace(step, level=Level.SAFE)
    return step
