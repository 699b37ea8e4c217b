"""REST API /api/v1: generic endpoints over every content type of the project.

`records` the endpoints of a type, `past` those of its history and bin, `answering` what both
share · `lists` list requests and pages · `files` attachments · `exporting` lists as files ·
`account` me and types · `bulk` bulk changes · `imports` files to be imported · `jobs` jobs and
messages · `values` values kept in rows · `views` list views · `description` OpenAPI and its page ·
`body` strict reading · `rows` records as JSON · `envelope` the two answer shapes · `openapi` the
description.
"""

from __future__ import annotations

from flask import Blueprint, Flask, request

from kefu_admin.faces.api import (
    account,
    body,
    bulk,
    calendars,
    description,
    exporting,
    files,
    imports,
    jobs,
    merging,
    past,
    records,
    search,
    values,
    views,
)
from kefu_admin.faces.api.envelope import failure
from kefu_admin.faces.api.rows import writers
from kefu_admin.faces.http import Runtime

BLUEPRINT = "kefu_api"


def mount(app: Flask, runtime: Runtime) -> None:
    """Put the API on the application, under the runtime's prefix."""
    blueprint = Blueprint(
        BLUEPRINT,
        __name__,
        url_prefix=runtime.api_prefix,
        template_folder="templates",
        static_folder="static",
        static_url_path="/static",
    )
    written = writers(runtime.project)
    account.install(blueprint)
    bulk.install(blueprint, written)
    description.install(blueprint, runtime)
    exporting.install(blueprint)
    files.install(blueprint)
    imports.install(blueprint)
    jobs.install(blueprint)
    values.install(blueprint)
    calendars.install(blueprint)
    views.install(blueprint)
    records.install(blueprint, written)
    search.install(blueprint)
    past.install(blueprint, written)
    merging.install(blueprint, written)

    @blueprint.before_request
    def json_only() -> None:
        if request.endpoint not in _OTHER_ANSWERS:
            body.json_wanted()

    app.register_blueprint(blueprint)
    runtime.own_blueprints.add(BLUEPRINT)
    runtime.api_error = failure


# These answer with a page, a style sheet or a file.
_OTHER_ANSWERS = frozenset(
    f"{BLUEPRINT}.{name}"
    for name in (
        "docs",
        "static",
        "download_file",
        "export_records",
        "import_faults",
        "import_template",
    )
)
