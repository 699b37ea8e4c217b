"""What an attacker learns by asking: nothing he cannot read on the page.

One project with every trap: two roles whose grants are pairs, denied fields, hidden and masked
values, invisible records behind references, owned rows, values worked out on reading.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import product

import pytest

from kefu_admin.actor import Actor
from kefu_admin.definitions.condition import Compare, Condition, Literal, Op, Path
from kefu_admin.definitions.condition_text import parse_condition
from kefu_admin.definitions.formula_text import parse_formula
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.project import Project
from kefu_admin.definitions.role import Action, Denial, Grant, Right, Role
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import ListRequest
from kefu_admin.problems import NOWHERE, Problem, Refusal, UnknownParameter
from kefu_admin.store.database import Store
from kefu_admin.store.query import Ref, Row
from tests.databases import NOW
from tests.factories import choice, content_type, field, project
from tests.store.read.rows import put

SEE, MASKED, EDIT = (frozenset({one}) for one in (Right.SEE, Right.SEE_MASKED, Right.EDIT))
READ, UPDATE = frozenset({Action.READ}), frozenset({Action.READ, Action.UPDATE})


def kind_is(value: str) -> Condition:
    return Compare(Path(("kind",)), Op.EQ, Literal(value))


def the_project() -> Project:
    tag = content_type("tag", field("name"), choice("kind", "a", "b"), search=("name",))
    line = content_type(
        "line",
        field("text"),
        field("price", "integer"),
        field("note", "reference", to="note"),
        owned_by="note",
    )
    note = content_type(
        "note",
        field("text"),
        field("secret"),
        field("phone", "phone", mask="phone"),
        choice("kind", "a", "b"),
        field("tag", "reference", to="tag"),
        field("tags", "references", to="tag"),
        field("lines", "children", to="line", by="note"),
        field("born", "date"),
        field("age", "computed", result="integer"),
        search=("text", "secret", "phone"),
    )
    types = {"tag": tag, "line": line, "note": note}
    problems: list[Problem] = []
    formula = parse_formula(
        "days_between(born, today())", type=note, types=types, place=NOWHERE,
        problems=problems, result="integer", scale=0,
    )  # fmt: skip
    assert not problems
    note = replace(
        note, fields={**note.fields, "age": replace(note.fields["age"], formula=formula)}
    )
    grants = {
        "texts": (
            Grant(type="note", actions=READ, rows=kind_is("a"),
                  fields=_fields(note, text=SEE, kind=SEE, tag=SEE, tags=SEE, lines=SEE, age=SEE)),
            Grant(type="line", actions=READ, fields={"text": SEE}),
            Grant(type="tag", actions=READ, rows=kind_is("a"), fields={"name": SEE, "kind": SEE}),
        ),
        "secrets": (
            Grant(type="note", actions=UPDATE, rows=kind_is("b"),
                  fields=_fields(note, secret=SEE, phone=MASKED, kind=EDIT, tag=EDIT)),
        ),
    }  # fmt: skip
    denial = Denial(type="note", fields=frozenset({"secret"}), rows=_text_is("denied", types))
    roles = {name: Role(id=name, label=Label(name), grants=some) for name, some in grants.items()}
    roles["denier"] = Role(id="denier", label=Label("denier"), denials=(denial,))
    return replace(project(tag, line, note), roles=roles)


def _fields(note: object, **rights: frozenset[Right]) -> dict[str, frozenset[Right]]:
    return {"created_at": SEE, **rights}


def _text_is(text: str, types: object) -> Condition:
    return Compare(Path(("text",)), Op.EQ, Literal(text))


@dataclass(frozen=True, slots=True)
class Ground:
    desk: Desk
    ids: dict[str, int]
    actor: Actor

    def titles(self, **asked: object) -> list[int]:
        request = ListRequest(type="note", sort=("id",), **asked)  # type: ignore[arg-type]
        page = reading.list_rows(self.desk, request, actor=self.actor, now=NOW)
        return [row.id for row in page.rows]

    def row(self, name: str) -> Row:
        return reading.get(self.desk, "note", self.ids[name], actor=self.actor, now=NOW)


@pytest.fixture
def ground(open_store: Callable[[Project], Store]) -> Ground:
    from datetime import date

    config = the_project()
    store = open_store(config)
    ids = {
        "tag_a": put(store, "tag", name="红", kind="a"),
        "tag_b": put(store, "tag", name="蓝", kind="b"),
    }
    for name, kind, tag in (("a1", "a", "tag_a"), ("a2", "a", "tag_b"), ("b1", "b", "tag_a"),
                            ("b2", "b", "tag_b"), ("denied", "b", "tag_b")):  # fmt: skip
        ids[name] = put(
            store, "note", text="denied" if name == "denied" else f"text {name}",
            secret=f"secret {name}", phone="13800005678", kind=kind, tag=ids[tag],
            born=date(2000, 11, 21),
        )  # fmt: skip
        for position, target in enumerate(("tag_a", "tag_b")):
            store.execute(
                'INSERT INTO "note__tags" ("record_id", "target_id", "position") VALUES (?, ?, ?)',
                (ids[name], ids[target], position),
            )
        ids[f"line_{name}"] = put(store, "line", note=ids[name], text=f"line {name}", price=7)
    actor = Actor(
        user_id=None, login="x", name="x", roles=frozenset({"texts", "secrets", "denier"})
    )
    return Ground(Desk(config, store), ids, actor)


def test_each_row_shows_the_fields_of_its_own_grants(ground: Ground) -> None:
    a1, b1, denied = ground.row("a1"), ground.row("b1"), ground.row("denied")

    assert dict(a1.values) == {
        "text": "text a1",
        "kind": "a",
        "tag": Ref(ground.ids["tag_a"], "红"),
        "tags": (Ref(ground.ids["tag_a"], "红"),),
        "lines": a1.values["lines"],
        "age": 9496,
        "id": a1.id,
        "version": 1,
        "created_at": NOW,
    }
    assert [dict(line.values) for line in a1.values["lines"]] == [  # type: ignore[attr-defined]
        {"text": "line a1", "id": ground.ids["line_a1"], "version": 1}
    ]
    assert dict(b1.values).keys() == {
        "secret",
        "phone",
        "kind",
        "tag",
        "id",
        "version",
        "created_at",
    }
    assert (b1.title, b1.masked, b1.editable) == (f"#{b1.id}", {"phone"}, {"kind", "tag"})
    assert "secret" not in denied.values
    assert a1.editable == frozenset()


def test_a_filter_holds_only_in_rows_that_show_the_field(ground: Ground) -> None:
    ids = ground.ids

    assert ground.titles(filter={"text": {"contains": "text"}}) == [ids["a1"], ids["a2"]]
    assert ground.titles(filter={"text": {"contains": "b1"}}) == []
    assert ground.titles(filter={"secret": {"contains": "secret"}}) == [ids["b1"], ids["b2"]]
    assert ground.titles(filter={"secret": {"contains": "denied"}}) == []
    assert ground.titles(filter={"phone": {"ends_with": "5678"}}) == [
        ids["b1"], ids["b2"], ids["denied"],
    ]  # fmt: skip
    assert ground.titles(search="secret") == [ids["b1"], ids["b2"]]
    assert ground.titles(search="a1") == [ids["a1"]]
    assert ground.titles(search="b2") == [ids["b2"]]


def test_negation_and_emptiness_see_a_hidden_value_as_absent(ground: Ground) -> None:
    every = ground.titles()
    hidden = [ground.ids[name] for name in ("b1", "b2", "denied")]

    for question in ({"contains": "text"}, {"contains": "b1"}, {"eq": "nothing"}):
        answer = ground.titles(filter={"not": {"text": question}})
        assert [id for id in answer if id in hidden] == hidden
    assert ground.titles(filter={"text": {"is_empty": True}}) == hidden
    assert ground.titles(filter={"text": {"is_empty": False}}) == [
        id for id in every if id not in hidden
    ]


def test_a_reference_that_may_not_be_followed_answers_as_absent(ground: Ground) -> None:
    ids = ground.ids
    a2 = ground.row("a2")

    assert "tag" not in a2.values
    assert ground.titles(filter={"tag": ids["tag_b"]}) == []
    assert ground.titles(filter={"tag": {"ne": ids["tag_a"]}}) == []
    assert ground.titles(filter={"tag": {"in": [ids["tag_a"], ids["tag_b"]]}}) == [
        ids["a1"], ids["b1"],
    ]  # fmt: skip
    assert ground.titles(filter={"tag.name": {"contains": "蓝"}}) == []
    assert ground.titles(filter={"tags": {"has": ids["tag_b"]}}) == []
    assert ground.titles(filter={"tags": {"has": ids["tag_a"]}}) == [ids["a1"], ids["a2"]]
    assert ground.titles(filter={"tags": {"has_all": [ids["tag_a"], ids["tag_b"]]}}) == []


def test_owned_rows_answer_only_for_parents_of_the_same_role(ground: Ground) -> None:
    ids = ground.ids

    assert ground.titles(filter={"lines": {"any": {"text": {"contains": "line"}}}}) == [
        ids["a1"], ids["a2"],
    ]  # fmt: skip
    assert ground.titles(filter={"lines": {"any": {"text": {"contains": "b1"}}}}) == []
    with pytest.raises(UnknownParameter) as refused:
        ground.titles(filter={"lines": {"any": {"price": 7}}})
    assert refused.value.facts == {"name": "price"}
    lines = reading.list_rows(ground.desk, ListRequest(type="line"), actor=ground.actor, now=NOW)
    assert {row.title for row in lines.rows} == {"line a1", "line a2"}


@pytest.mark.parametrize("name", ["born", "nothing"])
def test_a_hidden_field_is_refused_with_the_words_of_an_unknown_one(
    ground: Ground, name: str
) -> None:
    def refusal(**asked: object) -> tuple[type[Refusal], dict[str, object]]:
        with pytest.raises(Refusal) as refused:
            ground.titles(**asked)
        return type(refused.value), refused.value.facts

    expected = (UnknownParameter, {"name": name})
    assert refusal(filter={name: "2000-11-21"}) == expected
    assert refusal(filter={name: {"is_empty": True}}) == expected
    assert refusal(filter={"not": {name: {"no_such_operator": 1}}}) == expected
    assert refusal(filter=Compare(Path((name,)), Op.EQ, Literal(1))) == expected
    assert refusal(columns=("id", name)) == expected
    with pytest.raises(UnknownParameter) as refused:
        reading.list_rows(
            ground.desk, ListRequest(type="note", sort=(name,)), actor=ground.actor, now=NOW
        )
    assert refused.value.facts == {"name": name}


def test_a_masked_phone_cannot_be_found_out_by_a_thousand_questions(ground: Ground) -> None:
    operators = ("contains", "starts_with", "eq", "lt", "le", "gt", "ge", "ne", "in", "ends_with")
    parts = ("1", "13", "138", "13800005678", "05678", "0005678", "38", "99999")
    learnt: set[tuple[str, str]] = set()

    for operator, part in product(operators, parts):
        operand: object = [part] if operator == "in" else part
        try:
            found = ground.titles(filter={"phone": {operator: operand}})
        except Refusal:
            continue
        if found:
            learnt.add((operator, part))

    assert learnt == set()
    for part in ("1380000", "00005678", "05678", "138"):
        assert ground.titles(search=part) == []
    assert ground.titles(search="5678") == [ground.ids[n] for n in ("b1", "b2", "denied")]


def test_a_value_worked_out_on_reading_is_neither_filter_nor_sort(ground: Ground) -> None:
    for asked in ({"filter": {"age": 9496}}, {"filter": {"age": {"ge": 1}}}):
        with pytest.raises(Refusal):
            ground.titles(**asked)
    with pytest.raises(UnknownParameter):
        reading.list_rows(
            ground.desk, ListRequest(type="note", sort=("age",)), actor=ground.actor, now=NOW
        )


def test_the_configs_parser_agrees_with_the_written_rules(ground: Ground) -> None:
    problems: list[Problem] = []
    types = ground.desk.project.types
    parsed = parse_condition(
        {"kind": "a"}, type=types["note"], types=types, place=NOWHERE, problems=problems
    )

    assert (parsed, problems) == (kind_is("a"), [])
