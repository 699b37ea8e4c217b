"""Guessing masked values: two desks that differ only in what the mask hides answer alike.

Whatever a person asks through panel and API, the answers about two desks in which his customer has
another phone and another identity number behind the same mask must be equal, byte for byte. So he
learns nothing beyond the mask, however many questions he asks. Left out are the exact look-up (a
right of its own, logged and limited) and what a uniqueness rule must refuse.

Rule: S05, D02.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kefu_admin import clock
from kefu_admin.definitions.identifiers import check_digit
from kefu_admin.definitions.project import Project
from kefu_admin.operations import records
from kefu_admin.operations.reading import filters
from tests.databases import opened
from tests.faces.desk import Client
from tests.walk.cells import Ground
from tests.walk.ground import World, actor_of, world
from tests.walk.looking import MOMENT
from tests.walk.oracle import Oracle
from tests.walk.undoing import undo

HEAD, TAIL = "166", "4321"
MIDDLES = ("0258", "7391")
PHONES = tuple(f"{HEAD}{middle}{TAIL}" for middle in MIDDLES)
WHO = ("amy", "token")


def _id_numbers() -> tuple[str, str]:
    """Two identity numbers with the same first three and last four characters."""
    born = [f"990101{year}0307432" for year in range(1950, 1990)]
    first, *others = (text + check_digit(text) for text in born)
    return first, next(text for text in others if text[-1] == first[-1])


@pytest.fixture(scope="module")
def twins(
    walked_config: Path,
    walked_project: Project,
    furnished: tuple[Path, Ground],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[World, World]]:
    """The same desk twice; c_own and its contact have another number behind the same mask."""
    source, ground = furnished
    made, now = [], clock.now()
    for phone, id_number in zip(PHONES, _id_numbers(), strict=True):
        home = tmp_path_factory.mktemp("twin")
        shutil.copytree(source, home, dirs_exist_ok=True)
        store = opened(f"sqlite:///{home}/store.db", walked_project, home)
        one = world(walked_project, Oracle(walked_config, ground.rows), store, ground)
        child = {"id": ground.ids["c_own.0"], "version": ground.versions["c_own.0"]}
        other = {"id": ground.ids["c_own.1"], "version": ground.versions["c_own.1"]}
        values = {
            "phone": phone,
            "id_number": id_number,
            "address": f"北京市某区某{phone[3:7]}路",
            "contacts": [{**child, "phone": phone, "wechat": f"wx{phone}"}, other],
        }
        with store.connection():
            records.change(
                one.desk,
                "customer",
                ground.ids["c_own"],
                ground.versions["c_own"],
                values,
                actor=actor_of(ground, "founder"),
                now=now + timedelta(seconds=1),
            )
        store.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copy(home / "store.db", home / "pristine.db")
        made.append(one)
    yield made[0], made[1]
    for one in made:
        one.desk.store.close()


def test_the_secret_is_there_for_one_who_may_see_it(twins: tuple[World, World]) -> None:
    shown = [_phone(world, "founder") for world in twins]
    masked = [_phone(world, "amy") for world in twins]

    assert shown == list(PHONES)
    assert masked == [f"{HEAD}****{TAIL}"] * 2


@pytest.mark.parametrize("who", WHO)
def test_the_api_answers_alike_whatever_the_mask_hides(
    twins: tuple[World, World], who: str
) -> None:
    asked = 0
    clients = [world.client(who) for world in twins]
    for path, body in _api_questions(twins[0]):
        answers = [
            _answer(client.post(path, json=body, headers=_token(client))) for client in clients
        ]
        assert answers[0] == answers[1], f"{path} {body}"
        asked += 1
    assert asked > 250


def test_the_panel_answers_alike_whatever_the_mask_hides(twins: tuple[World, World]) -> None:
    asked = 0
    clients = [world.client("amy") for world in twins]
    for method, path, form in _panel_questions(twins[0]):
        found = []
        for client in clients:
            data = {**form, "_csrf": client.csrf} if method == "POST" else None
            answer = client.open(method, path, data=data)
            if answer.status_code == 303 and "/records/" in answer.headers["Location"]:
                answer = client.get(answer.headers["Location"])
            found.append(_answer(answer))
        assert found[0] == found[1], f"{method} {path} {form}"
        asked += 1
    assert asked > 60


def test_writing_a_guess_answers_alike_whatever_the_mask_hides(
    twins: tuple[World, World],
) -> None:
    clients = [world.client("amy") for world in twins]
    ground = twins[0].ground
    id, version = ground.ids["c_own"], ground.versions["c_own"] + 1
    contact = {"id": ground.ids["c_own.0"], "version": ground.versions["c_own.0"] + 1}
    other = {"id": ground.ids["c_own.1"], "version": ground.versions["c_own.1"]}
    guesses: list[dict[str, Any]] = [{"phone": phone} for phone in PHONES]
    guesses += [{"id_number": number} for number in _id_numbers()]
    guesses += [{"address": f"北京市某区某{middle}路"} for middle in MIDDLES]
    guesses += [{"contacts": [{**contact, "phone": phone}, other]} for phone in PHONES]
    guesses += [{"contacts": [{**contact, "wechat": f"wx{phone}"}, other]} for phone in PHONES]
    for values in guesses:
        found = []
        for twin, client in zip(twins, clients, strict=True):
            headers = {**_token(client), "If-Match": f'"{version}"'}
            answer = client.patch(f"/api/v1/customer/{id}", json=values, headers=headers)
            read = [client.get(f"/api/v1/customer/{id}{end}") for end in ("", "/history")]
            found.append([_answer(one) for one in (answer, *read)])
            undo(twin)
        assert found[0] == found[1], values


def test_the_twins_tell_of_a_filter_that_sees_through_the_mask(
    twins: tuple[World, World], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filters, "shows_tail", lambda one, text: True)

    with pytest.raises(AssertionError, match="ends_with"):
        test_the_api_answers_alike_whatever_the_mask_hides(twins, "amy")


def test_the_end_the_mask_shows_may_be_searched_and_no_more(twins: tuple[World, World]) -> None:
    client = twins[0].client("amy")
    path = "/api/v1/customer/query"

    def found(body: dict[str, Any]) -> list[int]:
        answer = client.post(path, json=body, headers=_token(client))
        assert answer.status_code in (200, 422)
        return [row["id"] for row in answer.json.get("data", [])]

    own = [twins[0].ground.ids["c_own"]]
    assert found({"search": TAIL}) == own
    assert found({"filter": {"phone": {"ends_with": TAIL}}}) == own
    for middle in MIDDLES:
        assert not found({"search": middle[-1] + TAIL})
        assert not found({"search": middle})
        assert not found({"filter": {"phone": {"ends_with": middle[-1] + TAIL}}})


def test_the_exact_look_up_is_logged_and_limited(fresh: World) -> None:
    client, store = fresh.client("amy"), fresh.desk.store
    phone = fresh.ground.rows["c_own"]["values"]["phone"]
    path = "/api/v1/customer/query"
    statuses = []
    for number in range(fresh.desk.project.search_per_hour + 1):
        guess = phone if number == 0 else f"1660000{number:04d}"
        body = {"filter": {"phone": guess}}
        answer = client.post(path, json=body, headers=_token(client))
        statuses.append(answer.status_code)
        if number == 0:
            assert [row["id"] for row in answer.json["data"]] == [fresh.ground.ids["c_own"]]

    logged = store.value('SELECT COUNT(*) FROM "kefu_audit" WHERE "action" = \'search_exact\'')
    assert statuses[:-1] == [200] * fresh.desk.project.search_per_hour
    assert statuses[-1] == 429
    assert logged == fresh.desk.project.search_per_hour
    told = store.rows('SELECT "changes" FROM "kefu_audit" WHERE "action" = \'search_exact\'')
    assert not any(phone in str(row[0]) for row in told)


def test_uniqueness_can_not_be_asked_more_often_than_a_look_up(fresh: World) -> None:
    client, ground = fresh.client("amy"), fresh.ground
    wanted = ground.rows["c_own"]["values"]
    path, version = f"/api/v1/customer/{ground.ids['c_peer']}", ground.versions["c_peer"]
    statuses = []
    for number in range(fresh.desk.project.search_per_hour + 1):
        values = {"name": wanted["name"], "phone": f"1660000{number:04d}"}
        headers = {**_token(client), "If-Match": f'"{version}"'}
        answer = client.patch(path, json=values, headers=headers)
        statuses.append(answer.status_code)
        version += 1

    hit = client.patch(path, json={"phone": wanted["phone"]}, headers={**headers})

    assert statuses[:-1] == [200] * fresh.desk.project.search_per_hour
    assert statuses[-1] == hit.status_code == 429


def test_a_uniqueness_refusal_names_no_masked_field(fresh: World) -> None:
    client, ground = fresh.client("amy"), fresh.ground
    wanted = ground.rows["c_own"]["values"]
    path = f"/api/v1/customer/{ground.ids['c_peer']}"
    headers = {**_token(client), "If-Match": f'"{ground.versions["c_peer"]}"'}

    answer = client.patch(
        path, json={"name": wanted["name"], "phone": wanted["phone"]}, headers=headers
    )

    assert answer.status_code == 422
    assert [(e["code"], e["field"]) for e in answer.json["errors"]] == [("repeats", "")]
    assert wanted["phone"] not in answer.get_data(as_text=True)


def _api_questions(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    """Everything one might try with the two numbers in hand."""
    numbers = _id_numbers()
    guesses = [*PHONES, *(f"{HEAD}{m}" for m in MIDDLES), *MIDDLES, *(m + TAIL for m in MIDDLES)]
    guesses += [m[-1] + TAIL for m in MIDDLES] + [n[6:10] for n in numbers] + list(numbers)
    for digit in range(10):
        for text in (f"{HEAD}{digit}", f"{digit}{TAIL}"):
            yield "/api/v1/customer/query", {"search": text, "count": True}
    for text in guesses:
        yield "/api/v1/customer/query", {"search": text, "count": True}
        yield "/api/v1/contact/query", {"search": text, "count": True}
        yield "/api/v1/visit/query", {"search": text, "count": True}
        for field in ("customer", "visit", "project"):
            yield (
                f"/api/v1/{'visit' if field == 'customer' else 'complaint'}/choices",
                {
                    "field": field,
                    "term": text,
                },
            )
    for condition in _conditions([*PHONES, *numbers, *MIDDLES, f"{HEAD}5"]):
        yield "/api/v1/customer/query", {"filter": condition, "count": True}
    for field in ("phone", "id_number", "address", "-phone", "-address", "contacts", "wechat"):
        yield "/api/v1/customer/query", {"sort": [field]}
        yield "/api/v1/contact/query", {"sort": [field]}
    for path in ("phone", "customer.phone", "visit.customer.phone"):
        for op in ("lt", "gt", "starts_with", "contains"):
            yield "/api/v1/visit/query", {"filter": {path: {op: f"{HEAD}5"}}, "count": True}
            yield "/api/v1/complaint/query", {"filter": {path: {op: f"{HEAD}5"}}, "count": True}


def _conditions(guesses: list[str]) -> Iterator[dict[str, Any]]:
    ops = ("ne", "lt", "le", "gt", "ge", "starts_with", "contains", "ends_with")
    for guess in guesses:
        for field in ("phone", "id_number", "address"):
            for op in ops:
                yield {field: {op: guess}}
                yield {"not": {field: {op: guess}}}
            yield {field: {"in": [guess, "x"]}}
            yield {field: {"not_in": [guess]}}
            yield {field: {"between": [guess, "199"]}}
            yield {"contacts": {"any": {field: {"starts_with": guess[:4]}}}}
        for quantifier in ("any", "all", "none"):
            yield {"contacts": {quantifier: {"phone": {"contains": guess}}}}
            yield {"contacts": {quantifier: {"wechat": {"contains": guess}}}}
        yield {"contacts": {"count": {"gt": 0}, "where": {"phone": {"contains": guess}}}}
    for field in ("phone", "id_number", "address", "wechat"):
        yield {field: {"is_empty": True}}
        yield {field: {"is_empty": False}}
        yield {"name": {"lt": {"field": field}}}
        yield {"email": {"eq": {"field": field}}}
        yield {"formula": f"{field} = 'x'"}
        yield {field: {"eq": {"field": "code"}}}
        yield {field: {"eq": {"formula": "code"}}}


def _panel_questions(world: World) -> Iterator[tuple[str, str, dict[str, str]]]:
    base, id = "/records/customer/", world.ground.ids["c_own"]
    for path in ("/", base, f"{base}?last=1", f"{base}{id}", f"{base}{id}/edit"):
        yield "GET", path, {}
    for text in (*PHONES, *MIDDLES, *(m[-1] + TAIL for m in MIDDLES), f"{HEAD}{MIDDLES[0][0]}"):
        yield "POST", f"{base}find", {"search": text}
        yield "POST", "/records/contact/find", {"search": text}
        yield "POST", f"{base}find", {"f.address": text}
        yield "POST", f"{base}find", {"f.id_number.from": text}
        yield "POST", "/records/visit/choices/customer", {"term": text}
        yield "POST", "/records/visit/new", {"_find": "f.customer", "find.f.customer": text}
        if len(text) < 11:
            yield "GET", f"{base}?f.phone={text}", {}
            yield "POST", f"{base}find", {"f.phone": text}
    for sort in ("phone", "-phone", "id_number", "address", "contacts"):
        yield "GET", f"{base}?s={sort}", {}


def _phone(world: World, who: str) -> str:
    answer = world.client(who).get(f"/api/v1/customer/{world.ground.ids['c_own']}")
    return str(answer.json["data"]["values"]["phone"])


def _token(client: Client) -> dict[str, str]:
    return {"X-CSRF-Token": client.csrf} if client.csrf else {}


def _answer(answer: Any) -> tuple[int, str]:
    """Status and body without what is random: sealed texts, tokens, keys."""
    text = answer.get_data(as_text=True)
    text = re.sub(r"[A-Za-z0-9_-]{40,}", "SEALED", text)
    text = re.sub(r'name="key" value="[^"]*"', "", text)
    return answer.status_code, MOMENT.sub("T", text)
