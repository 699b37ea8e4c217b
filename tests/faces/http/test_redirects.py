"""Where `next` may lead. The shapes are those that fooled other products (S16)."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefu_admin.faces.http.redirects import safe_next

FOREIGN = [
    None,
    "",
    "customer",
    "http:evil.example",
    "http://evil.example",
    "https:evil.example/",
    "http://localhost\\@evil.example",
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\/evil.example",
    "/%09/evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/%2f/evil.example",
    "/%5cevil.example",
    "/%255cevil.example",
    "/%2Fevil.example",
    "/%252fevil.example",
    "/ /evil.example",
    "/\r\nLocation: http://evil.example",
    "javascript:alert(1)",
    "data:text/html,x",
    "/" + "a" * 3000,
]


@pytest.mark.parametrize("path", FOREIGN)
def test_a_path_that_could_leave_the_site_is_ignored(path: str | None) -> None:
    assert safe_next(path, otherwise="/home") == "/home"


@pytest.mark.parametrize("path", ["/", "/customer/1", "/customer/?view=mine&page=2", "/客户/#top"])
def test_a_path_of_this_site_is_kept(path: str) -> None:
    assert safe_next(path) == path


@given(st.text(alphabet="/\\%25cfC09aht:p@.e \t", max_size=20))
def test_whatever_is_sent_the_host_stays_ours(path: str) -> None:
    kept = urljoin("http://desk.local/sign-in", safe_next(path))

    assert urlsplit(kept).netloc == "desk.local"
