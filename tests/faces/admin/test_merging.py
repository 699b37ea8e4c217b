"""Merging in the panel: chosen, compared, done, taken back; and not by who may not."""

from __future__ import annotations

import re

from tests.faces.desk import Client, Served


def other(served: Served, **values: object) -> int:
    """A second customer of the first department."""
    sent = {"name": "甲", "kind": "company", "department": served.departments["一部"], **values}
    made = served.as_("supervisor").post("/api/v1/customer", json=sent)
    return int(made.json["data"]["id"])


def merged(browser: Client, kept: int, gone: int, **more: str) -> str:
    """Merge as the compare page does; the path of the merge."""
    form = {
        "key": "merge-key-000000001",
        "version": "1",
        "with": str(gone),
        "with_version": "1",
        "keep": "a",
        **more,
    }
    answer = browser.post(
        f"/records/customer/{kept}/merge", data=form, headers={"X-CSRF-Token": browser.csrf}
    )
    assert answer.status_code == 303, answer.get_data(as_text=True)
    return str(answer.headers["Location"]).partition("?")[0]


def test_both_are_compared_field_by_field(served: Served, customer: int) -> None:
    gone = other(served, level="a", region="440305")

    page = served.browser("supervisor").get(f"/records/customer/{customer}/merge?with={gone}")

    text = page.get_data(as_text=True)
    assert 'name="take.level" value="a" checked' in text  # the kept record has one
    assert 'name="take.region" value="b" checked' in text  # and here it has none
    assert "13800005678" in text
    assert "两边都保留" in text


def test_it_is_merged_and_taken_back(served: Served, customer: int) -> None:
    gone, boss = other(served, region="440305"), served.browser("supervisor")

    path = merged(boss, customer, gone, **{"take.region": "b"})

    assert "赵六" in boss.get(f"/records/customer/{customer}").get_data(as_text=True)
    there = boss.get(f"/records/customer/{gone}")
    assert there.headers["Location"] == f"/records/customer/{customer}?notice=merged_into"
    assert "撤销合并" in boss.get(path).get_data(as_text=True)
    undone = boss.post(
        f"{path}/undo",
        data={"key": "merge-key-000000002"},
        headers={"X-CSRF-Token": boss.csrf},
    )
    assert undone.status_code == 303
    assert boss.get(f"/records/customer/{gone}").status_code == 200


def test_the_other_is_kept_when_that_is_chosen(served: Served, customer: int) -> None:
    gone, boss = other(served), served.browser("supervisor")

    merged(boss, customer, gone, keep="b", **{"take.phone": "a"})

    text = boss.get(f"/records/customer/{gone}").get_data(as_text=True)
    assert "13800005678" in text
    assert boss.get(f"/records/customer/{customer}").status_code == 303


def test_a_record_changed_meanwhile_shows_the_comparison_again(
    served: Served, customer: int
) -> None:
    gone, boss = other(served), served.browser("supervisor")
    served.as_("supervisor").patch(
        f"/api/v1/customer/{gone}", json={"level": "a"}, headers={"If-Match": '"1"'}
    )
    form = {"key": "k" * 20, "version": "1", "with": str(gone), "with_version": "1", "keep": "b"}

    answer = boss.post(
        f"/records/customer/{customer}/merge", data=form, headers={"X-CSRF-Token": boss.csrf}
    )

    text = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert 'name="with_version" value="2"' in text
    assert re.search(r'name="keep" value="b" checked', text)


def test_who_may_not_merge_is_offered_nothing(served: Served, customer: int) -> None:
    gone, clerk = other(served), served.browser("clerk")

    assert "/merge" not in clerk.get(f"/records/customer/{customer}").get_data(as_text=True)
    assert "/merge" not in clerk.get("/records/customer/").get_data(as_text=True)
    assert clerk.get(f"/records/customer/{customer}/merge?with={gone}").status_code == 403
    far = served.browser("other_clerk")
    assert far.get(f"/records/customer/{customer}/merge?with={gone}").status_code == 404


def test_a_merge_is_nothing_to_who_cannot_see_the_kept_record(
    served: Served, customer: int
) -> None:
    path = merged(served.browser("supervisor"), customer, other(served))

    far = served.browser("other_clerk")

    assert far.get(path).status_code == 404
    number = path.rpartition("/")[2]
    assert served.as_("other_clerk").get(f"/api/v1/customer/merges/{number}").status_code == 404


def test_two_ticked_rows_are_compared(served: Served, customer: int) -> None:
    gone, boss = other(served), served.browser("supervisor")
    assert "/records/customer/merge" in boss.get("/records/customer/").get_data(as_text=True)

    answer = boss.post(
        "/records/customer/merge",
        data={"id": [str(customer), str(gone)]},
        headers={"X-CSRF-Token": boss.csrf},
    )

    assert answer.headers["Location"] == f"/records/customer/{customer}/merge?with={gone}"


def test_the_other_is_found_by_typing(served: Served, customer: int) -> None:
    gone, boss = other(served, name="甲乙丙公司"), served.browser("supervisor")

    answer = boss.post(
        f"/records/customer/{customer}/merge/find",
        data={"term": "乙丙"},
        headers={"X-CSRF-Token": boss.csrf},
    )

    text = answer.get_data(as_text=True)
    assert f'name="with" value="{gone}"' in text
    assert f'name="with" value="{customer}"' not in text
