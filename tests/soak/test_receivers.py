"""R15 in small: receivers that fail for six seconds, and every planted fault found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.soak.senders import PLANTS

Soak = Callable[..., dict[str, Any]]
SMALL = ("--events", "80", "--pace", "60")


def test_every_receiver_gets_every_event_in_order_after_an_outage(soak: Soak) -> None:
    told = soak("receivers", *SMALL, "--outage", "6")

    assert told["found"] == []
    assert told["seen"]["kills"] == 3
    assert told["seen"]["taken"] == 7 * told["seen"]["events"] > 7 * 80
    assert told["seen"]["in the outage to fails"] > 2


@pytest.mark.parametrize("plant", PLANTS)
@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_run_finds_a_planted_fault(soak: Soak, plant: str) -> None:
    told = soak("receivers", *SMALL, "--outage", "2", "--kills", "1", "--plant", plant)

    assert any(SIGNS[plant] in fault for fault in told["found"])


SIGNS = {"kept_before_sent": "never got", "no_order": "in the order", "another_id": " ids, "}
