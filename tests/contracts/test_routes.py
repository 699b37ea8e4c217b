"""Every route of panel and API promises something, and keeps it."""

from __future__ import annotations

import pytest

from kefu_admin.faces.http import runtime
from kefu_admin.faces.routes import SAFE, Access, Audit, Repeat, Route, table
from tests.faces.desk import Served

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)


@pytest.fixture
def routes(served: Served) -> tuple[Route, ...]:
    return table(served.app, runtime(served.app).blueprints())


def test_every_route_of_ours_is_declared(served: Served, routes: tuple[Route, ...]) -> None:
    ours = runtime(served.app).blueprints()
    rules = [rule for rule in served.app.url_map.iter_rules() if rule.endpoint.rpartition(".")[0]]

    assert {rule.endpoint.rpartition(".")[0] for rule in rules} <= ours
    assert len(routes) == len(rules)


def test_only_these_are_open_to_strangers(routes: tuple[Route, ...]) -> None:
    public = {route.rule for route in routes if route.declaration.access is Access.PUBLIC}

    pages = {rule for rule in public if not rule.endswith("<path:filename>")}
    probes = {"/healthz", "/readyz", "/metrics"}
    assert pages == {"/sign-in", "/sign-out", "/language"} | probes


def test_a_route_that_writes_is_audited_and_safe_to_repeat(routes: tuple[Route, ...]) -> None:
    careless = [
        route.rule
        for route in routes
        if route.declaration.writes
        and route.declaration.repeat is Repeat.SAFE
        and route.declaration.audit not in (Audit.NONE, Audit.READ, Audit.EXPORT)
    ]

    assert careless == []


def test_no_route_both_reads_and_writes_by_get(routes: tuple[Route, ...]) -> None:
    writing = [
        route.rule
        for route in routes
        if route.declaration.audit in (Audit.DATA, Audit.PERMISSIONS, Audit.UNMASK)
        and route.methods <= SAFE
    ]

    assert writing == []
