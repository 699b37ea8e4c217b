"""Everybody reads every page and every endpoint about every row."""

from __future__ import annotations

from itertools import groupby

import pytest

from tests.walk.asks import ASKS, Ask, asks, described
from tests.walk.ground import WALKERS, World
from tests.walk.looking import changed, looker, state


def test_every_route_is_described_here(here: World) -> None:
    assert set(described(here)) == set(ASKS)


@pytest.mark.parametrize("who", WALKERS)
def test_reading_tells_nothing_that_is_closed_and_changes_nothing(here: World, who: str) -> None:
    walk_reading(here, who)


def walk_reading(world: World, who: str, *rules: str) -> int:
    """Every GET (or those of some rules) as somebody; returns how many."""
    client, look, walked = world.client(who), looker(world, who), 0
    before = state(world.desk.store)
    for rule, group in groupby(asks(world, "GET"), key=_rule):
        if rules and rule not in rules:
            continue
        for ask in group:
            look.check(ask, ask.send(client))
            walked += 1
        after = state(world.desk.store)
        assert not changed(before, after), f"{who}: GET {rule} changes {changed(before, after)}"
    return walked


def _rule(ask: Ask) -> str:
    return ask.rule
