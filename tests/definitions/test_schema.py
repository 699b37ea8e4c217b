"""JSON Schemas for editors."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import yaml

from kefu_admin.definitions.kinds import KINDS
from kefu_admin.definitions.layer_schema import layer_schemas
from kefu_admin.definitions.schema import schemas, write_schemas
from kefu_admin.definitions.takers import Schema
from tests.conftest import PROJECTS

VALID = [PROJECTS / "minimal", PROJECTS / "small", PROJECTS.parents[1] / "config"]
# faults of the words themselves, which an editor can underline before the whole is checked
UNDERLINED = [
    "unknown_key_near", "unknown_key_in_field", "missing_label", "field_is_text", "search_is_text",
    "scale_too_large", "unknown_field_type_near", "option_of_another_type",
    "choice_without_choices", "computed_without_formula", "bad_clause", "required_word",
    "empty_columns",
]  # fmt: skip


def validate(directory: Path, made: Mapping[str, Schema] | None = None) -> list[str]:
    """What the schemas say against the files of a directory."""
    made = made or schemas()
    return [
        f"{path.name}: {error.message}"
        for path in sorted(directory.rglob("*.yaml"))
        if "profiles" not in path.relative_to(directory).parts
        for error in jsonschema_rs.validator_for(
            made["project" if path.parent == directory else path.parent.name]
        ).iter_errors(read(path))
    ]


def read(path: Path) -> Any:
    """The file as an editor's YAML reader sees it: with YAML's own types."""
    return yaml.safe_load(path.read_text("utf-8"))


def test_there_is_a_schema_for_every_kind(tmp_path: Path) -> None:
    written = write_schemas(tmp_path, schemas())

    assert [path.name for path in written] == [f"{kind.id}.schema.json" for kind in KINDS]


@pytest.mark.parametrize("directory", VALID, ids=lambda path: path.name)
def test_what_the_reader_takes_the_schemas_take(directory: Path) -> None:
    assert validate(directory) == []


@pytest.mark.parametrize("fault", UNDERLINED)
def test_an_editor_underlines_faults_of_words(fault: str) -> None:
    assert validate(PROJECTS / "broken" / fault) != []


@pytest.mark.parametrize("directory", VALID, ids=lambda path: path.name)
def test_whole_files_may_lie_over_others(directory: Path) -> None:
    assert validate(directory, layer_schemas()) == []


PROFILES = sorted((PROJECTS.parents[1] / "config" / "profiles").iterdir())


@pytest.mark.parametrize("directory", PROFILES, ids=lambda path: path.name)
def test_an_editor_takes_the_shipped_profiles(directory: Path) -> None:
    assert validate(directory, layer_schemas()) == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("types", "fields: {phone: {label: {zh: 手机}}, since: ~remove}"),
        ("types", "fields: {mobile: {type: phone, label: 手机, after: name}}"),
        ("types", "fields: {level: {choices: {b: ~remove, c: {label: 丙, after: a}}}}"),
        ("types", "fields: {level: {choices: [{id: a, after: b}]}}"),
        ("types", "{secrecy: ~remove, search: [name]}"),
        ("views", "~remove"),
        ("roles", "grants: [{type: customer, fields: {phone: masked, level: ~remove}}]"),
    ],
)
def test_part_of_a_file_is_enough_in_a_layer_above(kind: str, text: str) -> None:
    errors = jsonschema_rs.validator_for(layer_schemas()[kind]).iter_errors(yaml.safe_load(text))

    assert [error.message for error in errors] == []


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("types", "fields: {phone: {lable: 手机}}"),
        ("types", "feilds: ~remove"),
        ("roles", "grants: [{type: customer, action: [read]}]"),
    ],
)
def test_an_editor_underlines_faults_in_a_layer_above(kind: str, text: str) -> None:
    errors = jsonschema_rs.validator_for(layer_schemas()[kind]).iter_errors(yaml.safe_load(text))

    assert list(errors) != []
