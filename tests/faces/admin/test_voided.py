"""The void register of numbers, as people read it."""

from __future__ import annotations

from tests.faces.admin.pages import text
from tests.faces.desk import Served


def test_the_number_of_a_purged_record_is_void_for_a_reason_in_words(served: Served) -> None:
    boss = served.as_("supervisor")
    sent = {"name": "甲公司", "kind": "company", "department": served.departments["一部"]}
    id = boss.post("/api/v1/customer", json=sent).json["data"]["id"]
    boss.delete(f"/api/v1/customer/{id}", headers={"If-Match": '"1"'})
    purge = {"reason": "重复登记"}
    gone = boss.post(f"/api/v1/customer/bin/{id}/purge", json=purge, headers={"If-Match": '"2"'})

    page = text(served.browser("supervisor").get("/numbers/"))

    assert gone.status_code == 200, gone.json
    assert "彻底清除" in page
    assert "purged" not in page
