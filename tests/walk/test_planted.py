"""The walk sees: each of these mistakes, planted for one test, makes it fail.

Without this the green walk would prove little.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from kefu_admin.behaviours import secrecy
from kefu_admin.definitions import masks
from kefu_admin.definitions.condition import ALWAYS
from kefu_admin.definitions.role import Action, Permission
from kefu_admin.faces.admin.record import address
from kefu_admin.faces.admin.record import view as pages
from kefu_admin.faces.http import answers, guard
from kefu_admin.operations import audit_book, desk, files
from kefu_admin.operations import reading as door
from kefu_admin.problems import Forbidden, NotFound
from kefu_admin.store import attachments, rules
from kefu_admin.store.change import access, judging
from kefu_admin.store.read import Shown, shape, sight
from tests.walk import test_escalation, test_writing
from tests.walk.asks import Ask
from tests.walk.ground import World
from tests.walk.looking import looker
from tests.walk.test_nonexistent import compare_missing
from tests.walk.test_reading import walk_reading
from tests.walk.test_rights import check_lists, check_records
from tests.walk.test_writing import walk_writing

Patch = pytest.MonkeyPatch
Walk = Callable[[World], object]
DETAIL = "/records/{type}/<int:id>"


def _masks_off(patch: Patch) -> None:
    patch.setattr(shape, "MASKS", dict.fromkeys(masks.MASKS, str))


def _rows_open(patch: Patch) -> None:
    """The row rules left out of every statement."""
    whole = sight.compile_rules

    def opened(*given: Any) -> Any:
        found = whole(*given)
        return found and replace(found, visible=ALWAYS)

    patch.setattr(sight, "compile_rules", opened)


def _levels_off(patch: Patch) -> None:
    patch.setattr(rules, "_level", lambda *_: ALWAYS)


def _denials_off(patch: Patch) -> None:
    patch.setattr(secrecy, "_denials", lambda *_: ())


def _unions(patch: Patch) -> None:
    """Rights of two grants met as unions: the fields of one in the rows of the other."""
    whole = secrecy._row_grant

    def union(project: Any, role: Any, grant: Any, actions: Any, rows: Any) -> Any:
        made = whole(project, role, grant, actions, rows)
        others = [
            g
            for r in project.roles.values()
            if r.id in ("clerk", "trainee")
            for g in r.grants
            if g.type == grant.type
        ]
        rights = {
            name: own | {x for o in others for x in o.fields.get(name, ())}
            for name, own in made.rights.items()
        }
        return replace(made, rights=rights)

    patch.setattr(secrecy, "_row_grant", union)


def _scopes_off(patch: Patch) -> None:
    patch.setattr(secrecy, "_in_scope", lambda *_: True)


def _history_unfiltered(patch: Patch) -> None:
    patch.setattr(Shown, "values", lambda self, values: dict(values))


def _files_open(patch: Patch) -> None:
    """A file handed out to whoever knows its id."""

    def download(desk: Any, type_id: str, record_id: int, file_id: int, **_: Any) -> Any:
        found = attachments.by_ids(desk.store, (file_id,))[file_id]
        file = files.File(found.id, found.name, found.size, found.media_type)
        return files.Download(file=file, path=desk.store.data_directory / found.path)

    patch.setattr(files, "download", download)


def _audit_whole(patch: Patch) -> None:
    patch.setattr(audit_book, "_as_seen", lambda desk, entries, actor, now: tuple(entries))


def _headers_off(patch: Patch) -> None:
    patch.setattr(answers, "CSP", "default-src *")


def _get_writes(patch: Patch) -> None:
    """A page that counts its readers in the record."""
    row = pages.RecordView.row

    def counting(self: pages.RecordView, id: int) -> Any:
        found = row(self, id)
        self.desk.store.execute(
            f'UPDATE "{self.content.id}" SET "version" = 99 WHERE "id" = ?', (id,)
        )
        return found

    patch.setattr(pages.RecordView, "row", counting)


def _value_in_address(patch: Patch) -> None:
    """The search text in the list's address."""

    def bare(_: Any, asked: Any) -> str:
        return f"?search={asked.search}"

    patch.setattr(address.Addresses, "write", bare)


def _csrf_off(patch: Patch) -> None:
    patch.setattr(guard, "check_csrf", lambda asking: None)


def _permission_off(patch: Patch) -> None:
    """Every permission to everybody."""
    whole = desk.compile_grants

    def all_permissions(*given: Any) -> Any:
        return replace(whole(*given), permissions=frozenset(Permission))

    patch.setattr(desk, "compile_grants", all_permissions)


def _update_unchecked(patch: Patch) -> None:
    """Everything that is visible may be changed."""
    whole = access.Access.held

    def held(self: Any, type_id: str, action: Action, values: Any) -> Any:
        found = whole(self, type_id, action, values)
        return replace(found, actions=found.actions | {action}) if found.actions else found

    patch.setattr(access.Access, "held", held)


def _fields_unchecked(patch: Patch) -> None:
    patch.setattr(judging, "UNWRITTEN", frozenset())
    whole = access.Access.held

    def held(self: Any, type_id: str, action: Action, values: Any) -> Any:
        found = whole(self, type_id, action, values)
        every = frozenset(self._project.types[type_id].fields)
        return replace(found, edit=every) if found.actions else found

    patch.setattr(access.Access, "held", held)


def _hidden_is_forbidden(patch: Patch) -> None:
    """What one may not see is refused instead of missing."""
    whole = door.get

    def get(desk: Any, type_id: str, record_id: int, **more: Any) -> Any:
        there = desk.store.value(f'SELECT COUNT(*) FROM "{type_id}" WHERE "id" = ?', (record_id,))
        try:
            return whole(desk, type_id, record_id, **more)
        except NotFound:
            if there:
                raise Forbidden from None
            raise

    patch.setattr(door, "get", get)


READ: dict[str, tuple[Callable[[Patch], None], Walk]] = {
    "masks off": (_masks_off, lambda w: walk_reading(w, "amy", DETAIL)),
    "masks off, as JSON": (_masks_off, lambda w: check_records(w, "amy")),
    "row rule dropped": (_rows_open, lambda w: walk_reading(w, "amy", DETAIL)),
    "levels off": (_levels_off, lambda w: check_lists(w, "amy")),
    "denials off": (_denials_off, lambda w: check_records(w, "duo")),
    "unions for pairs": (_unions, lambda w: check_records(w, "duo")),
    "scopes off": (_scopes_off, lambda w: check_lists(w, "token")),
    "history unfiltered": (_history_unfiltered, lambda w: walk_reading(w, "amy", DETAIL)),
    "files open": (
        _files_open,
        lambda w: walk_reading(w, "bob", DETAIL + "/files/<int:file_id>"),
    ),
    "audit whole": (_audit_whole, lambda w: walk_reading(w, "root", "/audit/")),
    "headers off": (_headers_off, lambda w: walk_reading(w, "amy", "/")),
    "a GET that writes": (_get_writes, lambda w: walk_reading(w, "amy", DETAIL)),
    "a value in an address": (_value_in_address, lambda w: _find(w)),
    "forbidden for missing": (_hidden_is_forbidden, lambda w: compare_missing(w, "amy")),
    "permissions off": (_permission_off, lambda w: walk_writing(w, "amy", "/users/new")),
    "update unchecked": (
        _update_unchecked,
        lambda w: walk_writing(w, "amy", "/api/v1/<type_id>/<int:record_id>"),
    ),
    "fields unchecked": (_fields_unchecked, lambda w: _forbidden_field(w)),
    "CSRF off": (_csrf_off, lambda w: _without_token(w)),
}


@pytest.mark.parametrize("fault", READ)
def test_a_planted_mistake_is_seen(fresh: World, fault: str, monkeypatch: Patch) -> None:
    plant, walk = READ[fault]
    plant(monkeypatch)
    _forget(fresh)

    with pytest.raises(AssertionError):
        walk(fresh)


def _forget(world: World) -> None:
    """What was compiled before the mistake was planted."""
    sight._MEMOS.clear()
    world.desk._grants.clear()


def _find(world: World) -> None:
    client = world.client("amy")
    phone = world.ground.rows["c_own"]["values"]["phone"]
    ask = Ask(method="POST", path="/records/customer/find", form={"search": phone})
    looker(world, "amy").check(ask, ask.send(client))


def _forbidden_field(world: World) -> None:
    test_escalation.test_a_field_one_may_not_write_refuses_the_whole_request(world, "amy")


def _without_token(world: World) -> None:
    test_writing.test_without_our_token_nothing_is_done(world)
