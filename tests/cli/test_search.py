"""The search index is built anew on demand."""

from __future__ import annotations

from pathlib import Path

import pytest

from kefu_admin import settings
from kefu_admin.cli import main
from kefu_admin.opening import open_applied


def test_an_index_of_another_release_keeps_the_desk_shut_until_it_is_rebuilt(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["apply"]) == 0
    store = open_applied(settings.read())
    with store.connection():
        store.execute('UPDATE "kefu_state" SET "value" = \'old\' WHERE "key" = \'search\'')
    store.close()
    assert main(["worker", "--once"]) == 3
    assert "kefu apply" in capsys.readouterr().err

    assert main(["search", "rebuild"]) == 0
    assert main(["worker", "--once"]) == 0
