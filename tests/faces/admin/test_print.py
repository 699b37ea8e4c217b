"""A record on paper: what one may take along, as one sees it, told to the audit book."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.databases import DIALECTS
from tests.faces.desk import Client, Served


def printed(client: Client, id: int) -> Any:
    """The answer to the button."""
    return client.post(f"/records/customer/{id}/print", data={"_csrf": client.csrf})


def told(served: Served) -> list[tuple[Any, ...]]:
    """What the audit book says of exports."""
    with served.desk.store.connection():
        return served.desk.store.rows(
            'SELECT "actor", "record_id", "changes" FROM "kefu_audit" WHERE "action" = ?',
            ("export",),
        )


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_print_holds_the_record_who_printed_it_and_is_told_once(
    served: Served, customer: int
) -> None:
    answer = printed(served.browser("supervisor"), customer)

    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert all(word in page for word in ("甲公司", "13800005678", "赵六"))
    assert re.search(r"supervisor（supervisor）于 [\d-]+ [\d:]+ 打印", page)
    ((actor, record_id, changes),) = told(served)
    assert (actor, record_id) == ("supervisor", customer)
    assert '"print"' in changes
    assert "13800005678" not in changes


def test_one_without_the_right_to_export_has_no_button_and_no_page(
    served: Served, customer: int
) -> None:
    clerk = served.browser("clerk")

    page = clerk.get(f"/records/customer/{customer}").get_data(as_text=True)

    assert f"/records/customer/{customer}/print" not in page
    assert printed(clerk, customer).status_code == 403
    assert told(served) == []


def test_a_record_out_of_sight_is_not_there(served: Served, customer: int) -> None:
    assert printed(served.browser("other_clerk"), customer).status_code == 404
    assert told(served) == []


def test_it_is_never_printed_by_a_link(served: Served, customer: int) -> None:
    answer = served.browser("supervisor").get(f"/records/customer/{customer}/print")

    assert answer.status_code == 405
    assert told(served) == []
