"""What this desk is made of, read-only: types, roles, and the config versions that were applied."""

from __future__ import annotations

from werkzeug.wrappers import Response

from kefu_admin.definitions.role import Permission
from kefu_admin.faces import http
from kefu_admin.faces.admin.pages.sheets import Spot
from kefu_admin.faces.admin.view import PanelView, expose, zone
from kefu_admin.faces.admin.words import clock_text, translator
from kefu_admin.faces.routes import declare
from kefu_admin.operations import config_book


class ConfigView(PanelView):
    """`/config/`."""

    def __init__(self) -> None:
        super().__init__(name="系统配置", endpoint="kefu_config", url="config")

    @expose("/")
    @declare("GET", access=Permission.CONFIG)
    def index(self) -> Response:
        """The config in use."""
        said, locale, project = translator(http.locale()), http.locale(), self.desk.project
        levels = {one.id: one.label.text(locale) for one in project.secrecy_levels}
        applied = config_book.applied(self.desk, actor=http.actor())
        return self.page(
            "admin/pages/config.html",
            fingerprint=project.fingerprint,
            facts=[
                (said("名称"), project.name.text(locale)),
                (said("时区"), project.time_zone),
                (said("密码要求"), project.password_profile),
                (
                    said("密级"),
                    " < ".join(level.label.text(locale) for level in project.secrecy_levels) or "—",
                ),
                (said("每小时查看上限"), str(project.unmask_per_hour)),
                (said("每小时精确查找上限"), str(project.search_per_hour)),
            ],
            types=[
                (
                    Spot(text=content.label.text(locale)),
                    Spot(text=id, css="c"),
                    Spot(text=str(sum(not one.system for one in content.fields.values()))),
                    Spot(text=content.place.file, css="c"),
                )
                for id, content in project.types.items()
            ],
            roles=[
                (
                    Spot(text=role.label.text(locale)),
                    Spot(text=id, css="c"),
                    Spot(text=" ".join(sorted(role.may)) or "—", css="c"),
                    Spot(text=levels.get(role.clearance, "—")),
                    Spot(text=role.place.file, css="c"),
                )
                for id, role in project.roles.items()
            ],
            applied=[
                (
                    Spot(text=one.fingerprint[:12], css="c"),
                    Spot(text=clock_text(one.at, zone()), css="d"),
                    Spot(text=one.by),
                    Spot(text=said("在用"), color="green") if one.is_applied else Spot(text=""),
                )
                for one in applied
            ],
        )
