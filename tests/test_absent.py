"""What a machine cannot test is named at the end, and fails where everything is required."""

from __future__ import annotations

import pytest

from tests.absent import leave_out, sentence


def test_what_is_missing_is_left_out():
    with pytest.raises(pytest.skip.Exception, match="mariadb: no server"):
        leave_out("mariadb: no server", required="")


def test_what_is_missing_fails_where_all_is_required():
    with pytest.raises(pytest.fail.Exception, match="mariadb: no server"):
        leave_out("mariadb: no server", required="all")


def test_reasons_are_counted():
    assert sentence(["no server", "no browser", "no server"]) == (
        "Left out on this machine: no browser (1 tests); no server (2 tests)."
    )
    assert sentence([]) == "Nothing was left out on this machine."
