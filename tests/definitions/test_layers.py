"""Layers of config: what lies over what, what cannot be changed, and where a value came from."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from textwrap import dedent

import pytest

from kefu_admin import shipped, wording
from kefu_admin.definitions import load, load_texts
from kefu_admin.problems import ConfigError
from tests.conftest import PROJECTS

Over = Callable[[Mapping[str, str]], Path]
SETTINGS = "name: 我们的台\nid: ours\nextends: [../base]\n"


@pytest.fixture
def over(tmp_path: Path) -> Over:
    """Writes a project that extends tests/projects/minimal; its files are given as text."""
    shutil.copytree(PROJECTS / "minimal", tmp_path / "base")

    def write(files: Mapping[str, str]) -> Path:
        for name, text in {"project.yaml": SETTINGS, **files}.items():
            path = tmp_path / "config" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), "utf-8")
        return tmp_path / "config"

    return write


def problems(directory: Path) -> list[str]:
    """What loading it says, in English."""
    with pytest.raises(ConfigError) as refused:
        load(directory)
    return [wording.problem(problem, "en") for problem in refused.value.problems]


def test_mappings_merge_and_single_values_replace(over: Over) -> None:
    made = load(
        over({"types/customer.yaml": "fields: {phone: {label: {zh: 手机}}, since: {help: 建}}"})
    )

    fields = made.types["customer"].fields
    assert fields["phone"].label.zh == "手机"
    assert (fields["phone"].type, fields["phone"].mask) == ("phone", "phone")
    assert fields["since"].help.zh == "建"
    assert list(fields)[:4] == ["code", "name", "phone", "level"]


def test_a_label_may_change_in_one_language(over: Over) -> None:
    made = load(over({"types/customer.yaml": "label: {zh: 会员}"}))

    assert (made.types["customer"].label.zh, made.types["customer"].label.en) == (
        "会员",
        "Customer",
    )


def test_a_condition_is_one_value_and_replaced_whole(over: Over) -> None:
    roles = """
        grants:
          - {type: customer, rows: {level: a}}
        """
    above = "name: 顶\nextends: [../config]\n"
    directory = over({"roles/clerk.yaml": roles})
    top = directory.parent / "top"
    (top / "roles").mkdir(parents=True)
    (top / "project.yaml").write_text(above, "utf-8")
    (top / "roles" / "clerk.yaml").write_text(
        "grants:\n  - {type: customer, rows: {since: {is_empty: false}}}\n", "utf-8"
    )

    grant = load(top).roles["clerk"].grants[0]

    assert "since" in repr(grant.rows)
    assert "level" not in repr(grant.rows)


def test_removal_takes_a_key_an_item_or_a_file_away(over: Over) -> None:
    made = load(
        over(
            {
                "types/customer.yaml": """
                    fields:
                      since: ~remove
                      level: {choices: {b: ~remove}}
                    """,
                "tests/clerk.yaml": "~remove\n",
            }
        )
    )

    assert "since" not in made.types["customer"].fields
    assert [one.id for one in made.types["customer"].fields["level"].choices] == ["a"]
    assert made.scenarios == {}


def test_keyed_lists_merge_by_key_and_stand_where_after_says(over: Over) -> None:
    choices = """
        fields:
          mobile: {type: phone, label: 手机, after: name}
          level:
            choices:
              - {id: c, label: 丙, after: a}
              - {id: b, label: 乙等}
              - {id: a, after: b}
        """
    made = load(over({"types/customer.yaml": choices}))

    customer = made.types["customer"]
    assert list(customer.fields)[:4] == ["code", "name", "mobile", "phone"]
    level = customer.fields["level"].choices
    assert [(one.id, one.label.zh) for one in level] == [("c", "丙"), ("b", "乙等"), ("a", "甲")]


def test_menu_entries_are_told_apart_by_view_or_page(over: Over) -> None:
    below = "groups: [{id: own, label: 自己, entries: [{view: customers}, {page: users}]}]\n"
    directory = over({"menus/main.yaml": "groups: {own: {entries: {users: ~remove}}}"})
    (directory.parent / "base" / "menus" / "main.yaml").write_text(below, "utf-8")

    (group,) = load(directory).menus["main"].groups

    assert [(one.view, one.page) for one in group.entries] == [("customers", "")]


def test_other_lists_are_replaced_whole(over: Over) -> None:
    made = load(over({"views/customers.yaml": "columns: [name]"}))

    assert made.views["customers"].columns == ("name",)


def test_a_problem_names_the_layer_its_value_came_from(over: Over) -> None:
    directory = over({"types/customer.yaml": "search: [nam]"})
    base = directory.parent / "base" / "types" / "customer.yaml"
    base.write_text(base.read_text("utf-8").replace("title: name", "title: nme"), "utf-8")

    assert problems(directory) == [
        "../base/types/customer.yaml:2 [title]: type “customer” has no field “nme”; did you mean "
        "“name”? (CFG042)",
        "config/types/customer.yaml:1 [search[0]]: type “customer” has no field “nam”; did you "
        "mean “name”? (CFG042)",
    ]


def test_a_key_from_below_keeps_its_place_under_a_changed_mapping(over: Over) -> None:
    directory = over({"roles/clerk.yaml": "help: 只此一个\n"})
    base = directory.parent / "base" / "roles" / "clerk.yaml"
    base.write_text(base.read_text("utf-8") + "exclusive: three\n", "utf-8")

    (problem,) = problems(directory)

    assert problem.startswith("../base/roles/clerk.yaml:5 [exclusive]: ")


def test_changing_a_field_that_is_not_below_names_the_nearest(over: Over) -> None:
    directory = over({"types/customer.yaml": "fields: {phon: {mask: none}}"})

    assert problems(directory) == [
        "config/types/customer.yaml:1 [fields.phon]: no layer below has “phon”, so part of it "
        "cannot be changed; did you mean “phone”? To add it, write type, label as well. (CFG141)"
    ]


def test_a_missing_layer_is_the_only_thing_said(over: Over) -> None:
    directory = over({"project.yaml": "name: 台\nextends: [dsk]\n", "types/customer.yaml": "x: 1"})

    assert problems(directory) == [
        "config/project.yaml:2 [extends[0]]: there is no layer “dsk” to extend; did you mean "
        "“desk”? (CFG136)"
    ]


def test_a_profile_of_the_project_and_what_it_extends_come_in_order(over: Over) -> None:
    directory = over(
        {
            "project.yaml": "name: 台\nextends: [../base, shop]\n",
            "profiles/shop/project.yaml": "name: 店\nextends: [../../../base]\n",
            "profiles/shop/types/customer.yaml": "label: {zh: 会员}\n",
            "types/customer.yaml": "label: {en: Member}\n",
        }
    )

    made = load(directory)

    label = made.types["customer"].label
    assert (made.name.zh, label.zh, label.en) == ("台", "会员", "Member")


def test_id_and_layers_of_a_layer_below_are_its_own(over: Over) -> None:
    directory = over({"project.yaml": "name: 台\nextends: [../base]\n"})
    (directory.parent / "base" / "project.yaml").write_text("name: 底\nid: base\n", "utf-8")

    assert load(directory).id == ""


def test_the_desk_reaches_a_project_that_extends_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = tmp_path / "shipped"
    shutil.copytree(shipped.config_directory(), desk)
    monkeypatch.setattr(shipped, "config_directory", lambda: desk)
    own = tmp_path / "config"
    (own / "types").mkdir(parents=True)
    (own / "project.yaml").write_text("name: 我们\nid: ours\nextends: [desk]\n", "utf-8")
    (own / "types" / "visit.yaml").write_text("label: {zh: 电访}\n", "utf-8")
    before = load(own)

    upgraded = desk / "types" / "visit.yaml"
    text = upgraded.read_text("utf-8")
    upgraded.write_text(text.replace("zh: 回访方式", "zh: 联系方式"), "utf-8")
    after = load(own)

    assert (after.types["visit"].label.zh, after.name.zh) == ("电访", "我们")
    assert before.types["visit"].fields["channel"].label.zh == "回访方式"
    assert after.types["visit"].fields["channel"].label.zh == "联系方式"
    assert before.fingerprint != after.fingerprint


def test_kept_texts_are_the_layers_put_together(over: Over) -> None:
    made = load(over({"types/customer.yaml": "label: {zh: 会员}"}))

    again = load_texts(made.texts)

    assert again.types == made.types
    assert again.fingerprint == made.fingerprint


def test_a_comment_in_a_layer_changes_no_fingerprint(over: Over) -> None:
    directory = over({"types/customer.yaml": "label: {zh: 会员}"})
    before = load(directory).fingerprint
    base = directory.parent / "base" / "views" / "customers.yaml"
    base.write_text("# a note\n" + base.read_text("utf-8"), "utf-8")

    assert load(directory).fingerprint == before


def test_a_hundred_types_in_three_layers_are_read_within_two_seconds(over: Over) -> None:
    files = {"project.yaml": "name: 台\nextends: [../base, many]\n"}
    fields = "".join(
        f"  f{n}: {{type: text, label: 字段{n}, max_length: {n + 20}}}\n" for n in range(12)
    )
    for number in range(100):
        files[f"profiles/many/types/t{number}.yaml"] = f"label: 类型{number}\nfields:\n{fields}"
        files[f"types/t{number}.yaml"] = "fields: {f3: {label: 改}, f4: ~remove}\n"
    directory = over(files)

    begun = time.process_time()
    made = load(directory)
    spent = time.process_time() - begun

    assert len(made.types) == 102
    assert made.types["t99"].fields["f3"].label.zh == "改"
    assert spent < 2
