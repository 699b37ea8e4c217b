"""R03 in small: every system call of a deed on SQLite but the writes, of which each twentieth."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Soak = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def test_a_deed_cut_off_at_any_system_call_is_whole_or_nothing(traced: Soak) -> None:
    told = traced("crash_points", "--every", "20")

    assert told["found"] == []
    assert told["seen"]["points"] > 30
    assert told["seen"]["unknown, was there"] > 0
    assert told["seen"]["unknown, was not there"] > 0


def test_the_points_find_a_planted_fault(traced: Soak) -> None:
    assert traced("crash_points", "--every", "40", "--plant", "row_before_file")["faults"] > 0
