"""Every route as every role: nothing shown, nothing changed beyond what the oracle grants."""

from __future__ import annotations

from html import unescape

import pytest

from kefu_admin.definitions.role import Permission
from kefu_admin.faces.routes import SAFE, Access, Route, table
from tests.contracts.walk.asking import API, Ask, asks, name_of
from tests.contracts.walk.world import (
    PERMISSIONS,
    ROLES,
    Canary,
    World,
    granted,
    populate,
    sees,
    state,
)
from tests.faces.desk import Client, Served

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

KNOWN = {
    *(
        f"{API}{name}"
        for name in (
            "create_record", "list_records", "change_record", "delete_record", "get_record",
            "download_file", "record_history", "unmask_field", "field_choices", "upload_file",
            "query_records", "docs", "me", "openapi", "static", "types",
            "history_difference", "restore_version", "list_bin", "list_whole_bin", "query_bin",
            "get_binned", "restore_record", "purge_record",
            "list_jobs", "get_job", "retry_job", "cancel_job",
            "list_deliveries", "get_delivery", "resend_delivery", "skip_delivery",
            "resend_parked_deliveries",
            "list_values", "get_values", "put_values",
            "list_calendars", "get_calendar", "calendar_due",
            "list_batches", "bulk_actions", "preview_batch", "get_batch", "batch_rows", "run_batch",
            "undo_batch", "export_records", "search_everywhere",
            "list_views", "create_view", "get_view", "change_view", "delete_view",
            "merge_record", "merges_into", "get_merge", "undo_merge", "get_by_number",
            "records_alike",
            "take_import", "get_import", "map_import", "import_faults", "import_template",
        )
    ),
    *(
        f"record.{name}"
        for name in (
            "index", "detail", "delete", "edit", "file", "unmask", "choices", "find", "new",
            "history", "revert", "export", "draft", "print", "timeline", "filter",
            "layout", "widths", "keep_view", "kept_view", "open_with",
            "merge", "merge_chosen", "merge_find", "merge_shown", "unmerge", "alike",
        )
    ),
    *(f"kefu.{name}" for name in ("index", "static", "language", "regions", "sign_in", "sign_out")),
    "kefu_account.appearance", "kefu_account.index", "kefu_account.password",
    *(
        f"kefu_batches.{name}"
        for name in ("index", "choose", "preview", "batch", "run", "undo", "workbook")
    ),
    *(f"kefu_imports.{name}" for name in ("index", "file", "template", "columns", "faults")),
    "kefu_audit.index", "kefu_audit.find",
    "kefu_config.index",
    "kefu_bin.index", "kefu_bin.find", "kefu_bin.detail", "kefu_bin.restore", "kefu_bin.purge",
    "kefu_departments.index", "kefu_departments.edit", "kefu_departments.new",
    "kefu_probes.figures", "kefu_probes.healthz", "kefu_probes.readyz", "kefu_status.index",
    *(f"kefu_jobs.{name}" for name in ("index", "find", "detail", "retry", "cancel")),
    *(
        f"kefu_messages.{name}"
        for name in ("index", "find", "detail", "resend", "resend_parked", "skip")
    ),
    "kefu_numbers.index", "kefu_numbers.find", "kefu_numbers.new",
    "kefu_search.index", "kefu_search.ask", "kefu_search.hits",
    "kefu_tokens.index", "kefu_tokens.detail", "kefu_tokens.revoke", "kefu_tokens.new",
    "kefu_users.index", "kefu_users.edit", "kefu_users.password", "kefu_users.find",
    "kefu_users.new", "kefu_users.unlock",
    "kefu_values.index", "kefu_values.values", "kefu_values.new", "kefu_values.edit",
    "kefu_values.history",
    "kefu_calendar.index", "kefu_calendar.year", "kefu_calendar.announce",
}  # fmt: skip
ENDS_SESSION = {"kefu.sign_out", "kefu.sign_in", "kefu_account.password"}  # asked elsewhere


@pytest.fixture
def world(served: Served) -> World:
    return populate(served)


@pytest.fixture
def routes(served: Served) -> tuple[Route, ...]:
    return table(served.app, served.runtime.blueprints())


def client(world: World, who: str, route: Route) -> Client:
    """The person on the face the route belongs to."""
    if who == "stranger":
        return world.served.stranger()
    return world.served.as_(who) if route.endpoint.startswith(API) else world.served.browser(who)


def send(world: World, one: Client, ask: Ask, *, csrf: bool = True) -> tuple[int, str]:
    """Status and everything the answer says, headers included."""
    options = dict(ask.options)
    if csrf and one.csrf and ask.method not in SAFE:
        options["headers"] = {**options.get("headers", {}), "X-CSRF-Token": one.csrf}
    answer = one.open(ask.method, ask.path, **options)
    body = answer.get_data().decode("utf-8", "replace")
    return answer.status_code, unescape(f"{answer.headers}\n{body}")


def leaked(world: World, who: str, route: Route, ask: Ask, said: str) -> list[Canary]:
    unmasking = "unmask" in name_of(route) and sees(who, ask.key)
    auditing = route.endpoint.startswith("kefu_audit.")
    return [
        canary
        for canary in world.canaries
        if canary.text in said and not granted(who, canary, unmasking=unmasking, auditing=auditing)
    ]


def may_try(who: str, route: Route, ask: Ask) -> bool:
    """Whether the oracle would let this person's request through, so that it may change things."""
    access = route.declaration.access
    if isinstance(access, Permission):
        return access.value in PERMISSIONS[who]
    if ask.key:
        return sees(who, ask.key)
    return who not in ("admin", "nobody")


def test_the_walk_knows_every_route(routes: tuple[Route, ...], world: World) -> None:
    assert {name_of(route) for route in routes} == KNOWN


def test_the_canaries_are_there_and_show_to_one_who_may_see_them(world: World) -> None:
    boss = world.served.as_("supervisor")

    shown = "".join(
        boss.get(f"/api/v1/{type_id}/{id}").get_data(as_text=True)
        for type_id, id in world.records.values()
    )

    assert [canary for canary in world.canaries if canary.text not in shown] == []
    assert len({canary.text for canary in world.canaries}) == len(world.canaries)


@pytest.mark.parametrize("who", [*ROLES, "stranger"])
def test_no_answer_holds_what_the_person_may_not_see(
    who: str, routes: tuple[Route, ...], world: World
) -> None:
    leaks = []
    for route in routes:
        if route.declaration.writes and who == "supervisor" and "export" not in name_of(route):
            continue  # he may write; what he may not see is asked of him by reading
        if name_of(route) in ENDS_SESSION:
            continue
        one = client(world, who, route)
        for ask in asks(route, world):
            exports = ask.path.endswith("/export")  # changes nothing, may tell something
            changes = ask.method not in SAFE and "unmask" not in ask.path and not exports
            if changes and may_try(who, route, ask):
                continue  # would change the world; reading shows him the same
            _, said = send(world, one, ask)
            leaks += [(ask, canary) for canary in leaked(world, who, route, ask, said)]

    assert leaks == []


@pytest.mark.parametrize("who", [*ROLES, "stranger"])
def test_nothing_changes_by_reading_nor_by_one_who_may_not_write(
    who: str, routes: tuple[Route, ...], world: World
) -> None:
    before = state(world.served)

    changed = []
    for route in routes:
        if name_of(route) in ENDS_SESSION:
            continue
        one = client(world, who, route)
        for ask in asks(route, world):
            if ask.method not in SAFE and who != "stranger" and may_try(who, route, ask):
                continue
            status, _ = send(world, one, ask)
            if ask.method not in SAFE and status < 400 and route.declaration.audit != "none":
                changed.append((ask, status))
    after = state(world.served)

    assert changed == [] or who == "stranger"
    assert [name for name in before if before[name] != after[name]] == []


def test_no_writing_route_takes_a_cookie_without_its_token(
    routes: tuple[Route, ...], world: World
) -> None:
    browser = world.served.browser("supervisor")
    before = state(world.served)

    taken = []
    for route in routes:
        for ask in asks(route, world) if route.declaration.writes else ():
            if ask.method in SAFE:
                continue
            status, _ = send(world, browser, ask, csrf=False)
            if status not in (400, 403):
                taken.append((ask, status))

    assert taken == []
    assert state(world.served) == before


def test_a_person_with_a_permission_page_only_sees_it_with_the_permission(
    routes: tuple[Route, ...], world: World
) -> None:
    wrong = []
    for who in ROLES:
        browser = world.served.browser(who)
        for route in routes:
            access = route.declaration.access
            if isinstance(access, Access) or route.methods != {"GET"}:
                continue
            for ask in asks(route, world):
                status, _ = send(world, browser, ask)
                allowed = access.value in PERMISSIONS[who]
                if (status == 403) is allowed:
                    wrong.append((who, ask, status))

    assert wrong == []
