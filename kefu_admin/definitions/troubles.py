"""What can be wrong in a written condition or formula, and how it is collected.

In the config a trouble is a `Problem` with its CFG code; in a filter sent by a person it is a
`FieldError` with the code `condition_<name>`, and an unknown field is an `UnknownParameter`. Both
codes have one sentence, in `kefu_admin.wordings.conditions`.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from enum import StrEnum

from kefu_admin.problems import FieldError, Invalid, Place, Problem, UnknownParameter


class Trouble(StrEnum):
    """What can be wrong; the value is the code in the config."""

    NO_FIELD_NEAR = "CFG150"
    NO_FIELD = "CFG151"
    NO_OPERATOR_NEAR = "CFG152"
    NO_OPERATOR = "CFG153"
    OPERATOR_UNSUITED = "CFG154"
    BAD_VALUE = "CFG155"
    NO_CHOICE_NEAR = "CFG156"
    NO_CHOICE = "CFG157"
    NOT_A_CONDITION = "CFG158"
    NOT_A_LIST = "CFG159"
    TOO_MANY_REFERENCES = "CFG160"
    NOT_A_REFERENCE = "CFG161"
    CHILDREN_FORM = "CFG162"
    COUNT_FORM = "CFG163"
    LIST_WANTED = "CFG164"
    LIST_TOO_LONG = "CFG165"
    TWO_WANTED = "CFG166"
    TOO_DEEP = "CFG167"
    TOO_LARGE = "CFG168"
    NO_SYMBOL_NEAR = "CFG169"
    NO_SYMBOL = "CFG170"
    SYMBOL_UNSUITED = "CFG171"
    NOT_COMPARABLE = "CFG172"
    VALUE_ONLY = "CFG173"
    NO_SQL = "CFG174"
    TRUE_OR_FALSE = "CFG175"
    NULL = "CFG176"
    ONE_WANTED = "CFG177"
    AMOUNT_TOO_LARGE = "CFG178"
    ENDS_SWAPPED = "CFG179"
    # formulas
    SYNTAX = "CFG180"
    FORMULA_TOO_LONG = "CFG181"
    NO_NAME_NEAR = "CFG182"
    NO_NAME = "CFG183"
    NO_FUNCTION_NEAR = "CFG184"
    NO_FUNCTION = "CFG185"
    ARGUMENTS = "CFG186"
    WRONG_KIND = "CFG187"
    RESULT_KIND = "CFG188"
    FIELD_UNUSABLE = "CFG189"
    NUMBER_TOO_LARGE = "CFG190"
    TEXT_UNCLOSED = "CFG191"
    CHILDREN_WANTED = "CFG192"
    CHAINED = "CFG193"
    PLACES = "CFG194"
    MOVES = "CFG195"


MOST_TROUBLES = 50  # of one condition; whoever sent more is not reading them


class Notes:
    """The troubles found in one condition, with their key paths."""

    def __init__(self, place: Place) -> None:
        self.start = place
        self.found: list[tuple[Place, Trouble, dict[str, object]]] = []

    @property
    def full(self) -> bool:
        """Whether so much is wrong that reading on serves nobody."""
        return len(self.found) >= MOST_TROUBLES

    def add(self, place: Place, trouble: Trouble, **facts: object) -> None:
        """Note one trouble, unless there are too many."""
        if not self.full:
            self.found.append((place, trouble, facts))

    def unknown(
        self, place: Place, near: Trouble, far: Trouble, name: str, known: Iterable[str],
        **facts: object,
    ) -> None:  # fmt: skip
        """Note that `name` is none of `known`: with the nearest when one is near, else with all."""
        if self.full:
            return
        names, name = list(known), cut(name)
        if matches := get_close_matches(name, names, n=1, cutoff=0.6):
            self.add(place, near, name=name, near=matches[0], **facts)
        else:
            self.add(place, far, name=name, known=listed(names), **facts)

    def problems(self) -> list[Problem]:
        """As problems of the config."""
        return [Problem.at(place, trouble.value, **facts) for place, trouble, facts in self.found]

    def refuse(self) -> None:
        """Raise what was found as a refusal of a person's filter.

        Raises:
            UnknownParameter: a field that is not there; it comes before everything else.
            Invalid: anything else, one error per trouble.
        """
        for _, trouble, facts in self.found:
            if trouble in (Trouble.NO_FIELD_NEAR, Trouble.NO_FIELD):
                raise UnknownParameter(name=facts["name"])
        if self.found:
            raise Invalid(
                [
                    FieldError(place.key, f"condition_{trouble.name.lower()}", facts)
                    for place, trouble, facts in self.found
                ]
            )


def cut(text: str, most: int = 60) -> str:
    """A text that was written, short enough for a sentence."""
    return text if len(text) <= most else text[: most - 1] + "…"


def listed(names: Iterable[str]) -> str:
    """Names as they stand in a sentence of either language."""
    return ", ".join(names) or "-"
