"""Permission examples are decided by the desk itself."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kefu_admin.definitions.label import Label
from kefu_admin.definitions.load import load
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action
from kefu_admin.definitions.scenario import Case, Example, Person, Scenario
from kefu_admin.operations import scenarios
from kefu_admin.operations.scenarios import Unusable, Verdict
from kefu_admin.shipped import config_directory
from tests.databases import NOW


def found(project: Project, *cases: Case, **values: object) -> list[tuple[bool, str]]:
    scenario = Scenario(
        id="one",
        label=Label("一"),
        people=(
            Person(id="wang", roles=("clerk",), department="总部/一部"),
            Person(id="zhao", roles=("supervisor",), department="总部"),
        ),
        records=(
            Example(
                id="acme",
                type="customer",
                values={"name": "甲", "kind": "company", "phone": "13800005678",
                        "department": "总部/一部", "owner": "wang", **values},
            ),
        ),
        cases=cases,
    )  # fmt: skip
    verdicts = scenarios.run(replace(project, scenarios={"one": scenario}), now=NOW)
    assert all(isinstance(one, Verdict) for one in verdicts)
    return [(one.passed, one.found) for one in verdicts if isinstance(one, Verdict)]


def test_the_small_projects_examples_hold(small_project: Project) -> None:
    verdicts = scenarios.run(small_project, now=NOW)

    assert len(verdicts) == 4
    assert [one for one in verdicts if not (isinstance(one, Verdict) and one.passed)] == []


def test_the_shipped_desks_examples_hold() -> None:
    verdicts = scenarios.run(load(config_directory()), now=NOW)

    assert [one for one in verdicts if not (isinstance(one, Verdict) and one.passed)] == []


@pytest.mark.parametrize("profile", ["anping", "libaojia"])
def test_the_shipped_profiles_examples_hold(profile: str) -> None:
    verdicts = scenarios.run(load(config_directory() / "profiles" / profile), now=NOW)

    assert len(verdicts) > 15
    assert [one for one in verdicts if not (isinstance(one, Verdict) and one.passed)] == []


def test_a_wrong_expectation_fails_and_says_what_came_out(small_project: Project) -> None:
    assert found(
        small_project,
        Case(who="wang", record="acme", field_name="phone", shows="13800005678"),
        Case(who="wang", record="acme", action=Action.DELETE, allowed=True),
        Case(who="zhao", record="acme", action=Action.DELETE, allowed=True),
        Case(who="wang", record="acme", action=Action.CREATE, allowed=True),
        Case(who="zhao", record="acme", field_name="owner", shows="wang"),
    ) == [
        (False, "138****5678"),
        (False, "cannot"),
        (True, "can"),
        (True, "can"),
        (True, "wang"),
    ]


@pytest.mark.parametrize("level", ["internal", "secret"])
def test_levels_count(small_project: Project, level: str) -> None:
    case = Case(who="wang", record="acme", action=Action.READ, allowed=level == "internal")

    assert found(small_project, case, secrecy=level)[0][0]


def test_a_record_that_cannot_be_made_is_told(small_project: Project) -> None:
    scenario = Scenario(
        id="one",
        label=Label("一"),
        people=(Person(id="wang", roles=("clerk",)),),
        records=(Example(id="acme", type="customer", values={"kind": "company"}),),
        cases=(Case(who="wang", record="acme", action=Action.READ),),
    )

    (told,) = scenarios.run(replace(small_project, scenarios={"one": scenario}), now=NOW)

    assert isinstance(told, Unusable)
    assert [(told.record, error.field, error.code) for error in told.errors] == [
        ("acme", "name", "required")
    ]
