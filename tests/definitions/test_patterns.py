"""The subset of regular expressions that no value can make slow."""

from __future__ import annotations

import time

import pytest

from kefu_admin.definitions.patterns import matches, unsafe_part


@pytest.mark.parametrize(
    "pattern",
    [r"\d{3,4}-?\d{7,8}", "[0-9A-Z]+-[0-9A-Z]+-[0-9A-Z]+-[0-9A-Z]+", "[一-龥]{2,10}", "(甲|乙)?丙",
     r"(\d{4}-){3}\d", r"(\d{1,3}\.){3}\d{1,3}", r"[\w.-]+@x", "京[A-Z][A-Z0-9]{5,6}"],
)  # fmt: skip
def test_usual_patterns_are_taken(pattern: str) -> None:
    assert unsafe_part(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "part"),
    [
        ("(a+)+", "+"), ("(a|aa)+b", "+"), ("(a?){30}", "{30}"), ("a?" * 25, "?"),
        (".*x.*y.*z", "*"), (r"(a)\1", r"\1"), ("(?=a)b", "(?="), ("(?i)a", "(?i"), ("^a$", "^a$"),
        ("a*+", "+"), ("a+?", "?"), ("[a-z", "[a-"), ("(a", "(a"), ("a)", "a)"), ("*a", "*a"),
        ("a{2000}", "{2000}"), ("[z-a]", "[z-a]"), (r"\p{L}", r"\p{"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_subset_is_named(pattern: str, part: str) -> None:
    assert unsafe_part(pattern) == part


@pytest.mark.parametrize("pattern", [r"\w*\w*b", "(甲|乙)?[^丙]*[^丁]*丙", r"\d{1,100}\d{1,100}x"])
def test_the_worst_that_is_taken_is_still_quick(pattern: str) -> None:
    assert unsafe_part(pattern) == ""
    started = time.process_time()

    matches(pattern, "1" * 1000)

    assert time.process_time() - started < 0.5


def test_a_pattern_means_the_whole_value() -> None:
    assert matches(r"\d+", "12")
    assert not matches(r"\d+", "12a")
    assert not matches(r"\d+", "１２")
