"""What was written, by name, and which value every text of it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Facts = dict[str, Any]


@dataclass(frozen=True)
class Cell:
    """One value: of which row and field, and whether only history still holds it. `shown` "masked"
    is what the mask leaves of it."""

    row: str
    field: str
    old: bool = False
    shown: str = "see"


@dataclass(kw_only=True)
class Ground:
    """What was written, by name. It goes with any copy of the database it was written to."""

    people: dict[str, int] = field(default_factory=dict)
    departments: dict[str, int] = field(default_factory=dict)
    bearers: dict[str, str] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    rows: dict[str, Facts] = field(default_factory=dict)
    files: dict[str, tuple[int, str, str]] = field(default_factory=dict)  # id, row, field
    cells: dict[str, set[Cell]] = field(default_factory=dict)
    gone: dict[str, str] = field(default_factory=dict)  # deleted rows: key -> type
    past: dict[str, Facts] = field(default_factory=dict)  # what they were
    number: int = 0
    batch: tuple[int, str] = (0, "")  # a preview of the founder's, and its digest
    views: tuple[int, ...] = ()  # of the founder's: his own, and one for everyone
    imported: int = 0  # a file of the founder's whose columns are not mapped

    def keys(self, type: str) -> list[str]:
        """The rows of a type that still exist."""
        return [key for key, row in self.rows.items() if row["type"] == type]

    def note(self, text: str, cell: Cell) -> None:
        self.cells.setdefault(text, set()).add(cell)
