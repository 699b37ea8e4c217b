"""The table of settings: where and how a process runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from kefu_admin.settings.kinds import (
    locale,
    log_format,
    names,
    path,
    receivers,
    switch,
    text,
    whole,
)

DEFAULT_CONFIG = "config"


def _setting(
    default: str, convert: Callable[[str], object], help_zh: str, *, secret: bool = False
) -> dict[str, object]:
    return {"default": default, "convert": convert, "help": help_zh, "secret": secret}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where and how this process runs. Each field is one row of the table: environment name is
    `KEFU_` and the field's name in capitals; the metadata holds default, converter and help."""

    config: Path = field(metadata=_setting(DEFAULT_CONFIG, path, "配置目录"))
    data: Path = field(metadata=_setting("data", path, "数据目录：附件、封印锚点、内置数据库"))
    database_url: str = field(
        metadata=_setting(
            "",
            text,
            "数据库地址（sqlite:///、postgresql://、mariadb://）；空为数据目录中的 SQLite",
            secret=True,
        )
    )
    owner_database_url: str = field(
        metadata=_setting(
            "",
            text,
            "数据库所有者的地址，只给 apply、rollback 和 restore 用；"
            "网页和后台任务用上面那个没有建表权的",
            secret=True,
        )
    )
    secret_file: Path | None = field(
        metadata=_setting(
            "", lambda raw: path(raw) if raw else None, "密钥文件：至少 32 字节随机内容"
        )
    )
    backups: Path | None = field(
        metadata=_setting(
            "", lambda raw: path(raw) if raw else None, "备份目录；空为数据目录中的 backups"
        )
    )
    backup_key_file: Path | None = field(
        metadata=_setting(
            "",
            lambda raw: path(raw) if raw else None,
            "每天自动备份用这个密钥文件加密；空为不加密",
        )
    )
    locale: str = field(metadata=_setting("", locale, "命令行语言 zh 或 en；空为跟随项目"))
    host: str = field(metadata=_setting("127.0.0.1", text, "监听地址"))
    port: int = field(metadata=_setting("8000", whole(0, 65535), "监听端口"))
    demo: bool = field(metadata=_setting("0", switch, "演示模式（1/0）：只监听本机，自带演示账号"))
    trusted_hosts: tuple[str, ...] = field(
        metadata=_setting("", names, "允许的主机名，逗号分隔；空为只允许本机")
    )
    proxy_hops: int = field(metadata=_setting("0", whole(0, 5), "前面有几层可信反向代理"))
    metrics_token_file: Path | None = field(
        metadata=_setting(
            "",
            lambda raw: path(raw) if raw else None,
            "读 /metrics 要出示的令牌所在文件；空为只答本机",
        )
    )
    log_format: str = field(
        metadata=_setting(
            "text", log_format, "日志格式：text 供人看，json 每行一个对象并记每次请求"
        )
    )
    threads: int = field(metadata=_setting("8", whole(1, 64), "网页服务的线程数"))
    max_upload_mib: int = field(metadata=_setting("20", whole(1, 1024), "单个附件的最大 MiB"))
    max_import_mib: int = field(metadata=_setting("200", whole(1, 1024), "导入文件的最大 MiB"))

    job_memory_mib: int = field(
        metadata=_setting("1024", whole(128, 65536), "后台任务进程最多使用的内存 MiB")
    )

    webhooks: tuple[str, ...] = field(
        metadata=_setting(
            "", receivers, "把变更通知发往哪些系统：名称=地址，逗号分隔（http 或 https）"
        )
    )

    @property
    def max_upload_bytes(self) -> int:
        """The upload limit in bytes, with room for the form around the file."""
        return self.max_upload_mib * 1024 * 1024 + 64 * 1024

    @property
    def max_import_bytes(self) -> int:
        """The limit of a file to be imported in bytes, with room for the form around it."""
        return self.max_import_mib * 1024 * 1024 + 64 * 1024

    @property
    def backup_directory(self) -> Path:
        """Where backups go: best another disk, or another machine's."""
        return self.backups or self.data / "backups"

    @property
    def database(self) -> str:
        """The database URL, the embedded SQLite file when none is set."""
        return self.database_url or f"sqlite:///{self.data / 'kefu.sqlite3'}"
