"""R02: a forked child does deeds and is killed at a statement or at a moment; then it is judged.

The parent holds no connection while a child lives. A child says over a pipe what it has begun and
what was acknowledged, before it does the next thing.
"""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from kefu_admin.problems import Refusal
from kefu_admin.store.session import Session
from tests.soak.deeds import Deed, stray_files
from tests.soak.ground import Ground
from tests.soak.oracle import Promise, Verdict, Word

PER_CHILD = 2
GUESS = 30  # statements of a deed nobody has seen through yet
BY_MOMENT = 0.3  # the share of children killed at a moment, not at a statement
VERIFY_EACH = 100
READY = "ready"


def run(
    ground: Ground,
    deeds: Sequence[Deed],
    *,
    kills: int,
    seed: int,
    plant: Callable[[], None] | None = None,
    say: Callable[[Promise], Word] | None = None,
) -> Verdict:
    """Kill that many children; returns what was found.

    Args:
        seed: the same seed picks the same deeds and statements.
        plant: puts a fault into each child before it begins.
        say: what a child claims of a deed before doing it (a planted early answer).
    """
    chance, verdict, lengths = (
        random.Random(seed),
        Verdict(again=0.2, enough=1 if plant or say else 20),
        dict[str, int](),
    )
    number = 0
    while verdict.seen["kills"] < kills and not verdict.is_clear:
        number += 1
        chosen = [chance.choice(deeds) for _ in range(PER_CHILD)]
        victim = chance.randrange(PER_CHILD)
        at = chance.randint(1, lengths.get(chosen[victim].name, GUESS) * 2)
        by_moment = chance.random() < BY_MOMENT
        after = chance.uniform(0, 0.06)
        ground.store.close()
        child, pipe = _fork(
            ground, chosen, f"{seed}-{number}", None if by_moment else (victim, at), plant, say
        )
        killed, promises = _watch(child, pipe, chosen, after if by_moment else None, lengths)
        verdict.seen["kills"] += killed
        verdict.judge(ground, promises)
        if number % VERIFY_EACH == 0:
            _whole(ground, verdict)
    _whole(ground, verdict)
    return verdict


def _whole(ground: Ground, verdict: Verdict) -> None:
    ground.drain()
    verdict.faults += [*ground.findings(), *stray_files(ground)]


# the child


def _fork(
    ground: Ground,
    deeds: Sequence[Deed],
    mark: str,
    kill_at: tuple[int, int] | None,
    plant: Callable[[], None] | None,
    say: Callable[[Promise], Word] | None,
) -> tuple[int, int]:
    reading, writing = os.pipe()
    child = os.fork()
    if child:
        os.close(writing)
        return child, reading
    try:
        os.close(reading)
        if plant is not None:
            plant()
        _live(ground, deeds, mark, kill_at, say, writing)
    except BaseException as error:  # nothing may return into the parent's code
        _tell(writing, "broken", error=repr(error))
    finally:
        os._exit(0)


def _live(
    ground: Ground,
    deeds: Sequence[Deed],
    mark: str,
    kill_at: tuple[int, int] | None,
    say: Callable[[Promise], Word] | None,
    pipe: int,
) -> None:
    counting = _Counting()
    with ground.store.connection():
        _tell(pipe, READY)
        for index, deed in enumerate(deeds):
            name = f"{mark}-{index}"
            facts = deed.prepare(ground, name)
            promise = Promise(deed, facts, f"key-of-{name}")
            _tell(pipe, Word.BEGUN, index=index, facts=facts, key=promise.key)
            if say is not None:
                _tell(pipe, say(promise), index=index, statements=0)
            counting.begin(kill_at[1] if kill_at and kill_at[0] == index else 0)
            try:
                deed.do(ground, facts, promise.key)
            except Refusal as refusal:
                _tell(pipe, Word.REFUSED, index=index, code=refusal.code)
            else:
                _tell(pipe, Word.ACKED, index=index, statements=counting.seen)
            counting.begin(0)


class _Counting:
    """Counts the statements of this process; kills it before or after the chosen one."""

    def __init__(self) -> None:
        self.seen, self._at = 0, 0
        execute, execute_many = Session._executed, Session.execute_many

        def one(session: Session, sql: str, params: Sequence[object]) -> Any:
            with self.counted():
                return execute(session, sql, params)

        def many(session: Session, sql: str, rows: Sequence[Sequence[object]]) -> None:
            with self.counted():
                execute_many(session, sql, rows)

        Session._executed = one  # type: ignore[method-assign]
        Session.execute_many = many  # type: ignore[method-assign]

    def begin(self, at: int) -> None:
        """Count anew; twice the number of the statement to die before, one more for after it."""
        self.seen, self._at = 0, at

    def counted(self) -> Any:
        self.seen += 1
        return _Around(self.seen * 2 - 1 == self._at, self.seen * 2 == self._at)


class _Around:
    def __init__(self, before: bool, after: bool) -> None:
        self.before, self.after = before, after

    def __enter__(self) -> None:
        if self.before:
            os.kill(os.getpid(), signal.SIGKILL)

    def __exit__(self, *_: object) -> None:
        if self.after:
            os.kill(os.getpid(), signal.SIGKILL)


def _tell(pipe: int, word: str, **facts: object) -> None:
    os.write(pipe, json.dumps({"word": word, **facts}).encode() + b"\n")


# the parent


def _watch(
    child: int,
    pipe: int,
    deeds: Sequence[Deed],
    after: float | None,
    lengths: dict[str, int],
) -> tuple[bool, list[Promise]]:
    """Hear the child out, killing it that long after it was ready; whether it was killed, and
    what it had promised."""
    promises: dict[int, Promise] = {}
    for told in _lines(pipe):
        word = told["word"]
        if word == READY:
            if after is not None:
                time.sleep(after)
                with suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)
        elif word == Word.BEGUN:
            promises[told["index"]] = Promise(deeds[told["index"]], told["facts"], told["key"])
        elif word in (Word.ACKED, Word.REFUSED):
            promise = promises[told["index"]]
            promise.word = Word(word)
            if told.get("statements"):
                lengths[promise.deed.name] = told["statements"]
        else:
            raise RuntimeError(told["error"])
    _, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status), list(promises.values())


def _lines(pipe: int) -> Iterator[dict[str, Any]]:
    with os.fdopen(pipe, encoding="utf-8") as file:
        for line in file:
            if line.endswith("\n"):  # a line cut short was never said
                yield json.loads(line)
