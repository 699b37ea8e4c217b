"""How a file leaves: always as an attachment, never run, never cached."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from flask import send_file, stream_with_context
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
    return _attached(response)


def send_pieces(name: str, media_type: str, pieces: Iterator[bytes]) -> Response:
    """A file made while it is sent. Its name is told in full (RFC 6266), and for clients that know
    no such thing by its ending."""
    response = Response(stream_with_context(pieces), content_type=media_type)
    plain = f"export.{name.rpartition('.')[2]}"
    response.headers["Content-Disposition"] = (
        f"attachment; filename={plain}; filename*=UTF-8''{quote(name, safe='')}"
    )
    return _attached(response)


def _attached(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response
