"""A rule that blocks names the clause it serves, in the panel and through the API."""

from __future__ import annotations

from typing import Any

from tests.journeys.shipped.demo import BOSS, Site

WRONG: dict[str, Any] = {"name": "条款公司", "kind": "company", "credit_days": 400}


def test_a_refusal_names_its_clause(site: Site) -> None:
    client = site.client(BOSS)
    headers = {"X-CSRF-Token": client.csrf}
    sent = {f"f.{name}": value for name, value in WRONG.items()}

    said = client.post("/api/v1/customer", json=WRONG, headers=headers)
    page = client.post(
        "/records/customer/new",
        data={**sent, "key": "clauses-0123456789ab", "_csrf": client.csrf},
    )

    (error,) = said.json["errors"]
    assert error["field"] == "credit_days"
    assert error["message"].endswith("（依据 a:V-064）")
    assert page.status_code == 422
    assert "（依据 a:V-064）" in page.get_data(as_text=True)
