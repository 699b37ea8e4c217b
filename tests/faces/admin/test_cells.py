"""What an empty cell says."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from kefu_admin.definitions.project import Project
from kefu_admin.faces.admin.cells import Shown, cell, column


@pytest.mark.parametrize(("locale", "desk"), [("zh", "系统"), ("en", "System")])
def test_the_desk_itself_is_named_where_nobody_made_a_record(
    small_project: Project, locale: str, desk: str
) -> None:
    shown = Shown(locale, ZoneInfo("Asia/Shanghai"))
    fields = small_project.types["customer"].fields

    assert cell(fields["created_by"], None, shown).text == desk
    assert [one.text for one in column(fields["updated_by"], [None, None], shown)] == [desk, desk]
    assert cell(fields["owner"], None, shown).text == "—"


def test_a_missing_number_stands_under_the_numbers(small_project: Project) -> None:
    shown = Shown("zh", ZoneInfo("Asia/Shanghai"))
    fields = small_project.types["customer"].fields

    empty = [cell(fields[name], None, shown) for name in ("credit", "visit_count", "name")]

    assert [one.css for one in empty] == ["z n", "z n", "z"]
    assert all(one.is_empty for one in empty)
    assert not cell(fields["credit"], 5, shown).is_empty
