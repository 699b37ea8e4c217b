"""`kefu plan --on-copy`: the change is done on a copy, with every check there is, and timed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from secrets import token_hex
from tempfile import mkdtemp
from time import perf_counter
from urllib.parse import urlsplit

from kefu_admin import clock
from kefu_admin.actor import system_actor
from kefu_admin.cli.output import DONE, FAULTY, Output
from kefu_admin.cli.test import told
from kefu_admin.cli.verify import report_lines
from kefu_admin.definitions.project import Project
from kefu_admin.opening import open_applied, open_store
from kefu_admin.operations import scenarios
from kefu_admin.operations.derived import bring_up_derived
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.verifying import verify
from kefu_admin.problems import Refusal
from kefu_admin.settings import Settings, secret_path
from kefu_admin.store.apply import apply, plan
from kefu_admin.store.backup.copying import copy
from kefu_admin.store.dialect import Dialect
from kefu_admin.store.session import Session


class NoCopy(Refusal):
    """No database could be made for the copy. facts: why."""

    code, status = "no_copy", 409


def rehearse(project: Project, consented: list[str], here: Settings, output: Output) -> int:
    """Copy, apply, work out, test, verify; the copy is dropped whatever comes."""
    now = clock.now()
    source = open_applied(here)
    with _scratch(here, source.dialect) as there:
        began = perf_counter()
        first = open_store(there, source.project)
        copy(source, first, now=now)
        first.close()
        source.close()
        output.say("副本已做好，{seconds} 秒。", seconds=_since(began))

        began = perf_counter()
        store = open_store(there, project)
        wanted = plan(store)
        consent = frozenset(consented) & frozenset(wanted.to_consent)
        done = apply(store, wanted, actor=system_actor("apply"), now=now, consent=consent)
        bring_up_derived(Desk(project, store), now=now)
        steps = len(done.done)
        output.say("副本上执行了 {done} 步，{seconds} 秒。", done=steps, seconds=_since(began))

        failed = told(scenarios.run(project, now=now), output)
        with store.connection():
            report = verify(Desk(project, store), now=now)
        for line in report_lines(report, output):
            output.line(line)
        store.close()
    return FAULTY if failed or not report.is_sound else DONE


def _since(began: float) -> str:
    return f"{perf_counter() - began:.1f}"


@contextmanager
def _scratch(here: Settings, dialect: Dialect) -> Iterator[Settings]:
    """Settings of an empty database and data directory; both are gone afterwards. Attachments are
    seen where they are."""
    directory = Path(mkdtemp(prefix="copy-", dir=here.data))
    files = here.data / "files"
    if files.is_dir():
        (directory / "files").symlink_to(files, target_is_directory=True)
    try:
        if dialect is Dialect.SQLITE:
            yield _at(here, directory, f"sqlite:///{directory / 'copy.sqlite3'}")
            return
        with _database(here, dialect) as url:
            yield _at(here, directory, url)
    finally:
        shutil.rmtree(directory)


def _at(here: Settings, directory: Path, url: str) -> Settings:
    """The copy is read with the secret the desk was written with, wherever that is kept."""
    return replace(
        here,
        data=directory,
        database_url=url,
        owner_database_url="",
        secret_file=secret_path(here),
    )


@contextmanager
def _database(here: Settings, dialect: Dialect) -> Iterator[str]:
    """A database of its own on the same server, made by the owner."""
    owner = here.owner_database_url or here.database
    name = f"kefu_copy_{token_hex(6)}"
    server = Session(owner, max_connections=1)
    try:
        server.execute(f"CREATE DATABASE {name}")
    except Exception as error:  # whatever the driver calls it: no right, no room
        server.close()
        raise NoCopy(why=error.__cause__ or error) from error
    try:
        yield urlsplit(owner)._replace(path=f"/{name}").geturl()
    finally:
        force = " WITH (FORCE)" if dialect is Dialect.POSTGRESQL else ""
        server.execute(f"DROP DATABASE {name}{force}")
        server.close()
