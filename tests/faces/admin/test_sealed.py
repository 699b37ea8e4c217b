"""What travels in an address without being readable there."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from kefu_admin.faces.admin.sealed import LIFETIME, seal, unseal
from kefu_admin.problems import BadRequest

SECRET = b"0123456789abcdefghijklmnopqrstuv"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def test_what_was_sealed_comes_back_to_its_owner() -> None:
    text = seal(SECRET, {"search": "朝阳"}, owner="7:customer", now=NOW)

    assert unseal(SECRET, text, owner="7:customer", now=NOW) == {"search": "朝阳"}


def test_it_cannot_be_read_from_the_address() -> None:
    text = seal(SECRET, {"search": "13800005678"}, owner="7:customer", now=NOW)

    assert "13800005678" not in text


@pytest.mark.parametrize("owner", ["8:customer", "7:visit"])
def test_another_person_or_list_opens_nothing(owner: str) -> None:
    text = seal(SECRET, "x", owner="7:customer", now=NOW)

    with pytest.raises(BadRequest):
        unseal(SECRET, text, owner=owner, now=NOW)


def test_it_expires() -> None:
    text = seal(SECRET, "x", owner="7:customer", now=NOW)

    with pytest.raises(BadRequest):
        unseal(SECRET, text, owner="7:customer", now=NOW + LIFETIME + timedelta(seconds=1))


@pytest.mark.parametrize("text", ["", "AAAA", "not base64 …", "A" * 200])
def test_anything_else_is_a_bad_request(text: str) -> None:
    with pytest.raises(BadRequest):
        unseal(SECRET, text, owner="7:customer", now=NOW)
