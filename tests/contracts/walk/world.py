"""A small world in which every field holds a canary, and an oracle of who may see which.

The oracle repeats by hand what the roles of the small project say; it never asks the product.
"""

from __future__ import annotations

from dataclasses import dataclass

from kefu_admin.behaviours.making import id_check_digit
from tests.faces.desk import Served

ROLES = ("supervisor", "clerk", "other_clerk", "admin", "nobody")
SUPERVISOR_ONLY = frozenset({"c3", "k3", "c4", "k4"})  # another department, or above clearance
OF_FIRST = frozenset({"c1", "k1", "v1", "v3"})  # v3 is the clerk's own, in the other department
OF_SECOND = frozenset({"c2", "k2", "v2", "v3"})
MASKED = frozenset(
    {
        ("customer", "phone"),
        ("customer", "id_number"),
        ("customer", "address"),
        ("contact", "phone"),
    }
)
PERSONAL = MASKED | {("customer", "name"), ("contact", "name")}
PERMISSIONS: dict[str, set[str]] = {
    "supervisor": {"tokens", "numbers", "views"},
    "clerk": {"tokens"},
    "other_clerk": {"tokens"},
    "admin": {"users", "audit", "config", "status", "tokens", "jobs"},
    "nobody": set(),
    "stranger": set(),
}
KNOWN_BY = {"supervisor": OF_FIRST | OF_SECOND | SUPERVISOR_ONLY, "clerk": OF_FIRST}


@dataclass(frozen=True, slots=True)
class Canary:
    """A value that stands in one field of one record and nowhere else."""

    text: str
    key: str
    type: str
    field: str


@dataclass(frozen=True, slots=True)
class World:
    """The served desk, its records by key ("c1": ("customer", 7)) and their canaries."""

    served: Served
    records: dict[str, tuple[str, int]]
    canaries: tuple[Canary, ...]


def sees(who: str, key: str) -> bool:
    """Whether the person may see the record at all."""
    if who == "other_clerk":
        return key in OF_SECOND
    return key in KNOWN_BY.get(who, frozenset())


def granted(who: str, canary: Canary, *, unmasking: bool = False, auditing: bool = False) -> bool:
    """Whether the person may see the value in clear.

    Args:
        unmasking: he gave a reason.
        auditing: it stands in the audit book, which holds nothing personal in clear.
    """
    if auditing and "audit" in PERMISSIONS[who]:
        return (canary.type, canary.field) not in PERSONAL
    if not sees(who, canary.key):
        return False
    masked = who != "supervisor" and (canary.type, canary.field) in MASKED
    return unmasking or not masked


def populate(served: Served) -> World:
    """Four customers with a contact each, three visits; all made by the supervisor."""
    records: dict[str, tuple[str, int]] = {}
    canaries: list[Canary] = []
    boss = served.as_("supervisor")

    def make(key: str, type_id: str, watched: tuple[str, ...], **values: object) -> None:
        answer = boss.post(f"/api/v1/{type_id}", json=values)
        assert answer.status_code == 201, answer.json
        data = answer.json["data"]
        records[key] = (type_id, data["id"])
        canaries.extend(Canary(str(data["values"][f]), key, type_id, f) for f in watched)
        for child in data["values"].get("contacts", ()):
            owned = key.replace("c", "k")
            records[owned] = ("contact", child["id"])
            canaries.extend(
                Canary(str(child["values"][f]), owned, "contact", f) for f in ("name", "phone")
            )

    for number, department, secrecy in (
        (1, "一部", "internal"),
        (2, "二部", "internal"),
        (3, "总部", "secret"),
        (4, "一部", "secret"),
    ):
        body = f"11010{number}1990010{number}123"
        make(
            f"c{number}",
            "customer",
            ("code", "name", "phone", "id_number", "address", "credit"),
            name=f"鹤鸣{number}七",
            kind="person",
            phone=f"1390000410{number}",
            id_number=body + id_check_digit(body),
            address=f"青云路{number}91号8栋",
            credit=f"87{number}31.17",
            owner=served.people["supervisor"],
            department=served.departments[department],
            secrecy=secrecy,
            contacts=[{"name": f"燕归{number}六", "phone": f"1380000520{number}"}],
        )
    for number, customer, department, owner in (
        (1, "c1", "一部", "clerk"),
        (2, "c2", "二部", "other_clerk"),
        (3, "c2", "二部", "clerk"),
    ):
        make(
            f"v{number}",
            "visit",
            ("code", "summary"),
            customer=records[customer][1],
            department=served.departments[department],
            owner=served.people[owner],
            summary=f"雁过{number}留声",
        )
    return World(served, records, tuple(canaries))


def state(served: Served) -> dict[str, list[tuple[object, ...]]]:
    """Everything kept, but for what every request may touch: sessions, limits, the audit book."""
    moving = {
        "kefu_session",
        "kefu_token",
        "kefu_throttle",
        "kefu_audit",
        "kefu_seal",
        "kefu_draft",
    }
    store = served.desk.store
    with store.connection():
        return {
            name: sorted(store.rows(f'SELECT * FROM "{name}"'), key=repr)
            for name in store.layout
            if name not in moving
        }
