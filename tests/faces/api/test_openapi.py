"""The API's description: complete, in two languages, readable without anything from outside."""

from __future__ import annotations

import re

import pytest

from kefu_admin.definitions.crosscheck.names import API_WORDS
from kefu_admin.faces.api import BLUEPRINT
from tests.faces.desk import Served

pytestmark = pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)

UNDESCRIBED = {"docs", "openapi.json", "static/<path:filename>"}


def described(served: Served, language: str = "zh", role: str = "clerk") -> dict[str, object]:
    answer = served.as_(role).get("/api/v1/openapi.json", headers={"Accept-Language": language})
    assert answer.status_code == 200
    return dict(answer.json)


def test_every_route_of_the_api_is_described_for_every_type(served: Served) -> None:
    paths = described(served)["paths"]
    assert isinstance(paths, dict)

    routes = {
        (rule.rule.removeprefix("/api/v1/"), method)
        for rule in served.app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{BLUEPRINT}.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    written = {
        (path, method.upper())
        for path, item in paths.items()
        for method in item
        if method != "parameters"
    }
    wanted = {
        (f"/{route}".replace("<type_id>", type_id), method)
        for route, method in routes
        if route not in UNDESCRIBED and "files" not in route
        for type_id in served.desk.project.types
    }
    assert {
        (re.sub(r"<int:(?:record_)?id>", "{id}", path).replace("<name>", "{name}"), method)
        for path, method in wanted
    } == written


def test_no_type_can_be_named_like_a_path_of_the_api(served: Served) -> None:
    firsts = {
        rule.rule.removeprefix("/api/v1/").partition("/")[0]
        for rule in served.app.url_map.iter_rules()
        if rule.endpoint.startswith(f"{BLUEPRINT}.")
    }

    assert firsts - {"<type_id>", "openapi.json"} == API_WORDS


def test_operations_have_names_of_their_own(served: Served) -> None:
    paths = described(served)["paths"]
    assert isinstance(paths, dict)
    names = [
        operation["operationId"]
        for item in paths.values()
        for method, operation in item.items()
        if method != "parameters"
    ]

    assert len(set(names)) == len(names)


def test_labels_come_in_the_callers_language(served: Served) -> None:
    chinese, english = described(served, "zh"), described(served, "en")

    assert chinese["info"]["title"] == "小客服台"  # type: ignore[index]  # OpenAPI
    assert english["info"]["title"] == "Small desk"  # type: ignore[index]  # OpenAPI


def test_only_who_is_signed_in_reads_it(served: Served) -> None:
    assert served.stranger().get("/api/v1/openapi.json").status_code == 401
    assert served.stranger().get("/api/v1/docs").status_code == 303


def test_the_page_names_every_type_and_needs_nothing_from_outside(served: Served) -> None:
    browser = served.browser("clerk")

    page = browser.get("/api/v1/docs").get_data(as_text=True)

    assert all(label in page for label in ("客户", "回访记录", "联系人"))
    assert re.findall(r"""(?:src|href)=["'](?:https?:)?//""", page) == []
    assert re.findall(r"<script|<style|style=|onclick", page) == []
    sheets = re.findall(r'rel="stylesheet" href="([^"]+)"', page)
    assert [browser.get(sheet).status_code for sheet in sheets] == [200]


def test_the_shape_of_a_record_says_what_may_be_sent(served: Served) -> None:
    create = described(served)["components"]["schemas"]["customer_create"]  # type: ignore[index]  # OpenAPI

    assert create["required"] == ["name"]
    assert "code" not in create["properties"]
    assert "created_at" not in create["properties"]
    assert create["properties"]["name"]["maxLength"] == 80
    assert create["properties"]["level"]["anyOf"][0] == {"enum": ["a", "b"]}


def test_nobody_reads_of_what_does_not_exist_for_him(served: Served) -> None:
    def names(role: str) -> tuple[set[str], set[str]]:
        found = described(served, role=role)
        schemas = found["components"]["schemas"]  # type: ignore[index]  # OpenAPI
        values = schemas.get("customer_values", {"properties": {}})
        return {path.split("/")[1] for path in found["paths"]}, set(values["properties"])  # type: ignore[attr-defined]  # OpenAPI

    assert "visit_count" in names("supervisor")[1]
    assert "visit_count" not in names("clerk")[1]
    assert not {"customer", "visit"} & names("nobody")[0]
    assert not names("nobody")[1]
