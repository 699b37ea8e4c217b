"""`python -m bundling.trial ARCHIVE`: installs the archive where there is no network, and uses it.

Runs in a network namespace of its own (`unshare`), where not even the loopback is up: whatever the
installer wanted from outside would fail. Where none can be made, that is a failure. Then a desk is
made, checked, applied, backed up and looked at with what was installed.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

_SCRIPT = """
set -eu
[ "$(wc -l </proc/net/route)" -le 1 ] || { echo "there is a network" >&2; exit 1; }
cd "$1"
tar -xzf "$2"
cd kefu-*
./install.sh --prefix "$1/kefu"
export PATH="$1/kefu/bin:$PATH" PYTHONPATH=
kefu init "$1/desk"
cd "$1/desk"
export KEFU_SECRET_FILE="$PWD/secret"
kefu check
kefu apply >/dev/null
kefu seed >/dev/null
kefu backup
kefu worker --once
kefu doctor
"""


def main() -> int:
    """Exit 0 when everything went well without a network."""
    archive = Path(sys.argv[1]).resolve()
    unshare = shutil.which("unshare")
    if unshare is None:
        print("unshare is not installed: nothing was tried", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        command = [unshare, "--map-root-user", "--net", "sh", "-c", _SCRIPT, "sh", name, archive]
        return subprocess.run(command, check=False).returncode


if __name__ == "__main__":
    raise SystemExit(main())
