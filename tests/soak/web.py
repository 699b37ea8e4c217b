"""The deeds once more, as a person's browser and a client of the API send them to a real server."""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from kefu_admin import clock
from kefu_admin.problems import Refusal, SelectionMoved
from kefu_admin.store import sessions
from tests.soak import deeds
from tests.soak.deeds import PDF, WHOLE, Deed, Facts
from tests.soak.ground import Ground

PATIENCE_SECONDS = 30
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class Unanswered(Exception):
    """The server was gone, or said that it could not tell: it may have happened."""


class Failed(Exception):
    """The server answered what it never should."""


class Refused(Refusal):
    """The server said no."""

    code = "refused by the server"


@dataclass(frozen=True, slots=True)
class Web:
    """A server, and a person signed in to it by token and by cookie."""

    port: int
    bearer: str
    cookie: str
    csrf: str

    def api(
        self, method: str, path: str, key: str, sent: object = None, version: int | None = None
    ) -> bytes:
        """One request to the API; returns the answer."""
        headers = {
            "Authorization": f"Bearer {self.bearer}",
            "Idempotency-Key": key,
            "Content-Type": "application/json",
        }
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        content = b"" if sent is None else json.dumps(sent).encode()
        return self.ask(method, f"/api/v1{path}", content, headers)

    def form(self, path: str, key: str, fields: Mapping[str, str]) -> None:
        """One form sent."""
        body = urlencode({**fields, "key": key, "_csrf": self.csrf}).encode()
        self.ask("POST", path, body, {**FORM, "Cookie": self.cookie})

    def multipart(
        self, path: str, fields: Mapping[str, str], file: tuple[str, str, bytes], *, panel: bool
    ) -> None:
        """One form with a file: (name of the control, of the file, content)."""
        fields = {**fields, "_csrf": self.csrf} if panel else fields
        parts = [(name, value.encode(), "") for name, value in fields.items()]
        parts.append((file[0], file[2], f'; filename="{file[1]}"'))
        body = b"".join(
            f'--B\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n'.encode()
            + value
            + b"\r\n"
            for name, value, more in parts
        )
        who = {"Cookie": self.cookie} if panel else {"Authorization": f"Bearer {self.bearer}"}
        headers = {"Content-Type": "multipart/form-data; boundary=B", **who}
        self.ask("POST", path, body + b"--B--\r\n", headers)

    def ask(self, method: str, path: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        """One request on a connection of its own.

        Raises:
            Unanswered: no whole answer, or 503.
            Refused: 4xx.
            Failed: any other status but success and a redirect.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_SECONDS)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise Unanswered from error
        finally:
            connection.close()
        if answer.status == 503:
            raise Unanswered
        if answer.status in (200, 201, 303):
            return content
        if 400 <= answer.status < 500:
            raise Refused(status=answer.status, said=content[:300].decode("utf-8", "replace"))
        raise Failed(f"{method} {path}: {answer.status} {content[:300]!r}")


def signed_in(ground: Ground, port: int) -> Web:
    """The supervisor with a session, as after signing in."""
    with ground.store.connection(), ground.store.transaction():
        epoch = ground.store.value(
            'SELECT "auth_epoch" FROM "kefu_user" WHERE "id" = ?', (ground.actor.user_id,)
        )
        assert ground.actor.user_id is not None
        session = sessions.begin(
            ground.store,
            user_id=ground.actor.user_id,
            auth_epoch=epoch,
            address="127.0.0.1",
            agent="soak",
            now=clock.now(),
        )
    return Web(port, ground.bearer, f"kefu_session={session.token}", session.csrf)


class ApiCreate(deeds.Create):
    name = "create by api"

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        contacts = [{"name": "甲"}, {"name": "乙"}]
        sent = {**facts, "kind": "company", "contacts": contacts}
        ground.web.api("POST", "/customer", key, sent)


class FormCreate(deeds.Create):
    name = "create by form"

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        rows = {"f.contacts.0.name": "甲", "f.contacts.1.name": "乙"}
        sent = {"f.name": facts["name"], "f.kind": "company", **rows}
        ground.web.form("/records/customer/new", key, sent)


class ApiChange(deeds.Change):
    name = "change by api"

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        rows = [{"id": facts["contacts"][0], "version": 1, "name": "丙"}, {"name": "丁"}]
        sent = {"name": facts["name"] + "改", "level": "b", "contacts": rows}
        ground.web.api("PATCH", f"/customer/{facts['id']}", key, sent, 1)


class FormChange(deeds.Change):
    name = "change by form"

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        rows = {
            "f.contacts.0.id": str(facts["contacts"][0]),
            "f.contacts.0.version": "1",
            "f.contacts.0.name": "丙",
            "f.contacts.1.name": "丁",
        }
        sent = {"f.name": facts["name"] + "改", "f.level": "b", "version": "1", **rows}
        ground.web.form(f"/records/customer/{facts['id']}/edit", key, sent)


class ApiStale(deeds.Stale):
    name = "stale change by api"

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        sent = {"name": facts["name"] + "改", "level": "b"}
        ground.web.api("PATCH", f"/customer/{facts['id']}", key, sent, 7)


class ApiRemove(deeds.Remove):
    name = "remove by api"

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        ground.web.api("DELETE", f"/customer/{facts['id']}", key, None, 1)


class FormRemove(deeds.Remove):
    name = "remove by form"

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        ground.web.form(f"/records/customer/{facts['id']}/delete", key, {"version": "1"})


class ApiVisit(deeds.Visit):
    name = "visit by api"

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        sent = {"customer": facts["id"], "summary": facts["name"]}
        ground.web.api("POST", "/visit", key, sent)


class ApiUpload(deeds.Upload):
    name = "upload by api"

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        file = ("file", facts["name"], PDF + facts["name"].encode() * 100)
        ground.web.multipart("/api/v1/customer/files", {"field": "papers"}, file, panel=False)


class FormFile(deeds.Change):
    """A file sent with the form of a record: both, or neither."""

    name = "file by form"

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        fields = {"f.level": "b", "version": "1", "key": key}
        file = ("upload.f.papers", f"{facts['name']}.pdf", PDF * 50)
        path = f"/records/customer/{facts['id']}/edit"
        ground.web.multipart(path, fields, file, panel=True)

    def state(self, ground: Ground, facts: Facts) -> str:
        claimed = ground.store.value(
            'SELECT COUNT(*) FROM "kefu_attachment" WHERE "type" = ? AND "record_id" = ?',
            ("customer", facts["id"]),
        )
        found = self.between(
            ground, facts, {"name": facts["name"], "level": "b"}, ["甲", "乙"], (1, 1)
        )
        if claimed != (1 if found == WHOLE else 0):
            return f"{claimed} files, and the record is {found}"
        return found


class ApiRestore(deeds.Restore):
    name = "restore by api"

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        ground.web.api("POST", f"/customer/bin/{facts['id']}/restore", key, {}, 2)


class FormRestore(deeds.Restore):
    name = "restore by form"

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        ground.web.form(f"/bin/customer/{facts['id']}/restore", key, {"version": "2"})


class ApiBulk(deeds.Bulk):
    """Confirmed after a config was applied, it is refused and previewed anew, as a person would."""

    name, many = "bulk by api", 20

    def do(self, ground: Ground, facts: Facts, key: str) -> None:
        try:
            self.confirm(ground, facts["batch"], facts["selection"], key)
        except Refused as refused:
            if refused.facts["status"] != SelectionMoved.status:
                raise
            sent = {"action": "classify", "values": {"level": "b"}, "ids": facts["ids"]}
            anew = json.loads(ground.web.api("POST", "/bulk", fresh_key(), sent))["data"]
            self.confirm(ground, anew["id"], anew["selection"], fresh_key())

    def confirm(self, ground: Ground, batch: int, selection: str, key: str) -> None:
        """What the preview showed is to be done."""
        ground.web.api("POST", f"/bulk/{batch}/run", key, {"selection": selection})


class FormBulk(ApiBulk):
    name = "bulk by form"

    def confirm(self, ground: Ground, batch: int, selection: str, key: str) -> None:
        ground.web.form(f"/batches/{batch}/run", key, {"selection": selection})


DEEDS: tuple[Deed, ...] = (
    ApiCreate(),
    FormCreate(),
    ApiChange(),
    FormChange(),
    ApiStale(),
    ApiRemove(),
    FormRemove(),
    ApiVisit(),
    ApiUpload(),
    FormFile(),
    ApiRestore(),
    FormRestore(),
    ApiBulk(),
    FormBulk(),
)


def fresh_key() -> str:
    """As a form or a client makes one up."""
    return secrets.token_urlsafe(24)
