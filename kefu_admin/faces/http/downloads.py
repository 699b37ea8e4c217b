"""How a file leaves: always as an attachment, never run, never cached."""

from __future__ import annotations

from flask import send_file
from werkzeug.wrappers import Response

from kefu_admin.operations.files import Download


def send_download(found: Download) -> Response:
    """The file as an answer; its own policy lets it load and run nothing."""
    response = send_file(
        found.path,
        mimetype=found.file.media_type,
        as_attachment=True,
        download_name=found.file.name,
        conditional=False,
        etag=False,
    )
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
