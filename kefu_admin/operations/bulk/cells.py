"""One column of a file: from the text of a cell to the value of its field, or what is wrong.

What a spreadsheet has spoilt is refused, never guessed: the last digits of long numbers, numbers
told as powers of ten, failed formulas, days told as numbers. The leading apostrophe by which an
export keeps a spreadsheet from running a text comes off. Rule: reliability-security D28.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from kefu_admin.behaviours.spreadsheets import LOST
from kefu_admin.definitions.field_types import LINKED, convert, value_type
from kefu_admin.definitions.fields import BadValue, Field
from kefu_admin.operations.exports.cells import STARTS
from kefu_admin.problems import FieldError

Result = tuple[object, tuple[FieldError, ...]]
Ids = Callable[[Field, Sequence[str]], tuple[tuple[int, ...], list[FieldError]]]

_CHOICES = frozenset({"choice", "multi_choice"})
_DAYS = frozenset({"date", "datetime"})
_NUMBERS = frozenset({"integer", "decimal", "money", "duration"})
_DAY = 10  # characters of a day
_REMEMBERED = 2_000  # texts whose values are known
_FAILED = frozenset(
    {"#ERROR", "#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!"}
)
_POWER = re.compile(r"[+-]?\d(\.\d+)?[Ee]\+\d{1,3}")
_SERIAL = re.compile(r"\d{5}(\.\d+)?")  # days since 1900, from 1927 to 2173
_NO_ERRORS: tuple[FieldError, ...] = ()


class Column:
    """A column and the field it holds; what the same text means is worked out once."""

    def __init__(self, place: int, field: Field, ids: Ids) -> None:
        self.place = place
        self.field = field
        self.name = field.id
        self.is_linked = field.type in LINKED
        self._kind = value_type(field).id
        self._many = value_type(field).many
        self._ids = ids
        self._known: dict[str, Result] = {}
        self._choices: Mapping[str, str] = {}
        if self._kind in _CHOICES:
            self._choices = {
                label: choice.id
                for choice in field.choices
                for label in (choice.id, choice.label.zh, choice.label.text("en"))
            }

    def parted(self, text: str) -> list[str]:
        """The members of a cell of several; of one the whole text."""
        if not self._many:
            return [text.strip()]
        for mark in "，、;；\n":
            text = text.replace(mark, ",")
        return [part.strip() for part in text.split(",") if part.strip()]

    def read(self, text: str) -> Result:
        """The value of a cell that is not blank, and what is wrong with it."""
        known = self._known.get(text)
        if known is None:
            known = self._read(text)
            if len(self._known) < _REMEMBERED:
                self._known[text] = known
        return known

    def _read(self, text: str) -> Result:
        code = self._spoilt(text)
        if code:
            return None, (FieldError(self.name, code),)
        if self.is_linked:
            ids, wrong = self._ids(self.field, self.parted(text))
            return (ids if self._many else next(iter(ids), None)), tuple(wrong)
        try:
            return convert(self.field, self._typed(text)), _NO_ERRORS
        except BadValue as bad:
            return None, (FieldError(self.name, bad.code, bad.facts),)

    def _spoilt(self, text: str) -> str:
        """What a spreadsheet has done to a cell; "" where nothing."""
        if text.startswith(LOST):
            return "import_rounded"
        bare = text.strip()
        if bare.upper() in _FAILED:
            return "import_error_cell"
        if self._kind not in _NUMBERS and _POWER.fullmatch(bare):
            return "import_power"
        if self._kind in _DAYS and _SERIAL.fullmatch(bare):
            return "import_serial"
        return ""

    def _typed(self, text: str) -> object:
        """A cell as the field's converter takes it: labels of choices as their ids, a day as its
        first minute where an instant is wanted."""
        if self._kind == "choice":
            bare = text.strip()
            return self._choices.get(bare, bare)
        if self._kind == "multi_choice":
            return [self._choices.get(part, part) for part in self.parted(text)]
        if self._kind == "datetime" and len(text.strip()) <= _DAY:
            try:
                convert(self.field, text)
            except BadValue:
                return f"{text.strip()} 00:00"
        return text


def unguarded(text: str) -> str:
    """A text without the apostrophe an export led it by."""
    return text[1:] if text.startswith("'") and text[1:].startswith(STARTS) else text
