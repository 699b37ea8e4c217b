"""The closed list of functions a formula may call, and the kinds they take and give."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from kefu_admin.definitions.formula import ValueType

_N, _T, _B, _D, _I = (
    ValueType.NUMBER,
    ValueType.TEXT,
    ValueType.BOOLEAN,
    ValueType.DATE,
    ValueType.INSTANT,
)
_ANY = frozenset(ValueType)
_ORDERED = frozenset({_N, _D, _I})
_DAYS = frozenset({_D, _I})
_MANY = 20


@dataclass(frozen=True, slots=True)
class Function:
    """`takes` are the kinds of each argument; from the last one on they repeat up to `most`.

    `alike`: positions of arguments that must be of one kind, which is also the result's when
    `gives` is None. `children`: the first argument may be a children field (with a field of its
    rows unless it only counts).
    """

    takes: tuple[frozenset[ValueType], ...]
    gives: ValueType | None
    most: int
    least: int
    alike_from: int | None = None
    children: bool = False

    def kinds(self, position: int) -> frozenset[ValueType]:
        """The kinds the argument at a position (from 0) may have."""
        return self.takes[min(position, len(self.takes) - 1)]

    def result(self, kinds: Sequence[ValueType]) -> ValueType:
        """The kind of the result for arguments of these kinds."""
        if self.gives is not None:
            return self.gives
        assert self.alike_from is not None
        return kinds[self.alike_from]


def _takes(*takes: ValueType | frozenset[ValueType], gives: ValueType) -> Function:
    sets = tuple(one if isinstance(one, frozenset) else frozenset({one}) for one in takes)
    return Function(sets, gives, len(sets), len(sets))


def _alike(kinds: frozenset[ValueType], least: int, *, children: bool = False) -> Function:
    return Function((kinds,), None, _MANY, least, 0, children)


FUNCTIONS: Mapping[str, Function] = MappingProxyType(
    {
        "abs": _takes(_N, gives=_N),
        "add_days": _takes(_D, _N, gives=_D),
        "add_months": _takes(_D, _N, gives=_D),
        "concat": Function((frozenset({_T}),), _T, _MANY, 1),
        "count": Function((), _N, 1, 1, children=True),
        "date": _takes(frozenset({_T, _I}), gives=_D),
        "day": _takes(_DAYS, gives=_N),
        "days_between": _takes(_DAYS, _DAYS, gives=_N),
        "first": _alike(_ANY, 1),
        "if": Function((frozenset({_B}), _ANY), None, 3, 3, 1),
        "is_empty": _takes(_ANY, gives=_B),
        "len": _takes(_T, gives=_N),
        "max": _alike(_ORDERED, 2, children=True),
        "min": _alike(_ORDERED, 2, children=True),
        "minutes_between": _takes(_I, _I, gives=_N),
        "month": _takes(_DAYS, gives=_N),
        "now": Function((), _I, 0, 0),
        "round": _takes(_N, _N, gives=_N),
        "sum": Function((frozenset({_N}),), _N, 2, 2, children=True),
        "today": Function((), _D, 0, 0),
        "year": _takes(_DAYS, gives=_N),
    }
)
"""`round` takes its places as a written number 0-6; `date` a written text or an instant; `list`
(the right side of `in`) is not called by name."""
