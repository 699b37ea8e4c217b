"""The list an address asks for: which view, which columns, and the request for its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kefu_admin.definitions.saved_view import Density, Look
from kefu_admin.definitions.view import SortKey
from kefu_admin.faces import http
from kefu_admin.faces.admin.record import finder
from kefu_admin.faces.admin.record.finder import Asked
from kefu_admin.operations import reading
from kefu_admin.operations.desk import Desk
from kefu_admin.operations.reading import ListRequest, ShownView, TypeView
from kefu_admin.problems import NotFound


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedList:
    """One list as the asking person wants and likes it. `shown` is None for a type without a
    view."""

    asked: Asked
    type: TypeView
    shown: ShownView | None
    look: Look

    @property
    def key(self) -> str:
        """Of the view; "" for none."""
        return self.shown.id if self.shown is not None else ""

    @property
    def office(self) -> tuple[str, ...]:
        """The view's columns, as far as he sees them."""
        wanted = self.shown.view.columns if self.shown is not None else tuple(self.type.fields)
        return self._seen(wanted)

    @property
    def columns(self) -> tuple[str, ...]:
        """Those he has chosen, else the view's."""
        return self._seen(self.look.columns) or self.office

    @property
    def density(self) -> str:
        """How close the rows stand."""
        kept = self.shown.kept if self.shown is not None else None
        of_view = kept.density if kept is not None else ""
        return self.look.density or of_view or Density.COMFORTABLE.value

    @property
    def widths(self) -> Mapping[str, int]:
        """Of columns he has drawn wider or narrower."""
        return {name: width for name, width in self.look.widths.items() if name in self.columns}

    @property
    def sort(self) -> tuple[SortKey, ...]:
        """What the list is sorted by."""
        written = self.asked.sort
        if written:
            return (SortKey(written.removeprefix("-"), written.startswith("-")),)
        return self.shown.view.sort if self.shown is not None else ()

    @property
    def tree(self) -> Mapping[str, object] | None:
        """The condition that narrows the view: the address's, else the kept view's own."""
        if self.asked.tree is not None:
            return self.asked.tree or None
        return self.shown.plain if self.shown is not None else None

    def request(self, *, whole: bool = False) -> ListRequest:
        """The question for `operations.reading`: a page, or (`whole`) all of the list."""
        asked, shown = self.asked.first_page() if whole else self.asked, self.shown
        view = self.key
        sort: tuple[str, ...] = (asked.sort,) if asked.sort else ()
        if shown is not None and shown.kept is not None and asked.tree is not None:
            # the address's condition stands in the place of the kept one
            view = shown.kept.on if any(one.id == shown.kept.on for one in self.type.views) else ""
            sort = sort or self.written_sort
        return ListRequest(
            type=self.type.id,
            view=view,
            columns=self.columns,
            filter=finder.condition(asked, self.type.fields),
            search=asked.search,
            sort=sort,
            after=asked.after,
            before=asked.before,
            last=asked.last,
        )

    @property
    def written_sort(self) -> tuple[str, ...]:
        """What the list is sorted by, as it is written, as far as he may sort by it."""
        fields = self.type.fields
        return tuple(
            f"-{key.field}" if key.descending else key.field
            for key in self.sort
            if key.field in fields and fields[key.field].sortable
        )

    @property
    def nothing(self) -> dict[str, object] | None:
        """How an address says that no condition narrows the view: of a kept one, expressly."""
        return {} if self.shown is not None and self.shown.kept is not None else None

    def _seen(self, names: tuple[str, ...]) -> tuple[str, ...]:
        fields = self.type.fields
        return tuple(name for name in names if name in fields and fields[name].seen)


def asked_list(desk: Desk, view: TypeView, asked: Asked) -> AskedList:
    """The list of a type an address asks for.

    Raises:
        NotFound: the type has no such view, or none for him.
    """
    taste = reading.lists_of(desk, http.actor()).taste
    shown = _shown(desk, view, asked.view, taste.defaults.get(view.id, ""))
    look = taste.look(view.id, shown.id if shown is not None else "")
    return AskedList(asked=asked, type=view, shown=shown, look=look)


def _shown(desk: Desk, view: TypeView, wanted: str, liked: str) -> ShownView | None:
    """The view asked for; without one that he likes to open, else the type's default."""

    def find(key: str) -> ShownView:
        return reading.shown_view(desk, key, view.id, actor=http.actor(), now=http.now())

    if wanted:
        return find(wanted)
    if liked:
        try:
            return find(liked)
        except NotFound:
            pass  # it was taken back meanwhile
    office = next((one for one in view.views if one.default), next(iter(view.views), None))
    return find(office.id) if office is not None else None
