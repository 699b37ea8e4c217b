"""Lists: what a client asks of one, from the URL or from a body, and the page as JSON.

Personal values never stand in a URL, where access logs and histories keep them: a filter on a
personal field, and quick search, are taken from a body only (`POST /{type}/query`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from kefu_admin.definitions.builtin import BUILTIN_TYPES
from kefu_admin.definitions.condition import (
    All,
    Any_,
    Children,
    Compare,
    Condition,
    Count,
    FormulaOperand,
    Not,
    Path,
)
from kefu_admin.definitions.condition_text import parse_filter
from kefu_admin.definitions.content_type import ContentType
from kefu_admin.definitions.fields import Field, PersonalClass
from kefu_admin.definitions.project import Project
from kefu_admin.faces.api import body
from kefu_admin.faces.api.rows import Json, Writers, reference
from kefu_admin.faces.http import actor, now, runtime
from kefu_admin.operations import reading
from kefu_admin.operations.reading import ListRequest
from kefu_admin.problems import NotFound
from kefu_admin.store.query import Page, Ref, Row

IN_URL = ("view", "filter", "sort", "fields", "expand", "limit", "cursor", "count")
IN_BODY = (*IN_URL, "search")
LIMIT = 50
MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A list request with the references to expand."""

    request: ListRequest
    expand: tuple[str, ...]


def from_url(content_type: ContentType) -> Asked:
    """What the query parameters ask for.

    Raises:
        UnknownParameter, Invalid, BadRequest: one is unknown, out of bounds or unreadable, or
            would put a personal value into the URL.
    """
    sent: dict[str, object] = dict(body.parameters(*IN_BODY))
    if "search" in sent:
        raise body.bad_parameter("search", "personal_in_url", type=content_type.id)
    if isinstance(written := sent.get("filter"), str):
        sent["filter"] = body.parse_json(written)
    asked = asked_of(content_type, sent)
    condition = asked.request.filter
    if condition is not None:
        project = runtime().project
        for name in personal_fields(condition, content_type, project):  # type: ignore[arg-type]  # parsed in asked_of
            raise body.bad_parameter("filter", "personal_in_url", type=content_type.id, name=name)
    return asked


def from_body(content_type: ContentType) -> Asked:
    """What the body of a `query` asks for.

    Raises:
        UnknownParameter, Invalid, BadRequest: as `from_url`; personal values are welcome here.
    """
    sent = body.json_object()
    body.known(sent, IN_BODY)
    return asked_of(content_type, sent)


def asked_of(content_type: ContentType, sent: Mapping[str, object]) -> Asked:
    """A list request of what was sent.

    Raises:
        UnknownParameter, Invalid, BadRequest: something is unknown, out of bounds or unreadable.
    """
    condition: Condition | None = None
    if "filter" in sent:
        condition = parse_filter(sent["filter"], content_type, runtime().project.types)
    expand = body.names_of("expand", sent["expand"], most=10) if "expand" in sent else ()
    return Asked(
        request=ListRequest(
            type=content_type.id,
            view=body.text_of("view", sent.get("view", ""), longest=64),
            columns=body.names_of("fields", sent["fields"]) if "fields" in sent else (),
            filter=condition,
            search=body.text_of("search", sent.get("search", ""), longest=200),
            sort=body.names_of("sort", sent["sort"], most=5) if "sort" in sent else (),
            limit=body.whole("limit", sent.get("limit", LIMIT), least=1, most=MOST),
            after=body.text_of("cursor", sent.get("cursor", ""), longest=2000),
            count=body.switch("count", sent.get("count", False)),
        ),
        expand=expand,
    )


def page_json(page: Page, asked: Asked, writers: Writers) -> tuple[list[Json], Json]:
    """The rows of a page as JSON, and what stands beside them in the envelope."""
    rows = [writers.record(row) for row in page.rows]
    expand(page.rows, rows, asked.expand, asked.request.type, writers)
    beside: Json = {"next": page.next}
    if asked.request.view:
        beside |= _left_out(asked.request)
    if page.count is not None and asked.request.count:
        beside |= {"count": page.count, "count_is_capped": page.capped}
    return rows, beside


def _left_out(request: ListRequest) -> Json:
    """How much of a kept view is not for the asker, or gone; nothing where all of it holds."""
    shown = reading.shown_view(runtime().desk, request.view, request.type, actor=actor(), now=now())
    return {"left_out": shown.left_out} if shown.left_out else {}


def expand(
    rows: tuple[Row, ...],
    written: list[Json],
    names: tuple[str, ...],
    type_id: str,
    writers: Writers,
) -> None:
    """Put the referenced records into the references of the named fields, one look-up per field.

    A reference to a record the actor may not see stays as it is.

    Raises:
        Invalid: a name is no reference to a content type.
    """
    here = runtime()
    content_type = here.project.types[type_id]
    for name in names:
        field = content_type.fields.get(name)
        if field is None or field.to not in here.project.types or field.type == "children":
            raise body.bad_parameter("expand", "parameter_expand", name=name)
        ids = tuple(sorted({ref.id for row in rows for ref in _refs(row.values.get(name))}))
        found: dict[int, Json] = {}
        for start in range(0, len(ids), MOST):
            request = ListRequest(
                type=field.to, ids=ids[start : start + MOST], limit=MOST, count=False
            )
            page = reading.list_rows(here.desk, request, actor=actor(), now=now())
            found |= {row.id: writers.record(row) for row in page.rows}
        for record in written:
            values = record["values"]
            assert isinstance(values, dict)
            if name in values:
                values[name] = _expanded(values[name], found)


def _refs(value: object) -> tuple[Ref, ...]:
    if isinstance(value, Ref):
        return (value,)
    return (
        tuple(item for item in value if isinstance(item, Ref)) if isinstance(value, tuple) else ()
    )


def _expanded(value: object, found: Mapping[int, Json]) -> object:
    if isinstance(value, tuple):
        return [_expanded(item, found) for item in value]
    if isinstance(value, Ref) and value.id in found:
        return {**reference(value), "record": found[value.id]}
    return value


def personal_fields(
    condition: Condition, content_type: ContentType, project: Project
) -> Iterator[str]:
    """Names of the personal fields a condition reads, on the way or at the end of its paths."""
    match condition:
        case Compare(left=left, right=right):
            for side in (left, right):
                if isinstance(side, Path):
                    yield from _personal_on(side, content_type, project)
                elif isinstance(side, FormulaOperand):
                    for name in side.formula.fields:
                        yield from _personal_on(Path((name,)), content_type, project)
        case All(parts=parts) | Any_(parts=parts):
            for part in parts:
                yield from personal_fields(part, content_type, project)
        case Not(part=part):
            yield from personal_fields(part, content_type, project)
        case Children(path=path, where=where) | Count(path=path, where=where):
            field = content_type.fields.get(path.names[-1])
            if field is not None and field.to in project.types:
                yield from personal_fields(where, project.types[field.to], project)


def _personal_on(path: Path, content_type: ContentType, project: Project) -> Iterator[str]:
    here: ContentType | None = content_type
    for name in path.names:
        field = here.fields.get(name) if here is not None else None
        if field is None:
            return
        if field.personal is not PersonalClass.NONE or field.encrypted or field.mask:
            yield str(path)
        here = _target(field, project)


def _target(field: Field, project: Project) -> ContentType | None:
    if field.type in BUILTIN_TYPES:
        return BUILTIN_TYPES[field.type]
    return project.types.get(field.to)


def content_type(type_id: str) -> ContentType:
    """The type of this id, when the actor has any right on it.

    Raises:
        NotFound: there is none, or none for him.
    """
    here = runtime()
    if type_id not in here.desk.grants(actor()).types:
        raise NotFound
    return here.project.types[type_id]
