"""What every page of one content type stands on: the type and its records as the person meets
them."""

from __future__ import annotations

from collections.abc import Sequence

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.role import Action
from kefu_admin.faces import http
from kefu_admin.faces.admin.cells import Shown
from kefu_admin.faces.admin.record import surround
from kefu_admin.faces.admin.record.address import Addresses, addresses
from kefu_admin.faces.admin.record.detail import Look
from kefu_admin.faces.admin.view import PanelView, prefix, zone
from kefu_admin.faces.admin.words import translator
from kefu_admin.operations import reading
from kefu_admin.operations.reading import TypeView
from kefu_admin.store.query import Row


class RecordPages(PanelView):
    """The pages of one content type."""

    def __init__(self, content: ContentType) -> None:
        self.content, self.surroundings = content, surround.Kept()
        super().__init__(
            name=content.plural.zh,
            endpoint=f"record_{content.id}",
            url=f"records/{content.id}",
        )

    def is_visible(self) -> bool:
        """Not by Flask-Admin's own menu: ours comes from the config."""
        return False

    @property
    def base(self) -> str:
        """The path of the list, with the closing slash."""
        return f"{prefix()}/records/{self.content.id}/"

    @property
    def shown(self) -> Shown:
        """How values are set for this request."""
        return Shown(http.locale(), zone())

    def addresses(self) -> Addresses:
        """The addresses of the list for the asking person."""
        return addresses(self.desk, self.content, http.actor(), http.now())

    def type_view(self) -> TypeView:
        """The type as the asking person meets it.

        Raises:
            NotFound: not at all.
        """
        return reading.type_view(self.desk, self.content.id, http.actor(), now=http.now())

    def row(self, id: int, columns: Sequence[str] | None = None) -> Row:
        """One record as the asking person may see it, with the given fields or all.

        Raises:
            NotFound: there is none, or none for him.
        """
        return reading.get(
            self.desk, self.content.id, id, actor=http.actor(), now=http.now(), columns=columns
        )

    def look(self, row: Row) -> Look:
        """What a record's detail needs to be shown to the asking person."""
        project = http.runtime().project
        open_types = frozenset(
            one.id for one in reading.types(self.desk, http.actor(), now=http.now())
        )
        return Look(
            types=project.types,
            open_types=open_types,
            records=f"{prefix()}/records",
            files=f"{self.base}{row.id}/files",
            shown=self.shown,
            said=translator(http.locale()),
            may_unmask=Action.UNMASK.value in row.actions,
            hidden=reading.hidden(self.desk, row, actor=http.actor(), now=http.now()),
        )
