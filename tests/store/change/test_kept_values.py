"""Kept values over referring rows follow every change of them."""

from __future__ import annotations

from tests.desks import Desk


def visits(desk: Desk, customer: int) -> object:
    """The kept count."""
    row = desk.row("customer", customer, "visit_count")
    assert row is not None
    return row[0]


def test_a_count_follows_creating_moving_and_deleting(desk: Desk) -> None:
    one, two = desk.create("boss", "customer"), desk.create("boss", "customer", name="乙")

    visit = desk.create("boss", "visit", customer=one)
    desk.create("boss", "visit", customer=one)
    assert (visits(desk, one), visits(desk, two)) == (2, 0)

    desk.update("boss", "visit", visit, 1, customer=two)
    assert (visits(desk, one), visits(desk, two)) == (1, 1)

    desk.remove("boss", "visit", visit, 2)
    assert (visits(desk, one), visits(desk, two)) == (1, 0)


def test_a_kept_value_is_no_change_of_the_record(desk: Desk) -> None:
    customer = desk.create("boss", "customer")

    desk.create("boss", "visit", customer=customer)

    assert desk.row("customer", customer, "version", "visit_count") == (1, 1)
