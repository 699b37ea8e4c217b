"""The makers: one small function per word of `seeds/generate.yaml`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import accumulate
from random import Random

from kefu_admin.behaviours.making.kit import Kit, Made, Make, Maker, options_of, whole

PHONE_PREFIXES = ("160", "161", "163", "164", "168", "169")
ID_REGIONS = ("660101", "670101", "680101", "690101")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_ID_CHECKS = "10X98765432"


def _choose(options: object, kit: Kit, name: str) -> Make:
    weighted = options_of(options)
    words = list(weighted)
    heaped = list(accumulate(int(str(weight)) for weight in weighted.values()))
    return lambda random, made, index: random.choices(words, cum_weights=heaped)[0]


def _one_of(options: object, kit: Kit, name: str) -> Make:
    pool = kit.pool(str(options))
    return lambda random, made, index: random.choice(pool)


def _some(options: object, kit: Kit, name: str) -> Make:
    chosen = options_of(options)
    pool = kit.pool(str(chosen["some"]))
    most = min(whole(chosen, "most", 1), len(pool))
    return lambda random, made, index: tuple(random.sample(pool, random.randint(0, most)))


def _some_choices(options: object, kit: Kit, name: str) -> Make:
    ids = kit.choices.get(name, ())
    most = min(int(str(options)), len(ids))
    return lambda random, made, index: tuple(random.sample(ids, random.randint(1, most)))


def _person_name(options: object, kit: Kit, name: str) -> Make:
    given, surnames = kit.pool("given"), kit.pool("surnames")

    def make(random: Random, made: Made, index: int) -> str:
        length = random.choice((1, 2, 2, 2))
        return random.choice(surnames) + "".join(random.choices(given, k=length))

    return make


def _company_name(options: object, kit: Kit, name: str) -> Make:
    pools = [kit.pool(one) for one in ("company_heads", "given", "company_trades", "company_tails")]
    return lambda random, made, index: "".join([random.choice(pool) for pool in pools])


def _phone(options: object, kit: Kit, name: str) -> Make:
    return lambda random, made, index: (
        f"{random.choice(PHONE_PREFIXES)}{random.randrange(10**8):08d}"
    )


def id_check_digit(first_seventeen: str) -> str:
    """The 18th character of a resident id number (GB 11643: weighted sum mod 11)."""
    total = sum(
        int(digit) * weight for digit, weight in zip(first_seventeen, _ID_WEIGHTS, strict=True)
    )
    return _ID_CHECKS[total % 11]


def _id_number(options: object, kit: Kit, name: str) -> Make:
    def make(random: Random, made: Made, index: int) -> str:
        born = date(1950, 1, 1) + timedelta(days=random.randrange(20_000))
        body = f"{random.choice(ID_REGIONS)}{born:%Y%m%d}{random.randrange(1000):03d}"
        return body + id_check_digit(body)

    return make


def _region(options: object, kit: Kit, name: str) -> Make:
    return lambda random, made, index: random.choice(kit.regions)


def _address(options: object, kit: Kit, name: str) -> Make:
    roads, estates = kit.pool("roads"), kit.pool("estates")

    def make(random: Random, made: Made, index: int) -> str:
        road, estate = random.choice(roads), random.choice(estates)
        room = f"{random.randint(1, 20)}栋{random.randint(1, 30)}0{random.randint(1, 4)}室"
        return f"{road}{random.randint(1, 999)}号{estate}{room}"

    return make


def _day(options: object, kit: Kit) -> Callable[[Random, Made], date | None]:
    """A day `from` to `to` days after today, or after an earlier field of the row (`after`; without
    a value there is no day); never later than `latest` days after today."""
    window = options_of(options)
    first, last = whole(window, "from"), whole(window, "to")
    after = str(window.get("after", ""))
    latest = kit.today + timedelta(days=whole(window, "latest")) if "latest" in window else date.max

    def day(random: Random, made: Made) -> date | None:
        since = made.get(after) if after else kit.today
        if not isinstance(since, date):
            return None
        if isinstance(since, datetime):
            since = since.date()
        return min(since + timedelta(days=random.randint(first, last)), latest)

    return day


def _date(options: object, kit: Kit, name: str) -> Make:
    day = _day(options, kit)
    return lambda random, made, index: day(random, made)


def _instant(options: object, kit: Kit, name: str) -> Make:
    day = _day(options, kit)

    def make(random: Random, made: Made, index: int) -> datetime | None:
        on = day(random, made)
        at = time(random.randint(1, 9), random.choice((0, 15, 30, 45)))
        return None if on is None else datetime.combine(on, at, UTC)

    return make


def _integer(options: object, kit: Kit, name: str) -> Make:
    window = options_of(options)
    least, most = whole(window, "min"), whole(window, "max")
    return lambda random, made, index: random.randint(least, most)


def _money(options: object, kit: Kit, name: str) -> Make:
    window = options_of(options)
    step = whole(window, "step", 1)
    least, most = whole(window, "min") // step, whole(window, "max") // step
    cent = Decimal("0.01")
    return lambda random, made, index: Decimal(random.randint(least, most) * step).quantize(cent)


def _reference(options: object, kit: Kit, name: str) -> Make:
    ids = kit.ids.get(str(options), ())
    return lambda random, made, index: random.choice(ids) if ids else None


def _each(options: object, kit: Kit, name: str) -> Make:
    """Goes through the rows of a type in turn; later `each` fields of a row turn over slower."""
    ids = kit.ids.get(str(options), ())

    def make(random: Random, made: Made, index: int) -> int | None:
        slower = 1
        for value in made.values():
            if isinstance(value, _Turn):
                slower *= value.of
        return _Turn(ids[index // slower % len(ids)], len(ids)) if ids else None

    return make


class _Turn(int):
    """An id chosen by `each`, remembering how many there were."""

    of: int

    def __new__(cls, value: int, of: int) -> _Turn:
        turn = super().__new__(cls, value)
        turn.of = of
        return turn


def _person(options: object, kit: Kit, name: str) -> Make:
    """Somebody who holds the role named; anybody where it is `true` or nobody holds it."""
    people = kit.holders.get(str(options)) or kit.people
    return lambda random, made, index: random.choice(people)[0] if people else None


def _department_of(options: object, kit: Kit, name: str) -> Make:
    departments, of = dict(kit.people), str(options)
    return lambda random, made, index: departments.get(int(str(made.get(of, 0))))


def _bin(options: object, kit: Kit, name: str) -> Make:
    def make(random: Random, made: Made, index: int) -> str:
        shelf, level = random.randint(1, 9), random.randint(1, 5)
        return f"{random.randint(1, 3):02d}-{shelf:02d}-{level:02d}-{index % 100:02d}"

    return make


PLAIN: Mapping[str, Maker] = {
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
}
