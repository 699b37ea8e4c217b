"""Settings from the environment, and back into one."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, fields
from ipaddress import ip_address

from kefu_admin.settings.bad import BadSetting
from kefu_admin.settings.model import Settings

# Variables of the build and the tests, not of a running desk.
_OTHER_VARIABLES = (
    "KEFU_LISTEN_FD",
    "KEFU_REQUIRE",
    "KEFU_SKIP_ASSETS",
    "KEFU_BUILD_",
    "KEFU_TEST_",
    "KEFU_BENCH_",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingRow:
    """One line of `kefu settings`: variable, value as text (secrets masked), whether it was set."""

    variable: str
    value: str
    given: bool
    help: str


def variable(name: str) -> str:
    """The environment variable of a setting: `database_url` → `KEFU_DATABASE_URL`."""
    return f"KEFU_{name.upper()}"


def read(environ: Mapping[str, str] = os.environ, /, **given: str | None) -> Settings:
    """Settings from the environment; `given` (command-line options, as text) wins over it.

    Raises:
        BadSetting: a value is not of its kind, a `KEFU_*` name is unknown, or demo mode would
            listen beyond this machine.
    """
    names = {row.name for row in fields(Settings)}
    known = {variable(name) for name in names}
    for name in environ:
        ours = name.startswith("KEFU_") and not name.startswith(_OTHER_VARIABLES)
        if ours and name not in known:
            raise BadSetting("setting_unknown", name=name)
    values: dict[str, object] = {}
    for row in fields(Settings):
        chosen = given.get(row.name)
        raw = chosen if chosen is not None else environ.get(variable(row.name))
        text = row.metadata["default"] if raw is None else raw
        try:
            values[row.name] = row.metadata["convert"](text)
        except (ValueError, KeyError):
            raise BadSetting("setting_bad", name=variable(row.name), value=text) from None
    settings = Settings(**values)  # type: ignore[arg-type]  # converted by the same table
    if settings.demo and not is_loopback(settings.host):
        raise BadSetting("demo_not_loopback", host=settings.host)
    return settings


def webhooks(settings: Settings) -> dict[str, str]:
    """The addresses events are sent to, by name; nothing else outside is ever connected to."""
    return {name: url for name, _, url in (one.partition("=") for one in settings.webhooks)}


def environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment in which `read()` gives these settings, for a process of our own; everything
    else is as in `environ`."""
    kept = {
        name: value
        for name, value in environ.items()
        if not name.startswith("KEFU_") or name.startswith(_OTHER_VARIABLES)
    }
    return kept | {
        variable(row.name): _as_text(getattr(settings, row.name)) for row in fields(Settings)
    }


def table(settings: Settings, environ: Mapping[str, str] = os.environ) -> tuple[SettingRow, ...]:
    """Every setting with its value as shown to an administrator."""
    return tuple(
        SettingRow(
            variable=variable(row.name),
            value=_shown(getattr(settings, row.name), secret=row.metadata["secret"]),
            given=variable(row.name) in environ,
            help=str(row.metadata["help"]),
        )
        for row in fields(Settings)
    )


def is_loopback(host: str) -> bool:
    """Whether listening on the host reaches this machine only."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _shown(value: object, *, secret: bool) -> str:
    text = _as_text(value)
    scheme, at, rest = text.rpartition("@")
    if secret and at and ":" in scheme.partition("://")[2]:
        user = scheme.rpartition(":")[0]
        return f"{user}:***@{rest}"
    return text


def _as_text(value: object) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return ",".join(value)
    return str(value)
