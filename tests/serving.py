"""An application behind a real socket, and the Chromium of this machine."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Who leaves a page drops what is still on its way to him; the test server lets go of it open.
DROPPED = "ignore:unclosed file .*/static/:ResourceWarning"
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")


def chromium_path() -> str | None:
    """Where Chromium is; None where there is none."""
    return next((found for name in CHROMIUM if (found := shutil.which(name))), None)


@contextmanager
def launched(playwright: Any) -> Iterator[Any]:
    """A running Chromium."""
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*ARGUMENTS])
    try:
        yield browser
    finally:
        browser.close()


@contextmanager
def at_an_address(app: Flask) -> Iterator[str]:
    """The application's address while it is served."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
