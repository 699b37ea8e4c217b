"""The installation's secret: from a file, and none one could guess."""

from __future__ import annotations

import base64
import os
import secrets
from pathlib import Path

from kefu_admin.settings.bad import BadSetting
from kefu_admin.settings.model import Settings

LEAST_SECRET_BYTES = 32
_LEAST_DIFFERENT_BYTES = 12
# Secrets that stood in an example, a manual or a repository are known to everybody.
_KNOWN_PARTS = (
    "changeme",
    "change-me",
    "secret-key",
    "password",
    "example",
    "kefu_admin",
    "0123456789",
)


def secret(settings: Settings) -> bytes:
    """The installation's secret. Demo mode makes its own, random, in the data directory.

    Raises:
        BadSetting: outside demo mode, when none is set, it cannot be read, is short, or is one
            that stands in a manual.
    """
    if settings.secret_file is None:
        if not settings.demo:
            raise BadSetting("secret_missing", path=settings.data / "secret")
        write_secret(secret_path(settings))
    path = secret_path(settings)
    try:
        value = path.read_bytes().strip()
    except OSError as error:
        raise BadSetting("secret_unreadable", path=path, why=error.strerror) from error
    if not settings.demo:
        check_secret(value, path)
    return value


def secret_path(settings: Settings) -> Path:
    """The file the secret is read from; demo mode's own where none is set."""
    return settings.secret_file or settings.data / "demo-secret"


def check_secret(value: bytes, path: Path) -> None:
    """Refuse a secret one could guess.

    Raises:
        BadSetting: shorter than 32 bytes, of few different bytes, or a known one.
    """
    if len(value) < LEAST_SECRET_BYTES:
        raise BadSetting("secret_short", path=path, least=LEAST_SECRET_BYTES, found=len(value))
    lowered = value.lower()
    if len(set(value)) < _LEAST_DIFFERENT_BYTES or any(
        part.encode() in lowered for part in _KNOWN_PARTS
    ):
        raise BadSetting("secret_known", path=path)


def write_secret(path: Path) -> None:
    """Make a fresh random secret file, readable by its owner only; an existing one is kept."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(base64.urlsafe_b64encode(secrets.token_bytes(48)) + b"\n")
