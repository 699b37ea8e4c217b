"""A desk of the small project with two departments, three people and a few records."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pytest

from kefu_admin.actor import Actor
from kefu_admin.operations.desk import Desk
from kefu_admin.store.database import Store
from tests.databases import NOW
from tests.store.read.rows import department, person, put


@dataclass(frozen=True, slots=True)
class World:
    """`ids` by name; people: wang (clerk, 一部), li (clerk, 二部), zhao (supervisor of both)."""

    desk: Desk
    ids: Mapping[str, int]
    people: Mapping[str, Actor]

    def actor(self, name: str, *roles: str) -> Actor:
        """A person, as himself or with other roles."""
        from dataclasses import replace

        one = self.people[name]
        return replace(one, roles=frozenset(roles)) if roles else one


@pytest.fixture
def world(store: Store) -> World:
    ids = {"head": department(store, "总部")}
    ids["one"] = department(store, "一部", ids["head"])
    ids["two"] = department(store, "二部", ids["head"])
    for login, at in (("wang", "one"), ("li", "two"), ("zhao", "head")):
        ids[login] = person(store, login, ids[at])
    ids["acme"] = put(
        store, "customer", code="KH1", name="甲公司", kind="company", phone="13800005678",
        id_number="660101199001011234", department=ids["one"], owner=ids["wang"],
        secrecy="internal", address="广东省深圳市南山区科技园一号楼", level="b",
    )  # fmt: skip
    ids["beta"] = put(
        store, "customer", code="KH2", name="乙公司", kind="company", phone="13900001234",
        department=ids["two"], owner=ids["li"], secrecy="internal", level="a",
    )  # fmt: skip
    ids["deep"] = put(
        store, "customer", code="KH3", name="丙公司", kind="company", phone="13700009999",
        department=ids["one"], owner=ids["wang"], secrecy="secret",
    )  # fmt: skip
    ids["contact"] = put(store, "contact", customer=ids["acme"], name="陈一", phone="13600007777")
    ids["far_contact"] = put(
        store, "contact", customer=ids["beta"], name="陈二", phone="13600008888"
    )
    ids["visit"] = put(
        store, "visit", code="HF1", customer=ids["beta"], outcome="done", score=7,
        owner=ids["wang"], department=ids["one"], summary="客户很满意",
    )  # fmt: skip
    roles = {"wang": "clerk", "li": "clerk", "zhao": "supervisor"}
    below = {"wang": ("one",), "li": ("two",), "zhao": ("head", "one", "two")}
    people = {
        login: Actor(
            user_id=ids[login],
            login=login,
            name=login,
            roles=frozenset({role}),
            department_id=ids[below[login][0]],
            departments_below=frozenset(ids[name] for name in below[login]),
            session=f"session-{login}",
        )
        for login, role in roles.items()
    }
    return World(Desk(store.project, store), ids, people)


@pytest.fixture
def now() -> object:
    return NOW
