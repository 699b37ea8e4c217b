"""The API against its own description: whatever is sent, no fault and no undescribed answer.

Every operation with generated requests, right and wrong ones, as several roles (S21).
KEFU_TEST_EXAMPLES raises the number per operation for a long run.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from kefu_admin import clock
from kefu_admin import settings as runtime_settings
from kefu_admin.app import create_app
from kefu_admin.definitions.project import Project
from kefu_admin.operations.desk import Desk
from tests.databases import Databases
from tests.faces.desk import Served, serve

EXAMPLES = int(os.environ.get("KEFU_TEST_EXAMPLES", "6"))
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    unsupported_method,
    ignored_auth,
]


@pytest.fixture(scope="module")
def desk(
    databases: Databases, small_project: Project, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    """One desk for the whole run, with a record of each type to find."""
    directory = tmp_path_factory.mktemp("fuzz")
    store = databases.store("sqlite", small_project, directory)
    assert store is not None
    desk = Desk(small_project, store)
    here = runtime_settings.read({}, data=str(directory))
    served = serve(create_app(here, desk=desk), desk, here, now=clock.now())
    boss = served.as_("supervisor")
    customer = {
        "name": "甲公司",
        "kind": "company",
        "phone": "13800005678",
        "department": served.departments["一部"],
        "contacts": [{"name": "张三", "phone": "13900001111"}],
    }
    id = boss.post("/api/v1/customer", json=customer).json["data"]["id"]
    changed = {"level": "b", "contacts": [{"name": "李四"}]}
    match = {"If-Match": '"1"'}
    assert boss.patch(f"/api/v1/customer/{id}", json=changed, headers=match).status_code == 200
    assert boss.post("/api/v1/visit", json={"customer": id}).status_code == 201
    yield served
    store.close()


ROLES = ["supervisor", "clerk", "admin", "nobody", "stranger"]


@pytest.mark.parametrize("role", ROLES)
def test_every_answer_is_described_and_none_is_a_fault(role: str, desk: Served) -> None:
    knows = role if role in ("clerk", "admin") else "supervisor"  # others would read of nothing
    reader = {"Authorization": f"Bearer {desk.bearers[knows]}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", desk.app, headers=reader)
    bearer = desk.bearers.get(role)
    headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}

    for found in schema.get_all_operations():
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        def holds(case: Case) -> None:
            case.call_and_validate(headers=headers, checks=CHECKS)

        holds()
