"""A command of the product as a process, forked from one that has imported it already.

The import is most of what a short-lived process costs. Everything else is as when it is started by
hand: its environment, its group, its arguments, and what it begins anew as.
"""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection
from pathlib import Path

from kefu_admin.cli import main
from tests.soak.plants import put

_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["tests.soak.begin"])


class Command:
    """One started command; `wait` and `poll` answer its exit code."""

    def __init__(
        self,
        plant: str,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        log: Path,
        group: int,
    ) -> None:
        told, telling = _FORKS.Pipe(duplex=False)
        self._process = _FORKS.Process(
            target=_become,
            args=(plant, tuple(arguments), dict(environment), log, group, telling),
        )
        self._process.start()
        self.pid = told.recv()  # it is in its group by now

    def poll(self) -> int | None:
        """None while it runs."""
        return self._process.exitcode

    def wait(self, seconds: float) -> int | None:
        """None when it still runs after so long."""
        self._process.join(seconds)
        return self._process.exitcode


def _become(
    plant: str,
    arguments: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    group: int,
    telling: Connection,
) -> None:
    os.setpgid(0, group)
    telling.send(os.getpid())
    telling.close()
    os.environ.clear()
    os.environ.update(environment)
    with log.open("ab", buffering=0) as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
    begin = "import sys; from kefu_admin.cli import main; sys.exit(main())"
    if plant:
        begin = f"from tests.soak.plants import put; put({plant!r}); {begin}"
        put(plant)
    sys.argv = ["-c", *arguments]
    sys.orig_argv = [sys.executable, "-c", begin, *arguments]  # begun anew, it is this
    sys.exit(main())
