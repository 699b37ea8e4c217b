"""One record: shown, its history, its masked values uncovered, and why."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime

import pytest

from kefu_admin.definitions.home import Card, CardGroup, HomePage
from kefu_admin.definitions.label import Label
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import Forbidden, Invalid, NotFound, TooMany, UnknownParameter
from kefu_admin.store import history as book
from kefu_admin.store.query import Ref
from kefu_admin.store.telling import Telling
from tests.operations.reading.conftest import World


def test_a_record_shows_its_owned_rows_masked_by_their_own_type(
    world: World, now: datetime
) -> None:
    row = reading.get(world.desk, "customer", world.ids["acme"], actor=world.actor("wang"), now=now)

    (contact,) = row.values["contacts"]  # type: ignore[misc, attr-defined]
    assert (contact.title, dict(contact.values)["phone"]) == ("陈一", "136****7777")
    assert contact.masked == {"phone"}
    assert "customer" not in contact.values
    assert row.values["id_number"] == "660***********1234"
    assert row.values["address"] == "广东省深圳市****"
    assert row.masked == {"phone", "id_number", "address"}
    assert row.editable >= {"name", "phone"}
    assert not row.editable & {"id_number", "address", "credit", "code"}
    assert row.actions == {"read", "create", "update", "history", "unmask"}


def test_an_encrypted_field_is_opened_for_one_who_sees_it(world: World, now: datetime) -> None:
    row = reading.get(world.desk, "customer", world.ids["acme"], actor=world.actor("zhao"), now=now)

    assert row.values["id_number"] == "660101199001011234"


@pytest.mark.parametrize("record", ["beta", "deep", "none"])
def test_an_invisible_record_answers_like_one_that_does_not_exist(
    world: World, now: datetime, record: str
) -> None:
    id = world.ids.get(record, 99_999)
    wang = world.actor("wang")

    for ask in (
        lambda: reading.get(world.desk, "customer", id, actor=wang, now=now),
        lambda: reading.history(world.desk, "customer", id, actor=wang, now=now),
        lambda: reading.related(world.desk, "customer", id, actor=wang, now=now),
        lambda: reading.unmask(
            world.desk, "customer", id, "phone", "核对电话", actor=wang, now=now
        ),
        lambda: reading.unmask(world.desk, "customer", id, "nope", "", actor=wang, now=now),
    ):
        with pytest.raises(NotFound) as refused:
            ask()
        assert refused.value.facts == {}


def test_an_owned_row_is_seen_with_its_parent_only(world: World, now: datetime) -> None:
    def contact(who: str, name: str) -> str:
        return reading.get(
            world.desk, "contact", world.ids[name], actor=world.actor(who), now=now
        ).title

    assert contact("wang", "contact") == "陈一"
    assert contact("li", "far_contact") == "陈二"
    with pytest.raises(NotFound):
        contact("wang", "far_contact")


def test_a_denied_action_is_missing_in_those_rows_only(world: World, now: datetime) -> None:
    def actions(name: str) -> frozenset[str]:
        return reading.get(
            world.desk, "customer", world.ids[name], actor=world.actor("zhao"), now=now
        ).actions

    assert "delete" in actions("acme")
    assert "delete" not in actions("beta")  # level a
    assert "update" in actions("beta")


def test_history_drops_hidden_fields_and_masks_masked_ones(world: World, now: datetime) -> None:
    zhao, wang = world.actor("zhao"), world.actor("wang")
    values = {"name": "甲公司", "phone": "13800005678", "owner": world.ids["wang"]}
    told = Telling("customer", world.ids["acme"], 1, "create", None, json.dumps(values), "{}")
    with world.desk.store.transaction():
        book.append(world.desk.store, [told], actor=zhao, at=now, operation="records.create")

    (entry,) = reading.history(world.desk, "customer", world.ids["acme"], actor=wang, now=now)
    (full,) = reading.history(world.desk, "customer", world.ids["acme"], actor=zhao, now=now)

    assert entry.by == Ref(world.ids["zhao"], "zhao")
    assert entry.after == {
        "name": "甲公司",
        "phone": "138****5678",
        "owner": Ref(world.ids["wang"], "wang"),
    }
    assert entry.masked == {"phone"}
    assert full.after["phone"] == "13800005678"


def test_history_needs_its_own_right(world: World, now: datetime) -> None:
    with pytest.raises(Forbidden):
        reading.history(
            world.desk, "contact", world.ids["contact"], actor=world.actor("wang"), now=now
        )


def test_uncovering_a_value_needs_a_reason_and_leaves_one_line(world: World, now: datetime) -> None:
    wang, store = world.actor("wang"), world.desk.store

    def uncover(field: str, reason: str) -> object:
        return reading.unmask(
            world.desk, "customer", world.ids["acme"], field, reason, actor=wang, now=now
        )

    with pytest.raises(Invalid):
        uncover("phone", " x ")
    with pytest.raises(UnknownParameter):
        uncover("nope", "核对电话")
    with pytest.raises(Forbidden):
        uncover("name", "核对电话")  # seen, nothing to uncover
    assert uncover("phone", "核对电话") == "13800005678"
    assert uncover("id_number", "核对身份") == "660101199001011234"

    lines = store.rows(
        'SELECT "actor", "record_id", "reason", "changes" FROM "kefu_audit" ORDER BY "id"'
    )
    assert [line[:3] for line in lines] == [
        ("wang", world.ids["acme"], "核对电话"),
        ("wang", world.ids["acme"], "核对身份"),
    ]
    assert "138****5678" in json.dumps(json.loads(lines[0][3]), ensure_ascii=False)
    assert "13800005678" not in lines[0][3]


def test_uncovering_is_limited_per_hour(world: World, now: datetime) -> None:
    wang = world.actor("wang")

    for _ in range(world.desk.project.unmask_per_hour):
        reading.unmask(
            world.desk, "customer", world.ids["acme"], "phone", "核对", actor=wang, now=now
        )

    with pytest.raises(TooMany):
        reading.unmask(
            world.desk, "customer", world.ids["acme"], "phone", "核对", actor=wang, now=now
        )


def test_a_pick_list_offers_only_what_the_person_sees(world: World, now: datetime) -> None:
    def picked(who: str, type_id: str, field: str, term: str = "") -> list[str]:
        found = reading.choices(world.desk, type_id, field, term, actor=world.actor(who), now=now)
        return [ref.label for ref in found]

    assert picked("wang", "visit", "customer") == ["甲公司"]
    assert picked("wang", "visit", "customer", "乙") == []
    assert picked("zhao", "visit", "customer", "公司") == ["丙公司", "乙公司", "甲公司"]
    assert picked("wang", "visit", "owner", "zh") == ["zhao"]
    assert picked("wang", "customer", "department") == ["一部", "二部", "总部"]
    for field in ("name", "contacts", "nope"):
        with pytest.raises(UnknownParameter):
            picked("wang", "customer", field)


def test_an_explanation_gives_the_rule_and_its_line(world: World, now: datetime) -> None:
    with world.desk.store.transaction():
        for login, role in (("wang", "clerk"), ("zhao", "supervisor")):
            world.desk.store.execute(
                'INSERT INTO "kefu_user_role" ("user_id", "role") VALUES (?, ?)',
                (world.ids[login], role),
            )

    def why(login: str, record: str, field: str = "") -> tuple[str, list[tuple[str, object]]]:
        found = reading.explain(world.desk, login, "customer", world.ids[record], field, now=now)
        assert sum(said.decides for said in found.said) == 1
        deciding.append(next(said.code for said in found.said if said.decides))
        return found.verdict, [(said.code, said.facts.get("place")) for said in found.said]

    deciding: list[str] = []

    assert why("wang", "acme", "phone") == (
        "explain_masked",
        [("explain_grant_holds", "small/roles/clerk.yaml:5")],
    )
    assert why("wang", "beta") == (
        "explain_hidden",
        [("explain_grant_misses", "small/roles/clerk.yaml:5"), ("explain_nothing", None)],
    )
    assert why("wang", "deep")[0] == "explain_hidden"
    assert why("wang", "deep")[1][-1] == ("explain_level", None)
    assert why("zhao", "acme", "phone")[0] == "explain_seen"  # his department is above
    assert deciding == [
        "explain_grant_holds",
        "explain_nothing",
        "explain_level",
        "explain_level",
        "explain_grant_holds",
    ]


def test_the_catalogue_names_what_the_person_may_use(world: World, now: datetime) -> None:
    view = reading.type_view(world.desk, "customer", world.actor("wang"), now=now)
    phone, name = view.fields["phone"], view.fields["name"]

    assert (phone.seen, phone.masked, phone.full, phone.edit) == (True, True, False, True)
    assert [str(op) for op in phone.operators] == ["eq", "ends_with"]
    assert (phone.sortable, name.sortable) == (False, True)
    assert view.fields["id_number"].operators == ()
    assert not view.fields["credit"].edit
    assert "visit_count" not in view.fields  # he does not see all visits
    menu = reading.menu(world.desk, world.actor("wang"), now=now)
    assert [[item.view or item.page for item in branch.items] for branch in menu] == [
        ["customers", "visits"],
        ["tokens", "jobs", "api_docs"],
    ]


def test_the_first_page_counts_views_and_shows_my_records(world: World, now: datetime) -> None:
    home = reading.home(world.desk, actor=world.actor("wang"), now=now)

    (group,) = home.groups
    assert group.label is None
    assert [(card.view.id, card.count, card.capped) for card in group.cards] == [
        ("customers", 1, False),
        ("visits", 1, False),
    ]
    assert {one.title for one in home.recent} == {"甲公司", "HF1"}


def test_the_first_page_follows_the_config_by_role(world: World, now: datetime) -> None:
    def page(id: str, *views: str, roles: tuple[str, ...] = ()) -> HomePage:
        cards = tuple(Card(view=view, label=Label(view), color="red") for view in views)
        group = CardGroup(label=Label(f"组{id}"), cards=cards)
        return HomePage(id=id, roles=roles, new=("visit", "customer"), groups=(group,))

    pages = {
        "all": page("all", "visits", "customers"),
        "heads": page("heads", "customers", roles=("supervisor",)),
    }
    desk = Desk(replace(world.desk.project, homes=pages), world.desk.store)

    def shown(name: str) -> list[tuple[str, list[tuple[str, int]]]]:
        home = reading.home(desk, actor=world.actor(name), now=now)
        return [
            (
                group.label.zh if group.label else "",
                [(one.view.id, one.count) for one in group.cards],
            )
            for group in home.groups
        ]

    assert shown("wang") == [("组all", [("visits", 1), ("customers", 1)])]
    assert [label for label, _ in shown("zhao")] == ["组heads", "组all"]
    assert [id for _, cards in shown("zhao") for id, _ in cards] == ["customers", "visits"]
    assert reading.home(desk, actor=world.actor("wang"), now=now).new == ("visit", "customer")
    nobody = replace(world.actor("wang"), roles=frozenset())
    assert reading.home(desk, actor=nobody, now=now).groups == ()
