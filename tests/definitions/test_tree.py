"""YAML text to located tree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu_admin.definitions.faults import Fault, Problems
from kefu_admin.definitions.tree import (
    MAX_BYTES,
    MapNode,
    TextNode,
    canonical,
    located,
    parse,
)
from kefu_admin.problems import Place


def read(text: str | bytes) -> tuple[MapNode | None, list[str]]:
    """The tree and the codes of its problems."""
    problems = Problems()
    data = text.encode() if isinstance(text, str) else text
    node = parse(data, "a.yaml", problems)
    return node, [problem.code for problem in problems]


def test_every_scalar_stays_text() -> None:
    node, _ = read("open: 18:00\nanswer: no\ncode: 0755\nnothing: ~\ndate: 2024-01-01\n")

    assert node is not None
    assert node.plain() == {
        "open": "18:00",
        "answer": "no",
        "code": "0755",
        "nothing": "~",
        "date": "2024-01-01",
    }


def test_every_node_knows_its_line_and_key() -> None:
    node, _ = read("a: 1\nb:\n  - x\n  - {c: y,\n     d: z}\n")

    assert node is not None
    assert located(node, Place("a.yaml", 1, "b[1].d")) == Place("a.yaml", 5, "b[1].d")
    assert located(node, Place("a.yaml", 1, "b[1].d.deeper")).line == 5
    assert located(node, Place("a.yaml", 1, "b")).line == 2


def test_a_key_that_begins_like_another_is_not_taken_for_it() -> None:
    node, _ = read("a: 1\nab: 2\n")

    assert node is not None
    assert located(node, Place("a.yaml", 1, "abc")).line == 1


def test_the_canonical_text_forgets_layout_and_comments() -> None:
    one, _ = read("a: [x, 'y']  # note\nb: {c: 1}\n")
    other, _ = read('a:\n- x\n- "y"\n\nb:\n  c: 1\n')

    assert one is not None
    assert other is not None
    assert canonical(one) == canonical(other)


names = st.text("abcdefgh_", min_size=1, max_size=8)
texts = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"),
    max_size=30,
)
trees = st.recursive(
    texts, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4)
)


@given(st.dictionaries(names, trees, min_size=1, max_size=4))
def test_the_canonical_text_reads_back_as_the_same_tree(plain: dict[str, object]) -> None:
    def node(value: object) -> object:
        if isinstance(value, dict):
            return MapNode({key: node(each) for key, each in value.items()}, Place("a", 1))  # type: ignore[misc] # recursion over plain values
        if isinstance(value, list):
            from kefu_admin.definitions.tree import ListNode

            return ListNode(tuple(node(each) for each in value), Place("a", 1))  # type: ignore[misc] # same
        return TextNode(str(value), Place("a", 1))

    made = node(plain)
    assert isinstance(made, MapNode)

    again, problems = read(canonical(made))

    assert problems == []
    assert again is not None
    assert again.plain() == plain


def test_a_huge_file_is_refused() -> None:
    assert read(b"a: " + b"x" * MAX_BYTES)[1] == [Fault.TOO_BIG]


@pytest.mark.parametrize("bomb", ["[" * 300_000, "{a: " * 100_000, "- " * 300_000, "? " * 300_000])
def test_deep_nesting_is_refused_at_once(bomb: str) -> None:
    node, problems = read(bomb)

    assert node is None
    assert problems in ([Fault.TOO_DEEP], [Fault.KEY_NOT_TEXT], [Fault.NOT_A_MAPPING])


def test_an_alias_bomb_is_refused_before_it_grows() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

    node, problems = read("\n".join(lines))

    assert node is None
    assert set(problems) == {Fault.ANCHOR}


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system ['true']", "!custom x", "!!str x"]
)
def test_tags_are_refused(tag: str) -> None:
    assert read(f"a: {tag}") == (None, [Fault.TAG])


def test_a_file_may_begin_with_a_byte_order_mark() -> None:
    node, problems = read(b"\xef\xbb\xbfa: 1\n")

    assert problems == []
    assert node is not None
    assert node.plain() == {"a": "1"}


def test_the_line_of_a_wrong_byte_is_named() -> None:
    problems = Problems()

    parse("a: 1\nb: 客户\n".encode("gbk"), "a.yaml", problems)

    assert [(problem.code, problem.place.line) for problem in problems] == [(Fault.NOT_UTF8, 2)]
