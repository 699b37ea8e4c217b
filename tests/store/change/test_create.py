"""Creating records."""

from __future__ import annotations


def test_a_created_record_has_its_values_defaults_number_and_authors(desk):
    made = desk.create("wang", "customer", name="甲公司", phone="13800005678")

    wang = desk.people["wang"]
    assert desk.row(
        "customer", made, "name", "kind", "phone", "code", "owner", "department", "version",
        "created_by", "visit_count",
    ) == ("甲公司", "company", "13800005678", "KH202611-0001", wang.user_id, desk.first, 1,
          wang.user_id, 0)  # fmt: skip
