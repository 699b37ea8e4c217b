"""R12 in small: workers killed and stopped on each database, and the planted fault found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

Soak = Callable[..., dict[str, Any]]


def test_every_chunk_is_done_once_whatever_befalls_the_workers(soak: Soak) -> None:
    told = soak("workers", "--jobs", "12", "--kills", "4")

    assert told["found"] == []
    assert (told["seen"]["done"], told["seen"]["kills"]) == (12, 4)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_the_run_finds_progress_that_is_kept_apart_from_its_chunk(soak: Soak) -> None:
    assert soak("workers", "--jobs", "20", "--kills", "10", "--plant", "mark_apart")["faults"] > 0
