"""Every example of docs/conditions.md is read as the config would read it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kefu_admin.definitions.condition_text import parse_condition
from kefu_admin.definitions.faults import Problems
from kefu_admin.definitions.formula_text import parse_formula
from kefu_admin.definitions.tree import parse
from kefu_admin.problems import NOWHERE, Problem

PAGE = Path(__file__).parents[2] / "docs" / "conditions.md"
EXAMPLES = re.findall(r"```(yaml|formula) (\w+) ?(\w*)\n(.*?)```", PAGE.read_text("utf-8"), re.S)


@pytest.mark.parametrize("example", EXAMPLES, ids=[text[:30].strip() for *_, text in EXAMPLES])
def test_an_example_is_read(example, small_project):
    language, type_id, result, text = example
    type, types = small_project.types[type_id], small_project.types
    problems: list[Problem] = []

    if language == "yaml":
        node = parse(text.encode(), "page", noted := Problems())
        assert node is not None
        assert noted == []
        parse_condition(node.plain(), type=type, types=types, place=NOWHERE, problems=problems)
    else:
        parse_formula(
            text.strip(), type=type, types=types, place=NOWHERE, problems=problems,
            result=result, scale=2,
        )  # fmt: skip

    assert problems == []


def test_no_example_is_missed():
    assert len(EXAMPLES) == PAGE.read_text("utf-8").count("\n```") / 2 >= 20
