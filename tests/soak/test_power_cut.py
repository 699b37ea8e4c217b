"""R04 in small: the power cut at moments of a recorded run, and every weak setting found out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Soak = Callable[..., dict[str, Any]]
pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


def test_a_power_cut_neither_breaks_the_file_nor_loses_what_was_acknowledged(
    traced: Soak,
) -> None:
    told = traced("power_cut", "--cuts", "40", "--each", "6")

    assert told["found"] == []
    assert told["seen"]["cuts"] == 40
    assert told["seen"]["acked before a cut"] > 40
    assert told["seen"]["unknown, was not there"] > 0


def test_the_cuts_find_what_a_weaker_setting_loses(traced: Soak) -> None:
    told = traced("power_cut", "--cuts", "20", "--each", "6", "--plant", "normal")

    assert "corrupt" not in told["seen"]
    assert any("acked, but absent" in fault for fault in told["found"])


def test_the_cuts_find_what_no_sync_breaks(traced: Soak) -> None:
    told = traced("power_cut", "--cuts", "20", "--each", "6", "--plant", "off")

    assert told["seen"]["corrupt"] > 0
