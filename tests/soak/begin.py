"""A run in a process forked for it; what it says goes to a file."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tests.soak.__main__ import main


def begin(arguments: Sequence[str], said: Path) -> None:
    """Do the run and end as the command would."""
    with said.open("wb", buffering=0) as file:
        os.dup2(file.fileno(), sys.stdout.fileno())
        os.dup2(file.fileno(), sys.stderr.fileno())
        code = main(arguments)
        sys.stdout.flush()
        sys.stderr.flush()
    sys.exit(code)
