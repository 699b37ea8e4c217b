"""A desk's directory for the command line."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kefu_admin import settings
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
