"""Crash runs as tests: each in a process of its own, which makes and drops its database."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from typing import Any

import pytest

from tests.absent import leave_out
from tests.databases import Databases
from tests.soak.crash_points import absent

PATIENCE_SECONDS = 300


@pytest.fixture
def soak(databases: Databases, dialect: str) -> Callable[..., dict[str, Any]]:
    """Runs `python -m tests.soak` on the database of this run; answers its line."""
    if dialect != "sqlite" and databases.url(dialect) is None:
        why = f"{dialect}: {databases.absent[dialect]}"
        leave_out(why, required=os.environ.get("KEFU_REQUIRE", ""))

    def run(*arguments: str) -> dict[str, Any]:
        done = subprocess.run(
            [sys.executable, "-m", "tests.soak", *arguments, "--database", dialect],
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
        )
        assert done.stdout, done.stderr
        told: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        assert done.returncode == (1 if told["faults"] else 0), done.stderr
        return told

    return run


@pytest.fixture
def traced(soak: Callable[..., dict[str, Any]]) -> Callable[..., dict[str, Any]]:
    """Runs where strace may attach."""
    if why := absent():
        leave_out(why, required=os.environ.get("KEFU_REQUIRE", ""))
    return soak
