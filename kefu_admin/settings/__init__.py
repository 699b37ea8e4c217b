"""Runtime settings: one table of `KEFU_*` variables, read once at start.

What a desk *is* stands in its config directory; where it runs stands here. Secrets come from a file
only, never from config or the database, and a weak one refuses to start outside demo mode.

- `model` the table · `kinds` what a variable may say · `reading` from the environment and back
- `key_file` the installation's secret

Rule: D20.
"""

from kefu_admin.settings.bad import BadSetting
from kefu_admin.settings.key_file import (
    LEAST_SECRET_BYTES,
    check_secret,
    secret,
    secret_path,
    write_secret,
)
from kefu_admin.settings.model import DEFAULT_CONFIG, Settings
from kefu_admin.settings.reading import (
    SettingRow,
    environment,
    is_loopback,
    read,
    table,
    variable,
    webhooks,
)

__all__ = [
    "DEFAULT_CONFIG",
    "LEAST_SECRET_BYTES",
    "BadSetting",
    "SettingRow",
    "Settings",
    "check_secret",
    "environment",
    "is_loopback",
    "read",
    "secret",
    "secret_path",
    "table",
    "variable",
    "webhooks",
    "write_secret",
]
