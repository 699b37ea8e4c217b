"""The limit beside us: bare Flask with raw SQL and ready pages, served by the same server.

Run as a program: `python -m bench.floor PORT DATABASE-URL`. It has no sign-in, rules, audit or
validation; its table is a plain copy of the columns of a customer.
"""

from __future__ import annotations

import logging
import random
import sys
import time
from typing import Any

from flask import Flask, Response, jsonify, redirect, request
from waitress import serve

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


if __name__ == "__main__":
    logging.getLogger("waitress").setLevel(logging.ERROR)  # it warns whenever a request waits
    serve(make(sys.argv[2]), host="127.0.0.1", port=int(sys.argv[1]), threads=4)
