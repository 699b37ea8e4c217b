"""The kinds of config: one row each, with its folder, its shape, its reader.

A later kind is one definition module, one reader, one row here and one attribute of `Project`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from kefu_admin.definitions import (
    action_text,
    calendar_text,
    choices_text,
    content_type_text,
    home_text,
    menu_text,
    number_text,
    project_text,
    role_text,
    scenario_text,
    view_text,
)
from kefu_admin.definitions.keys import Shape
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.loading import Loading


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of config. `folder` is its directory ("" for `project.yaml`), `longest` the limit of
    its ids, `read` fills what it understands into the `Loading`."""

    id: str
    label: Label
    shape: Shape
    read: Callable[[Loading], object]
    longest: int = 60


KINDS: tuple[Kind, ...] = (
    Kind("project", Label("项目", "Project"), project_text.SHAPE, project_text.read),
    Kind("numbers", Label("编号规则", "Number series"), number_text.SHAPE, number_text.read),
    Kind("choices", Label("选项表", "Choice lists"), choices_text.SHAPE, choices_text.read,
         longest=40),
    Kind("calendars", Label("工作日历", "Calendars"), calendar_text.SHAPE, calendar_text.read,
         longest=40),
    Kind("types", Label("内容类型", "Content types"), content_type_text.SHAPE,
         content_type_text.read, longest=30),
    Kind("roles", Label("角色", "Roles"), role_text.SHAPE, role_text.read),
    Kind("views", Label("列表视图", "List views"), view_text.SHAPE, view_text.read),
    Kind("actions", Label("批量操作", "Bulk actions"), action_text.SHAPE, action_text.read),
    Kind("menus", Label("菜单", "Menus"), menu_text.SHAPE, menu_text.read),
    Kind("homes", Label("首页", "First pages"), home_text.SHAPE, home_text.read),
    Kind("tests", Label("权限示例", "Permission examples"), scenario_text.SHAPE,
         scenario_text.read),
)  # fmt: skip
KIND_OF_PROJECT = KINDS[0]
FOLDERS: Mapping[str, Kind] = {kind.id: kind for kind in KINDS if kind is not KIND_OF_PROJECT}
