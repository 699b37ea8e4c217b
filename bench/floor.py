"""The limit beside us: bare Flask with raw SQL and ready pages, served as all peers are: by one
gunicorn worker with four threads.

Run as a program: `python -m bench.floor PORT DATABASE-URL`. It has no sign-in, rules, audit or
validation; its table is a plain copy of the columns of a customer.
"""

from __future__ import annotations

import random
import sys
import time
from typing import Any

from flask import Flask, Response, jsonify, redirect, request
from gunicorn.app.base import BaseApplication

from bench.raw import COLUMNS, Raw


def make(url: str) -> Flask:
    """The application over one database."""
    app = Flask(__name__)
    raw = Raw(url)

    @app.get("/page/<int:size>")
    def page(size: int) -> Response:
        return Response("x" * size, mimetype="text/html")

    @app.get("/rest")
    def many() -> Any:
        return jsonify(raw.rows(f"SELECT id, {COLUMNS} FROM floor ORDER BY id DESC LIMIT 50"))

    @app.get("/rest/<int:number>")
    def one(number: int) -> Any:
        return jsonify(raw.rows(f"SELECT id, {COLUMNS} FROM floor WHERE id = ?", (number,)))

    @app.post("/create")
    def create() -> Any:
        values = request.get_json() if request.is_json else request.form
        raw.write(
            f"INSERT INTO floor ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                f"F{time.time_ns()}{random.randrange(1000)}",
                values["name"],
                values["kind"],
                values["phone"],
                "110105",
                values.get("address", ""),
                1,
                1,
                "2026-11-21 00:00:00.000000",
            ),
        )
        return redirect("/", 302) if not request.is_json else (jsonify({"ok": True}), 201)

    @app.post("/update/<int:number>")
    def update(number: int) -> Any:
        raw.write("UPDATE floor SET name = ? WHERE id = ?", (request.form["name"], number))
        return redirect("/", 302)

    return app


class _Server(BaseApplication):  # type: ignore[misc]  # gunicorn is not typed for us
    def __init__(self, port: str, url: str) -> None:
        self._port, self._url = port, url
        super().__init__()

    def load_config(self) -> None:
        given = {
            "bind": f"127.0.0.1:{self._port}",
            "threads": 4,
            "keepalive": 30,
            "loglevel": "error",
            "control_socket_disable": True,
        }
        for name, value in given.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return make(self._url)


if __name__ == "__main__":
    _Server(*sys.argv[1:]).run()
