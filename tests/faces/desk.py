"""A served desk for tests: the small project with a few people, reached by token or by cookie."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kefu_admin import clock
from kefu_admin.actor import system_actor
from kefu_admin.faces.http import Runtime, runtime
from kefu_admin.operations.desk import Desk
from kefu_admin.settings import Settings
from kefu_admin.store import sessions, tokens
from kefu_admin.store.accounts import create_department, create_person
from kefu_admin.store.accounts.secrets import NO_PASSWORD

SETTER = system_actor("tests")
PEOPLE = {  # login: (department, roles)
    "clerk": ("一部", {"clerk"}),
    "other_clerk": ("二部", {"clerk"}),
    "supervisor": ("总部", {"supervisor"}),
    "admin": ("总部", {"admin"}),
    "nobody": ("总部", set()),
}
SCOPES = frozenset({"*:*"})


class Client:
    """Requests of one person. A token goes in the header; a browser has its cookie and `csrf`."""

    def __init__(self, client: FlaskClient, *, bearer: str = "", csrf: str = "") -> None:
        self._client = client
        self._bearer = bearer
        self.csrf = csrf

    def open(self, method: str, path: str, **options: Any) -> TestResponse:
        headers = dict(options.pop("headers", {}))
        if self._bearer:
            headers.setdefault("Authorization", f"Bearer {self._bearer}")
        return self._client.open(path, method=method, headers=headers, buffered=True, **options)

    def get(self, path: str, **options: Any) -> TestResponse:
        return self.open("GET", path, **options)

    def post(self, path: str, **options: Any) -> TestResponse:
        return self.open("POST", path, **options)

    def patch(self, path: str, **options: Any) -> TestResponse:
        return self.open("PATCH", path, **options)

    def delete(self, path: str, **options: Any) -> TestResponse:
        return self.open("DELETE", path, **options)


@dataclass(frozen=True, kw_only=True)
class Served:
    """The application, the desk behind it, and the people's ids and tokens by login, the
    departments' ids by name."""

    app: Flask
    desk: Desk
    settings: Settings
    people: dict[str, int]
    departments: dict[str, int]
    bearers: dict[str, str] = field(repr=False)

    @property
    def runtime(self) -> Runtime:
        return runtime(self.app)

    def stranger(self) -> Client:
        """Somebody who is not signed in."""
        return Client(self.app.test_client())

    def as_(self, login: str) -> Client:
        """A person by API token."""
        return Client(self.app.test_client(), bearer=self.bearers[login])

    def browser(self, login: str) -> Client:
        """A person by session cookie, as after signing in."""
        with self.desk.store.connection(), self.desk.store.transaction():
            epoch = self.desk.store.value(
                'SELECT "auth_epoch" FROM "kefu_user" WHERE "id" = ?', (self.people[login],)
            )
            session = sessions.begin(
                self.desk.store,
                user_id=self.people[login],
                auth_epoch=epoch,
                address="127.0.0.1",
                agent="tests",
                now=clock.now(),
            )
        client = self.app.test_client()
        client.set_cookie("kefu_session", session.token)
        return Client(client, csrf=session.csrf)


def serve(app: Flask, desk: Desk, settings: Settings, *, now: datetime) -> Served:
    """The application with departments, people and a token for each of them."""
    store, common = desk.store, {"actor": SETTER, "now": now, "operation": "tests"}
    people: dict[str, int] = {}
    bearers: dict[str, str] = {}
    with store.connection(), store.transaction():
        top = create_department(store, name="总部", code="ZB", **common)
        departments = {"总部": top.id}
        for number, name in enumerate(("一部", "二部")):
            one = create_department(store, name=name, code=f"B{number}", parent_id=top.id, **common)
            departments[name] = one.id
        for login, (department, roles) in PEOPLE.items():
            person = create_person(
                store,
                login=login,
                name=login,
                password_hash=NO_PASSWORD,
                department_id=departments[department],
                roles=frozenset(roles),
                must_change=False,
                **common,
            )
            people[login] = person.id
            bearers[login] = tokens.issue(
                store,
                user_id=person.id,
                name="tests",
                scopes=SCOPES,
                expires_at=now + timedelta(days=1),
                now=now,
            )[1]
    return Served(
        app=app,
        desk=desk,
        settings=settings,
        people=people,
        departments=departments,
        bearers=bearers,
    )
