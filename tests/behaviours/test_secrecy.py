"""Roles become rights: pairs, denials, owned rows, tokens and rollups."""

from __future__ import annotations

from dataclasses import replace

from kefu_admin.behaviours.secrecy import compile_grants, explain
from kefu_admin.definitions.condition import ALWAYS, Compare, Condition, Literal, Op, Path
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Rollup, RollupFunction
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.project import Project, SecrecyLevel
from kefu_admin.definitions.role import Action, Denial, Grant, Permission, Right, Role
from kefu_admin.store.rules import Reach, compile_rules
from tests.factories import choice, content_type, field, project

READ, UPDATE = frozenset({Action.READ}), frozenset({Action.READ, Action.UPDATE})
SEE, EDIT = frozenset({Right.SEE}), frozenset({Right.EDIT})


def a_note(**options: object) -> ContentType:
    return content_type(
        "note",
        field("text"),
        field("phone", "phone", mask="phone"),
        choice("kind", "a", "b"),
        **options,
    )


def kind_is(value: str) -> Condition:
    return Compare(Path(("kind",)), Op.EQ, Literal(value))


def role(id: str, *grants: Grant, denials: tuple[Denial, ...] = (), clearance: str = "") -> Role:
    return Role(id=id, label=Label(id), grants=grants, denials=denials, clearance=clearance)


def desk(*types: ContentType, roles: tuple[Role, ...], **options: object) -> Project:
    return replace(project(*types), roles={one.id: one for one in roles}, **options)  # type: ignore[arg-type]


def test_two_roles_combine_as_pairs_never_as_two_unions() -> None:
    texts = Grant(type="note", actions=READ, rows=kind_is("a"), fields={"text": SEE})
    phones = Grant(type="note", actions=READ, rows=kind_is("b"), fields={"phone": SEE})
    config = desk(a_note(), roles=(role("one", texts), role("two", phones)))

    rules = compile_rules(config, compile_grants(config, frozenset({"one", "two"})), "note")

    assert rules is not None
    assert rules.flags == (kind_is("a"), kind_is("b"))
    assert rules.rights((1, 0)).see == {"id", "version", "text"}
    assert rules.rights((0, 1)).see == {"id", "version", "phone"}
    assert rules.rights((1, 1)).see == {"id", "version", "text", "phone"}
    assert rules.seen("phone") == kind_is("b")
    assert rules.reach("text") is Reach.SOME


def test_an_editable_field_in_one_grant_is_not_editable_in_the_rows_of_another() -> None:
    edits = Grant(type="note", actions=UPDATE, rows=kind_is("a"), fields={"text": EDIT})
    reads = Grant(type="note", actions=READ, fields={"text": SEE})
    config = desk(a_note(), roles=(role("one", edits), role("two", reads)))

    rules = compile_rules(config, compile_grants(config, frozenset({"one", "two"})), "note")

    assert rules is not None
    assert rules.flags == (kind_is("a"),)
    assert rules.rights((0,)).edit == frozenset()
    assert rules.rights((0,)).actions == READ
    assert rules.rights((1,)).edit == {"text"}


def test_a_denial_of_one_role_wins_over_a_grant_of_another() -> None:
    all_of_it = Grant(type="note", actions=UPDATE, fields={"text": EDIT, "phone": SEE})
    no_update = Denial(type="note", actions=frozenset({Action.UPDATE}), rows=kind_is("a"))
    no_phone = Denial(type="note", fields=frozenset({"phone"}), rows=kind_is("b"))
    config = desk(
        a_note(), roles=(role("one", all_of_it), role("two", denials=(no_update, no_phone)))
    )

    rules = compile_rules(config, compile_grants(config, frozenset({"one", "two"})), "note")

    assert rules is not None
    assert rules.visible == ALWAYS
    assert rules.rights((1, 0)).actions == READ
    assert rules.rights((1, 0)).edit == frozenset()
    assert rules.rights((0, 1)).see == {"id", "version", "text"}
    assert rules.rights((0, 0)).edit == {"text"}
    assert rules.reach("phone") is Reach.SOME


def test_a_masked_right_beside_edit_stays_masked_until_another_grant_sees() -> None:
    masked = Grant(
        type="note",
        actions=UPDATE,
        fields={"phone": frozenset({Right.SEE_MASKED, Right.EDIT})},
    )
    sees = Grant(type="note", actions=READ, rows=kind_is("a"), fields={"phone": SEE})
    config = desk(a_note(), roles=(role("one", masked), role("two", sees)))

    rules = compile_rules(config, compile_grants(config, frozenset({"one", "two"})), "note")

    assert rules is not None
    assert rules.rights((0,)).masked == {"phone"}
    assert rules.rights((1,)).masked == frozenset()
    assert rules.rights((1,)).edit == {"phone"}


def test_levels_narrow_after_the_roles_and_no_level_counts_as_rank_0() -> None:
    levels = tuple(
        SecrecyLevel(id=id, label=Label(id), rank=rank) for rank, id in enumerate("xyz", 1)
    )
    note = content_type("note", field("text"), choice("level", "x", "y", "z"), secrecy="level")
    grant = Grant(type="note", actions=READ, fields={"text": SEE})
    config = desk(
        note,
        roles=(role("low", grant), role("mid", grant, clearance="y"), role("top", clearance="z")),
        secrecy_levels=levels,
    )
    empty = Compare(Path(("level",)), Op.IS_EMPTY, Literal(True))

    low, mid, both = (
        compile_rules(config, compile_grants(config, frozenset(roles)), "note")
        for roles in ({"low"}, {"mid"}, {"mid", "top"})
    )

    assert low is not None
    assert low.visible == empty
    assert mid is not None
    assert mid.visible.parts == (  # type: ignore[union-attr]
        empty,
        Compare(Path(("level",)), Op.IN, Literal(("x", "y"))),
    )
    assert both is not None
    assert both.visible == ALWAYS


def test_owned_rows_follow_the_parent_within_the_same_role() -> None:
    line = content_type("line", field("text"), field("note", "reference", to="note"),
                        owned_by="note")  # fmt: skip
    parent = Grant(type="note", actions=UPDATE, rows=kind_is("a"), fields={"text": SEE})
    all_parents = Grant(type="note", actions=READ, fields={"text": SEE})
    lines = Grant(
        type="line",
        actions=frozenset({Action.READ, Action.UPDATE, Action.DELETE}),
        fields={"text": EDIT},
    )
    config = desk(a_note(), line, roles=(role("one", parent, lines), role("two", all_parents)))

    of_lines = compile_grants(config, frozenset({"one", "two"})).types["line"]

    behind = Compare(Path(("note", "kind"), ("note",)), Op.EQ, Literal("a"))
    assert [(grant.role, sorted(grant.actions), grant.rows) for grant in of_lines.grants] == [
        ("one", ["read"], behind),
        ("one", ["delete", "update"], behind),
    ]


def test_what_is_denied_of_the_parent_is_denied_of_its_rows() -> None:
    line = content_type("line", field("text"), field("note", "reference", to="note"),
                        owned_by="note")  # fmt: skip
    grants = (
        Grant(type="note", actions=UPDATE, fields={"text": SEE}),
        Grant(type="line", actions=frozenset(Action), fields={"text": EDIT}),
    )
    hidden = Denial(type="note", actions=READ, rows=kind_is("a"))
    fixed = Denial(type="note", actions=frozenset({Action.UPDATE}), rows=kind_is("b"))
    config = desk(a_note(), line, roles=(role("one", *grants, denials=(hidden, fixed)),))

    denials = compile_grants(config, frozenset({"one"})).types["line"].denials

    assert [sorted(denial.actions) for denial in denials] == [
        sorted(Action),
        ["create", "delete", "purge", "restore", "update"],
    ]


def test_a_tokens_scopes_only_take_away() -> None:
    grant = Grant(type="note", actions=UPDATE, fields={"text": EDIT})
    held = replace(role("one", grant), may=frozenset({Permission.AUDIT}))
    config = desk(a_note(), roles=(held,))

    reading = compile_grants(config, frozenset({"one"}), frozenset({"note:read"}))
    nothing = compile_grants(config, frozenset({"one"}), frozenset({"other:read"}))
    everything = compile_grants(config, frozenset({"one"}), frozenset({"*:*", "may:audit"}))

    assert [grant.actions for grant in reading.types["note"].grants] == [READ]
    assert reading.permissions == frozenset()
    assert nothing.types == {}
    assert everything.types["note"].grants[0].actions == UPDATE
    assert everything.permissions == {Permission.AUDIT}
    assert len({reading.key, nothing.key, everything.key}) == 3


def test_a_rollup_shows_only_to_those_who_see_all_rows_behind_it() -> None:
    visit = content_type("visit", field("note", "reference", to="note"), choice("kind", "a"))
    counted = Rollup(of="visit", by="note", function=RollupFunction.COUNT)
    note = content_type(
        "note",
        field("text"),
        field("visits", "rollup", result="integer", rollup=counted),
        field("open", "rollup", result="integer", rollup=replace(counted, public=True)),
    )
    notes = Grant(type="note", actions=READ, fields={"visits": SEE, "open": SEE})
    some = Grant(type="visit", actions=READ, rows=kind_is("a"), fields={"kind": SEE})
    every = Grant(type="visit", actions=READ, fields={"kind": SEE})
    denial = Denial(type="visit", actions=READ, rows=kind_is("a"))
    config = desk(
        note,
        visit,
        roles=(
            role("none", notes),
            role("some", notes, some),
            role("every", notes, every),
            role("denied", denials=(denial,)),
        ),
    )

    def seen(*roles: str) -> frozenset[str]:
        rules = compile_rules(config, compile_grants(config, frozenset(roles)), "note")
        assert rules is not None
        return rules.rights(()).see - {"id", "version"}

    assert seen("none") == {"open"}
    assert seen("some") == {"open"}
    assert seen("every") == {"visits", "open"}
    assert seen("every", "denied") == {"open"}


def test_a_rollup_over_owned_rows_with_levels_shows_only_to_the_highest_clearance() -> None:
    levels = tuple(
        SecrecyLevel(id=id, label=Label(id), rank=rank) for rank, id in enumerate("xy", 1)
    )
    line = content_type(
        "line",
        field("note", "reference", to="note"),
        choice("level", "x", "y"),
        owned_by="note",
        secrecy="level",
    )
    counted = Rollup(of="line", by="note", function=RollupFunction.COUNT)
    note = content_type("note", field("lines", "rollup", result="integer", rollup=counted))
    grants = (
        Grant(type="note", actions=READ, fields={"lines": SEE}),
        Grant(type="line", actions=READ, fields={"level": SEE}),
    )
    config = desk(
        note,
        line,
        roles=(role("low", *grants, clearance="x"), role("high", *grants, clearance="y")),
        secrecy_levels=levels,
    )

    def seen(role: str) -> frozenset[str]:
        rules = compile_rules(config, compile_grants(config, frozenset({role})), "note")
        assert rules is not None
        return rules.rights(()).see - {"id", "version"}

    assert seen("low") == frozenset()
    assert seen("high") == {"lines"}


def test_a_token_sees_no_rollup_over_rows_outside_its_scopes() -> None:
    visit = content_type("visit", field("note", "reference", to="note"))
    counted = Rollup(of="visit", by="note", function=RollupFunction.COUNT)
    note = content_type("note", field("visits", "rollup", result="integer", rollup=counted))
    both = (
        Grant(type="note", actions=READ, fields={"visits": SEE}),
        Grant(type="visit", actions=READ, fields={}),
    )
    config = desk(note, visit, roles=(role("one", *both),))

    def seen(*scopes: str) -> frozenset[str]:
        rules = compile_rules(
            config, compile_grants(config, frozenset({"one"}), frozenset(scopes)), "note"
        )
        assert rules is not None
        return rules.rights(()).see - {"id", "version"}

    assert seen("note:read") == frozenset()
    assert seen("note:read", "visit:read") == {"visits"}


def test_no_role_means_no_type() -> None:
    config = desk(a_note(), roles=(role("one"),))

    assert compile_grants(config, frozenset({"one", "unknown"})).types == {}
    assert compile_rules(config, compile_grants(config, frozenset()), "note") is None


def test_an_explanation_names_every_rule_that_spoke_of_the_field() -> None:
    sees = Grant(type="note", actions=READ, rows=kind_is("a"), fields={"text": SEE})
    other = Grant(type="note", actions=READ, fields={"phone": SEE})
    hidden = Denial(type="note", fields=frozenset({"text"}), rows=kind_is("b"))
    config = desk(a_note(), roles=(role("one", sees, other, denials=(hidden,)),))
    grants = compile_grants(config, frozenset({"one"}))

    said = explain(grants, "note", lambda rows: rows in (ALWAYS, kind_is("a")), "text")

    assert [(one.rule.rows, one.matches) for one in said] == [
        (kind_is("a"), True),
        (kind_is("b"), False),
    ]
