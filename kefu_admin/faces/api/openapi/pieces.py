"""What the descriptions of operations are put together from."""

from __future__ import annotations

from dataclasses import dataclass

from kefu_admin.definitions.content_type import ContentType
from kefu_admin.faces.api.openapi.schemas import Schema
from kefu_admin.wording import text

TEXT: Schema = {"type": "string"}
ID: Schema = {
    "name": "id",
    "in": "path",
    "required": True,
    "schema": {"type": "integer", "minimum": 1, "maximum": 2**63 - 1},
}
IF_MATCH: Schema = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string", "pattern": '^"[1-9][0-9]{0,17}"$'},
}


@dataclass(frozen=True, slots=True)
class Told:
    """One content type in one language."""

    type: ContentType
    locale: str

    @property
    def name(self) -> str:
        """The type's id, which its paths and operations carry."""
        return self.type.id

    @property
    def one(self) -> str:
        """The path of one record."""
        return f"/{self.type.id}/{{id}}"

    def say(self, sentence: str) -> str:
        """A sentence about the type."""
        return text(sentence, self.locale, type=self.type.label.text(self.locale))

    def operation(self, id: str, summary: str, **rest: object) -> Schema:
        """An operation on the type; the summary is a sentence to be said."""
        return {
            "operationId": f"{id}_{self.name}",
            "summary": self.say(summary),
            "tags": [self.name],
            **rest,
        }


def body(schema: Schema) -> Schema:
    """A JSON body that must be sent."""
    return {"required": True, "content": {"application/json": {"schema": schema}}}


def query(name: str, schema: Schema | None = None) -> Schema:
    """A parameter in the URL; text unless said otherwise."""
    return {"name": name, "in": "query", "schema": schema or TEXT}


def header(name: str) -> Schema:
    """The header that names a request, so that it may be sent twice."""
    return {
        "name": name,
        "in": "header",
        "required": False,
        "schema": {"type": "string", "pattern": r"^[A-Za-z0-9_\-:.]{8,100}$"},
    }
