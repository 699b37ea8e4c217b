"""The web server of `kefu web` and `kefu run`: waitress, in this process, renewable."""

from __future__ import annotations

import logging
import signal
import socket
import sys
from collections.abc import Callable

from flask import Flask
from waitress.server import create_server

from kefu_admin.cli.dispatching import dispatcher
from kefu_admin.cli.draining import Channel, Draining, inherited
from kefu_admin.cli.output import DONE, WRONG, Output
from kefu_admin.cli.renewing import may_renew
from kefu_admin.faces import http
from kefu_admin.opening import settle_memory
from kefu_admin.settings import Settings

_SWITCH_SECONDS = 0.001  # a thread back from the database waits this long for one that reckons


def serve(
    app: Flask, here: Settings, output: Output, *, ending: Callable[[], None] = lambda: None
) -> int:
    """Serve until told to stop (Ctrl-C, SIGTERM); SIGHUP, and a newer config, renew the process.

    Args:
        ending: what else runs in this process and has to end before it is renewed.
    """
    try:
        listening = inherited() or _listen(here.host, here.port)
    except OSError as error:
        output.warn("不能监听 {host}:{port}：{why}。", host=here.host, port=here.port, why=error)
        return WRONG
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a request that waits is no news
    sys.setswitchinterval(_SWITCH_SECONDS)
    settle_memory()
    with listening:
        server = create_server(
            app,
            sockets=[listening],
            ident="",
            _dispatcher=dispatcher(http.runtime(app).store.dialect, here.threads),
            max_request_body_size=max(here.max_upload_bytes, here.max_import_bytes),
            clear_untrusted_proxy_headers=here.proxy_hops == 0,
        )
        server.channel_class = Channel
        draining = Draining(
            server, listening, may_renew=lambda: may_renew(here, output), ending=ending
        )
        http.runtime(app).restart = draining.renew
        signal.signal(signal.SIGTERM, lambda *_: draining.stop())
        if hasattr(signal, "SIGHUP"):
            signal.signal(signal.SIGHUP, lambda *_: draining.renew())
        host = f"[{here.host}]" if ":" in here.host else here.host
        output.say(
            "网页已启动：http://{host}:{port}/ （按 Ctrl-C 停止）",
            host=host,
            port=listening.getsockname()[1],
        )
        server.run()
        server.task_dispatcher.shutdown()
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
