"""What machines ask: /healthz (this process lives), /readyz (it can serve), /metrics (figures).

None of them tells anything about people or records. `/metrics` answers a program on this machine,
or one that shows the token of `KEFU_METRICS_TOKEN_FILE`; to everybody else it does not exist.
"""

from __future__ import annotations

import hmac

from flask import Blueprint, Flask, jsonify, request
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from werkzeug.wrappers import Response

from kefu_admin.faces.http import Runtime, now, runtime
from kefu_admin.faces.metrics import Metrics
from kefu_admin.faces.routes import Access, declare
from kefu_admin.operations import health
from kefu_admin.problems import NotFound
from kefu_admin.settings import is_loopback

BLUEPRINT = "kefu_probes"
_FORWARDED = ("X-Forwarded-For", "Forwarded", "X-Real-Ip")


def mount(app: Flask, here: Runtime) -> Metrics:
    """Put the probes on the application; returns the figures, for whoever has some to add."""
    blueprint = Blueprint(BLUEPRINT, __name__, url_prefix=here.prefix or None)
    metrics = Metrics(here)

    @blueprint.get("/healthz")
    @declare("GET", access=Access.PUBLIC)
    def healthz() -> Response:
        """The process answers; nothing else is asked."""
        return Response("ok\n", mimetype="text/plain")

    @blueprint.get("/readyz")
    @declare("GET", access=Access.PUBLIC)
    def readyz() -> Response:
        """Whether requests may be sent here; 503 while not."""
        found = health.is_ready(runtime().desk)
        ready = all(found.values())
        response = jsonify({"ready": ready, **found})
        response.status_code = 200 if ready else 503
        return response

    @blueprint.get("/metrics")
    @declare("GET", access=Access.PUBLIC)
    def figures() -> Response:
        """Figures in the Prometheus text format."""
        if not _may_read(here):
            raise NotFound
        return Response(metrics.text(now=now()), content_type=CONTENT_TYPE_LATEST)

    app.register_blueprint(blueprint)
    here.own_blueprints.add(BLUEPRINT)
    here.counted = metrics.counted
    return metrics


def _may_read(here: Runtime) -> bool:
    """With a token file, whoever shows the token; without, a caller on this machine that no proxy
    stands before."""
    path = here.settings.metrics_token_file
    if path is None:
        forwarded = any(name in request.headers for name in _FORWARDED)
        return is_loopback(request.remote_addr or "") and not forwarded
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    wanted = path.read_bytes().strip()
    return (
        kind.lower() == "bearer"
        and len(wanted) >= 16
        and hmac.compare_digest(token.strip().encode(), wanted)
    )
