"""Putting the panel on an application: one Flask-Admin `Admin`, our theme, one view per type.

A view a host application adds to the same `Admin` stands behind our sign-in, shows in our menu and
is printed by our templates.
"""

from __future__ import annotations

from typing import Any

from flask import Flask, get_flashed_messages
from flask_admin import Admin, BaseView

from kefu_admin.faces.admin.bulk import BulkView
from kefu_admin.faces.admin.errors import error_page
from kefu_admin.faces.admin.imports import ImportView
from kefu_admin.faces.admin.pages.account import AccountView
from kefu_admin.faces.admin.pages.audit import AuditView
from kefu_admin.faces.admin.pages.bin import BinView
from kefu_admin.faces.admin.pages.calendar import CalendarView
from kefu_admin.faces.admin.pages.config import ConfigView
from kefu_admin.faces.admin.pages.departments import DepartmentsView
from kefu_admin.faces.admin.pages.front import FrontView
from kefu_admin.faces.admin.pages.jobs import JobsView
from kefu_admin.faces.admin.pages.messages import MessagesView
from kefu_admin.faces.admin.pages.numbers import NumbersView
from kefu_admin.faces.admin.pages.people import PeopleView
from kefu_admin.faces.admin.pages.search import SearchView
from kefu_admin.faces.admin.pages.status import StatusView
from kefu_admin.faces.admin.pages.tokens import TokensView
from kefu_admin.faces.admin.pages.values import ValuesView
from kefu_admin.faces.admin.record import RecordView
from kefu_admin.faces.admin.theme import PanelTheme, assets_version, keep_static
from kefu_admin.faces.admin.view import frame
from kefu_admin.faces.http import Runtime
from kefu_admin.faces.http.runtime import is_ours


class PanelAdmin(Admin):  # type: ignore[misc]  # Flask-Admin's types are not followed
    """Our `Admin`: what a host's view renders gets the frame of our pages."""

    def add_view(self, view: BaseView) -> None:
        """Add a view, ours or a host's."""
        super().add_view(view)
        if self.app is not None and not is_ours(view):
            self.app.template_context_processors.setdefault(view.endpoint, []).append(_host_frame)


def mount(app: Flask, runtime: Runtime) -> Admin:
    """Put the panel on the application under the runtime's prefix."""
    runtime.panel_error = error_page
    front = FrontView(runtime.prefix)
    admin = PanelAdmin(
        app,
        name=runtime.project.name.zh,
        endpoint=front.endpoint,
        url=runtime.prefix or "/",
        index_view=front,
        theme=PanelTheme(version=assets_version()),
    )
    for view in _views(runtime):
        admin.add_view(view)
    _keep_static(front)
    return admin


def _host_frame() -> dict[str, object]:
    """The frame of our pages around a host's, with what its view flashed."""
    return {**frame(), "flashed": get_flashed_messages(with_categories=True)}


def _views(runtime: Runtime) -> list[BaseView]:
    return [
        AccountView(),
        SearchView(),
        PeopleView(),
        DepartmentsView(),
        TokensView(),
        NumbersView(),
        JobsView(),
        MessagesView(),
        BinView(),
        ValuesView(),
        CalendarView(),
        AuditView(),
        ConfigView(),
        StatusView(),
        BulkView(),
        ImportView(),
        *(RecordView(content) for content in runtime.project.types.values()),
    ]


def _keep_static(front: FrontView) -> None:
    blueprint: Any = front.blueprint  # Flask-Admin is not typed
    blueprint.get_send_file_max_age = keep_static
