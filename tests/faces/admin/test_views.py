"""Lists as a person lays them out and keeps them: columns, density, widths, views."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.faces.admin.pages import Form, cells, forms, text
from tests.faces.desk import Client, Served
from tests.faces.statements import counted


@pytest.fixture
def browser(served: Served, customer: int) -> Client:
    """The clerk, who sees 甲公司."""
    return served.browser("clerk")


def form(page: object, part: str) -> Form:
    """The form whose path holds this."""
    return next(one for one in forms(page) if part in one.action)  # type: ignore[arg-type]


def send(browser: Client, path: str, **sent: object) -> object:
    """A form of the list as a browser sends it."""
    return browser.post(f"/records/customer/{path}", data={"_csrf": browser.csrf, **sent})


def heads(page: object) -> list[str]:
    """The ids of the columns."""
    parts = page.get_data(as_text=True).split('data-column="')[1:]  # type: ignore[attr-defined]
    return [part.split('"')[0] for part in parts]


def lay_out(browser: Client, *on: str, query: str = "", **more: object) -> object:
    order = [*on, "code", "name", "kind"]
    return send(browser, f"layout{query}", order=order, on=list(on), do="save", **more)


def test_columns_are_chosen_ordered_and_given_back(served: Served, browser: Client) -> None:
    office = heads(browser.get("/records/customer/"))

    answer = lay_out(browser, "kind", "name", density="compact")
    mine = browser.get(answer.headers["Location"])
    others = served.browser("supervisor").get("/records/customer/")
    send(browser, "layout", do="reset")

    assert heads(mine) == ["kind", "name"]
    assert 'class="list compact"' in mine.get_data(as_text=True)
    assert cells(mine)[0][-2:] == ["单位", "甲公司"]
    assert heads(others) == office
    assert heads(browser.get("/records/customer/")) == office


def test_without_scripts_buttons_move_a_column(browser: Client) -> None:
    moved = send(browser, "layout", order=["code", "name"], on=["code"], do="down code")

    names = moved.get_data(as_text=True).split('name="order" value="')[1:]
    assert [one.split('"')[0] for one in names[:2]] == ["name", "code"]
    assert heads(browser.get("/records/customer/"))[:2] == ["code", "name"]


def test_no_column_is_chosen_that_one_may_not_see(browser: Client) -> None:
    lay_out(browser, "name", "unicorn")
    page = browser.get("/records/customer/layout").get_data(as_text=True)

    assert heads(browser.get("/records/customer/")) == ["name"]
    assert "unicorn" not in page


@pytest.mark.parametrize("widths", ["", "[]", '{"name": "1"}', '{"name": true}', "{"])
def test_widths_that_are_none_are_refused(browser: Client, widths: str) -> None:
    assert send(browser, "widths", widths=widths).status_code == 400


def test_widths_are_kept_for_the_person_and_the_list(served: Served, browser: Client) -> None:
    assert send(browser, "widths?view=customers", widths='{"name": 300}').status_code == 200

    assert (
        "300"
        in browser.get("/records/customer/").get_data(as_text=True).split("data-list")[1][:200]
    )
    other = served.browser("supervisor").get("/records/customer/").get_data(as_text=True)
    assert "data-widths=" not in other


def keep(browser: Client, query: str = "", **more: object) -> str:
    """A view of the list as it is asked for; the address of it."""
    sent = {"key": "k" * 20, "name": "我的单位", **more}
    answer = send(browser, f"keep{query}", **sent)
    assert answer.status_code == 303, text(answer)  # type: ignore[attr-defined]
    return str(answer.headers["Location"])  # type: ignore[attr-defined]


def test_a_list_is_kept_as_a_view_with_condition_sort_and_columns(browser: Client) -> None:
    lay_out(browser, "name", "level")
    condition = {"level": {"in": ["b"]}}
    page = browser.get(
        "/records/customer/layout",
        query_string={"c": json.dumps(condition), "f.kind": "company", "s": "name"},
    )
    query = form(page, "/keep").action.partition("/keep")[2]

    where = keep(browser, query)
    view = browser.get(where)

    assert "view=v-" in where
    assert parse_qs(urlsplit(where).query).keys() == {"view", "notice"}
    assert heads(view) == ["name", "level"]
    assert 'aria-sort="ascending"' in view.get_data(as_text=True)
    assert "类型 为 单位" in text(view)
    assert "等级 为 B类" in text(view)
    assert "我的单位" in text(browser.get("/records/customer/"))


def test_a_view_that_is_typed_by_hand_stays_closed_to_others(
    served: Served, browser: Client
) -> None:
    where = keep(browser).partition("&")[0]

    assert served.browser("supervisor").get(where).status_code == 404


def test_conditions_of_a_kept_view_are_taken_out_for_now_and_for_good(browser: Client) -> None:
    where = keep(browser, '?c={"kind":{"in":["person"]}}').partition("&")[0]
    view = browser.get(where)
    chip = view.get_data(as_text=True).split('class="chip"')[1]
    without = chip.split('href="')[1].split('"')[0].replace("&amp;", "&")
    taken = browser.get(without)
    layout = without.replace("/customer/", "/customer/layout")
    kept = form(browser.get(layout), "/views/")

    kept.send(browser, do="take")

    assert cells(view) == []
    assert len(cells(taken)) == len(cells(browser.get(where))) == 1


def test_a_view_is_renamed_and_dropped(browser: Client) -> None:
    where = keep(browser).partition("&")[0]
    layout = where.replace("/customer/", "/customer/layout")

    form(browser.get(layout), "/views/").send(browser, name="别名", do="rename")
    assert "别名" in text(browser.get(where))
    stale = form(browser.get(layout), "/views/")
    form(browser.get(layout), "/views/").send(browser, name="又名", do="rename")
    refused = stale.send(browser, do="drop")
    form(browser.get(layout), "/views/").send(browser, do="drop")

    assert refused.status_code == 409
    assert browser.get(where).status_code == 404


def test_a_list_opens_with_the_view_one_likes(browser: Client) -> None:
    where = keep(browser, '?c={"kind":{"in":["person"]}}').partition("&")[0]
    query = where.partition("/customer/")[2]

    send(browser, f"open_with{query}", do="this")
    liked = browser.get("/records/customer/")
    send(browser, f"open_with{query}", do="office")

    assert cells(liked) == []
    assert len(cells(browser.get("/records/customer/"))) == 1


def test_only_who_may_share_is_asked_with_whom(served: Served, browser: Client) -> None:
    clerk = browser.get("/records/customer/layout").get_data(as_text=True)
    boss = served.browser("supervisor")
    where = keep(boss, shared="role", role="clerk").partition("&")[0]

    refused = send(browser, "keep", key="k" * 20, name="共享", shared="everyone")

    assert 'name="shared"' not in clerk
    assert 'name="shared"' in boss.get("/records/customer/layout").get_data(as_text=True)
    assert refused.status_code == 403
    assert len(cells(browser.get(where))) == 1
    assert "/views/" not in browser.get(where.replace("/customer/", "/customer/layout")).text


def test_what_a_reader_may_not_see_is_left_out_with_a_notice(
    served: Served, browser: Client
) -> None:
    boss = served.browser("supervisor")
    where = keep(boss, "?s=phone", shared="everyone").partition("&")[0]

    assert "已略去" not in text(boss.get(where))
    assert "已略去" in text(browser.get(where))


def test_views_and_tastes_cost_a_list_no_statement(served: Served, browser: Client) -> None:
    lay_out(browser, "name", "kind")
    where = keep(browser).partition("&")[0]
    for path in ("/records/customer/", where):
        browser.get(path)
        with counted(served.desk.store) as seen:
            assert browser.get(path).status_code == 200
        assert len(seen) == 2, path  # session, page


def test_an_export_and_a_bulk_change_follow_the_kept_view(served: Served, browser: Client) -> None:
    boss = served.browser("supervisor")
    where = keep(boss, '?c={"kind":{"in":["person"]}}').partition("&")[0]

    page = boss.get(where.replace("/customer/", "/customer/export"))

    assert "共 0 条" in text(page)
    assert "我的单位" in text(page)
