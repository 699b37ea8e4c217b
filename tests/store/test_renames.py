"""What was written under an old name is read under the new one."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from kefu_admin.actor import system_actor
from kefu_admin.store import batches, bin, crypto, history
from kefu_admin.store.change.recorded import Past
from kefu_admin.store.change.rows import Reader
from kefu_admin.store.database import Store
from kefu_admin.store.renames import Rename, Renames
from kefu_admin.store.telling import Telling
from tests.databases import NOW, add
from tests.factories import content_type, field

ACTOR = system_actor("tests")
EARLY, LATE = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC)
BETWEEN, AFTER = EARLY + timedelta(days=9), LATE + timedelta(days=9)
REGISTER = Renames(
    (
        Rename(type="", old="client", new="customer", at=EARLY.isoformat()),
        Rename(type="customer", old="tel", new="phone", at=EARLY.isoformat()),
        Rename(type="customer", old="phone", new="mobile", at=LATE.isoformat()),
    )
)


def test_a_field_keeps_its_first_names():
    assert REGISTER.origin("customer", "mobile") == ("client", "tel")
    assert REGISTER.origin("customer", "phone") == ("client", "tel")
    assert REGISTER.origin("visit", "mobile") == ("visit", "mobile")


@pytest.mark.parametrize(
    ("name", "at", "today"),
    [
        ("tel", EARLY, "mobile"),
        ("phone", BETWEEN, "mobile"),
        ("phone", AFTER, "phone"),
        ("tel", AFTER, "tel"),
        ("name", EARLY, "name"),
    ],
)
def test_a_name_means_what_it_meant_when_it_was_written(name, at, today):
    assert REGISTER.today("customer", name, at) == today


def test_encrypted_values_open_and_are_found_after_a_rename(go):
    secret = field("passport", encrypted=True)
    old = go(content_type("client", field("name"), secret))
    keys = crypto.vault_of(old)
    sealed = keys.seal("E123", type_id="client", field="passport", record_id=1)
    found_by = keys.look_up("E123", type_id="client", field="passport")
    add(old, "client", passport=sealed, passport_hash=found_by)

    store = go(
        content_type(
            "customer",
            field("name"),
            field("papers", encrypted=True, renamed_from="passport"),
            renamed_from="client",
        )
    )

    keys = crypto.vault_of(store)
    (stored, hashed) = store.row('SELECT "papers", "papers_hash" FROM "customer"')
    assert keys.open(stored, type_id="customer", field="papers", record_id=1) == "E123"
    assert keys.look_up("E123", type_id="customer", field="papers") == hashed


def test_history_speaks_of_the_field_by_its_present_name(go):
    old = go(content_type("client", field("tel")))
    _tell(old, "client", 1, {"tel": "1"})

    renamed = content_type("customer", field("phone", renamed_from="tel"), renamed_from="client")
    store = go(renamed)
    _tell(store, "customer", 2, {"phone": "2"}, later=1)

    told = [entry.after for entry in history.of_record(store, "customer", 7)]
    assert told == [{"phone": "2"}, {"phone": "1"}]


def test_batches_follow_their_renamed_type(go):
    old = go(content_type("client", field("name")))
    with old.connection(), old.transaction():
        batches.make(
            old,
            type="client",
            action="classify",
            deed="edit",
            asker_id=None,
            asker="boss",
            asked={},
            filter="{}",
            reason="",
            of_batch=None,
            now=NOW,
        )

    store = go(content_type("customer", field("name"), renamed_from="client"))

    assert store.rows('SELECT "type" FROM "kefu_batch"') == [("customer",)]


def test_attachments_follow_their_renamed_field_once(go):
    old = go(content_type("client", field("name"), field("files", "attachments")))
    add(
        old,
        "kefu_attachment",
        type="client",
        field="files",
        record_id=1,
        name="a",
        media_type="b",
        size=1,
        sha256="c",
        path="d",
        created_at="2026-01-01 00:00:00",
    )
    papers = field("papers", "attachments", renamed_from="files")
    new = content_type("customer", field("name"), papers, renamed_from="client")

    store = go(new)
    again = go(new)

    assert store.rows('SELECT "type", "field" FROM "kefu_attachment"') == [("customer", "papers")]
    assert len(again.renames.entries) == 2


def test_a_deleted_record_is_found_under_the_names_of_today(go):
    old = go(content_type("client", field("tel"), field("card", encrypted=True), field("fax")))
    card = old.project.types["client"].fields["card"]
    sealed = history.sealed(old, "client", card, 7, "E123")
    _tell(old, "client", 2, before={"tel": "1", "card": sealed, "fax": "2"})
    with old.transaction():
        bin.put(old, [_binned("client")])

    new = (field("phone", renamed_from="tel"), field("card", encrypted=True))
    store = go(content_type("customer", *new, renamed_from="client"))

    recorded = Past(store, Reader(store)).load("customer", [7])[7]
    assert (recorded.values["phone"], recorded.values["card"]) == ("1", "E123")
    assert recorded.lost == ("fax",)
    assert Past(store, Reader(store)).load("client", [7]) == {}


def test_a_type_made_again_does_not_give_out_old_ids(go):
    old = go(content_type("ticket", field("name")))
    _tell(old, "ticket", 1, {"name": "1"})
    go(consent=frozenset({"ticket"}))

    store = go(content_type("ticket", field("name")))

    assert add(store, "ticket", name="neu") == 8


def _binned(type_id: str) -> bin.Binned:
    return bin.Binned(
        type=type_id,
        record_id=7,
        version=2,
        owner_id=None,
        with_owner=False,
        at=NOW,
        actor_id=None,
        actor="tests",
        created_at=NOW,
        created_by=None,
        updated_at=NOW,
        updated_by=None,
    )


def _tell(
    store: Store,
    type_id: str,
    version: int,
    after: dict[str, object] | None = None,
    *,
    before: dict[str, object] | None = None,
    later: int = 0,
) -> None:
    text = [json.dumps(values) if values else None for values in (before, after)]
    told = Telling(type_id, 7, version, "update" if after else "delete", *text, "{}")
    at = NOW + timedelta(days=later)
    with store.transaction():
        history.append(store, [told], actor=ACTOR, at=at, operation="test")
