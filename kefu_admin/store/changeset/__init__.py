"""Wanted against found: the steps from one to the other. Pure; nothing here talks to a database.

`compare` is the entry: it renames what is declared renamed, then says table by table what to
create, change and drop, in an order in which every step can be done. Steps name their danger and
carry the questions (`Stake`) whose answers `store.apply` counts before it shows the plan.
"""

from kefu_admin.store.changeset.compare import compare
from kefu_admin.store.changeset.steps import (
    Action,
    AddColumn,
    AddGuard,
    AddIndex,
    ChangeColumn,
    Convert,
    CreateTable,
    DropCheck,
    DropColumn,
    DropIndex,
    DropTable,
    Example,
    Level,
    Meaning,
    RenameColumn,
    RenameIndex,
    RenameTable,
    ReplaceColumn,
    Rescale,
    Restate,
    Stake,
    Step,
)

__all__ = [
    "Action",
    "AddColumn",
    "AddGuard",
    "AddIndex",
    "ChangeColumn",
    "Convert",
    "CreateTable",
    "DropCheck",
    "DropColumn",
    "DropIndex",
    "DropTable",
    "Example",
    "Level",
    "Meaning",
    "RenameColumn",
    "RenameIndex",
    "RenameTable",
    "ReplaceColumn",
    "Rescale",
    "Restate",
    "Stake",
    "Step",
    "compare",
]
