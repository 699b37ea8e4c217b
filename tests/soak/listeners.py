"""Receivers of events in a process of their own: all but two fail, each in its way, until told.

The run that listens to them forks senders, and a process with threads should not.
"""

from __future__ import annotations

import multiprocessing
import socket
import ssl
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import timedelta
from ipaddress import ip_address
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kefu_admin import clock
from tests.worker.receiver import Heard, Receiver

ADDRESS = "127.0.0.1"
FAILING = {"fails": "fails", "redirects": "redirect", "slow": "drip"}  # name -> how it answers
DOWN, UNTRUSTED = "down", "untrusted"  # nobody listens; a certificate nobody vouches for
GOOD = {"fine": "ok", "huge": "huge"}  # answer well all the time, one of them with 10 MB


class Listeners:
    """The process; `urls` by receiver."""

    def __init__(self, directory: Path) -> None:
        self.trusted = directory / "trusted.pem"  # for SSL_CERT_FILE
        self._ours, theirs = multiprocessing.Pipe()
        forks = multiprocessing.get_context("fork")
        self._process = forks.Process(target=_listen, args=(directory, self.trusted, theirs))
        self._process.start()
        self.urls: Mapping[str, str] = self._ours.recv()

    def recover(self) -> None:
        """From now on every receiver answers well."""
        self._ours.send("recover")
        self._ours.recv()

    def heard(self) -> Mapping[str, list[Heard]]:
        """What each was sent so far, in order of arrival."""
        self._ours.send("heard")
        found: Mapping[str, list[Heard]] = self._ours.recv()
        return found

    def close(self) -> None:
        """End the process."""
        self._process.kill()
        self._process.join()


def _listen(directory: Path, trusted: Path, orders: Connection) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    _certify(context, directory / "unknown.pem")
    down = _free_port()
    with ExitStack() as open_:
        each = {name: Receiver() for name in (*FAILING, *GOOD)}
        each[UNTRUSTED] = Receiver(tls=context)
        for name, how in {**FAILING, **GOOD}.items():
            each[name].answers = how
        for one in each.values():
            open_.enter_context(one)
        urls = {name: one.url for name, one in each.items()}
        orders.send({**urls, DOWN: f"http://{ADDRESS}:{down}/hook"})
        while True:
            if orders.recv() == "heard":
                orders.send({name: one.heard for name, one in each.items()})
                continue
            for name in FAILING:
                each[name].answers = "ok"
            _certify(context, trusted)
            each[DOWN] = open_.enter_context(Receiver(down))
            orders.send("recovered")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return int(probe.getsockname()[1])


def _certify(context: ssl.SSLContext, file: Path) -> None:
    """A key and a certificate that vouches for itself, into a file and into use."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "soak")])
    made: Any = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(clock.now() - timedelta(days=1))
        .not_valid_after(clock.now() + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address(ADDRESS))]), False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), True)
        .sign(key, hashes.SHA256())
    )
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + made.public_bytes(serialization.Encoding.PEM)
    )
    context.load_cert_chain(file)
