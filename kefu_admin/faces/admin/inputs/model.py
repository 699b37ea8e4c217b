"""A form as values: what the templates print, with nothing left to work out there."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Option:
    """One permitted value of a control; `image`: a file that can be shown as a picture."""

    id: str
    label: str
    chosen: bool = False
    image: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ChildRow:
    """One row of a children table; `id` and `version` are "" for a new one."""

    index: str
    id: str
    version: str
    inputs: tuple[Input, ...]
    errors: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Input:
    """One control.

    Attributes:
        kind: macro of `_inputs.html` that prints it; "static" for what may only be read.
        value, values: the raw text(s) in it.
        masked: the masked value it stands for; the control itself is empty then.
        visible, required_if, read_only_if: JSON of a condition the browser follows, or "".
        picker: path of the pick-list.
        wide: takes the whole row of a two-column section.
        order: of a children table, the column its rows stand in order by, "" for none.
    """

    name: str
    id: str
    label: str
    kind: str
    value: str = ""
    values: tuple[str, ...] = ()
    text: str = ""
    help: str = ""
    unit: str = ""
    placeholder: str = ""
    required: bool = False
    masked: str = ""
    options: tuple[Option, ...] = ()
    errors: tuple[str, ...] = ()
    max_length: int = 0
    least: str = ""
    most: str = ""
    visible: str = ""
    required_if: str = ""
    read_only_if: str = ""
    picker: str = ""
    multiple: bool = False
    wide: bool = False
    accept: str = ""
    columns: tuple[Input, ...] = ()
    rows: tuple[ChildRow, ...] = ()
    blank: ChildRow | None = None
    link: str = ""
    order: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSection:
    """A titled group of controls; `columns` 1 or 2."""

    id: str
    label: str
    inputs: tuple[Input, ...] = field(default=())
    columns: int = 2

    @property
    def faults(self) -> int:
        """How many of its controls were refused."""
        return sum(map(_is_faulty, self.inputs))


def _is_faulty(one: Input) -> bool:
    inner = (child for row in one.rows for child in row.inputs)
    return bool(one.errors) or any(row.errors for row in one.rows) or any(map(_is_faulty, inner))
