"""A portion is as large as keeps others out for a twentieth of a second."""

from __future__ import annotations

import pytest

from kefu_admin.store.portions import AIM_SECONDS, LEAST, MOST, resized


@pytest.mark.parametrize(
    ("size", "seconds", "expected"),
    [
        (500, 0.0, 1000),
        (500, 0.001, 1000),
        (500, AIM_SECONDS, 500),
        (500, AIM_SECONDS * 4 / 5, 625),
        (500, 0.08, 312),
        (500, 10.0, 250),
        (60, 10.0, LEAST),
        (MOST, 0.001, MOST),
    ],
)
def test_the_next_portion_follows_the_clock(size: int, seconds: float, expected: int) -> None:
    assert resized(size, seconds) == expected


def test_no_portion_is_larger_than_its_work_allows() -> None:
    assert resized(400, 0.001, most=500) == 500
