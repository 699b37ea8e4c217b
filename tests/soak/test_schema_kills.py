"""R20 in small: a change of many rows, killed again and again under a writer, and the way back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.soak.schema_kills import PLANTS

Soak = Callable[..., dict[str, Any]]
SIZES = {"sqlite": (50_000, 10), "postgresql": (20_000, 6), "mariadb": (20_000, 6)}


def test_a_killed_apply_reaches_the_same_rows(soak: Soak, dialect: str) -> None:
    rows, kills = SIZES[dialect]

    told = soak("schema", "--rows", str(rows), "--kills", str(kills))

    assert told["found"] == []
    assert told["seen"]["kills"] == kills
    assert told["seen"]["written meanwhile"] > 0


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_run_finds_a_planted_fault(soak: Soak, plant: str) -> None:
    assert soak("schema", "--rows", "2000", "--kills", "2", "--plant", plant)["faults"] > 0
