"""The HTTP client for the world outside: where it connects, how long it waits, what it reads."""

from __future__ import annotations

import socket
import threading
from ipaddress import ip_address

import pytest

from kefu_admin.worker import outgoing
from kefu_admin.worker.outgoing import NotSent
from tests.worker.receiver import Receiver


@pytest.fixture
def receiver():
    with Receiver() as one:
        yield one


@pytest.mark.parametrize(
    ("address", "inward"),
    [
        ("127.0.0.1", True),
        ("169.254.169.254", True),
        ("0.0.0.0", True),
        ("::1", True),
        ("fe80::1", True),
        ("::ffff:127.0.0.1", True),
        ("64:ff9b::7f00:1", True),
        ("2002:7f00:1::", True),
        ("224.0.0.1", True),
        ("10.0.0.5", False),
        ("192.168.1.1", False),
        ("2400:3200::1", False),
        ("64:ff9b::a00:5", False),
    ],
)
def test_an_address_that_leads_back_is_known_in_every_dress(address, inward):
    assert outgoing.is_inward(ip_address(address)) is inward


def test_a_name_that_leads_to_this_machine_is_refused(receiver):
    with pytest.raises(NotSent) as refused:
        outgoing.post(f"http://localhost:{receiver.port}/", b"{}", {})

    assert refused.value.code == "receiver_inward"
    assert receiver.heard == []


def test_an_address_written_in_the_settings_is_reached(receiver):
    answer = outgoing.post(f"{receiver.url}?a=1", b'{"x":1}', {"X-Kefu-Event-Id": "e1"})

    assert (answer.status, answer.body) == (200, b"ok")
    (heard,) = receiver.heard
    assert (heard.path, heard.body) == ("/hook?a=1", b'{"x":1}')
    assert heard.headers["X-Kefu-Event-Id"] == "e1"
    assert heard.headers["Host"] == f"127.0.0.1:{receiver.port}"


def test_a_redirect_is_not_followed(receiver):
    receiver.answers = "redirect"

    with pytest.raises(NotSent) as refused:
        outgoing.post(receiver.url, b"{}", {})

    assert (refused.value.code, refused.value.facts) == ("receiver_redirects", {"status": 302})
    assert len(receiver.heard) == 1


def test_an_endless_answer_is_read_to_its_limit(receiver):
    receiver.answers = "huge"

    assert len(outgoing.post(receiver.url, b"{}", {}).body) == outgoing.MOST_BYTES


def test_an_answer_that_drips_is_cut_off(receiver):
    receiver.answers = "drip"

    with pytest.raises(NotSent) as refused:
        outgoing.post(receiver.url, b"{}", {}, all_seconds=0.3)

    assert refused.value.code == "receiver_slow"
    assert threading.active_count() < 20


def test_nobody_there_is_said_so():
    with Receiver() as gone:
        url = gone.url

    with pytest.raises(NotSent) as refused:
        outgoing.post(url, b"{}", {})

    assert refused.value.code == "receiver_away"


def test_a_receiver_that_speaks_no_tls_is_not_trusted(receiver):
    with pytest.raises(NotSent) as refused:
        outgoing.post(receiver.url.replace("http:", "https:"), b"{}", {})

    assert refused.value.code in ("receiver_untrusted", "receiver_away")


def test_a_receiver_takes_no_body_that_was_cut():
    with Receiver() as one:
        with socket.create_connection(("127.0.0.1", one.port)) as line:
            line.sendall(b"POST /hook HTTP/1.1\r\nContent-Length: 9\r\n\r\n{")
            line.shutdown(socket.SHUT_WR)
            assert line.recv(1) == b""

        assert one.heard == []
