"""R01: the real product, web and worker, killed while people work; started again and judged.

Each round: clients work through API and panel, the whole process group is killed at a random
moment, the same command starts again, and what was never answered is sent again. In every third
round a changed config is being applied when the kill comes; in every other one web and worker are
two processes.
"""

from __future__ import annotations

import http.client
import os
import random
import signal
import socket
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kefu_admin.definitions import load
from kefu_admin.operations.desk import Desk
from kefu_admin.problems import Refusal
from kefu_admin.store.apply import plan
from kefu_admin.store.database import Store
from tests.soak.command import Command
from tests.soak.deeds import Deed, stray_files
from tests.soak.ground import Ground
from tests.soak.oracle import Promise, Verdict, Word
from tests.soak.web import DEEDS, Failed, Unanswered, fresh_key, signed_in

CLIENTS = 3
START_SECONDS = 60
KILL_AFTER = (0.05, 1.5)  # seconds of work
APPLY_KILLED_AFTER = (0.3, 1.2)  # seconds from the start of the command
APPLY_EACH = 3
MOST_DEEDS = 400  # of a client in a round


class Product:
    """The processes of one desk; started and killed together."""

    def __init__(self, directory: Path, url: str, secret: Path, plant: str) -> None:
        self.directory, self.plant, self.log = directory, plant, directory / "said.log"
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        self.environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith("KEFU_")},
            "KEFU_CONFIG": str(directory / "config"),
            "KEFU_DATA": str(directory / "data"),
            "KEFU_DATABASE_URL": url,
            "KEFU_SECRET_FILE": str(secret),
            "KEFU_PORT": str(self.port),
        }
        self.running: list[Command] = []

    def start(self, *commands: str) -> None:
        """Start the commands as one group, and wait until the panel answers."""
        for command in commands:
            self.command(command)
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > until or any(one.poll() is not None for one in self.running):
                raise Failed(f"{commands} did not start: {self.said()[-2000:]}")
            time.sleep(0.02)

    def command(self, *arguments: str) -> Command:
        """Start one more command in the group."""
        group = self.running[0].pid if self.running else 0
        started = Command(self.plant, arguments, self.environment, self.log, group)
        self.running.append(started)
        return started

    def said(self) -> str:
        """What the processes wrote."""
        return self.log.read_text("utf-8", "replace")

    def kill(self) -> None:
        """End every process at once, without a word."""
        with suppress(ProcessLookupError):
            os.killpg(self.running[0].pid, signal.SIGKILL)
        self._gone()

    def stop(self) -> None:
        """Tell every process to end."""
        for one in self.running:
            os.kill(one.pid, signal.SIGTERM)
        self._gone()

    def _gone(self) -> None:
        for one in self.running:
            one.wait(START_SECONDS)
        self.running.clear()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/sign-in")
            return connection.getresponse().status == 200
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()


def run(ground: Ground, product: Product, *, kills: int, seed: int) -> Verdict:
    """Kill the product that many times; returns what was found."""
    chance, verdict = random.Random(seed), Verdict(again=0.6, enough=1 if product.plant else 20)
    promises: list[Promise] = []
    try:
        for number in range(1, kills + 2):
            product.start(*(("run",) if number % 2 else ("web", "worker")))
            ground = replace(ground, served=signed_in(ground, product.port))
            verdict.judge(ground, promises)
            verdict.faults += ground.findings()
            if number > kills or verdict.is_clear:
                break
            applies = number % APPLY_EACH == 2
            promises = _round(ground, product, f"{seed}-{number}", chance, verdict, applies)
            product.kill()
            verdict.seen["kills"] += 1
            if applies:
                ground = _applied(ground, product, verdict)
        product.stop()
        verdict.faults += [line for line in product.said().splitlines() if "Traceback" in line]
        ground.drain()
        verdict.faults += [*ground.findings(), *stray_files(ground)]
    finally:
        if product.running:
            product.kill()
    return verdict


def _round(
    ground: Ground,
    product: Product,
    mark: str,
    chance: random.Random,
    verdict: Verdict,
    applies: bool,
) -> list[Promise]:
    """People at work until the kill; everything they began."""
    promises: list[Promise] = []
    killed = threading.Event()
    clients = [
        threading.Thread(
            target=_work,
            args=(ground, f"{mark}-{client}", random.Random(chance.random()), promises, killed),
            kwargs={"fault": verdict.faults.append},
        )
        for client in range(CLIENTS)
    ]
    for one in clients:
        one.start()
    if applies:
        change_config(product.directory / "config", mark.replace("-", "_"))
        product.command("apply")
        time.sleep(chance.uniform(*APPLY_KILLED_AFTER))
    else:
        time.sleep(chance.uniform(*KILL_AFTER))
    killed.set()  # what fails from now on is no news
    with suppress(ProcessLookupError):
        os.killpg(product.running[0].pid, signal.SIGKILL)
    for one in clients:
        one.join()
    return promises


def _work(
    ground: Ground,
    mark: str,
    chance: random.Random,
    promises: list[Promise],
    killed: threading.Event,
    *,
    fault: Callable[[str], None],
    deeds: Sequence[Deed] = DEEDS,
) -> None:
    """One client: deed after deed until the server is gone."""
    try:
        for count in range(MOST_DEEDS):
            if killed.is_set():
                return
            deed = chance.choice(deeds)
            promise = Promise(deed, deed.prepare(ground, f"{mark}-{count}"), fresh_key())
            promises.append(promise)
            try:
                deed.do(ground, promise.facts, promise.key)
            except Unanswered:
                continue
            except Refusal as refusal:
                promise.word = Word.REFUSED
                if "stale" not in deed.name:
                    fault(f"{deed.name}: refused: {refusal.facts}")
            except Failed as failed:
                fault(str(failed))
            else:
                promise.word = Word.ACKED
    except Refusal as refusal:
        if refusal.code != "config_moved":  # this process began with the config before
            fault(f"preparing was refused: {refusal.code}")
    finally:
        ground.store.release()


def change_config(config: Path, number: str) -> None:
    """One more field and one more choice: a column, and a check (on SQLite a new table)."""
    customer = config / "types" / "customer.yaml"
    text = customer.read_text("utf-8")
    label = f"{{zh: 备注{number}, en: Note {number}}}"
    field = f"  note_{number}: {{type: text, label: {label}}}\nunique:\n"
    first = "{id: a, label: {zh: A类, en: A}}"
    choice = f"{first}, {{id: x{number}, label: {{zh: X{number}, en: X}}}}"
    text = text.replace("unique:\n", field, 1)
    text = text.replace(first, choice, 1)
    customer.write_text(text, "utf-8")


def _applied(ground: Ground, product: Product, verdict: Verdict) -> Ground:
    """An apply that was killed is run again and ends; the desk of this process becomes the new."""
    again = product.command("apply")
    if again.wait(START_SECONDS):
        verdict.faults.append(f"apply after a kill: {product.said()[-500:]}")
    product.running.clear()
    ground.store.close()
    before = ground.store
    project = load(product.directory / "config")
    store = Store.open(
        before.url, project, data_directory=before.data_directory, secret=before.secret
    )
    with store.connection():
        if not plan(store).is_empty:
            verdict.faults.append("apply after a kill left something undone")
    verdict.seen["applies"] += 1
    return replace(ground, desk=Desk(project, store))
