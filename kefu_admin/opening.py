"""From settings to an open desk: what web, worker and command line all begin with.

What lies below is imported where it is needed: reading a config asks for no database driver.
"""

from __future__ import annotations

import gc
import os
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING

from kefu_admin import logs, registry, settings
from kefu_admin.definitions import load, load_texts
from kefu_admin.definitions.field_types import EXTENSION_STORAGES, FIELD_TYPES, register
from kefu_admin.definitions.fields import FieldType, PersonalClass
from kefu_admin.definitions.project import Project
from kefu_admin.registry import BadExtension
from kefu_admin.settings import BadSetting, Settings

if TYPE_CHECKING:
    from kefu_admin.operations.desk import Desk
    from kefu_admin.store.database import Store


_ALLOCATIONS = 10_000  # between two looks for garbage; a request makes some thousands
_BARE = {"project.yaml": "name: {zh: none, en: none}"}  # to ask a database what it was made for


def open_project(here: Settings) -> Project:
    """The project of the config directory, with the field types installed packages add.

    Raises:
        ConfigError: the config has faults; all of them are listed.
        BadExtension: an installed extension cannot be used.
    """
    add_field_types()
    return load(here.config)


def open_store(here: Settings, project: Project) -> Store:
    """The project's store on the configured database; makes the data directory.

    Raises:
        BadSetting: the secret is missing or weak, the URL names none of the three databases, or the
            driver of the one it names is not installed.
    """
    from kefu_admin.store.database import Store
    from kefu_admin.store.drivers import BadUrl, NoDriver

    secret = settings.secret(here)
    here.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        return Store.open(
            here.database,
            project,
            data_directory=here.data,
            secret=secret,
            secret_path=settings.secret_path(here),
            max_connections=here.threads + 8,
        )
    except BadUrl as error:
        raise BadSetting("database_url", url=error) from error
    except NoDriver as error:
        raise BadSetting("database_driver", extra=error.extra) from error


def open_owned(here: Settings, project: Project) -> Store:
    """The same store opened as the owner of its tables, where the settings name one, to be laid out
    anew: of an earlier release what was renamed since has its name of then again.

    Raises:
        BadSetting: as `open_store`.
    """
    from kefu_admin.store.apply.returning import returned

    if here.owner_database_url:
        here = replace(here, database_url=here.owner_database_url)
    store = open_store(here, project)
    wanted = returned(store)
    if wanted is project:
        return store
    store.close()
    return open_store(here, wanted)


def open_desk(here: Settings) -> Desk:
    """Project and store together, ready for operations (not yet checked against the database)."""
    from kefu_admin.operations.desk import Desk

    project = open_project(here)
    return Desk(project, open_store(here, project))


def open_applied(here: Settings) -> Store:
    """The store of the definition last applied, whatever the config directory says now.

    Raises:
        NotReady: none was ever applied.
        OtherSecret: the database was written with another secret.
        ConfigError: this release no longer understands it.
    """
    from kefu_admin.store import secret_mark
    from kefu_admin.store.apply.activation import SWITCHING, definition, fingerprint
    from kefu_admin.store.readiness import Finding, NotReady

    add_field_types()
    probe = open_store(here, load_texts(_BARE))
    with probe.connection():
        secret_mark.assert_own(probe)
        applied = fingerprint(probe)
        texts = definition(probe, applied) if applied else None
    probe.close()
    if texts is None:
        is_between = applied is not None and applied.startswith(SWITCHING)
        raise NotReady((Finding("ready_switching" if is_between else "ready_not_applied"),))
    return open_store(here, load_texts(texts))


def end_demo(desk: Desk, here: Settings, *, now: datetime) -> int:
    """Outside demo mode, take its people out of use for good; returns how many there were."""
    from kefu_admin.operations import accounts

    return 0 if here.demo else accounts.remove_demo_people(desk, now=now)


def add_field_types() -> None:
    """Add the field types of installed extensions to the closed table, once per process.

    Raises:
        BadExtension: one has the id of a field type there is already, is none, or rests in a way
            only our own types can.
    """
    for name, offered in registry.installed().field_types.items():
        if not isinstance(offered, FieldType) or offered.id != name:
            raise BadExtension("extension_odd", name=name, package="field_types")
        if offered.storage not in EXTENSION_STORAGES:
            known = ", ".join(EXTENSION_STORAGES)
            raise BadExtension("extension_storage", name=name, known=known)
        if FIELD_TYPES.get(name) is offered:
            continue
        try:
            register(offered)
        except ValueError as error:
            raise BadExtension(
                "extension_twice",
                kind="field_types",
                name=name,
                first="kefu_admin",
                second=name,
            ) from error


def private_files() -> None:
    """What this process writes from now on is readable by its own user only."""
    os.umask(0o077)


def private_logs(here: Settings, project: Project) -> None:
    """What this process logs from now on holds no personal data and no secrets."""
    personal = {
        field.id
        for content_type in project.types.values()
        for field in content_type.fields.values()
        if field.mask or field.encrypted or field.personal is not PersonalClass.NONE
    }
    logs.set_up(as_json=here.log_format == "json", personal=personal)


def settle_memory() -> None:
    """For a process that has read its desk and begins to serve: what stands now stays and is not
    looked through again for garbage."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 10, 10)
