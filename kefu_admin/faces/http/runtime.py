"""What one mounted desk consists of, kept on the Flask application."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from flask import Flask, Request, current_app, request
from werkzeug.wrappers import Response

from kefu_admin.definitions.project import Project
from kefu_admin.faces.http.gate import Gate
from kefu_admin.operations import sign_in
from kefu_admin.operations.desk import Desk
from kefu_admin.settings import Settings
from kefu_admin.store.database import Store

if TYPE_CHECKING:
    from flask_admin import Admin

KEY = "kefu_admin"


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorPage:
    """What an error page or envelope says. `code` as in `problems`, or `http_<status>`; `error` is
    the `Refusal` or `HTTPException` behind it."""

    status: int
    code: str
    message: str
    request_id: str
    error: Exception


@dataclass(slots=True, kw_only=True)
class Runtime:
    """One mounted desk. `prefix` is "" or "/desk"; the API lies at `prefix + "/api/v1"`.

    `own_blueprints` are the blueprints the guard answers for beyond the views of `admin`.
    `panel_error` and `api_error` are set by the faces: an `ErrorPage` as page or envelope (the
    panel answers `SignInRequired` and `PasswordChangeRequired` with a redirect).
    `counted` is told of every answer of ours: request, status, code of the refusal or "".
    `gate` lets in as many writers as leave threads for reading.
    `restart` is called when a newer config has been applied; the server replaces the process.
    `looks_again_at` is when (monotonic seconds) a request that only reads looks for one.
    """

    settings: Settings
    project: Project
    store: Store
    desk: Desk
    prefix: str
    admin: Admin | None = None
    own_blueprints: set[str] = field(default_factory=set)
    panel_error: Callable[[ErrorPage], Response] | None = None
    api_error: Callable[[ErrorPage], Response] | None = None
    restart: Callable[[], None] | None = None
    counted: Callable[[Request, int, str], None] | None = None
    looks_again_at: float = 0.0
    gate: Gate = field(init=False)
    _names: tuple[frozenset[str], frozenset[str]] = (frozenset(), frozenset())
    _size: tuple[int, int] = (0, 0)

    def __post_init__(self) -> None:
        self.gate = Gate(
            self.settings.threads,
            wait_seconds=self.store.wait_seconds,
            get_on=sign_in.is_hashing,
        )

    @property
    def api_prefix(self) -> str:
        """Path under which the API lies, without a closing slash."""
        return f"{self.prefix}/api/v1"

    def blueprints(self) -> frozenset[str]:
        """Names of all blueprints of ours, the host's own views on our `Admin` left out."""
        return self._named()[0]

    def guarded(self) -> frozenset[str]:
        """Blueprints behind our sign-in: ours and the host's views on our `Admin`."""
        return self._named()[1]

    def _named(self) -> tuple[frozenset[str], frozenset[str]]:
        """Both sets; worked out again when blueprints or views have joined (none ever leave)."""
        views = self.admin._views if self.admin is not None else ()
        size = (len(self.own_blueprints), len(views))
        if size != self._size:
            own = frozenset(self.own_blueprints)
            self._names = (
                own | {view.endpoint for view in views if is_ours(view)},
                own | {view.endpoint for view in views},
            )
            self._size = size
        return self._names


def is_ours(view: object) -> bool:
    """Whether a Flask-Admin view is one of this package, not one a host application registered."""
    return type(view).__module__.partition(".")[0] == "kefu_admin"


def runtime(app: Flask | None = None) -> Runtime:
    """The desk mounted on the application (the current one by default)."""
    found = (app or current_app).extensions[KEY]
    assert isinstance(found, Runtime)
    return found


def this_request() -> Request:
    """The request itself, past Flask's proxy: for who looks at it more than once."""
    found: Request = request._get_current_object()  # type: ignore[attr-defined]
    return found
