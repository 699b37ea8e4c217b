"""The web server of `kefu web` and `kefu run`: waitress, in this process, restartable."""

from __future__ import annotations

import gc
import logging
import os
import signal
import socket
import sys
import threading
from types import FrameType

from flask import Flask
from waitress.server import create_server

from kefu_admin.cli.output import DONE, WRONG, Output
from kefu_admin.faces import http
from kefu_admin.settings import Settings

_GRACE_SECONDS = 1.0
_ALLOCATIONS = 10_000  # between two looks for garbage; a request makes some thousands
_SWITCH_SECONDS = 0.001  # a thread back from the database waits this long for one that reckons


def serve(app: Flask, here: Settings, output: Output) -> int:
    """Serve until told to stop (Ctrl-C, SIGTERM)."""
    try:
        listening = _listen(here.host, here.port)
    except OSError as error:
        output.warn("不能监听 {host}:{port}：{why}。", host=here.host, port=here.port, why=error)
        return WRONG
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a request that waits is no news
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.collect()
    gc.freeze()  # definitions, routes and templates stay: looking through them again finds nothing
    gc.set_threshold(_ALLOCATIONS, 10, 10)
    with listening:
        server = create_server(
            app,
            sockets=[listening],
            threads=here.threads,
            ident="",
            max_request_body_size=here.max_upload_bytes,
            clear_untrusted_proxy_headers=here.proxy_hops == 0,
        )
        http.runtime(app).restart = restart_soon
        signal.signal(signal.SIGTERM, _stop)
        host = f"[{here.host}]" if ":" in here.host else here.host
        output.say(
            "网页已启动：http://{host}:{port}/ （按 Ctrl-C 停止）",
            host=host,
            port=listening.getsockname()[1],
        )
        server.run()
    return DONE


def _listen(host: str, port: int) -> socket.socket:
    """A socket bound to the address; closed again when it cannot be had."""
    family, kind, protocol, _, address = socket.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
    )[0]
    listening = socket.socket(family, kind, protocol)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
    except OSError:
        listening.close()
        raise
    return listening


def restart_soon() -> None:
    """Replace this process by a fresh one of the same command, after answers under way have left.

    Called when a newer config has been applied; the new process reads it, or says why it cannot.
    """
    if _restarting.acquire(blocking=False):
        threading.Timer(_GRACE_SECONDS, _replace).start()


_restarting = threading.Lock()


def _replace() -> None:
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, *sys.orig_argv[1:]])  # noqa: S606 -- our own command


def _stop(number: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
