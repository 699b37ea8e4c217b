"""What was promised before a kill, and the judgement after it.

Acknowledged: wholly there, once. Refused: not there. Begun and never answered: wholly there or not
at all; sent again with the same key it is there, once.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from kefu_admin.problems import Refusal
from tests.soak.deeds import ABSENT, WHOLE, Deed
from tests.soak.ground import Ground


class Word(StrEnum):
    """How far a deed came before the kill."""

    BEGUN = "begun"
    ACKED = "acked"
    REFUSED = "refused"


@dataclass(slots=True)
class Promise:
    """One deed of one run, and the last word heard of it."""

    deed: Deed
    facts: Mapping[str, Any]
    key: str
    word: Word = Word.BEGUN


@dataclass(slots=True)
class Verdict:
    """The faults a run found, and how often it saw what. `again` is the share of acknowledged deeds
    that is sent again; with `enough` faults a run ends."""

    again: float
    enough: int = 20
    faults: list[str] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    _chance: random.Random = field(default_factory=lambda: random.Random(1))

    @property
    def is_clear(self) -> bool:
        """Whether more kills would say nothing new."""
        return len(self.faults) >= self.enough

    def judge(self, ground: Ground, promises: Sequence[Promise]) -> None:
        """Hold the database against what was promised; what is unknown is sent again."""
        with ground.store.connection():
            for promise in promises:
                self._judge(ground, promise)

    def _judge(self, ground: Ground, promise: Promise) -> None:
        deed, facts = promise.deed, promise.facts
        state = deed.state(ground, facts)
        self.seen[f"{promise.word} {deed.name}"] += 1
        if promise.word is Word.REFUSED:
            self._expect(promise, state, {ABSENT})
        elif promise.word is Word.ACKED:
            self._expect(promise, state, {WHOLE})
        else:
            self.seen["unknown, was " + ("there" if state == WHOLE else "not there")] += 1
            self._expect(promise, state, {ABSENT, WHOLE})
        sent_again = promise.word is Word.BEGUN or self._chance.random() < self.again
        if deed.repeats and promise.word is not Word.REFUSED and sent_again:
            self._again(ground, promise)

    def _again(self, ground: Ground, promise: Promise) -> None:
        """The same request with the same key: nothing lost, nothing doubled."""
        try:
            promise.deed.do(ground, promise.facts, promise.key)
        except Refusal as refusal:
            self.faults.append(f"{promise.deed.name}: sent again, refused: {refusal.code}")
            return
        state = promise.deed.state(ground, promise.facts)
        if state != WHOLE:
            self.faults.append(f"{promise.deed.name}: {promise.word}, sent again: {state}")

    def _expect(self, promise: Promise, state: str, allowed: set[str]) -> None:
        if state not in allowed:
            self.faults.append(f"{promise.deed.name}: {promise.word}, but {state}")
