"""Runtime settings: one table of `KEFU_*` variables, read once at start.

What a desk *is* stands in its config directory; where it runs stands here. Secrets come from a file
only, never from config or the database, and a weak one refuses to start outside demo mode.

Rule: D20.
"""

from __future__ import annotations

import base64
import os
import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

DEFAULT_CONFIG = "config"
LEAST_SECRET_BYTES = 32
_LEAST_DIFFERENT_BYTES = 12
# Variables of the build and the tests, not of a running desk.
_OTHER_VARIABLES = (
    "KEFU_LISTEN_FD",
    "KEFU_REQUIRE",
    "KEFU_SKIP_ASSETS",
    "KEFU_BUILD_",
    "KEFU_TEST_",
    "KEFU_BENCH_",
)
_RECEIVER = re.compile(r"[a-z][a-z0-9_-]{0,31}")
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


class BadSetting(Exception):
    """A setting cannot be used. `code` picks the sentence in `wording`, `facts` fill it."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code} {facts}")


def _text(raw: str) -> str:
    return raw.strip()


def _path(raw: str) -> Path:
    return Path(raw).expanduser().absolute()


def _whole(least: int, most: int) -> Callable[[str], int]:
    def convert(raw: str) -> int:
        number = int(raw)
        if not least <= number <= most:
            raise ValueError(f"{least}…{most}")
        return number

    return convert


def _switch(raw: str) -> bool:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
        raw.lower()
    ]


def _locale(raw: str) -> str:
    if raw not in ("", "zh", "en"):
        raise ValueError("zh, en")
    return raw


def _log_format(raw: str) -> str:
    if raw not in ("text", "json"):
        raise ValueError("text, json")
    return raw


def _names(raw: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in raw.split(",") if name.strip())


def _receivers(raw: str) -> tuple[str, ...]:
    given = _names(raw)
    names = [one.partition("=")[0] for one in given]
    for one in given:
        name, _, url = one.partition("=")
        parts = urlsplit(url)
        if not _RECEIVER.fullmatch(name) or parts.scheme not in ("http", "https"):
            raise ValueError(one)
        if not parts.hostname or parts.username is not None or parts.fragment:
            raise ValueError(one)
        if parts.port == 0:
            raise ValueError(one)
    if len(set(names)) != len(names):
        raise ValueError(raw)
    return given


def _setting(
    default: str, convert: Callable[[str], object], help_zh: str, *, secret: bool = False
) -> dict[str, object]:
    return {"default": default, "convert": convert, "help": help_zh, "secret": secret}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where and how this process runs. Each field is one row of the table: environment name is
    `KEFU_` and the field's name in capitals; the metadata holds default, converter and help."""

    config: Path = field(metadata=_setting(DEFAULT_CONFIG, _path, "配置目录"))
    data: Path = field(metadata=_setting("data", _path, "数据目录：附件、封印锚点、内置数据库"))
    database_url: str = field(
        metadata=_setting(
            "",
            _text,
            "数据库地址（sqlite:///、postgresql://、mariadb://）；空为数据目录中的 SQLite",
            secret=True,
        )
    )
    owner_database_url: str = field(
        metadata=_setting(
            "",
            _text,
            "数据库所有者的地址，只给 apply 和 rollback 用；网页和后台任务用上面那个没有建表权的",
            secret=True,
        )
    )
    secret_file: Path | None = field(
        metadata=_setting(
            "", lambda raw: _path(raw) if raw else None, "密钥文件：至少 32 字节随机内容"
        )
    )
    backups: Path | None = field(
        metadata=_setting(
            "", lambda raw: _path(raw) if raw else None, "备份目录；空为数据目录中的 backups"
        )
    )
    backup_key_file: Path | None = field(
        metadata=_setting(
            "",
            lambda raw: _path(raw) if raw else None,
            "每天自动备份用这个密钥文件加密；空为不加密",
        )
    )
    locale: str = field(metadata=_setting("", _locale, "命令行语言 zh 或 en；空为跟随项目"))
    host: str = field(metadata=_setting("127.0.0.1", _text, "监听地址"))
    port: int = field(metadata=_setting("8000", _whole(0, 65535), "监听端口"))
    demo: bool = field(metadata=_setting("0", _switch, "演示模式（1/0）：只监听本机，自带演示账号"))
    trusted_hosts: tuple[str, ...] = field(
        metadata=_setting("", _names, "允许的主机名，逗号分隔；空为只允许本机")
    )
    proxy_hops: int = field(metadata=_setting("0", _whole(0, 5), "前面有几层可信反向代理"))
    metrics_token_file: Path | None = field(
        metadata=_setting(
            "",
            lambda raw: _path(raw) if raw else None,
            "读 /metrics 要出示的令牌所在文件；空为只答本机",
        )
    )
    log_format: str = field(
        metadata=_setting(
            "text", _log_format, "日志格式：text 供人看，json 每行一个对象并记每次请求"
        )
    )
    threads: int = field(metadata=_setting("8", _whole(1, 64), "网页服务的线程数"))
    max_upload_mib: int = field(metadata=_setting("20", _whole(1, 1024), "单个附件的最大 MiB"))

    job_memory_mib: int = field(
        metadata=_setting("1024", _whole(128, 65536), "后台任务进程最多使用的内存 MiB")
    )

    webhooks: tuple[str, ...] = field(
        metadata=_setting(
            "", _receivers, "把变更通知发往哪些系统：名称=地址，逗号分隔（http 或 https）"
        )
    )

    @property
    def max_upload_bytes(self) -> int:
        """The upload limit in bytes, with room for the form around the file."""
        return self.max_upload_mib * 1024 * 1024 + 64 * 1024

    @property
    def backup_directory(self) -> Path:
        """Where backups go: best another disk, or another machine's."""
        return self.backups or self.data / "backups"

    @property
    def database(self) -> str:
        """The database URL, the embedded SQLite file when none is set."""
        return self.database_url or f"sqlite:///{self.data / 'kefu.sqlite3'}"


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
