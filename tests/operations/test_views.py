"""Kept views: whose they are, what they show to whom, and who may change them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from kefu_admin.actor import Actor
from kefu_admin.definitions.role import Permission
from kefu_admin.definitions.saved_view import Look, SavedView, Sharing, gone
from kefu_admin.operations import reading, views
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import ListRequest
from kefu_admin.operations.views import Wanted
from kefu_admin.problems import Conflict, Forbidden, Invalid, NotFound, UnknownParameter
from kefu_admin.store import views as kept
from kefu_admin.store.database import Store
from tests.databases import NOW
from tests.operations.reading.conftest import World, now, world  # noqa: F401 -- fixtures

BY_NAME = Wanted(name="按名称", columns=("name", "phone"), sort=("-name",), on="customers")


@pytest.fixture
def keeper(world: World, small_project: Any) -> Desk:  # noqa: F811 -- the fixture
    """The desk where supervisors look after views."""
    roles = dict(small_project.roles)
    may = roles["supervisor"].may | {Permission.VIEWS}
    roles["supervisor"] = replace(roles["supervisor"], may=may)
    return Desk(replace(small_project, roles=roles), world.desk.store)


def keep(desk: Desk, who: Actor, wanted: Wanted = BY_NAME, type_id: str = "customer") -> SavedView:
    return views.create(desk, type_id, wanted, actor=who, now=NOW)


def rows(desk: Desk, who: Actor, key: str) -> list[Mapping[str, object]]:
    page = reading.list_rows(desk, ListRequest(view=key), actor=who, now=NOW)
    return [row.values for row in page.rows]


def test_a_view_is_a_list_of_its_columns_sort_and_filter(world: World) -> None:  # noqa: F811
    zhao = world.actor("zhao")
    wanted = replace(BY_NAME, filter={"any": [{"level": "a"}, {"owner.name": "wang"}]})

    view = keep(world.desk, zhao, wanted)

    found = rows(world.desk, zhao, view.key)
    assert [row["name"] for row in found] == ["甲公司", "乙公司", "丙公司"]
    assert found[0].keys() == {"name", "phone"}


def test_ones_own_view_is_nobody_elses(world: World) -> None:  # noqa: F811
    view = keep(world.desk, world.actor("wang"))

    assert reading.saved_views(world.desk, world.actor("wang"), "customer") == (view,)
    for other in ("li", "zhao"):
        assert reading.saved_views(world.desk, world.actor(other)) == ()
        with pytest.raises(NotFound):
            rows(world.desk, world.actor(other), view.key)
        with pytest.raises(NotFound):
            views.remove(world.desk, view.id, 1, actor=world.actor(other), now=NOW)


def test_a_view_is_shared_by_who_may(world: World, keeper: Desk) -> None:  # noqa: F811
    for_clerks = replace(BY_NAME, shared="role", role="clerk")
    with pytest.raises(Forbidden):
        keep(world.desk, world.actor("wang"), for_clerks)
    view = keep(keeper, world.actor("zhao"), for_clerks)

    assert [row["name"] for row in rows(keeper, world.actor("wang"), view.key)] == ["甲公司"]
    with pytest.raises(NotFound):
        rows(keeper, world.actor("wang", "admin"), view.key)


def test_a_shared_view_leaves_out_what_its_reader_may_not_see(
    world: World,  # noqa: F811
    keeper: Desk,
) -> None:
    wanted = replace(
        BY_NAME,
        shared="everyone",
        columns=("name", "phone", "id_number"),
        sort=("credit", "phone"),
        filter={"all": [{"level": {"in": ["a", "b"]}}, {"any": [{"name": {"contains": "公司"}}]}]},
    )
    view = keep(keeper, world.actor("zhao"), wanted)

    own = reading.shown_view(keeper, view.key, actor=world.actor("zhao"), now=NOW)
    read = reading.shown_view(keeper, view.key, actor=world.actor("wang"), now=NOW)

    assert own.left_out == 0
    assert read.left_out == 1
    assert [key.field for key in read.view.sort] == ["credit"]
    assert [row["phone"] for row in rows(keeper, world.actor("wang"), view.key)] == ["138****5678"]


@pytest.mark.parametrize(
    "condition",
    [
        {"phone": {"ends_with": "5678"}},
        {"id_number": "660101199001011234"},
        {"not": {"any": [{"address": {"contains": "南山"}}]}},
        {"contacts": {"any": {"phone": "13600007777"}}},
        {"contacts": {"count": {"ge": 1, "where": {"phone": "13600007777"}}}},
    ],
)
def test_no_masked_value_stands_in_a_shared_view(
    world: World,  # noqa: F811
    keeper: Desk,
    condition: dict[str, object],
) -> None:
    zhao = world.actor("zhao")
    keep(keeper, zhao, replace(BY_NAME, filter=condition))

    with pytest.raises(Invalid) as refused:
        keep(keeper, zhao, replace(BY_NAME, filter=condition, shared="everyone"))

    assert refused.value.errors[0].code == "personal_in_shared_view"


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": ("name", "unicorn")},
        {"sort": ("-phone",)},
        {"filter": {"address": "x"}},
        {"filter": {"unicorn": "x"}},
        {"on": "visits"},
        {"on": "v-1"},
    ],
)
def test_what_is_not_ones_own_to_use_is_refused(
    world: World,  # noqa: F811
    wrong: dict[str, Any],
) -> None:
    with pytest.raises(UnknownParameter):
        keep(world.desk, world.actor("wang"), replace(BY_NAME, **wrong))


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": " "}, "required"),
        ({"name": "长" * 65}, "too_long"),
        ({"shared": "all"}, "not_a_choice"),
        ({"density": "tiny"}, "not_a_choice"),
    ],
)
def test_a_view_that_is_none_is_refused(
    world: World,  # noqa: F811
    wrong: dict[str, Any],
    code: str,
) -> None:
    with pytest.raises(Invalid) as refused:
        keep(world.desk, world.actor("wang"), replace(BY_NAME, **wrong))

    assert refused.value.errors[0].code == code


def test_only_shared_steps_stand_in_the_audit_book_without_values(
    world: World,  # noqa: F811
    keeper: Desk,
) -> None:
    zhao = world.actor("zhao")
    view = keep(keeper, zhao, replace(BY_NAME, filter={"name": {"contains": "甲公司"}}))
    assert _audited(keeper.store) == []

    shared = views.change(
        keeper, view.id, 1, lambda w: replace(w, shared="everyone"), actor=zhao, now=NOW
    )
    views.remove(keeper, view.id, shared.version, actor=zhao, now=NOW)

    told = _audited(keeper.store)
    assert [action for action, _ in told] == ["update", "delete"]
    assert all("甲公司" not in changes for _, changes in told)
    assert '"name"' in told[0][1]


def _audited(store: Store) -> list[tuple[str, str]]:
    return [
        (str(action), str(changes))
        for action, changes in store.rows(
            'SELECT "action", "changes" FROM "kefu_audit" WHERE "type" = ? ORDER BY "id"', ("view",)
        )
    ]


def test_a_change_of_another_version_is_refused(world: World) -> None:  # noqa: F811
    wang = world.actor("wang")
    view = keep(world.desk, wang)
    views.change(world.desk, view.id, 1, lambda w: replace(w, name="甲"), actor=wang, now=NOW)

    with pytest.raises(Conflict):
        views.change(world.desk, view.id, 1, lambda w: replace(w, name="乙"), actor=wang, now=NOW)
    with pytest.raises(Conflict):
        views.remove(world.desk, view.id, 1, actor=wang, now=NOW)

    assert kept.view(world.desk.store, view.id).name == "甲"


def test_who_shared_a_view_takes_it_back_after_losing_the_right(
    world: World,  # noqa: F811
    keeper: Desk,
) -> None:
    zhao = world.actor("zhao")
    view = keep(keeper, zhao, replace(BY_NAME, shared="everyone"))
    roles = dict(keeper.project.roles)
    may = roles["supervisor"].may - {Permission.VIEWS}
    roles["supervisor"] = replace(roles["supervisor"], may=may)
    now_without = Desk(replace(keeper.project, roles=roles), keeper.store)

    with pytest.raises(Forbidden):
        views.change(now_without, view.id, 1, lambda w: replace(w, name="甲"), actor=zhao, now=NOW)
    views.change(now_without, view.id, 1, lambda w: replace(w, shared="own"), actor=zhao, now=NOW)

    assert kept.view(keeper.store, view.id).shared is Sharing.OWN


def test_a_reader_changes_no_shared_view(world: World, keeper: Desk) -> None:  # noqa: F811
    view = keep(keeper, world.actor("zhao"), replace(BY_NAME, shared="everyone"))

    for act in (
        lambda: views.remove(keeper, view.id, 1, actor=world.actor("wang"), now=NOW),
        lambda: views.change(keeper, view.id, 1, lambda w: w, actor=world.actor("wang"), now=NOW),
    ):
        with pytest.raises(Forbidden):
            act()


def test_a_token_keeps_views_only_with_the_scope(world: World, keeper: Desk) -> None:  # noqa: F811
    token = replace(world.actor("zhao"), scopes=frozenset({"customer:read"}))
    wide = replace(token, scopes=frozenset({"customer:read", "may:views"}))

    with pytest.raises(Forbidden):
        keep(keeper, token)
    with pytest.raises(Forbidden):
        views.lay_out(keeper, "customer", "", lambda look: look, actor=token, now=NOW)

    assert keep(keeper, wide).owner_id == wide.user_id


def test_what_the_config_lost_is_left_out_and_told(world: World) -> None:  # noqa: F811
    zhao = world.actor("zhao")
    wanted = replace(
        BY_NAME, columns=("name", "credit"), filter={"all": [{"credit": {"ge": 1}}, {"level": "a"}]}
    )
    view = keep(world.desk, zhao, wanted)
    assert gone(view, world.desk.project.types) == ()
    customer = world.desk.project.types["customer"]
    fields = {name: one for name, one in customer.fields.items() if name != "credit"}
    less = {**world.desk.project.types, "customer": replace(customer, fields=fields)}

    assert gone(view, less) == ("credit",)
    assert gone(replace(view, type="unicorn"), less) == ("unicorn",)


def test_a_taste_is_ones_own_and_follows_the_view(world: World) -> None:  # noqa: F811
    wang = world.actor("wang")

    def columns(look: Look) -> Look:
        return replace(look, columns=("name", "level"), widths={"name": 300})

    views.lay_out(world.desk, "customer", "customers", columns, actor=wang, now=NOW)
    views.open_with(world.desk, "customer", "customers", actor=wang, now=NOW)

    taste = reading.lists_of(world.desk, wang).taste
    assert taste.look("customer", "customers").columns == ("name", "level")
    assert taste.look("customer", "").columns == ()
    assert taste.defaults == {"customer": "customers"}
    assert reading.lists_of(world.desk, world.actor("li")).taste.looks == {}


@pytest.mark.parametrize(
    ("look", "refusal"),
    [
        (Look(columns=("unicorn",)), UnknownParameter),
        (Look(widths={"name": 5}), Invalid),
        (Look(density="tiny"), Invalid),
    ],
)
def test_a_look_that_is_none_is_refused(
    world: World,  # noqa: F811
    look: Look,
    refusal: type[Exception],
) -> None:
    with pytest.raises(refusal):
        views.lay_out(
            world.desk, "customer", "", lambda _: look, actor=world.actor("wang"), now=NOW
        )


def test_two_who_change_one_taste_at_once_lose_nothing(world: World) -> None:  # noqa: F811
    wang, faults = world.actor("wang"), []

    def lay_out(column: str) -> None:
        def alter(look: Look) -> Look:
            return replace(look, widths={**look.widths, column: 200})

        try:
            with world.desk.store.connection():
                views.lay_out(world.desk, "customer", "", alter, actor=wang, now=NOW)
        except Exception as fault:
            faults.append(fault)

    names = ["name", "kind", "level", "region", "owner", "credit"]
    threads = [threading.Thread(target=lay_out, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
    look = kept.taste(world.desk.store, int(wang.user_id or 0)).look("customer", "")
    assert look.widths.keys() == set(names)
