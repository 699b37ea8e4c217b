"""Crash runs as tests: each in a process of its own, which makes and drops its database."""

from __future__ import annotations

import json
import multiprocessing
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.absent import leave_out
from tests.databases import Databases
from tests.soak.begin import begin
from tests.soak.crash_points import absent

PATIENCE_SECONDS = 300
_FORKS = multiprocessing.get_context("forkserver")  # one import of the product for all runs
_FORKS.set_forkserver_preload(["tests.soak.begin"])


@pytest.fixture
def soak(databases: Databases, dialect: str, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Runs `python -m tests.soak` on the database of this run; answers its line."""
    if dialect != "sqlite" and databases.url(dialect) is None:
        why = f"{dialect}: {databases.absent[dialect]}"
        leave_out(why, required=os.environ.get("KEFU_REQUIRE", ""))

    def run(*arguments: str) -> dict[str, Any]:
        said = tmp_path / "said"
        process = _FORKS.Process(target=begin, args=([*arguments, "--database", dialect], said))
        process.start()
        process.join(PATIENCE_SECONDS)
        lines = said.read_text("utf-8").splitlines()
        assert lines, f"{arguments} ended {process.exitcode}"
        told: dict[str, Any] = json.loads(lines[-1])
        assert process.exitcode == (1 if told["faults"] else 0), lines
        return told

    return run


@pytest.fixture
def traced(soak: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Runs where strace may attach."""
    if why := absent():
        leave_out(why, required=os.environ.get("KEFU_REQUIRE", ""))
    return soak
