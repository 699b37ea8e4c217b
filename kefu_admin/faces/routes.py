"""What every route of panel and API promises, and the check that none promises nothing.

A view function is declared where it stands, with `@declare(...)`; `check(app, ...)` walks the
application's rules at start and refuses one of ours without a declaration, or with other methods
than declared. `faces.http.guard` enforces the same declaration on every request, so the table the
tests walk and the rule that holds are one thing.

Rule: reliability-security D05, S02.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from flask import Flask
from werkzeug.routing import Rule

from kefu_admin.definitions.role import Permission

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_ATTRIBUTE = "__kefu_declaration__"

View = TypeVar("View", bound=Callable[..., object])


class Access(StrEnum):
    """Who may call at all. What they see or change is decided again by operations."""

    PUBLIC = "public"  # nobody need be signed in
    SIGNED_IN = "signed_in"  # any person or token; operations decide by type, row and field


class Audit(StrEnum):
    """Which audit line a successful call writes."""

    NONE = "none"
    DATA = "data"
    SIGN_IN = "sign_in"
    PERMISSIONS = "permissions"
    UNMASK = "unmask"
    EXPORT = "export"  # what leaves in a file
    READ = "read"  # audited only when a look-up of a masked value is part of it


class Repeat(StrEnum):
    """What the same request sent twice does."""

    SAFE = "safe"  # changes nothing
    KEY = "key"  # once, by Idempotency-Key or the form's key
    NATURAL = "natural"  # the second finds the work done, or a moved version, and changes nothing


class Body(StrEnum):
    """What the body may be; sets its size limit."""

    NONE = "none"
    FORM = "form"
    JSON = "json"
    UPLOAD = "upload"
    TABLE = "table"  # a file to be imported


BODY_BYTES = {Body.NONE: 64 * 1024, Body.FORM: 2 * 1024 * 1024, Body.JSON: 1024 * 1024}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """One route's promise. `csrf` False only where no cookie can act (public GET, static files).
    `before_password_change`: open to one who must still change the first password."""

    methods: frozenset[str]
    access: Access | Permission
    csrf: bool
    audit: Audit
    repeat: Repeat
    body: Body
    before_password_change: bool = False

    @property
    def writes(self) -> bool:
        """Whether any of its methods may change something."""
        return not self.methods <= SAFE


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A rule of the application with its declaration, as the tests walk it."""

    rule: str
    endpoint: str
    methods: frozenset[str]
    declaration: Declaration


class UndeclaredRoutes(Exception):
    """Routes of ours without a declaration, or with other methods than declared: start-up fails."""

    def __init__(self, faults: Collection[str]) -> None:
        self.faults = tuple(sorted(faults))
        super().__init__("; ".join(self.faults))


STATIC = Declaration(
    methods=frozenset({"GET"}),
    access=Access.PUBLIC,
    csrf=False,
    audit=Audit.NONE,
    repeat=Repeat.SAFE,
    body=Body.NONE,
    before_password_change=True,
)


def declare(
    *methods: str,
    access: Access | Permission = Access.SIGNED_IN,
    audit: Audit = Audit.NONE,
    repeat: Repeat | None = None,
    body: Body | None = None,
    before_password_change: bool = False,
) -> Callable[[View], View]:
    """Declare a view function's route: `@declare("GET")`, `@declare("GET", "POST", audit=…)`.

    A writing route must say `repeat`; CSRF is asked of every unsafe request that a cookie could
    carry, which is not the declaration's to switch off.
    """
    allowed = frozenset(methods or ("GET",))
    writes = not allowed <= SAFE
    if writes and repeat is None:
        raise ValueError("a writing route says what the same request sent twice does")
    declaration = Declaration(
        methods=allowed,
        access=access,
        csrf=writes,
        audit=audit,
        repeat=repeat or Repeat.SAFE,
        body=body or (Body.FORM if writes else Body.NONE),
        before_password_change=before_password_change,
    )

    def mark(view: View) -> View:
        setattr(view, _ATTRIBUTE, declaration)
        return view

    return mark


def declaration_of(app: Flask, endpoint: str | None) -> Declaration | None:
    """The declaration of an endpoint; static files of any blueprint of ours count as `STATIC`."""
    if endpoint is None:
        return None
    view = app.view_functions.get(endpoint)
    found = getattr(view, _ATTRIBUTE, None)
    if isinstance(found, Declaration):
        return found
    return STATIC if endpoint.rpartition(".")[2] == "static" else None


def rules(app: Flask, blueprints: Collection[str]) -> Iterator[Rule]:
    """The application's rules that belong to the given blueprints."""
    for rule in app.url_map.iter_rules():
        blueprint, _, name = rule.endpoint.rpartition(".")
        if blueprint in blueprints and name:
            yield rule


def table(app: Flask, blueprints: Collection[str]) -> tuple[Route, ...]:
    """Every route of ours with its declaration, in rule order.

    Raises:
        UndeclaredRoutes: one of them has none, or other methods than declared.
    """
    found: list[Route] = []
    faults: list[str] = []
    for rule in rules(app, blueprints):
        methods = frozenset(rule.methods or ()) - {"HEAD", "OPTIONS"}
        declaration = declaration_of(app, rule.endpoint)
        if declaration is None:
            faults.append(f"{rule.rule} ({rule.endpoint}): no declaration")
        elif not methods <= declaration.methods:
            extra = ", ".join(sorted(methods - declaration.methods))
            faults.append(f"{rule.rule} ({rule.endpoint}): {extra} not declared")
        else:
            found.append(
                Route(
                    rule=rule.rule,
                    endpoint=rule.endpoint,
                    methods=methods,
                    declaration=declaration,
                )
            )
    if faults:
        raise UndeclaredRoutes(faults)
    return tuple(sorted(found, key=lambda route: (route.rule, route.endpoint)))
