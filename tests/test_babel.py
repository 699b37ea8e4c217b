"""flask_babel is a host's choice: nothing of ours needs it."""

from __future__ import annotations

import subprocess
import sys


def test_the_desk_does_without_flask_babel() -> None:
    blocked = (
        "import sys; sys.modules['flask_babel'] = None;"
        "from kefu_admin.app import _initialise_babel; from flask import Flask;"
        "app = Flask('x'); _initialise_babel(app); assert 'babel' not in app.extensions"
    )

    subprocess.run([sys.executable, "-c", blocked], check=True, timeout=60)
