"""R01 in small: the real product killed a few times on each database."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Soak = Callable[..., dict[str, Any]]
KILLS = {"sqlite": 4, "postgresql": 2, "mariadb": 2}


def test_a_killed_desk_comes_back_with_all_it_acknowledged(soak: Soak, dialect: str) -> None:
    told = soak("kill_real", "--kills", str(KILLS[dialect]))

    assert told["found"] == []
    assert told["seen"]["kills"] == KILLS[dialect]
    assert any(what.startswith("acked") for what in told["seen"])


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_run_finds_a_planted_fault(soak: Soak) -> None:
    assert soak("kill_real", "--kills", "5", "--plant", "forgotten_key")["faults"] > 0
