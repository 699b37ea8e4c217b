"""What may import what (contracts in pyproject.toml): data flows one way."""

from __future__ import annotations

from pathlib import Path

import pytest
from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[2]


def test_no_module_imports_upward_or_sideways(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)

    code = lint_imports(config_filename="pyproject.toml", no_cache=True)

    assert code == 0, capsys.readouterr().out
