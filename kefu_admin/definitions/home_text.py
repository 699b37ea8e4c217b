"""Reads `homes/*.yaml`: what stands on the first page, for all or for some roles."""

from __future__ import annotations

from kefu_admin.definitions.dated import COLORS
from kefu_admin.definitions.faults import Fault
from kefu_admin.definitions.home import Card, CardGroup, HomePage
from kefu_admin.definitions.keys import Key, LabelText, Shape, Taken
from kefu_admin.definitions.label import Label
from kefu_admin.definitions.loading import Loading
from kefu_admin.definitions.menu_text import GROUP_ID, GROUP_LABEL
from kefu_admin.definitions.naming import To
from kefu_admin.definitions.takers import ListOf, OneOf, Text

VIEW = Key("view", To(Label("视图", "view")), Label("列表视图", "list view"), required=True)
LABEL = Key("label", LabelText(), Label("名称，默认同视图", "name; that of the view"))
ICON = Key("icon", Text(40), Label("图标（Tabler）", "Tabler icon"))
COLOR = Key(
    "color", OneOf(COLORS), Label("有数时的颜色", "colour while there is something to count")
)
CARDS = Key(
    "cards",
    ListOf(Shape(VIEW, LABEL, ICON, COLOR), least=1, keys=("view",)),
    Label("卡片", "cards"),
    required=True,
)
GROUPS = Key(
    "groups",
    ListOf(Shape(GROUP_ID, GROUP_LABEL, CARDS), least=1, keys=("id",)),
    Label("卡片组", "groups of cards"),
    required=True,
)
ROLES = Key(
    "roles",
    ListOf(To(Label("角色", "role")), distinct=True),
    Label("给哪些角色，默认所有人", "for which roles; everybody"),
)
NEW = Key(
    "new",
    ListOf(To(Label("内容类型", "content type")), distinct=True),
    Label("“新建”按钮，按先后", "buttons to make a record, in order"),
)
SHAPE = Shape(ROLES, NEW, GROUPS)


def read(loading: Loading) -> dict[str, HomePage]:
    """Every first page, by file."""
    found: dict[str, HomePage] = {}
    for source in loading.sources["homes"].values():
        taken = SHAPE.take(source.node, loading.problems) if source.node else None
        if taken is not None:
            found[source.id] = _page(source.id, taken, loading)
    return found


def _page(id: str, taken: Taken, loading: Loading) -> HomePage:
    roles, new = taken.get(ROLES, ()), taken.get(NEW, ())
    for index, role in enumerate(roles):
        place = taken.at(ROLES, index)
        loading.refers(place, Fault.NO_ROLE_NEAR, Fault.NO_ROLE, "roles", role)
    for index, type_id in enumerate(new):
        place = taken.at(NEW, index)
        loading.refers(place, Fault.NO_TYPE_NEAR, Fault.NO_TYPE, "types", type_id)
    seen: set[str] = set()
    groups = tuple(
        CardGroup(
            label=group.get(GROUP_LABEL, Label("")),
            cards=tuple(_card(one, loading, seen) for one in group.get(CARDS, ())),
        )
        for group in taken.get(GROUPS, ())
    )
    return HomePage(id=id, roles=roles, new=new, groups=groups, place=taken.place)


def _card(taken: Taken, loading: Loading, seen: set[str]) -> Card:
    view = taken.get(VIEW, "")
    if view:
        loading.refers(taken.at(VIEW), Fault.NO_VIEW_NEAR, Fault.NO_VIEW, "views", view)
        if view in seen:
            loading.problems.add(taken.place, Fault.CARD_REPEATED, name=view)
        seen.add(view)
    known = loading.views.get(view)
    return Card(
        view=view,
        label=taken.get(LABEL, known.label if known else Label(view)),
        icon=taken.get(ICON, ""),
        color=taken.get(COLOR, ""),
    )
