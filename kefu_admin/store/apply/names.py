"""What a plan's renames call things before and after."""

from __future__ import annotations

from collections.abc import Sequence

from kefu_admin.store.changeset import RenameColumn, RenameTable, Step


def new_names(steps: Sequence[Step]) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
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
