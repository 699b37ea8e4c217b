"""The seeds directory as values: departments, people, master rows, pools and instructions.

Read with the config's own reader, so a fault names file and line. All texts; `ground` and
`generated` convert them by the fields they are for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from kefu_admin.definitions.faults import Problems
from kefu_admin.definitions.tree import Plain, parse
from kefu_admin.problems import ConfigError

Rows = Sequence[Mapping[str, Plain]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Master:
    """Rows of one type known by the value of a natural key."""

    type: str
    key: str
    rows: Rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """How many rows of a type to invent (`share` of the asked number, or `count`), and how."""

    type: str
    share: float
    count: int
    fields: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seeds:
    departments: Rows
    people: Rows
    masters: tuple[Master, ...]
    pools: Mapping[str, Sequence[str]]
    instructions: tuple[Instruction, ...]


def read(directory: Path) -> Seeds:
    """Everything in a seeds directory; a file that is not there counts as empty.

    Raises:
        ConfigError: a file cannot be read, with every fault.
    """
    return Seeds(
        departments=cast(Rows, _read(directory / "departments.yaml").get("departments", [])),
        people=cast(Rows, _read(directory / "people.yaml").get("people", [])),
        masters=tuple(_master(path) for path in sorted((directory / "master").glob("*.yaml"))),
        pools=cast(Mapping[str, Sequence[str]], _read(directory / "pools.yaml")),
        instructions=tuple(
            _instruction(one)
            for one in cast(Rows, _read(directory / "generate.yaml").get("types", []))
        ),
    )


def _master(path: Path) -> Master:
    content = _read(path)
    return Master(type=path.stem, key=str(content["key"]), rows=cast(Rows, content["rows"]))


def _instruction(raw: Mapping[str, Plain]) -> Instruction:
    return Instruction(
        type=str(raw["type"]),
        share=float(str(raw.get("share", "0"))),
        count=int(str(raw.get("count", "0"))),
        fields=cast(Mapping[str, object], raw["fields"]),
    )


def _read(path: Path) -> Mapping[str, Plain]:
    if not path.exists():
        return {}
    problems = Problems()
    node = parse(path.read_bytes(), f"{path.parent.name}/{path.name}", problems)
    if node is None or problems:
        raise ConfigError(problems)
    return cast(Mapping[str, Plain], node.plain())
