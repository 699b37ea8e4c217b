"""The filter builder: rows become conditions and back; nothing personal is in an address."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from kefu_admin.faces.admin.filtering import tree
from kefu_admin.faces.admin.filtering.offers import Offers
from kefu_admin.operations import reading
from tests.desks import NOW
from tests.faces.admin.pages import cells, form, text
from tests.faces.admin.test_statements import _writer as supervisor
from tests.faces.desk import Client, Served

CONDITIONS = [
    {"all": [{"kind": {"in": ["company"]}}]},
    {"any": [{"kind": {"in": ["company"]}}, {"level": {"not_in": ["a", "b"]}}]},
    {"not": {"any": [{"level": {"is_empty": True}}]}},
    {"all": [{"since": {"ge": "$start_of_week", "lt": "$start_of_week+1w"}}]},
    {"all": [{"since": {"ge": "$start_of_quarter-3m", "lt": "$start_of_quarter"}}]},
    {"all": [{"since": {"ge": "$today-44d", "lt": "$today+1d"}}]},
    {"all": [{"since": {"ge": "$today", "lt": "$today+3d"}}]},
    {"all": [{"since": {"lt": "$today"}}]},
    {"all": [{"since": {"between": ["2026-01-01", "2026-02-01"]}}]},
    {"all": [{"owner": {"eq": "$me"}}]},
    {"all": [{"department": {"in": "$my_departments"}}]},
    {"all": [{"owner.department.code": {"starts_with": "$$B"}}]},
    {"all": [{"credit": {"between": ["10", "20.50"]}}, {"region": {"under": "330000"}}]},
    {"all": [{"contacts": {"any": {"name": {"is_empty": False}}}}]},
    {"all": [{"kind": {"in": ["company"]}}, {"any": [{"level": {"in": ["a"]}}]}]},
]


@pytest.fixture
def offers(served: Served) -> Offers:
    """What the supervisor may ask of customers."""
    with served.desk.store.connection():
        views = reading.types(served.desk, supervisor(served), now=NOW)
    return Offers("customer", {view.id: view for view in views}, "zh")


@pytest.mark.parametrize("plain", CONDITIONS)
def test_a_condition_comes_back_from_its_rows(offers: Offers, plain: dict[str, object]) -> None:
    group = tree.read(plain, offers.verbs)

    assert tree.write(group, offers.verbs) == plain


def test_only_what_no_row_can_say_is_kept_as_it_is(offers: Offers) -> None:
    kept = {
        json.dumps(part.plain, ensure_ascii=False)
        for plain in CONDITIONS
        for part in tree.read(plain, offers.verbs).parts
        if isinstance(part, tree.Kept)
    }

    assert kept == {'{"contacts": {"any": {"name": {"is_empty": false}}}}'}


@pytest.fixture
def browser(served: Served, customer: int) -> Client:
    """The clerk, who sees 甲公司."""
    return served.browser("clerk")


def send(browser: Client, **fields: object) -> object:
    """The builder's form as a browser without scripts sends it."""
    sent = {name.replace("__", "."): value for name, value in fields.items()}
    return browser.post("/records/customer/filter", data={"_csrf": browser.csrf, **sent})


def test_rows_and_groups_narrow_the_list_by_an_open_address(browser: Client) -> None:
    answer = send(
        browser,
        g="all",
        g__0__field="kind",
        g__0__verb="in",
        g__0__value=["company"],
        g__1="any",
        g__1__0__field="since",
        g__1__0__verb="span",
        g__1__0__value="this_month",
        g__1__1__field="level",
        g__1__1__verb="empty",
        do="apply",
    )

    where = answer.headers["Location"]
    asked = json.loads(parse_qs(urlsplit(where).query)["c"][0])
    assert asked == {
        "all": [
            {"kind": {"in": ["company"]}},
            {
                "any": [
                    {"since": {"ge": "$start_of_month", "lt": "$start_of_month+1m"}},
                    {"level": {"is_empty": True}},
                ]
            },
        ]
    }
    page = browser.get(where)
    assert len(cells(page)) == 1
    assert "类型 为 单位" in text(page)
    assert "建档日期 在 本月" in text(page)


@pytest.mark.parametrize(
    ("field", "verb", "value", "found"),
    [
        ("name", "contains", "甲公", 1),
        ("phone", "ends_with", "5678", 1),
        ("owner.name", "eq", "nobody", 0),
    ],
)
def test_what_is_typed_travels_sealed(
    browser: Client, field: str, verb: str, value: str, found: int
) -> None:
    answer = send(
        browser, g="all", g__0__field=field, g__0__verb=verb, g__0__value=value, do="apply"
    )

    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert asked.keys() == {"q"}
    assert value not in answer.headers["Location"]
    assert len(cells(browser.get(answer.headers["Location"]))) == found


@pytest.mark.parametrize(
    "condition",
    [
        {"phone": {"ends_with": "5678"}},
        {"name": "甲公司"},
        {"not": {"any": [{"address": "x"}]}},
        {"contacts": {"any": {"name": "赵六"}}},
        {"owner.name": "clerk"},
        {"colour": "red"},
        {"all": [{"all": ["x"]}]},
    ],
)
def test_a_personal_condition_typed_into_an_address_is_refused(
    browser: Client, condition: object
) -> None:
    answer = browser.get("/records/customer/", query_string={"c": json.dumps(condition)})

    assert answer.status_code == 400


def test_a_masked_field_offers_only_its_tail_and_a_closed_one_nothing(browser: Client) -> None:
    page = browser.get("/records/customer/filter").get_data(as_text=True)
    answer = send(browser, g="all", g__0__field="phone", do="refresh").get_data(as_text=True)

    assert 'value="phone"' in page
    assert 'value="address"' not in page
    assert 'value="id_number"' not in page
    verbs = answer.split("g.0.verb")[1].split("</select>")[0]
    assert ('value="ends_with"' in verbs, 'value="contains"' in verbs) == (True, False)


def test_a_field_of_another_type_is_refused_as_one_that_does_not_exist(browser: Client) -> None:
    closed, unknown = (
        send(browser, g="all", g__0__field=name, g__0__verb="eq", g__0__value="1", do="apply")
        for name in ("address", "unicorn")
    )

    assert closed.status_code == unknown.status_code == 422
    same = [
        a.get_data(as_text=True).replace(n, "X")
        for a, n in ((closed, "address"), (unknown, "unicorn"))
    ]
    assert same[0].split("data-panel-body")[1] == same[1].split("data-panel-body")[1]


def test_a_row_without_a_value_is_pointed_at(browser: Client) -> None:
    answer = send(
        browser, g="all", g__0__field="credit", g__0__verb="ge", g__0__value="", do="apply"
    )

    assert answer.status_code == 422
    assert "请填写" in text(answer)


def test_a_value_that_is_none_is_pointed_at(browser: Client) -> None:
    answer = send(
        browser, g="all", g__0__field="credit", g__0__verb="ge", g__0__value="许多", do="apply"
    )

    assert answer.status_code == 422
    assert "许多" in answer.get_data(as_text=True)


def test_without_scripts_buttons_add_and_take_away_rows(browser: Client) -> None:
    first = form(browser.get("/records/customer/filter"), "/filter")
    two = send(browser, **_dotted(first.fields), do="add g")
    three = send(browser, g="all", g__0__field="kind", g__0__verb="in", do="group g")
    none = send(browser, g="all", g__0__field="kind", g__0__verb="in", do="drop g.0")

    assert two.get_data(as_text=True).count("data-line") == 2
    assert 'name="g.1.0.field"' in three.get_data(as_text=True)
    assert "data-line" not in none.get_data(as_text=True)


def _dotted(fields: dict[str, str]) -> dict[str, object]:
    return {n.replace(".", "__"): v for n, v in fields.items() if n.startswith("g")}


def test_without_scripts_a_value_is_found_by_a_word(served: Served, browser: Client) -> None:
    answer = send(
        browser, g="all", g__0__field="owner", g__0__verb="in", g__0__find="other", do="find g.0"
    )

    assert f'<option value="{served.people["other_clerk"]}">other_clerk' in answer.get_data(
        as_text=True
    )


def test_fields_behind_references_are_offered_as_one_goes_on(browser: Client) -> None:
    page = browser.get("/records/visit/filter").get_data(as_text=True)
    deeper = browser.post(
        "/records/visit/filter",
        data={"_csrf": browser.csrf, "g": "all", "g.0.field": "customer.owner", "do": "refresh"},
    ).get_data(as_text=True)

    assert 'value="customer.level"' in page
    assert 'value="customer.owner.department"' not in page
    assert 'value="customer.owner.department"' in deeper


@pytest.mark.parametrize(
    ("field", "type"),
    [("customer.owner", "clerk"), ("owner.department", "一部"), ("department.parent", "总部")],
)
def test_values_behind_references_are_looked_up(browser: Client, field: str, type: str) -> None:
    answer = browser.post(
        f"/records/visit/choices/{field}", data={"_csrf": browser.csrf, "term": type}
    )

    assert type in [one["label"] for one in answer.json["data"]]


@pytest.mark.parametrize("field", ["unicorn.owner", "customer.unicorn", "owner.unicorn", "kind.x"])
def test_a_way_that_leads_nowhere_looks_nothing_up(browser: Client, field: str) -> None:
    answer = browser.post(f"/records/visit/choices/{field}", data={"_csrf": browser.csrf})

    assert answer.status_code in (404, 422)


def test_a_condition_is_taken_out_by_its_chip(browser: Client) -> None:
    condition = {"all": [{"kind": {"in": ["person"]}}, {"level": {"in": ["b"]}}]}
    page = browser.get("/records/customer/", query_string={"c": json.dumps(condition)})
    without = page.get_data(as_text=True).split('class="chip"')[1].split('href="')[1].split('"')[0]

    again = browser.get(without.replace("&amp;", "&"))

    assert len(cells(page)) == 0
    assert len(cells(again)) == 1
    assert "等级 为 B类" in text(again)
    assert "类型 为" not in text(again)


def test_the_quick_filters_keep_the_condition(browser: Client) -> None:
    page = browser.get("/records/customer/", query_string={"c": '{"all":[{"level":{"in":["b"]}}]}'})

    answer = form(page, "/find").send(browser, f__kind="company")

    asked = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert set(asked) == {"c", "f.kind", "view"}


@pytest.mark.parametrize("do", ["add h.0.0.0.0.0.0.0.0", "drop g.x", "find g.-1"])
def test_no_button_of_ours_is_refused(browser: Client, do: str) -> None:
    assert send(browser, g="all", g__0__field="kind", do=do).status_code == 400
