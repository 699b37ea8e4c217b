"""Fixtures every test may use: the three databases and the small project."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kefu_admin import clock, settings
from kefu_admin.definitions.project import Project
from kefu_admin.store.database import Store
from tests.absent import leave_out, pytest_unconfigure  # noqa: F401 -- a hook found by name
from tests.databases import DIALECTS, Databases
from tests.faces.desk import Served, serve
from tests.factories import project
from tests.serving import chromium_path, launched

PROJECTS = Path(__file__).parent / "projects"


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """This process's databases, dropped at the end."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    made = Databases(tmp_path_factory.mktemp("databases"), worker)
    yield made
    made.drop()


@pytest.fixture(scope="session")
def small_project() -> Project:
    """tests/projects/small, loaded."""
    from kefu_admin.definitions.load import load

    return load(PROJECTS / "small")


@pytest.fixture(params=DIALECTS)
def dialect(request: pytest.FixtureRequest) -> str:
    """Each of the three databases in turn."""
    return str(request.param)


@pytest.fixture
def open_store(
    databases: Databases, dialect: str, tmp_path: Path
) -> Iterator[Callable[[Project], Store]]:
    """Opens an empty store with a project's tables on the database of this run."""
    yield from _opening(databases.store, databases, dialect, tmp_path)


@pytest.fixture
def open_bare(
    databases: Databases, dialect: str, tmp_path: Path
) -> Iterator[Callable[[Project], Store]]:
    """Opens a store on a database without tables."""
    yield from _opening(databases.bare, databases, dialect, tmp_path)


@pytest.fixture
def ground(databases: Databases, dialect: str, tmp_path: Path) -> Iterator[Store]:
    """A store with only the fixed tables, for tests that change tables."""
    directory = tmp_path / "ground"
    directory.mkdir()
    for open_ in _opening(
        lambda dialect, _, directory: databases.ground(dialect, directory),
        databases,
        dialect,
        directory,
    ):
        yield open_(project())


@pytest.fixture
def store(open_store: Callable[[Project], Store], small_project: Project) -> Store:
    """An empty store of the small project, on each of the three databases."""
    return open_store(small_project)


@pytest.fixture
def served(store: Store, small_project: Project, tmp_path: Path) -> Served:
    """The small desk served to a few people, on each of the three databases."""
    from kefu_admin.app import create_app
    from kefu_admin.operations.desk import Desk

    here = settings.read({}, data=str(tmp_path))
    desk = Desk(small_project, store)
    return serve(create_app(here, desk=desk), desk, here, now=clock.now())


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """A running Chromium."""
    if chromium_path() is None:
        leave_out("chromium: not installed", required=os.environ.get("KEFU_REQUIRE", ""))
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright: not installed")
    with playwright.sync_playwright() as running, launched(running) as browser:
        yield browser


def _opening(
    make: Callable[[str, Project, Path], Store | None],
    databases: Databases,
    dialect: str,
    directory: Path,
) -> Iterator[Callable[[Project], Store]]:
    opened: list[Store] = []

    def open_(project: Project) -> Store:
        store = make(dialect, project, directory)
        if store is None:
            why = f"{dialect}: {databases.absent[dialect]}"
            leave_out(why, required=os.environ.get("KEFU_REQUIRE", ""))
        opened.append(store)
        return store

    yield open_
    for store in opened:
        store.close()
