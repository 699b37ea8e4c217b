"""What one may not see answers as what does not exist: same status, same words, on every route."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from tests.faces.desk import Client
from tests.walk.asks import MISSING, Ask, asks, new_values
from tests.walk.ground import WALKERS, World
from tests.walk.looking import changed, plain_answer, state

MOST_ROWS = 4  # of a type on a route: each is invisible for another reason
WHO = [who for who in WALKERS if who != "anonymous"]


@pytest.mark.parametrize("who", WHO)
def test_an_invisible_row_answers_as_a_missing_one(here: World, who: str) -> None:
    before = state(here.desk.store)

    compared = compare_missing(here, who)

    assert compared > (10 if who == "founder" else 60)
    told = {"kefu_audit"}  # bulk changes that name an id out of sight
    assert set(changed(before, state(here.desk.store))) <= told


def compare_missing(world: World, who: str) -> int:
    """Every request about a row he may not see, beside the same about none; returns how many."""
    client, ground, compared = world.client(who), world.ground, 0
    rows: Counter[tuple[str, str, str]] = Counter()
    for ask in asks(world, "GET", "POST", "PATCH", "DELETE"):
        kind = (ask.rule, ask.method, ask.type)
        if not ask.row or rows[kind] == MOST_ROWS:
            continue
        known = ground.past if "/bin/" in ask.rule else ground.rows
        if ask.row in known and _visible(world, who, ask.row):
            continue
        id = ground.ids[ask.row]
        answer, other = ask.send(client), ask.about("", id, MISSING).send(client)
        one, two = plain_answer(answer, id, MISSING), plain_answer(other, id, MISSING)
        assert one == two, f"{who}: {ask.method} {ask.path} tells that the row is there"
        assert answer.status_code in (403, 404, 401, 303), f"{ask.path} {answer.status}"
        rows[kind] += 1
        compared += 1
    return compared


@pytest.mark.parametrize("who", ["amy", "bob", "duo", "sue", "kim", "token"])
def test_an_invisible_row_can_not_be_referred_to_or_asked_for(here: World, who: str) -> None:
    client, ground, before = here.client(who), here.ground, state(here.desk.store)
    compared = 0
    for key, row in ground.rows.items():
        if _visible(here, who, key):
            continue
        id = ground.ids[key]
        for ask in _mentions(here, row["type"]):
            answers = [_with(ask, value).send(client) for value in (id, MISSING)]
            one, two = (plain_answer(answer, id, MISSING) for answer in answers)
            assert one == two, f"{who}: {ask.path} {ask.json} tells of {key}"
            compared += 1
    assert compared > 20
    assert not changed(before, state(here.desk.store))


@pytest.mark.parametrize("who", ["plain", "kim"])
def test_a_type_that_is_not_his_answers_as_no_type(here: World, who: str) -> None:
    client, ground = here.client(who), here.ground
    known = {ground.rows[key]["type"] for key in ground.rows if _visible(here, who, key)}
    compared = set()
    for ask in asks(here, "GET", "POST", "PATCH", "DELETE"):
        kind = (ask.rule, ask.method, ask.type)
        if not ask.type or ask.type in known or kind in compared:
            continue
        other = replace(ask, path=ask.path.replace(f"/{ask.type}", "/nothing"))
        found = [plain_answer(one.send(client)) for one in (ask, other)]
        one, two = ([re.sub(f"{ask.type}|nothing", "T", str(part)) for part in f] for f in found)
        assert one == two, f"{who}: {ask.method} {ask.path}"
        compared.add(kind)
    assert len(compared) > 100


def test_an_account_page_tells_nothing_of_accounts(here: World) -> None:
    for who in ("amy", "plain", "sue"):
        client: Client = here.client(who)
        for base, id in (("/users/", 2), ("/departments/", 2), ("/tokens/", 1)):
            answers = [client.get(f"{base}{one}") for one in (id, MISSING)]
            one, two = (plain_answer(answer, id, MISSING) for answer in answers)
            assert one == two, f"{who}: {base}"
        for end in ("/revoke", "/password"):
            base = "/tokens/" if end == "/revoke" else "/users/"
            answers = [
                client.post(f"{base}{id}{end}", data={"_csrf": client.csrf, "version": "1"})
                for id in (here.ground.people["bob"], MISSING)
            ]
            bob = here.ground.people["bob"]
            one, two = (plain_answer(answer, bob, MISSING) for answer in answers)
            assert one == two, f"{who}: {base}{end}"


def _visible(world: World, who: str, key: str) -> bool:
    return bool(world.oracle.actions(WALKERS[who], key))


_HOLE = "HOLE"


def _mentions(world: World, type: str) -> list[Ask]:
    """Requests that name a row of the type somewhere: in a filter, as a value, in a form."""
    found = []
    for owner, content in world.oracle.types.items():
        for field, one in content["fields"].items():
            if one.get("to") != type or one["type"] not in ("reference", "references"):
                continue
            many = one["type"] == "references"
            asked = {field: {"has" if many else "eq": _HOLE}}
            for condition in (asked, {"not": asked}, {field: {"is_empty": True}}):
                body = {"filter": condition, "count": True}
                found.append(_post(f"/api/v1/{owner}/query", owner, body))
            sent = {**new_values(world.ground, owner), field: [_HOLE] if many else _HOLE}
            found.append(_post(f"/api/v1/{owner}", owner, sent))
            own = next(k for k in world.ground.keys(owner) if k.endswith(("_own", "one", ".0")))
            version = world.ground.versions[own]
            path = f"/api/v1/{owner}/{world.ground.ids[own]}"
            headers = {"If-Match": f'"{version}"'}
            change = {field: [_HOLE] if many else _HOLE}
            found.append(Ask(method="PATCH", path=path, json=change, headers=headers, type=owner))
            found += [
                Ask(method="GET", path=f"/records/{owner}/{query}={_HOLE}", type=owner)
                for query in (f"?f.{field}", f"new?from.{field}")
            ]
    return found


def _post(path: str, type: str, body: dict[str, Any]) -> Ask:
    return Ask(method="POST", path=path, type=type, json=body)


def _with(ask: Ask, value: int) -> Ask:
    """The hole filled."""

    def filled(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: filled(one) for name, one in part.items()}
        if isinstance(part, list):
            return [filled(one) for one in part]
        return value if part == _HOLE else part

    return Ask(
        method=ask.method,
        path=ask.path.replace(_HOLE, str(value)),
        json=filled(ask.json),
        headers=ask.headers,
        type=ask.type,
    )
