"""Reads `menus/*.yaml`: groups of entries, each a list view or one of the panel's pages."""

from __future__ import annotations

from kefu_admin.definitions.faults import Fault
from kefu_admin.definitions.keys import Key, LabelText, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.menu import PAGES, Menu, MenuEntry, MenuGroup
from kefu_admin.definitions.naming import Id, To
from kefu_admin.definitions.takers import ListOf, OneOf, Text

LABEL = Key("label", LabelText(), Label("名称，默认同视图或页面", "name; that of the view or page"))
ICON = Key("icon", Text(40), Label("图标（Tabler）", "Tabler icon"))
VIEW = Key("view", To(Label("视图", "view")), Label("列表视图", "list view"))
PAGE = Key("page", OneOf(PAGES), Label("系统页面", "page of the panel"))
ENTRY = Shape(LABEL, ICON, VIEW, PAGE)
ENTRIES = Key(
    "entries",
    ListOf(ENTRY, least=1, keys=("view", "page")),
    Label("菜单项", "entries"),
    required=True,
)
GROUP_LABEL = Key("label", LabelText(), Label("组名", "name of the group"), required=True)
GROUP_ID = Key(
    "id", Id(40), Label("标识，供上层改动这一组", "by which a layer above changes the group")
)
GROUPS = Key(
    "groups",
    ListOf(Shape(GROUP_ID, GROUP_LABEL, ICON, ENTRIES), least=1, keys=("id",)),
    Label("菜单组", "groups"),
    required=True,
)
SHAPE = Shape(GROUPS)

PAGE_LABELS = {
    "home": Label("首页", "Home"),
    "calendar": Label("工作日历", "Calendar"),
    "users": Label("用户", "Users"),
    "departments": Label("部门", "Departments"),
    "audit": Label("审计日志", "Audit book"),
    "tokens": Label("API 令牌", "API tokens"),
    "numbers": Label("编号管理", "Numbers"),
    "bin": Label("回收站", "Recycle bin"),
    "jobs": Label("后台任务", "Background jobs"),
    "messages": Label("消息发送", "Messages"),
    "values": Label("选项与参数", "Choices and values"),
    "batches": Label("我的批量操作", "My bulk changes"),
    "config": Label("系统配置", "Configuration"),
    "status": Label("系统状态", "System status"),
    "api_docs": Label("API 文档", "API documentation"),
}


def read(loading: Loading) -> dict[str, Menu]:
    """Every menu."""
    found: dict[str, Menu] = {}
    for source in loading.sources["menus"].values():
        taken = SHAPE.take(source.node, loading.problems) if source.node else None
        if taken is not None:
            seen: set[str] = set()
            groups = tuple(_group(one, loading, seen) for one in taken.get(GROUPS, ()))
            found[source.id] = Menu(id=source.id, groups=groups, place=taken.place)
    return found


def _group(taken: Taken, loading: Loading, seen: set[str]) -> MenuGroup:
    entries = (_entry(one, loading, seen) for one in taken.get(ENTRIES, ()))
    return MenuGroup(
        label=taken.get(GROUP_LABEL, Label("")),
        icon=taken.get(ICON, ""),
        entries=tuple(entry for entry in entries if entry is not None),
    )


def _entry(taken: Taken, loading: Loading, seen: set[str]) -> MenuEntry | None:
    if taken.has(VIEW) == taken.has(PAGE):
        loading.problems.add(taken.place, Fault.ENTRY_VIEW_OR_PAGE)
        return None
    view, page = taken.get(VIEW, ""), taken.get(PAGE, "")
    if not view and not page:
        return None
    if f"{view}/{page}" in seen:
        loading.problems.add(taken.place, Fault.ENTRY_REPEATED, name=view or page)
    seen.add(f"{view}/{page}")
    label = PAGE_LABELS.get(page)
    if view:
        known = {*loading.known("views"), *loading.views}
        if view not in known:
            loading.problems.unknown(
                taken.at(VIEW), Fault.NO_VIEW_NEAR, Fault.NO_VIEW, view, sorted(known)
            )
        label = loading.views[view].label if view in loading.views else None
    return MenuEntry(
        label=taken.get(LABEL, label or Label(view or page)),
        icon=taken.get(ICON, ""),
        view=view,
        page=page,
        place=taken.place,
    )
