"""R02 in small: 200 killed children on each database, and every planted fault found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.soak.plants import PLANTS

Soak = Callable[..., dict[str, Any]]


def test_a_killed_writer_leaves_nothing_half_done_lost_or_doubled(soak: Soak) -> None:
    told = soak("kill_fork", "--kills", "200")

    assert told["found"] == []
    assert told["seen"]["kills"] == 200
    assert told["seen"]["unknown, was there"] > 0
    assert told["seen"]["unknown, was not there"] > 0


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_run_finds_a_planted_fault(soak: Soak, plant: str) -> None:
    assert soak("kill_fork", "--kills", "200", "--plant", plant)["faults"] > 0
