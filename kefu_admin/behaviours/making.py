"""Invented but realistic values for demo data: one small maker per word of `seeds/generate.yaml`.

Pure and deterministic: the same `Random`, kit and instructions give the same values. Phones use
prefixes the regulator has not allotted and id numbers use region codes that do not exist, with
right check digits: both pass our checks and belong to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from random import Random

PHONE_PREFIXES = ("160", "161", "163", "164", "168", "169")
ID_REGIONS = ("660101", "670101", "680101", "690101")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


class BadInstruction(Exception):
    """An instruction no maker knows, or a pool that is missing; `args[0]` says which."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kit:
    """What makers draw from: word pools, region codes, people (id, department id), ids already made
    per type, choice ids per field, and the day the data is as of."""

    pools: Mapping[str, Sequence[str]]
    regions: Sequence[str]
    people: Sequence[tuple[int, int | None]]
    today: date
    ids: Mapping[str, Sequence[int]] = field(default_factory=dict)
    choices: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def pool(self, name: str) -> Sequence[str]:
        """The words of a pool."""
        if not self.pools.get(name):
            raise BadInstruction(f"pools.{name}")
        return self.pools[name]


Made = Mapping[str, object]
Maker = Callable[[object, Random, Kit, Made, int], object]


def make_row(
    instructions: Mapping[str, object], *, random: Random, kit: Kit, index: int
) -> dict[str, object]:
    """One row: a value for every instructed field, in order; later ones may look at earlier.

    Raises:
        BadInstruction: an unknown maker or pool.
    """
    made: dict[str, object] = {}
    for name, instruction in instructions.items():
        own = Kit(
            pools=kit.pools,
            regions=kit.regions,
            people=kit.people,
            today=kit.today,
            ids=kit.ids,
            choices={"": kit.choices.get(name, ())},
        )
        value = _make(instruction, random, own, made, index)
        if value is not None:
            made[name] = value
    return made


def _make(instruction: object, random: Random, kit: Kit, made: Made, index: int) -> object:
    if not isinstance(instruction, Mapping) or not instruction:
        raise BadInstruction(str(instruction))
    if "by" in instruction:
        branch = instruction.get(str(made.get(str(instruction["by"]))))
        return None if branch is None else _make(branch, random, kit, made, index)
    if "chance" in instruction:
        hit = random.random() < float(str(instruction["chance"]))
        return _make(instruction["of"], random, kit, made, index) if hit else None
    word, options = next(iter(instruction.items()))
    maker = MAKERS.get(word)
    if maker is None:
        raise BadInstruction(word)
    if word == "some":
        options = instruction
    return maker(options, random, kit, made, index)


def _options(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise BadInstruction(str(value))
    return value


def _whole(options: Mapping[str, object], name: str, default: int = 0) -> int:
    return int(str(options.get(name, default)))


def _choose(options: object, random: Random, kit: Kit, made: Made, index: int) -> str:
    weighted = _options(options)
    return random.choices(list(weighted), [int(str(w)) for w in weighted.values()])[0]


def _one_of(options: object, random: Random, kit: Kit, made: Made, index: int) -> str:
    return random.choice(kit.pool(str(options)))


def _some(options: object, random: Random, kit: Kit, made: Made, index: int) -> tuple[str, ...]:
    chosen = _options(options)
    pool = kit.pool(str(chosen["some"]))
    return tuple(random.sample(pool, random.randint(0, min(_whole(chosen, "most", 1), len(pool)))))


def _some_choices(
    options: object, random: Random, kit: Kit, made: Made, index: int
) -> tuple[str, ...]:
    ids = kit.choices[""]
    return tuple(random.sample(ids, random.randint(1, min(int(str(options)), len(ids)))))


def _person_name(options: object, random: Random, kit: Kit, made: Made, index: int) -> str:
    given = kit.pool("given")
    length = random.choice((1, 2, 2, 2))
    return random.choice(kit.pool("surnames")) + "".join(random.choices(given, k=length))


def _company_name(options: object, random: Random, kit: Kit, made: Made, index: int) -> str:
    head, second = random.choice(kit.pool("company_heads")), random.choice(kit.pool("given"))
    trade, tail = (
        random.choice(kit.pool("company_trades")),
        random.choice(kit.pool("company_tails")),
    )
    return f"{head}{second}{trade}{tail}"


def _phone(options: object, random: Random, kit: Kit, made: Made, index: int) -> str:
    return f"{random.choice(PHONE_PREFIXES)}{random.randrange(10**8):08d}"


def id_check_digit(first_seventeen: str) -> str:
    """The 18th character of a resident id number (GB 11643: weighted sum mod 11)."""
    total = sum(
        int(digit) * weight for digit, weight in zip(first_seventeen, _ID_WEIGHTS, strict=True)
    )
    return _ID_CHECKS[total % 11]


def _id_number(options: object, random: Random, kit: Kit, made: Made, index: int) -> str:
    born = date(1950, 1, 1) + timedelta(days=random.randrange(20_000))
    body = f"{random.choice(ID_REGIONS)}{born:%Y%m%d}{random.randrange(1000):03d}"
    return body + id_check_digit(body)


def _region(options: object, random: Random, kit: Kit, made: Made, index: int) -> str:
    return random.choice(kit.regions)


def _address(options: object, random: Random, kit: Kit, made: Made, index: int) -> str:
    road, estate = random.choice(kit.pool("roads")), random.choice(kit.pool("estates"))
    room = f"{random.randint(1, 20)}栋{random.randint(1, 30)}0{random.randint(1, 4)}室"
    return f"{road}{random.randint(1, 999)}号{estate}{room}"


def _date(options: object, random: Random, kit: Kit, made: Made, index: int) -> date:
    window = _options(options)
    return kit.today + timedelta(days=random.randint(_whole(window, "from"), _whole(window, "to")))


def _instant(options: object, random: Random, kit: Kit, made: Made, index: int) -> datetime:
    day = _date(options, random, kit, made, index)
    return datetime.combine(day, time(random.randint(1, 9), random.choice((0, 15, 30, 45))), UTC)


def _integer(options: object, random: Random, kit: Kit, made: Made, index: int) -> int:
    window = _options(options)
    return random.randint(_whole(window, "min"), _whole(window, "max"))


def _money(options: object, random: Random, kit: Kit, made: Made, index: int) -> Decimal:
    window = _options(options)
    step = _whole(window, "step", 1)
    steps = random.randint(_whole(window, "min") // step, _whole(window, "max") // step)
    return Decimal(steps * step).quantize(Decimal("0.01"))


def _reference(options: object, random: Random, kit: Kit, made: Made, index: int) -> int | None:
    ids = kit.ids.get(str(options), ())
    return random.choice(ids) if ids else None


def _each(options: object, random: Random, kit: Kit, made: Made, index: int) -> int | None:
    """Goes through the rows of a type in turn; later `each` fields of a row turn over slower."""
    ids = kit.ids.get(str(options), ())
    slower = 1
    for value in made.values():
        if isinstance(value, _Turn):
            slower *= value.of
    return _Turn(ids[index // slower % len(ids)], len(ids)) if ids else None


class _Turn(int):
    """An id chosen by `each`, remembering how many there were."""

    of: int

    def __new__(cls, value: int, of: int) -> _Turn:
        turn = super().__new__(cls, value)
        turn.of = of
        return turn


def _person(options: object, random: Random, kit: Kit, made: Made, index: int) -> int | None:
    return random.choice(kit.people)[0] if kit.people else None


def _department_of(options: object, random: Random, kit: Kit, made: Made, index: int) -> int | None:
    return dict(kit.people).get(int(str(made.get(str(options), 0))))


def _bin(options: object, random: Random, kit: Kit, made: Made, index: int) -> str:
    shelf, level = random.randint(1, 9), random.randint(1, 5)
    return f"{random.randint(1, 3):02d}-{shelf:02d}-{level:02d}-{index % 100:02d}"


def _rows(
    options: object, random: Random, kit: Kit, made: Made, index: int
) -> tuple[dict[str, object], ...]:
    wanted = _options(options)
    count = random.randint(_whole(wanted, "least"), _whole(wanted, "most", 1))
    fields = _options(wanted["fields"])
    return tuple(make_row(fields, random=random, kit=kit, index=n) for n in range(count))


MAKERS: Mapping[str, Maker] = {
    "choose": _choose,
    "one_of": _one_of,
    "some": _some,
    "some_choices": _some_choices,
    "person_name": _person_name,
    "company_name": _company_name,
    "phone": _phone,
    "id_number": _id_number,
    "region": _region,
    "address": _address,
    "date": _date,
    "instant": _instant,
    "integer": _integer,
    "money": _money,
    "reference": _reference,
    "each": _each,
    "person": _person,
    "department_of": _department_of,
    "bin": _bin,
    "rows": _rows,
}
