"""`kefu webhook`: who is told of changes, and with which key what he gets is signed."""

from __future__ import annotations

import argparse

from kefu_admin import settings
from kefu_admin.cli.output import DONE, Output
from kefu_admin.settings import Settings


def add_arguments(parser: argparse.ArgumentParser, output: Output) -> None:
    """Keys are shown only when asked for."""
    parser.add_argument("--keys", action="store_true", help=output.text("同时显示签名密钥"))


def run(given: argparse.Namespace, here: Settings, output: Output) -> int:
    """One line a receiver."""
    from kefu_admin.worker.receivers import signing_key

    found = settings.webhooks(here)
    if not found:
        output.say("没有设置接收方（KEFU_WEBHOOKS）。")
    secret = settings.secret(here) if given.keys else b""
    for name, url in found.items():
        key = f"  {signing_key(secret, name)}" if given.keys else ""
        output.line(f"{name}  {url}{key}")
    return DONE
