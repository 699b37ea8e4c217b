"""A small valid config to spoil: `config(edits)` writes it, with some files replaced."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from tests.conftest import PROJECTS

Spoil = Callable[[Mapping[str, str | bytes | None]], Path]


@pytest.fixture
def spoiled(tmp_path: Path) -> Spoil:
    """Writes tests/projects/minimal as `config`, with files replaced, added or (None) left out."""

    def write(files: Mapping[str, str | bytes | None]) -> Path:
        root = tmp_path / "config"
        shutil.copytree(PROJECTS / "minimal", root, dirs_exist_ok=True)
        for name, content in files.items():
            path = root / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(
                dedent(content).lstrip().encode() if isinstance(content, str) else content
            )
        return root

    return write
