"""A desk's directory for the command line."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kefu_admin import settings
from kefu_admin.store.database import Store
from tests.conftest import PROJECTS


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A directory with the small config and a secret, named by the environment."""
    shutil.copytree(PROJECTS / "small", tmp_path / "config")
    settings.write_secret(tmp_path / "secret")
    for name in ("LANG", "LC_ALL", "KEFU_LOCALE", "KEFU_DEMO", "KEFU_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KEFU_CONFIG", str(tmp_path / "config"))
    monkeypatch.setenv("KEFU_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("KEFU_SECRET_FILE", str(tmp_path / "secret"))
    return tmp_path


@pytest.fixture
def ending(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command's connections end with its process; here they end with the test."""
    made: list[Store] = []
    open_ = Store.open.__func__  # type: ignore[attr-defined]  # of a class method

    def kept(*args: Any, **options: Any) -> Store:
        made.append(open_(Store, *args, **options))
        return made[-1]

    monkeypatch.setattr(Store, "open", kept)
    yield
    for store in made:
        store.close()
