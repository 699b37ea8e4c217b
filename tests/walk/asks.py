"""How every route is called: with each row it may be asked of, or with a body that would work.

`ASKS` names every rule and method of panel and API; a route that is not here fails the walk.
`{type}` stands for each content type's own pages. A writing ask would succeed for `by`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from werkzeug.test import TestResponse

from kefu_admin.faces import routes
from kefu_admin.faces.http import runtime
from tests.faces.desk import Client
from tests.walk.cells import Ground
from tests.walk.ground import World

MISSING = 987_654
KEY = "0123456789abcdef0123"
FREE = {
    "customer": "notes", "contact": "post", "project": "notes", "visit": "needs",
    "complaint": "wanted", "item": "spec", "warehouse": "address", "stock": "bin",
    "inspection": "notes", "inspection_line": "finding",
}  # fmt: skip
NEW_VALUE = {"stock": "Z9-9-9-9"}
PICKED = {
    "project": "customer", "visit": "customer", "complaint": "visit", "stock": "item",
    "contact": "customer", "inspection_line": "inspection", "customer": "owner",
    "warehouse": "keeper", "inspection": "department", "item": "created_by",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Ask:
    """One request. `row` is the row it is about; `by` somebody who may do it."""

    method: str
    path: str
    rule: str = ""
    type: str = ""
    row: str = ""
    form: dict[str, Any] | None = None
    json: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    by: str = "founder"
    file: str = ""  # where the form takes a file
    content: bytes = b"a text"

    def send(self, client: Client, *, csrf: str | None = None, **headers: str) -> TestResponse:
        """Send it with the client's own CSRF token, with another, or (csrf="") with none."""
        token = client.csrf if csrf is None else csrf
        options: dict[str, Any] = {"headers": {**self.headers, **headers}}
        if self.json is not None:
            options["json"] = self.json
        if self.form is not None:
            options["data"] = dict(self.form)
            if self.file:
                options["data"][self.file] = (BytesIO(self.content), "note.txt")
        if token and self.method not in routes.SAFE:
            options["headers"]["X-CSRF-Token"] = token
        return client.open(self.method, self.path, **options)

    def about(self, row: str, id: int, other: int) -> Ask:
        """The same request about another record: `other` in the place of `id`."""
        return replace(self, row=row, path=self.path.replace(f"/{id}", f"/{other}", 1))


Asker = Callable[[World, str], Iterator[Ask]]


def ids(world: World, type: str) -> Iterator[tuple[str, int]]:
    """Every row of a type by key, the deleted ones and one that never was ("")."""
    ground = world.ground
    for key in ground.keys(type):
        yield key, ground.ids[key]
    for key, gone in ground.gone.items():
        if gone == type:
            yield key, ground.ids[key]
    yield "", MISSING


def _get(*paths: str) -> Asker:
    def asks(world: World, type: str) -> Iterator[Ask]:
        for path in paths:
            yield Ask(method="GET", path=path.format(type=type), type=type)

    return asks


def _each(path: str) -> Asker:
    """A GET about every row."""

    def asks(world: World, type: str) -> Iterator[Ask]:
        for key, id in ids(world, type):
            yield Ask(method="GET", path=path.format(type=type, id=id), type=type, row=key)

    return asks


def _files(path: str) -> Asker:
    def asks(world: World, type: str) -> Iterator[Ask]:
        ground = world.ground
        for file, row, _ in ground.files.values():
            rows = {**{k: r["type"] for k, r in ground.rows.items()}, **ground.gone}
            if rows[row] == type:
                done = path.format(type=type, id=ground.ids[row], file=file)
                yield Ask(method="GET", path=done, type=type, row=row)
        elsewhere = next(iter(ground.files.values()))[0]
        for key, id in ids(world, type):
            done = path.format(type=type, id=id, file=MISSING if key else elsewhere)
            yield Ask(method="GET", path=done, type=type, row=key)

    return asks


def _accounts(base: str, table: str) -> Asker:
    def asks(world: World, type: str) -> Iterator[Ask]:
        found = getattr(world.ground, table, None) or {"own": 1, "other": 2}
        for id in (*found.values(), MISSING):
            yield Ask(method="GET", path=f"{base}{id}", by="root")

    return asks


def _post(path: str, by: str = "founder", **form: Any) -> Asker:
    def asks(world: World, type: str) -> Iterator[Ask]:
        yield Ask(method="POST", path=path.format(type=type), type=type, form=form, by=by)

    return asks


def _bare(path: str) -> Asker:
    """A POST without a body."""

    def asks(world: World, type: str) -> Iterator[Ask]:
        yield Ask(method="POST", path=path)

    return asks


def _each_form(path: str, form: Callable[[World, str, str], dict[str, Any]]) -> Asker:
    def asks(world: World, type: str) -> Iterator[Ask]:
        for key in world.ground.keys(type):
            done = path.format(type=type, id=world.ground.ids[key])
            yield Ask(method="POST", path=done, type=type, row=key, form=form(world, type, key))

    return asks


def _edit(world: World, type: str, key: str) -> dict[str, Any]:
    return {"key": KEY, "version": world.ground.versions[key], f"f.{FREE[type]}": _value(type)}


def _revert(world: World, type: str, key: str) -> dict[str, Any]:
    back = {"to": 1, "field": FREE[type]}
    return {"key": KEY, "version": world.ground.versions[key], **back}


def _delete(world: World, type: str, key: str) -> dict[str, Any]:
    return {"key": KEY, "version": world.ground.versions[key]}


def _unmask(world: World, type: str, key: str) -> dict[str, Any]:
    return {"field": masked_field(type), "reason": "核对号码"}


def _new(world: World, type: str) -> Iterator[Ask]:
    form = {f"f.{name}": value for name, value in new_values(world.ground, type).items()}
    for child in ("contacts", "lines"):
        for name, value in (form.pop(f"f.{child}", None) or [{}])[0].items():
            form[f"f.{child}.0.{name}"] = value
    form["key"] = KEY
    yield Ask(method="POST", path=f"/records/{type}/new", type=type, form=form)


def _query(world: World, type: str) -> Iterator[Ask]:
    for body in ({}, {"search": "CN"}, {"search": "166"}, {"count": True, "limit": 200}):
        yield Ask(method="POST", path=f"/api/v1/{type}/query", type=type, json=body)


def _export(path: str) -> Asker:
    def asks(world: World, type: str) -> Iterator[Ask]:
        for form in ("csv", "xlsx"):
            sent: Any = {"form": form} if path.startswith("/records") else None
            body = {"format": form, "search": "CN"} if sent is None else None
            yield Ask(
                method="POST",
                path=path.format(type=type),
                type=type,
                form=sent,
                json=body,
                by="sue",
            )

    return asks


def _create(world: World, type: str) -> Iterator[Ask]:
    sent = new_values(world.ground, type)
    yield Ask(
        method="POST",
        path=f"/api/v1/{type}",
        type=type,
        json=sent,
        headers={"Idempotency-Key": KEY},
    )


def _api(method: str, end: str = "", body: Callable[[str], Any] | None = None) -> Asker:
    def asks(world: World, type: str) -> Iterator[Ask]:
        for key in world.ground.keys(type):
            yield Ask(
                method=method,
                path=f"/api/v1/{type}/{world.ground.ids[key]}{end}",
                type=type,
                row=key,
                json=body(type) if body else None,
                headers={"If-Match": f'"{world.ground.versions[key]}"'},
            )

    return asks


def _api_bin(end: str, body: dict[str, Any]) -> Asker:
    """About every row that was deleted on its own."""

    def asks(world: World, type: str) -> Iterator[Ask]:
        for key in binned(world, type):
            yield Ask(
                method="POST",
                path=f"/api/v1/{type}/bin/{world.ground.ids[key]}/{end}",
                type=type,
                row=key,
                json=body,
                headers={"If-Match": f'"{world.ground.versions[key]}"'},
            )

    return asks


def _query_bin(world: World, type: str) -> Iterator[Ask]:
    for sent in ({}, {"search": "CN"}, {"type": type, "search": "166"}):
        yield Ask(method="POST", path="/api/v1/bin/query", type=type, json=sent)


def _put_days(world: World, type: str) -> Iterator[Ask]:
    sent = {"values": [{"on": "2027-05-01", "is": "rest"}]}
    yield Ask(
        method="PUT", path="/api/v1/values/calendars.office", type=type, json=sent, by="founder"
    )


def _bin(end: str, **more: str) -> Asker:
    """The same on the pages of the bin."""

    def asks(world: World, type: str) -> Iterator[Ask]:
        for key in binned(world, type):
            form = {"key": KEY, "version": world.ground.versions[key], **more}
            path = f"/bin/{type}/{world.ground.ids[key]}/{end}"
            yield Ask(method="POST", path=path, type=type, row=key, form=form)

    return asks


def binned(world: World, type: str) -> list[str]:
    """The rows of a type that were deleted on their own."""
    past = world.ground.past
    return [key for key, row in past.items() if row["type"] == type and "parent" not in row]


def _api_choices(world: World, type: str) -> Iterator[Ask]:
    for term in ("", "CN", "166"):
        sent = {"field": PICKED[type], "term": term, "limit": 50}
        yield Ask(method="POST", path=f"/api/v1/{type}/choices", type=type, json=sent)


def _api_upload(world: World, type: str) -> Iterator[Ask]:
    form = {"field": "files"}
    yield Ask(method="POST", path=f"/api/v1/{type}/files", type=type, form=form, file="file")


def _person(world: World, type: str) -> Iterator[Ask]:
    form = {"key": KEY, "version": 1, "name": "改名", "roles": ["clerk"]}
    for login in ("alan", "root"):
        path = f"/users/{world.ground.people[login]}"
        yield Ask(method="POST", path=path, form=form, by="root")


def _password(world: World, type: str) -> Iterator[Ask]:
    path = f"/users/{world.ground.people['alan']}/password"
    yield Ask(method="POST", path=path, form={"version": 1}, by="root")


def _unlock(world: World, type: str) -> Iterator[Ask]:
    path = f"/users/{world.ground.people['alan']}/unlock"
    yield Ask(method="POST", path=path, form={}, by="root")


def _department(world: World, type: str) -> Iterator[Ask]:
    path = f"/departments/{world.ground.departments['two']}"
    form = {"key": KEY, "version": 1, "name": "改名"}
    yield Ask(method="POST", path=path, form=form, by="root")


def _revoke(world: World, type: str) -> Iterator[Ask]:
    yield Ask(method="POST", path="/tokens/1/revoke", form={}, by="founder")


def _batches(path: str) -> Asker:
    """A GET about the founder's batch, and about none."""

    def asks(world: World, type: str) -> Iterator[Ask]:
        for id in (world.ground.batch[0], MISSING):
            yield Ask(method="GET", path=path.format(id=id))

    return asks


def _run_batch(world: World, type: str) -> Iterator[Ask]:
    id, selection = world.ground.batch
    yield Ask(method="POST", path=f"/batches/{id}/run", form={"key": KEY, "selection": selection})


def _undo_batch(world: World, type: str) -> Iterator[Ask]:
    path = f"/batches/{world.ground.batch[0]}/undo"  # not run yet, so it changes nothing
    yield Ask(method="POST", path=path, form={"key": KEY})


def _import(path: str) -> Asker:
    """A GET about the founder's file, and about none."""

    def asks(world: World, type: str) -> Iterator[Ask]:
        for id in (world.ground.imported, MISSING):
            yield Ask(method="GET", path=path.format(id=id))

    return asks


def _import_file(world: World, type: str) -> Iterator[Ask]:
    path = f"/imports/of/{type}"
    yield Ask(
        method="POST", path=path, type=type, form={"key": KEY}, file="file", content=b"a\nb\n"
    )


def _map_columns(world: World, type: str) -> Iterator[Ask]:
    path = f"/imports/{world.ground.imported}"
    yield Ask(method="POST", path=path, form={"column.0": "name"})


def _api_import_file(world: World, type: str) -> Iterator[Ask]:
    yield Ask(
        method="POST",
        path="/api/v1/imports",
        type=type,
        form={"type": type},
        file="file",
        content=b"a\nb\n",
    )


def _api_map_columns(world: World, type: str) -> Iterator[Ask]:
    path = f"/api/v1/imports/{world.ground.imported}/columns"
    yield Ask(method="POST", path=path, json={"columns": {"0": "name"}})


def _api_batch(end: str) -> Asker:
    def asks(world: World, type: str) -> Iterator[Ask]:
        id, selection = world.ground.batch
        sent = {"selection": selection} if end == "run" else {}
        yield Ask(method="POST", path=f"/api/v1/bulk/{id}/{end}", json=sent)

    return asks


BULK = {"customer": "verify_customers", "visit": "reassign_visits"}


def _post_bulk(path: str) -> Asker:
    def asks(world: World, type: str) -> Iterator[Ask]:
        for key in world.ground.keys(type):
            form: dict[str, Any] = {"action": BULK.get(type, "none"), "id": world.ground.ids[key]}
            form |= {"key": KEY, "reason": "走查"}
            if type == "visit":
                form["f.owner"] = str(world.ground.people["amy"])
            yield Ask(method="POST", path=path.format(type=type), type=type, row=key, form=form)

    return asks


def _api_bulk(world: World, type: str) -> Iterator[Ask]:
    for key in world.ground.keys("customer"):
        sent = {"action": "verify_customers", "ids": [world.ground.ids[key]]}
        headers = {"Idempotency-Key": KEY}
        yield Ask(method="POST", path="/api/v1/bulk", row=key, json=sent, headers=headers)


def _filter(world: World, type: str) -> Iterator[Ask]:
    path = f"/records/{type}/filter"
    line = {"g": "all", "g.0.field": FREE[type], "g.0.verb": "contains", "g.0.value": "CN"}
    for deed in ("apply", "add g", "refresh"):
        yield Ask(method="POST", path=path, type=type, form={**line, "do": deed})


def _view(method: str) -> Asker:
    """About the founder's own view, one he shared, and none."""

    def asks(world: World, type: str) -> Iterator[Ask]:
        for id in (*world.ground.views, MISSING):
            yield Ask(
                method=method,
                path=f"/api/v1/views/{id}",
                json={"name": "走查"} if method == "PATCH" else None,
                headers={"If-Match": '"1"'},
            )

    return asks


def _new_view(world: World, type: str) -> Iterator[Ask]:
    for shared in ("own", "everyone"):
        sent = {"type": "customer", "name": "走查", "shared": shared, "columns": ["name"]}
        headers = {"Idempotency-Key": KEY}
        yield Ask(method="POST", path="/api/v1/views", json=sent, headers=headers)


def _kept(world: World, type: str) -> Iterator[Ask]:
    """About the founder's own view, one he shared, and none, on the pages of any type."""
    for id in (*world.ground.views, MISSING):
        form = {"version": 1, "name": "走查", "do": "rename"}
        yield Ask(method="POST", path=f"/records/{type}/views/{id}", type=type, form=form)


def _open_with(world: World, type: str) -> Iterator[Ask]:
    """With the view of a type that has one."""
    if world.desk.project.default_view(type) is not None:
        path = f"/records/{type}/open_with"
        yield Ask(method="POST", path=path, type=type, form={"do": "this"})


def partner(world: World, type: str, key: str) -> str:
    """The row another one is merged with in the walk."""
    return next(one for one in (MERGED.get(type, key), *world.ground.keys(type)) if one != key)


MERGED = {"customer": "c_own"}


def _merge(world: World, type: str, key: str) -> dict[str, Any]:
    other = partner(world, type, key)
    versions = world.ground.versions
    more = {"with": world.ground.ids[other], "with_version": versions[other]}
    return {"key": KEY, "version": versions[key], **more}


def _merge_pages(world: World, type: str) -> Iterator[Ask]:
    for key, id in ids(world, type):
        other = world.ground.ids[partner(world, type, key)]
        for query in ("", f"?with={other}", f"?with={MISSING}", "?with=x"):
            path = f"/records/{type}/{id}/merge{query}"
            yield Ask(method="GET", path=path, type=type, row=key)


def _api_merge(world: World, type: str) -> Iterator[Ask]:
    for key in world.ground.keys(type):
        sent = _merge(world, type, key)
        yield Ask(
            method="POST",
            path=f"/api/v1/{type}/{world.ground.ids[key]}/merge",
            type=type,
            row=key,
            json={name: sent[name] for name in ("with", "with_version")},
            headers={"If-Match": f'"{sent["version"]}"', "Idempotency-Key": KEY},
        )


def _likenesses(world: World, type: str) -> Iterator[dict[str, str]]:
    """The names and phones of rows that are there, as somebody would type them anew."""
    fields = {"customer": ("name", "phone")}.get(type, ())
    for key in world.ground.keys(type) if fields else ():
        values = world.ground.rows[key].get("values", {})
        yield {name: str(values[name]) for name in fields if values.get(name)}


def _ticked(world: World, type: str) -> Iterator[Ask]:
    for key in world.ground.keys(type):
        form = {"id": [world.ground.ids[key], world.ground.ids[partner(world, type, key)]]}
        yield Ask(method="POST", path=f"/records/{type}/merge", type=type, row=key, form=form)


_TOKEN = {"key": KEY, "name": "走查", "scopes": "customer:read", "days": "3"}
_VOID = {"key": KEY, "series": "visit", "reason": "写坏了"}
_VALUE = {"key": KEY, "code": "fair", "zh": "展会"}
_PERSON = {"key": KEY, "login": "newcomer", "name": "新人", "department": "1", "roles": "clerk"}
_ROW = "/records/{type}/{id}"
ASKS: dict[tuple[str, str], Asker] = {
    ("/", "GET"): _get("/"),
    ("/account/", "GET"): _get("/account/"),
    ("/account/password", "GET"): _get("/account/password"),
    ("/account/password", "POST"): _post("/account/password", old_password="x", password="y"),
    ("/audit/", "GET"): _get("/audit/", "/audit/?type=customer", "/audit/?action=update"),
    ("/audit/find", "POST"): _post("/audit/find", by="root", who="login-amy"),
    ("/bin/", "GET"): _get("/bin/", "/bin/?type=customer", "/bin/?type=visit"),
    ("/bin/find", "POST"): _post("/bin/find", type="customer", term="CN"),
    ("/bin/<type_id>/<int:id>", "GET"): _each("/bin/{type}/{id}"),
    ("/bin/<type_id>/<int:id>/restore", "POST"): _bin("restore"),
    ("/bin/<type_id>/<int:id>/purge", "POST"): _bin("purge", reason="到期清除"),
    ("/config/", "GET"): _get("/config/"),
    ("/status/", "GET"): _get("/status/"),
    ("/healthz", "GET"): _get("/healthz"),
    ("/readyz", "GET"): _get("/readyz"),
    ("/metrics", "GET"): _get("/metrics"),
    ("/departments/", "GET"): _get("/departments/"),
    ("/departments/<int:id>", "GET"): _accounts("/departments/", "departments"),
    ("/departments/<int:id>", "POST"): _department,
    ("/departments/new", "GET"): _get("/departments/new"),
    ("/departments/new", "POST"): _post("/departments/new", by="root", key=KEY, name="新部门"),
    ("/jobs/", "GET"): _get("/jobs/", "/jobs/?state=parked"),
    ("/jobs/find", "POST"): _post("/jobs/find", state="parked"),
    ("/jobs/<int:id>", "GET"): _get("/jobs/1", f"/jobs/{MISSING}"),
    ("/jobs/<int:id>/retry", "POST"): _post("/jobs/1/retry"),
    ("/jobs/<int:id>/cancel", "POST"): _post("/jobs/1/cancel"),
    ("/messages/", "GET"): _get("/messages/", "/messages/?state=parked"),
    ("/messages/find", "POST"): _post("/messages/find", state="parked"),
    ("/messages/<int:id>", "GET"): _get("/messages/1", f"/messages/{MISSING}"),
    ("/messages/<int:id>/resend", "POST"): _post("/messages/1/resend"),
    ("/messages/resend", "POST"): _post("/messages/resend"),
    ("/messages/<int:id>/skip", "POST"): _post("/messages/1/skip"),
    ("/batches/", "GET"): _get("/batches/"),
    ("/batches/<int:id>", "GET"): _batches("/batches/{id}"),
    ("/batches/<int:id>/workbook", "GET"): _batches("/batches/{id}/workbook"),
    ("/batches/<int:id>/run", "POST"): _run_batch,
    ("/batches/<int:id>/undo", "POST"): _undo_batch,
    ("/batches/of/<type_id>", "POST"): _post_bulk("/batches/of/{type}"),
    ("/batches/of/<type_id>/preview", "POST"): _post_bulk("/batches/of/{type}/preview"),
    ("/imports/", "GET"): _get("/imports/"),
    ("/imports/of/<type_id>", "GET"): _get("/imports/of/{type}"),
    ("/imports/of/<type_id>", "POST"): _import_file,
    ("/imports/of/<type_id>/template", "GET"): _get("/imports/of/{type}/template"),
    ("/imports/<int:id>", "GET"): _import("/imports/{id}"),
    ("/imports/<int:id>", "POST"): _map_columns,
    ("/imports/<int:id>/faults", "GET"): _import("/imports/{id}/faults"),
    ("/numbers/", "GET"): _get("/numbers/", "/numbers/?series=visit"),
    ("/numbers/find", "POST"): _post("/numbers/find", series="visit"),
    ("/numbers/new", "GET"): _get("/numbers/new"),
    ("/numbers/new", "POST"): _post("/numbers/new", **_VOID),
    ("/tokens/", "GET"): _get("/tokens/"),
    ("/tokens/<int:id>", "GET"): _accounts("/tokens/", "tokens"),
    ("/tokens/<int:id>/revoke", "POST"): _revoke,
    ("/tokens/new", "GET"): _get("/tokens/new"),
    ("/tokens/new", "POST"): _post("/tokens/new", **_TOKEN),
    ("/calendar/", "GET"): _get("/calendar/", "/calendar/?year=2027"),
    ("/calendar/<calendar>/", "GET"): _get(
        "/calendar/office/", "/calendar/office/?from=2026-12-30T09:00&amount=3&clock=working_days"
    ),
    ("/calendar/<calendar>/announce", "GET"): _get("/calendar/office/announce"),
    ("/calendar/<calendar>/announce", "POST"): _post(
        "/calendar/office/announce", key=KEY, sure="1", text="2027-05-01 rest"
    ),
    ("/values/", "GET"): _get("/values/"),
    ("/values/<kept>/", "GET"): _get("/values/choices.source/", "/values/choices.none/"),
    ("/values/<kept>/new", "GET"): _get("/values/choices.source/new"),
    ("/values/<kept>/new", "POST"): _post("/values/choices.source/new", **_VALUE),
    ("/values/<kept>/<int:id>", "GET"): _get("/values/choices.source/1"),
    ("/values/<kept>/<int:id>", "POST"): _post(
        "/values/choices.source/1", key=KEY, version=1, zh="改名"
    ),
    ("/values/<kept>/<int:id>/history", "GET"): _get("/values/choices.source/1/history"),
    ("/users/", "GET"): _get("/users/", "/users/?role=clerk"),
    ("/users/<int:id>", "GET"): _accounts("/users/", "people"),
    ("/users/<int:id>", "POST"): _person,
    ("/users/<int:id>/password", "POST"): _password,
    ("/users/<int:id>/unlock", "POST"): _unlock,
    ("/users/find", "POST"): _post("/users/find", by="root", term="amy"),
    ("/users/new", "GET"): _get("/users/new"),
    ("/users/new", "POST"): _post("/users/new", by="root", **_PERSON),
    ("/assets/<path:filename>", "GET"): _get("/assets/app.css", "/assets/../app.py"),
    ("/account/appearance", "POST"): _post("/account/appearance", appearance="dark"),
    ("/language", "POST"): _post("/language", locale="en"),
    ("/regions", "POST"): _post("/regions", term="北京"),
    ("/search/", "GET"): _get("/search/"),
    ("/search/ask", "POST"): _post("/search/ask", text="北京"),
    ("/search/hits", "POST"): _post("/search/hits", text="a"),
    ("/api/v1/views", "GET"): _get("/api/v1/views", "/api/v1/views?type=customer"),
    ("/api/v1/views", "POST"): _new_view,
    ("/api/v1/views/<int:id>", "GET"): _view("GET"),
    ("/api/v1/views/<int:id>", "PATCH"): _view("PATCH"),
    ("/api/v1/views/<int:id>", "DELETE"): _view("DELETE"),
    ("/api/v1/search", "POST"): lambda world, type: iter(
        Ask(method="POST", path="/api/v1/search", json={"text": text, "limit": 20})
        for text in ("a", "13", "公司")
    ),
    ("/sign-in", "GET"): _get("/sign-in", "/sign-in?next=/records/customer/"),
    ("/sign-in", "POST"): _post("/sign-in", login="login-amy", password="wrong"),
    ("/sign-out", "POST"): _post("/sign-out"),
    ("/records/{type}/", "GET"): _get(
        "/records/{type}/", "/records/{type}/?s=-id", "/records/{type}/?last=1"
    ),
    ("/records/{type}/layout", "GET"): _get("/records/{type}/layout"),
    ("/records/{type}/layout", "POST"): _post(
        "/records/{type}/layout", order="created_at", on="created_at", do="save"
    ),
    ("/records/{type}/widths", "POST"): _post(
        "/records/{type}/widths", widths='{"created_at": 90}'
    ),
    ("/records/{type}/keep", "POST"): _post("/records/{type}/keep", key=KEY, name="走查"),
    ("/records/{type}/views/<int:id>", "POST"): _kept,
    ("/records/{type}/open_with", "POST"): _open_with,
    ("/records/{type}/filter", "GET"): _get("/records/{type}/filter"),
    ("/records/{type}/filter", "POST"): _filter,
    ("/records/{type}/find", "POST"): _post(
        "/records/{type}/find", search="CN000001", **{"f.phone": "16600001234", "f.name": "CN"}
    ),
    ("/records/{type}/choices/<path:field>", "POST"): lambda world, type: (
        Ask(method="POST", path=f"/records/{type}/choices/{name}", type=type, form={"term": term})
        for name in (PICKED[type], "contacts.customer")
        for term in ("", "CN", "166")
    ),
    ("/records/{type}/<int:id>", "GET"): _each(_ROW),
    ("/records/{type}/<int:id>/files/<int:file_id>", "GET"): _files(_ROW + "/files/{file}"),
    ("/records/{type}/<int:id>/unmask", "POST"): _each_form(_ROW + "/unmask", _unmask),
    ("/records/{type}/new", "GET"): lambda world, type: (
        Ask(method="GET", path=f"/records/{type}/new{query}", type=type)
        for query in ("", *(f"?from.{PICKED[type]}={n}" for n in range(1, 9)))
    ),
    ("/records/{type}/new", "POST"): _new,
    ("/records/{type}/<int:id>/edit", "GET"): _each(_ROW + "/edit"),
    ("/records/{type}/<int:id>/edit", "POST"): _each_form(_ROW + "/edit", _edit),
    ("/records/{type}/<int:id>/timeline", "GET"): _each(_ROW + "/timeline"),
    ("/records/{type}/<int:id>/print", "POST"): _each_form(_ROW + "/print", lambda *_: {}),
    ("/records/{type}/<int:id>/draft", "GET"): _each(_ROW + "/draft"),
    ("/records/{type}/<int:id>/draft", "POST"): _each_form(_ROW + "/draft", _edit),
    ("/records/{type}/<int:id>/delete", "GET"): _each(_ROW + "/delete"),
    ("/records/{type}/<int:id>/delete", "POST"): _each_form(_ROW + "/delete", _delete),
    ("/records/{type}/alike", "POST"): _post(
        "/records/{type}/alike", **{"f.name": "CN", "f.phone": "16600001234"}
    ),
    ("/api/v1/<type_id>/alike", "POST"): lambda world, type: (
        Ask(method="POST", path=f"/api/v1/{type}/alike", type=type, json={"values": values})
        for values in ({}, *_likenesses(world, type))
    ),
    ("/records/{type}/merge", "POST"): _ticked,
    ("/records/{type}/<int:id>/merge", "GET"): _merge_pages,
    ("/records/{type}/<int:id>/merge", "POST"): _each_form(_ROW + "/merge", _merge),
    ("/records/{type}/<int:id>/merge/find", "POST"): _each_form(
        _ROW + "/merge/find", lambda world, type, key: {"term": "CN"}
    ),
    ("/records/{type}/merges/<int:id>", "GET"): _get(
        "/records/{type}/merges/1", f"/records/{{type}}/merges/{MISSING}"
    ),
    ("/records/{type}/merges/<int:id>/undo", "POST"): _post(
        "/records/{type}/merges/1/undo", key=KEY
    ),
    ("/api/v1/<type_id>/<int:record_id>/merge", "POST"): _api_merge,
    ("/api/v1/<type_id>/<int:record_id>/merges", "GET"): _each("/api/v1/{type}/{id}/merges"),
    ("/api/v1/<type_id>/merges/<int:id>", "GET"): _get(
        "/api/v1/{type}/merges/1", f"/api/v1/{{type}}/merges/{MISSING}"
    ),
    ("/api/v1/<type_id>/merges/<int:id>/undo", "POST"): lambda world, type: iter(
        (Ask(method="POST", path=f"/api/v1/{type}/merges/1/undo", type=type, json={}),)
    ),
    ("/api/v1/<type_id>/by-number/<name>", "GET"): _get(
        "/api/v1/{type}/by-number/KH000001", "/api/v1/{type}/by-number/KH-2026-00001"
    ),
    ("/api/v1/bulk", "GET"): _get("/api/v1/bulk"),
    ("/api/v1/bulk", "POST"): _api_bulk,
    ("/api/v1/bulk/actions", "GET"): _get("/api/v1/bulk/actions"),
    ("/api/v1/bulk/<int:id>", "GET"): _batches("/api/v1/bulk/{id}"),
    ("/api/v1/bulk/<int:id>/rows", "GET"): _batches("/api/v1/bulk/{id}/rows"),
    ("/api/v1/imports", "POST"): _api_import_file,
    ("/api/v1/imports/<int:id>", "GET"): _import("/api/v1/imports/{id}"),
    ("/api/v1/imports/<int:id>/columns", "POST"): _api_map_columns,
    ("/api/v1/imports/<int:id>/faults", "GET"): _import("/api/v1/imports/{id}/faults"),
    ("/api/v1/imports/<type_id>/template", "GET"): _get("/api/v1/imports/{type}/template"),
    ("/api/v1/bulk/<int:id>/run", "POST"): _api_batch("run"),
    ("/api/v1/bulk/<int:id>/undo", "POST"): _api_batch("undo"),
    ("/api/v1/docs", "GET"): _get("/api/v1/docs"),
    ("/api/v1/me", "GET"): _get("/api/v1/me"),
    ("/api/v1/openapi.json", "GET"): _get("/api/v1/openapi.json"),
    ("/api/v1/static/<path:filename>", "GET"): _get("/api/v1/static/docs.css"),
    ("/api/v1/jobs", "GET"): _get("/api/v1/jobs", "/api/v1/jobs?state=parked&limit=1"),
    ("/api/v1/jobs/<int:record_id>", "GET"): _get("/api/v1/jobs/1", f"/api/v1/jobs/{MISSING}"),
    ("/api/v1/jobs/<int:record_id>/retry", "POST"): _bare("/api/v1/jobs/1/retry"),
    ("/api/v1/jobs/<int:record_id>/cancel", "POST"): _bare("/api/v1/jobs/1/cancel"),
    ("/api/v1/deliveries", "GET"): _get("/api/v1/deliveries", "/api/v1/deliveries?limit=1"),
    ("/api/v1/deliveries/<int:record_id>", "GET"): _get("/api/v1/deliveries/1"),
    ("/api/v1/deliveries/<int:record_id>/resend", "POST"): _bare("/api/v1/deliveries/1/resend"),
    ("/api/v1/deliveries/resend", "POST"): _bare("/api/v1/deliveries/resend"),
    ("/api/v1/deliveries/<int:record_id>/skip", "POST"): _bare("/api/v1/deliveries/1/skip"),
    ("/api/v1/values", "GET"): _get("/api/v1/values"),
    ("/api/v1/values/<name>", "GET"): _get("/api/v1/values/choices.source"),
    ("/api/v1/values/<name>", "PUT"): _put_days,
    ("/api/v1/calendars", "GET"): _get("/api/v1/calendars"),
    ("/api/v1/calendars/<name>", "GET"): _get("/api/v1/calendars/office?year=2027"),
    ("/api/v1/calendars/<name>/due", "GET"): _get(
        "/api/v1/calendars/office/due?from=2026-12-30T09:00&amount=3"
    ),
    ("/api/v1/types", "GET"): _get("/api/v1/types"),
    ("/api/v1/<type_id>", "GET"): _get("/api/v1/{type}", "/api/v1/{type}?limit=200&count=true"),
    ("/api/v1/<type_id>", "POST"): _create,
    ("/api/v1/<type_id>/query", "POST"): _query,
    ("/records/{type}/export", "GET"): _get("/records/{type}/export"),
    ("/records/{type}/export", "POST"): _export("/records/{type}/export"),
    ("/api/v1/<type_id>/export", "POST"): _export("/api/v1/{type}/export"),
    ("/api/v1/<type_id>/choices", "POST"): _api_choices,
    ("/api/v1/<type_id>/files", "POST"): _api_upload,
    ("/api/v1/<type_id>/<int:record_id>", "GET"): _each("/api/v1/{type}/{id}"),
    ("/api/v1/<type_id>/<int:record_id>", "PATCH"): _api(
        "PATCH", "", lambda type: {FREE[type]: _value(type)}
    ),
    ("/api/v1/<type_id>/<int:record_id>", "DELETE"): _api("DELETE"),
    ("/api/v1/<type_id>/<int:record_id>/history", "GET"): _each("/api/v1/{type}/{id}/history"),
    ("/api/v1/<type_id>/<int:record_id>/history/diff", "GET"): _each(
        "/api/v1/{type}/{id}/history/diff?older=1&newer=2"
    ),
    ("/api/v1/<type_id>/<int:record_id>/history/restore", "POST"): _api(
        "POST", "/history/restore", lambda type: {"version": 1, "fields": [FREE[type]]}
    ),
    ("/records/{type}/<int:id>/history", "GET"): _each(_ROW + "/history?older=1&newer=2"),
    ("/records/{type}/<int:id>/revert", "POST"): _each_form(_ROW + "/revert", _revert),
    ("/api/v1/bin", "GET"): _get("/api/v1/bin", "/api/v1/bin?type={type}&limit=1"),
    ("/api/v1/bin/query", "POST"): _query_bin,
    ("/api/v1/<type_id>/bin", "GET"): _get("/api/v1/{type}/bin", "/api/v1/{type}/bin?limit=1"),
    ("/api/v1/<type_id>/bin/<int:record_id>", "GET"): _each("/api/v1/{type}/bin/{id}"),
    ("/api/v1/<type_id>/bin/<int:record_id>/restore", "POST"): _api_bin("restore", {}),
    ("/api/v1/<type_id>/bin/<int:record_id>/purge", "POST"): _api_bin(
        "purge", {"reason": "到期清除"}
    ),
    ("/api/v1/<type_id>/<int:record_id>/unmask", "POST"): _api(
        "POST", "/unmask", lambda type: {"field": masked_field(type), "reason": "核对号码"}
    ),
    ("/api/v1/<type_id>/<int:record_id>/files/<int:file_id>", "GET"): _files(
        "/api/v1/{type}/{id}/files/{file}"
    ),
}


def described(world: World) -> dict[tuple[str, str], routes.Route]:
    """Every rule and method of ours, with the types' own pages folded into `{type}`."""
    here = runtime(world.app)
    found = {}
    for route in routes.table(world.app, here.blueprints()):
        rule = re.sub(r"^/records/[a-z_]+/", "/records/{type}/", re.sub("^//", "/", route.rule))
        rule = re.sub(r"<int\([^)]*\):", "<int:", rule)
        for method in route.methods:
            found[rule, method] = route
    return found


def asks(world: World, *methods: str) -> Iterator[Ask]:
    """Every request of the table with one of these methods."""
    for (rule, method), make in ASKS.items():
        if method not in methods:
            continue
        by_type = "{type}" in rule or "<type_id>" in rule
        for type in world.desk.project.types if by_type else ("",):
            for ask in make(world, type):
                yield replace(ask, rule=rule)


def new_values(ground: Ground, type: str) -> dict[str, Any]:
    """Values that make a new record of a type for one who may do everything."""
    own = {"department": ground.departments["one"], "owner": ground.people["amy"]}
    customer = ground.ids["c_own"]
    return {
        "customer": {"name": "新客户", "kind": "company", **own, "contacts": [{"name": "新人"}]},
        "contact": {"customer": customer, "name": "新联系人"},
        "project": {"name": "新项目", "customer": customer, "service": "repair", **own},
        "visit": {"customer": customer, **own},
        "complaint": {
            "subject": "新客诉", "customer": customer, "complaint_class": "staff",
            "facts": "经过", **own,
        },
        "item": {"code": "NEW-1", "name": "新物资", "kind": "spare"},
        "warehouse": {"code": "NEW-1", "name": "新仓库", "department": ground.departments["one"]},
        "stock": {
            "item": ground.ids["i_bolt"], "warehouse": ground.ids["w_kim"], "bin": "N1-1-1-1",
            "quantity": "1",
        },
        "inspection": {"kind": "site", "place": "新地点", "checked_on": "2020-01-02", **own},
        "inspection_line": {"inspection": ground.ids["n_own"], "item": "新项", "result": "pass"},
    }[type]  # fmt: skip


def _value(type: str) -> str:
    return NEW_VALUE.get(type, "走查改的")


def masked_field(type: str) -> str:
    return "phone" if type in ("customer", "contact") else FREE[type]
