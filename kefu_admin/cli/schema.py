"""`kefu schema [DIR]`: JSON Schemas of the config files, so that editors complete and underline."""

from __future__ import annotations

import argparse
from pathlib import Path

from kefu_admin.cli.output import DONE, Output
from kefu_admin.definitions.layer_schema import layer_schemas
from kefu_admin.definitions.schema import schemas, write_schemas
from kefu_admin.opening import add_field_types
from kefu_admin.settings import Settings


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """Where to write."""
    parser.add_argument(
        "directory",
        nargs="?",
        type=Path,
        metavar="DIR",
        help=output.text("写到哪里（默认：配置目录下的 .schema）"),
    )


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """One file per kind, and one for where it lies over the file of a layer below."""
    add_field_types()
    layered = {f"{id}.layer": made for id, made in layer_schemas().items()}
    for path in write_schemas(given.directory or here.config / ".schema", {**schemas(), **layered}):
        output.line(str(path))
    return DONE
