"""The ground is laid and furnished once per process and dialect; worlds stand on copies of it."""

from __future__ import annotations

import copy
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kefu_admin.definitions.project import Project
from kefu_admin.store.database import Store
from tests.databases import Databases, lay, opened
from tests.walk.cells import Ground
from tests.walk.ground import World, config, furnish, load_config, world
from tests.walk.oracle import Oracle
from tests.walk.poisoning import poison


@pytest.fixture(scope="session")
def walked_config(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped config with the walk's roles."""
    return config(tmp_path_factory.mktemp("walk"))


@pytest.fixture(scope="session")
def walked_project(walked_config: Path) -> Project:
    """It loaded."""
    return load_config(walked_config)


@pytest.fixture(scope="session")
def furnished(
    walked_project: Project, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Ground]:
    """A directory with a furnished SQLite desk, closed, and what is in it."""
    home = tmp_path_factory.mktemp("furnished")
    store = opened(f"sqlite:///{home}/store.db", walked_project, home)
    lay(store)
    ground = furnish(walked_project, store)
    store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    store.close()
    return home, ground


@pytest.fixture(scope="module")
def here(
    walked_config: Path,
    walked_project: Project,
    furnished: tuple[Path, Ground],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """A desk for tests that change nothing in it."""
    yield from _copy(walked_config, walked_project, furnished, tmp_path_factory.mktemp("here"))


@pytest.fixture(scope="session")
def poisoned(
    walked_config: Path,
    walked_project: Project,
    furnished: tuple[Path, Ground],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[World]:
    """A desk in which every text of every row, and every name, is an attack."""
    home = tmp_path_factory.mktemp("poisoned")
    for one in _copy(walked_config, walked_project, furnished, home):
        assert poison(one) > 60
        yield one


@pytest.fixture
def fresh(
    walked_config: Path, walked_project: Project, furnished: tuple[Path, Ground], tmp_path: Path
) -> Iterator[World]:
    """A desk of its own."""
    yield from _copy(walked_config, walked_project, furnished, tmp_path / "desk")


@pytest.fixture
def elsewhere(
    walked_config: Path,
    walked_project: Project,
    databases: Databases,
    dialect: str,
    tmp_path: Path,
) -> Iterator[World]:
    """A desk on each of the servers."""
    store = databases.store(dialect, walked_project, tmp_path)
    if store is None:
        why = f"{dialect}: {databases.absent[dialect]}"
        if os.environ.get("KEFU_REQUIRE") == "all":
            pytest.fail(why)
        pytest.skip(why)
    ground = furnish(walked_project, store)
    yield world(walked_project, Oracle(walked_config, ground.rows, ground.past), store, ground)
    store.close()


def _copy(
    config: Path, project: Project, furnished: tuple[Path, Ground], home: Path
) -> Iterator[World]:
    source, ground = furnished
    shutil.copytree(source, home, dirs_exist_ok=True)
    shutil.copy(home / "store.db", home / "pristine.db")
    store: Store = opened(f"sqlite:///{home}/store.db", project, home)
    known = copy.deepcopy(ground)
    yield world(project, Oracle(config, known.rows, known.past), store, known)
    store.close()
