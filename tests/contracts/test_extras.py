"""What is installed without any extra is enough for a desk on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

WITHOUT_EXTRAS = """
import importlib, pkgutil, sys

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {
            "psycopg", "psycopg2", "pymysql", "MySQLdb", "mysql", "flask_babel", "wtfpeewee",
            "pytest", "hypothesis", "schemathesis", "playwright", "importlinter",
        }:
            raise ModuleNotFoundError(name)

sys.meta_path.insert(0, Absent())
import kefu_admin
for module in pkgutil.walk_packages(kefu_admin.__path__, "kefu_admin."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
from kefu_admin.cli import main
for words in sys.argv[1:]:
    assert main(words.split()) == 0, words
"""


def test_a_desk_on_sqlite_needs_no_extra(tmp_path: Path) -> None:
    desk = tmp_path / "desk"
    own = {"KEFU_CONFIG": desk / "config", "KEFU_DATA": desk / "data"}
    own["KEFU_SECRET_FILE"] = desk / "secret"
    environment = {**os.environ, **{name: str(path) for name, path in own.items()}}

    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRAS, f"init {desk}", "check", "apply", "seed", "verify"],
        cwd=Path(__file__).parents[2],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
