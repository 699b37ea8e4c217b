"""Every route that may change something: only with our token, only for who may, and only once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby

import pytest
from werkzeug.test import TestResponse

from kefu_admin.faces.routes import SAFE, Repeat
from tests.walk.allowed import allowed
from tests.walk.asks import Ask, asks, described
from tests.walk.ground import WALKERS, World
from tests.walk.looking import changed, looker, state
from tests.walk.undoing import undo

UNSAFE = ("POST", "PATCH", "DELETE", "PUT")
NO_EFFECT = {  # routes whose ask is refused or changes nothing that counts, on purpose
    "/account/appearance", "/account/password", "/language", "/sign-in", "/sign-out",
}  # fmt: skip


_TOLD = {  # an id out of sight in a bulk change is told to the audit book
    "/api/v1/bulk": {"kefu_audit"},
    "/batches/of/<type_id>/preview": {"kefu_audit"},
}
_LEFT_OVER = {"kefu_attachment"}  # an upload no record claims is swept away a day later


def test_every_unsafe_route_declares_what_it_needs(here: World) -> None:
    for (rule, method), route in described(here).items():
        if method in SAFE:
            continue
        declared = route.declaration
        assert declared.csrf, rule
        assert method in declared.methods, rule
        if declared.repeat is Repeat.SAFE:
            assert declared.audit in ("none", "read", "export"), rule


def test_without_our_token_nothing_is_done(here: World) -> None:
    foreign = here.client("alan").csrf
    refused = 0
    before = state(here.desk.store)
    for by, some in groupby(sorted(_one_each(here), key=_by), key=_by):
        client = here.client(by)
        for ask in some:
            for answer in (
                ask.send(client, csrf=""),
                ask.send(client, csrf=foreign),
                ask.send(client, **{"Sec-Fetch-Site": "cross-site"}),
                ask.send(client, Origin="https://evil.example"),
                _as_plain_text(ask, client),
            ):
                assert answer.status_code in (400, 403), f"{ask.path}: {answer.status}"
                refused += 1
        assert not changed(before, state(here.desk.store)), by
    assert refused > 300


def test_json_said_to_be_plain_text_is_refused(here: World) -> None:
    client, before = here.client("founder"), state(here.desk.store)
    for ask in _one_each(here):
        if ask.json is not None:
            answer = client.open(
                ask.method,
                ask.path,
                data='{"field": "name"}',
                headers={**ask.headers, "X-CSRF-Token": client.csrf, "Content-Type": "text/plain"},
            )
            assert answer.status_code == 415, ask.path
    assert not changed(before, state(here.desk.store))


@pytest.mark.parametrize("who", WALKERS)
def test_who_may_not_changes_nothing_and_is_told_nothing(here: World, who: str) -> None:
    walk_writing(here, who)


def walk_writing(world: World, who: str, *rules: str) -> int:
    """Every unsafe request as somebody who may not send it; returns how many."""
    client, look, walked = world.client(who), looker(world, who), 0
    before = state(world.desk.store)
    for rule, group in groupby(asks(world, *UNSAFE), key=_rule):
        if rules and rule not in rules:
            continue
        for ask in group:
            if allowed(world, who, ask):
                continue
            answer = ask.send(client)
            look.check(ask, answer)
            assert _is_refusal(answer), f"{who}: {ask.method} {ask.path} {answer.status}"
            walked += 1
        after = state(world.desk.store)
        found = set(changed(before, after)) - _TOLD.get(rule, set())
        assert not found, f"{who}: {rule} changes {found}"
        before = after
    return walked


@pytest.mark.parametrize("who", WALKERS)
def test_who_may_does_it_once_however_often_it_is_sent(fresh: World, who: str) -> None:
    client, look, done = fresh.client(who), looker(fresh, who), 0
    before = state(fresh.desk.store)
    for ask in _one_each(fresh, who):
        answer = ask.send(client)
        if not ask.rule.endswith("/unmask"):
            look.check(ask, answer)
        after = state(fresh.desk.store)
        effect = _has_effect(fresh, ask)
        if answer.status_code == 409:  # still referred to
            assert not changed(before, after), ask.path
            continue
        assert answer.status_code < 400, f"{who}: {ask.method} {ask.path} {answer.status}"
        assert bool(changed(before, after)) == effect, f"{who}: {ask.method} {ask.path}"
        if effect:
            again = ask.send(client)
            twice = set(changed(after, state(fresh.desk.store))) - _LEFT_OVER
            assert not twice, f"{ask.method} {ask.path} changes {twice} when sent twice"
            assert again.status_code < 500, ask.path
            done += 1
            undo(fresh)
    assert (done > 0) == (who not in ("plain", "anonymous")), done


def test_a_method_nobody_declared_does_nothing(here: World) -> None:
    client, before, tried = here.client("founder"), state(here.desk.store), 0
    declared: dict[str, set[str]] = {}
    for rule, method in described(here):
        declared.setdefault(rule, set()).add(method)
    paths = {ask.rule: ask for ask in asks(here, "GET", *UNSAFE)}
    for rule, ask in paths.items():
        for method in {*UNSAFE, "TRACE", "PROPFIND", "LOCK"} - declared[rule]:
            path = ask.path.partition("?")[
                0
            ]  # what another method lies there may know no such asks
            other = replace(ask, path=path, method=method, json=None, form=None, file="")
            answer = other.send(client)
            assert answer.status_code in (400, 403, 404, 405), f"{method} {ask.path}"
            tried += 1
        if "GET" in declared[rule]:
            head = client.open("HEAD", ask.path)
            assert (head.status_code < 500, head.get_data()) == (True, b""), ask.path
        looker(here, "founder").check(ask, client.open("OPTIONS", ask.path))
    assert tried > 200
    assert not changed(before, state(here.desk.store))


def _one_each(world: World, who: str = "") -> Iterator[Ask]:
    """One ask per rule, method and type (of those somebody may send)."""
    seen = set()
    for ask in asks(world, *UNSAFE):
        known = (ask.rule, ask.method, ask.type)
        if known in seen or (who and (ask.rule in NO_EFFECT or not allowed(world, who, ask))):
            continue
        seen.add(known)
        yield ask


def _has_effect(world: World, ask: Ask) -> bool:
    """Whether it leaves something beyond the technical tables, where limits are counted."""
    repeat = described(world)[ask.rule, ask.method].declaration.repeat
    without = ("/unmask", "/unlock", "/draft")
    return repeat is not Repeat.SAFE and not ask.rule.endswith(without)


def _as_plain_text(ask: Ask, client) -> TestResponse:  # type: ignore[no-untyped-def]
    return client.open(
        ask.method,
        ask.path,
        data='{"reason": "a form of another site"}',
        headers={**ask.headers, "Content-Type": "text/plain"},
    )


def _is_refusal(answer: TestResponse) -> bool:
    to_sign_in = "/sign-in" in answer.headers.get("Location", "")
    return answer.status_code >= 400 or (answer.status_code == 303 and to_sign_in)


def _rule(ask: Ask) -> str:
    return ask.rule


def _by(ask: Ask) -> str:
    return ask.by
