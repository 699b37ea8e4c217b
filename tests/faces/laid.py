"""The small desk laid out: tabs, a summary, files, and contacts that stand in an order."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from kefu_admin import clock, settings
from kefu_admin.app import create_app
from kefu_admin.definitions.load import load
from kefu_admin.definitions.project import Project
from kefu_admin.operations.desk import Desk
from kefu_admin.store.database import Store
from tests.conftest import PROJECTS
from tests.faces.desk import Served, serve

_FILES = """\
  papers: {type: attachments, label: {zh: 资料, en: Papers}}
  pictures: {type: images, label: {zh: 照片, en: Pictures}}
"""
_LAYOUT = """\
  - {id: papers, label: {zh: 附件, en: Files}, fields: [papers, pictures], columns: 1}
tabs:
  - {id: who, label: {zh: 资料, en: File}, sections: [main, contacts]}
  - {id: whose, label: {zh: 归属, en: Ours}, sections: [ours]}
summary: [level, phone, owner]
"""


def laid_project(directory: Path) -> Project:
    """The small project with a layout, written to `directory`."""
    config = directory / "config"
    shutil.copytree(PROJECTS / "small", config)
    customer = config / "types/customer.yaml"
    text = customer.read_text("utf-8").replace("unique:\n", f"{_FILES}unique:\n")
    customer.write_text(text.rstrip() + "\n" + _LAYOUT, "utf-8")
    contact = config / "types/contact.yaml"
    place = "  place: {type: integer, label: {zh: 次序, en: Place}}\norder: place\n"
    contact.write_text(contact.read_text("utf-8").rstrip() + "\n" + place, "utf-8")
    return load(config)


def serve_laid(open_store: Callable[[Project], Store], directory: Path) -> Served:
    """The laid-out desk, served."""
    project = laid_project(directory)
    here = settings.read({}, data=str(directory / "data"))
    desk = Desk(project, open_store(project))
    return serve(create_app(here, desk=desk), desk, here, now=clock.now())
