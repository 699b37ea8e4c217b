"""One database serves one project: whose it is stands in `kefu_state`, and no other is applied."""

from __future__ import annotations

from kefu_admin.problems import Refusal
from kefu_admin.store.database import Store
from kefu_admin.store.state import read_state, write_state

PROJECT = "project"  # the key in kefu_state of the id of the project this database serves


class OtherProject(Refusal):
    """The database serves another project. facts: theirs, own (ids; "" for a project without)."""

    code, status = "other_project", 409


def assert_own(store: Store) -> None:
    """The database is this project's, was it under its former id, or serves nobody yet.

    A database applied before its project had an id is taken over by the first that has one.

    Raises:
        OtherProject: it serves another one.
    """
    if "kefu_state" not in store.database.get_tables():
        return
    theirs = read_state(store, PROJECT) or ""
    if theirs and theirs not in (store.project.id, store.project.renamed_from):
        raise OtherProject(theirs=theirs, own=store.project.id)


def keep(store: Store) -> None:
    """Writes whose database it is, in the open transaction."""
    if store.project.id and read_state(store, PROJECT) != store.project.id:
        write_state(store, PROJECT, store.project.id)
