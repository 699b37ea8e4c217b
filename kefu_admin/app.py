"""The composition root: a Flask application of its own, or a desk inside an existing one.

`create_app()` stands alone (kefu web, gunicorn); `KefuAdmin(app, config=…, url_prefix=…)` mounts
the same panel and API into a host application, whose other routes, errors and headers stay as they
are.
"""

from __future__ import annotations

import hashlib
import hmac
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from werkzeug.middleware.proxy_fix import ProxyFix

from kefu_admin import clock, settings
from kefu_admin.faces import admin, api, http, probes, routes
from kefu_admin.opening import end_demo, open_desk
from kefu_admin.operations.desk import Desk
from kefu_admin.settings import Settings
from kefu_admin.store.readiness import assert_ready

if TYPE_CHECKING:
    from flask_admin import Admin

_BABEL_LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


def create_app(here: Settings | None = None, *, desk: Desk | None = None) -> Flask:
    """The desk as an application of its own.

    Args:
        here: runtime settings; read from the environment when not given.
        desk: an open desk to serve instead of opening the configured one.

    Raises:
        ConfigError, BadSetting, NotReady: the desk cannot be served; the message says why.
    """
    here = here or settings.read()
    app = Flask("kefu_admin", static_folder=None, template_folder=None)
    app.session_interface = _Notices()
    if here.proxy_hops:
        hops = here.proxy_hops
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    desk = desk or open_desk(here)
    app.config.update(
        SESSION_COOKIE_NAME="kefu_notices",  # Flask's own cookie; stock views flash into it
        SESSION_COOKIE_SAMESITE="Lax",
    )
    KefuAdmin(app, settings=here, desk=desk)
    return app


class _Notices(SecureCookieSessionInterface):
    """Flask's own cookie, its signer made once and not with every request."""

    _signer: Any = None  # itsdangerous is not typed for us

    def get_signing_serializer(self, app: Flask) -> Any:
        """The signer of the one application this stands on."""
        if self._signer is None:
            self._signer = super().get_signing_serializer(app)
        return self._signer


class KefuAdmin:
    """A desk mounted into a Flask application.

    `admin` is the Flask-Admin `Admin` the panel's views stand on: a stock `ModelView` added to it
    works behind our sign-in and shows in our menu. Any signed-in person may open it, unless the
    view has a `kefu_roles` attribute naming the roles that may.
    """

    def __init__(
        self,
        app: Flask | None = None,
        *,
        config: str | Path | None = None,
        url_prefix: str = "",
        settings: Settings | None = None,
        desk: Desk | None = None,
    ) -> None:
        self._config = config
        self._prefix = _checked(url_prefix)
        self._settings = settings
        self._desk = desk
        self._runtime: http.Runtime | None = None
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Mount panel and API under the prefix. A host without a secret key of its own gets one
        made from ours: stock views keep their notices in Flask's session.

        Raises:
            ConfigError, BadSetting, NotReady: the desk cannot be served.
            UndeclaredRoutes: a route of ours promises nothing (a programming fault).
        """
        here = self._settings or settings.read(
            config=None if self._config is None else str(self._config)
        )
        desk = self._desk or open_desk(here)
        with desk.store.connection():
            assert_ready(desk.store)
            end_demo(desk, here, now=clock.now())
        runtime = http.Runtime(
            settings=here,
            project=desk.project,
            store=desk.store,
            desk=desk,
            prefix=self._prefix,
        )
        if not app.secret_key:
            app.secret_key = hmac.new(desk.store.secret, b"kefu flask", hashlib.sha256).digest()
        app.extensions[http.KEY] = runtime
        probes.mount(app, runtime)
        http.install(app)
        _initialise_babel(app)
        api.mount(app, runtime)
        runtime.admin = admin.mount(app, runtime)
        routes.table(app, runtime.blueprints())
        self._runtime = runtime

    @property
    def runtime(self) -> http.Runtime:
        """What is mounted; there is nothing before `init_app`."""
        if self._runtime is None:
            raise RuntimeError("KefuAdmin is not mounted yet: call init_app(app) first")
        return self._runtime

    @property
    def admin(self) -> Admin:
        """The Flask-Admin `Admin` of the panel, for a host's own views."""
        mounted = self.runtime.admin
        assert mounted is not None
        return mounted


def _checked(prefix: str) -> str:
    """A prefix as "" or "/desk", "/a/b"."""
    stripped = prefix.rstrip("/")
    if stripped and not stripped.startswith("/"):
        raise ValueError(f"url_prefix begins with a slash: {prefix!r}")
    return stripped


def _initialise_babel(app: Flask) -> None:
    """Flask-Admin answers every form page with 500 when flask_babel is installed but not set up."""
    if "babel" in app.extensions:
        return
    try:
        from flask_babel import Babel
    except ImportError:
        return

    Babel(app, locale_selector=lambda: _BABEL_LOCALES[http.locale()])
