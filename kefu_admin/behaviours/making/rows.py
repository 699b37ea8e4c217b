"""Instructions read once into what makes rows."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

from kefu_admin.behaviours.making.kit import (
    BadInstruction,
    Kit,
    Made,
    Make,
    Maker,
    options_of,
    whole,
)
from kefu_admin.behaviours.making.values import PLAIN


def row_maker(instructions: Mapping[str, object], kit: Kit) -> RowMaker:
    """What makes rows: a value for every instructed field, in order; later ones may look at
    earlier.

    Raises:
        BadInstruction: an unknown maker or pool.
    """
    return RowMaker(
        {name: _maker(instruction, kit, name) for name, instruction in instructions.items()}
    )


class RowMaker:
    """Makes rows after instructions that have been read once."""

    def __init__(self, makers: Mapping[str, Make]) -> None:
        self._makers = list(makers.items())

    def row(self, random: Random, index: int) -> dict[str, object]:
        """The row with this index."""
        made: dict[str, object] = {}
        for name, make in self._makers:
            value = make(random, made, index)
            if value is not None:
                made[name] = value
        return made


def _maker(instruction: object, kit: Kit, name: str) -> Make:
    if not isinstance(instruction, Mapping) or not instruction:
        raise BadInstruction(str(instruction))
    if "by" in instruction:
        return _branching(instruction, kit, name)
    if "chance" in instruction:
        chance, often = float(str(instruction["chance"])), _maker(instruction["of"], kit, name)
        return lambda random, made, index: (
            often(random, made, index) if random.random() < chance else None
        )
    word, options = next(iter(instruction.items()))
    maker = MAKERS.get(word)
    if maker is None:
        raise BadInstruction(word)
    return maker(instruction if word == "some" else options, kit, name)


def _branching(instruction: Mapping[str, object], kit: Kit, name: str) -> Make:
    """One instruction per value of an earlier field."""
    by = str(instruction["by"])
    branches = {
        value: _maker(one, kit, name) for value, one in instruction.items() if value != "by"
    }

    def make(random: Random, made: Made, index: int) -> object:
        branch = branches.get(str(made.get(by)))
        return None if branch is None else branch(random, made, index)

    return make


def _rows(options: object, kit: Kit, name: str) -> Make:
    wanted = options_of(options)
    least, most = whole(wanted, "least"), whole(wanted, "most", 1)
    maker = row_maker(options_of(wanted["fields"]), kit)

    def make(random: Random, made: Made, index: int) -> tuple[dict[str, object], ...]:
        return tuple(maker.row(random, n) for n in range(random.randint(least, most)))

    return make


MAKERS: Mapping[str, Maker] = {**PLAIN, "rows": _rows}
