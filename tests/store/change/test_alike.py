"""Records judged together are judged exactly as each by itself, whoever asks for whatever field."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from kefu_admin.definitions.condition import Compare, Literal, Not, Op, Path
from kefu_admin.problems import FieldError
from kefu_admin.store.change import Change, alike, judging
from kefu_admin.store.change.bulk import Rule, Wanted, carry_out, judge
from kefu_admin.store.verdicts import Told, Verdict
from tests.desks import NOW, Desk
from tests.store.change.test_set_wise import customers, dump

MANY = 60
ELSEWHERE = Not(Compare(Path(("region",)), Op.EQ, Literal("110105")))
RULE = Rule(ELSEWHERE, FieldError("", "bulk_condition"))
SENT: tuple[Mapping[str, object], ...] = (
    {"level": "b"},
    {"kind": "company"},  # hides and clears what only a person has
    {"kind": "person"},  # asks for a telephone
    {"secrecy": "secret"},
    {"credit": Decimal("-1.00")},
    {"owner": 99_999},
    {"department": None, "since": date(2026, 1, 1)},
    {"visit_count": 3},
)


class _Undone(Exception):
    """Nothing of it is kept."""


@pytest.fixture
def made(desk: Desk) -> list[int]:
    """Customers of three people and every kind, some without what a rule asks for."""
    random = Random(11)
    rows = customers(random, MANY, wrong=False)
    for row in rows:
        whose = desk.people[random.choice(("wang", "li", "boss"))]
        row |= {"owner": whose.user_id, "department": whose.department_id}
    ids: list[int] = desk.change("boss", lambda change: change.create_many("customer", rows))
    desk.store.execute('UPDATE "customer" SET "phone" = NULL WHERE "id" IN (?, ?)', ids[3:5])
    desk.store.execute('UPDATE "customer" SET "version" = 2 WHERE "id" = ?', (ids[7],))
    return ids


@pytest.mark.parametrize("who", ["wang", "boss"])
def test_alike_is_judged_as_alone(
    desk: Desk, made: list[int], who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def outcomes() -> list[object]:
        return [_outcome(desk, who, [Wanted(id, 1, sent) for id in made]) for sent in SENT]

    together = outcomes()
    monkeypatch.setattr(alike, "_key", lambda *_: None)

    assert together == outcomes()


def test_values_of_their_own_are_judged_as_alone(
    desk: Desk, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = [Wanted(id, 1, SENT[place % 5]) for place, id in enumerate(made)]
    together = _outcome(desk, "boss", wanted)
    monkeypatch.setattr(alike, "_key", lambda *_: None)

    assert together == _outcome(desk, "boss", wanted)


def test_few_are_judged_for_many(
    desk: Desk, made: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[int] = []
    really = judging.judge_update

    def counted(change: Change, draft: Any) -> frozenset[str]:
        judged.append(draft.id)
        return really(change, draft)

    monkeypatch.setattr(judging, "judge_update", counted)

    verdicts = {one.verdict for one in _judge(desk, "boss", [Wanted(i, 1, SENT[0]) for i in made])}

    assert verdicts >= {Verdict.READY, Verdict.CHANGED, Verdict.REFUSED}
    assert 0 < len(judged) < MANY // 2


def _outcome(desk: Desk, who: str, wanted: list[Wanted]) -> tuple[object, ...]:
    """What is foreseen, what is told and what stands in every table after doing it."""
    seen: list[object] = [_plainly(_judge(desk, who, wanted))]

    def work(change: Change) -> None:
        seen.append(_plainly(carry_out(change, "customer", wanted, RULE)))
        change.book.finish(change.warrant.binding, change.recomputed)
        seen.append(dump(desk.store))
        raise _Undone

    with pytest.raises(_Undone):
        desk.change(who, work)
    return tuple(seen)


def _judge(desk: Desk, who: str, wanted: list[Wanted]) -> list[Told]:
    change = Change(desk.store, desk.warrant(who), now=NOW, operation="test")
    return judge(change, "customer", wanted, RULE)


def _plainly(told: list[Told]) -> list[Told]:
    return sorted((one._replace(before=None) for one in told), key=lambda one: one.id)
