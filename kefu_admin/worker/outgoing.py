"""The one HTTP client for the world outside: where it may connect, for how long, how much it reads.

A name is resolved once, every address looked at, and the connection made to that very address. No
redirects. Limits: 5 s to connect, 10 s in all, 64 KiB of the answer. Loopback and link-local are
reached only where the address itself stands in the server's settings, never by a name.

Rule: D29, S19.
"""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

CONNECT_SECONDS = 5.0
ALL_SECONDS = 10.0
MOST_BYTES = 64 * 1024
_NAT64 = IPv6Network("64:ff9b::/96")

Address = IPv4Address | IPv6Address


class NotSent(Exception):
    """The receiver did not take it. `code` picks the sentence in `wording`, `facts` fill it; never
    anything of the answer's body."""

    def __init__(self, code: str, **facts: object) -> None:
        self.code = code
        self.facts = facts
        super().__init__(f"{code} {facts}")


@dataclass(frozen=True, slots=True)
class Answered:
    """Status and at most 64 KiB of the body."""

    status: int
    body: bytes


def post(
    url: str,
    body: bytes,
    headers: Mapping[str, str],
    *,
    all_seconds: float = ALL_SECONDS,
    trust: ssl.SSLContext | None = None,
) -> Answered:
    """Send a body to an address of the server's settings.

    Args:
        trust: whose certificates count; the system's when None.

    Raises:
        NotSent: no address, a forbidden one, no connection, no or too slow an answer, a redirect.
    """
    parts = urlsplit(url)
    assert parts.hostname is not None  # looked at when the settings were read
    port = parts.port or (443 if parts.scheme == "https" else 80)
    address = resolved(parts.hostname, port)
    connection = _connect(address, port, parts.scheme == "https", parts.hostname, trust)
    was_cut = threading.Event()
    cut = threading.Timer(all_seconds, _cut, [connection.sock, was_cut])
    cut.daemon = True
    cut.start()
    try:
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        connection.request("POST", path, body, {"Host": parts.netloc, **headers})
        with connection.getresponse() as answer:
            found = Answered(answer.status, answer.read(MOST_BYTES))
        if was_cut.is_set():  # what is cut off ends like a whole answer
            raise TimeoutError
    except (OSError, http.client.HTTPException) as error:
        if was_cut.is_set() or isinstance(error, TimeoutError):
            raise NotSent("receiver_slow", seconds=round(all_seconds)) from error
        raise NotSent("receiver_broken", why=type(error).__name__) from error
    finally:
        cut.cancel()
        connection.close()
    if 300 <= found.status < 400:
        raise NotSent("receiver_redirects", status=found.status)
    return found


def resolved(host: str, port: int) -> str:
    """The one address to connect to.

    Raises:
        NotSent: there is none, or the name leads to loopback, link-local or nowhere.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise NotSent("receiver_unknown", host=host) from error
    addresses = [str(one[4][0]) for one in found]
    if _literal(host) is None:
        for one in addresses:
            if is_inward(ip_address(one.partition("%")[0])):
                raise NotSent("receiver_inward", host=host)
    return addresses[0]


def is_inward(address: Address) -> bool:
    """Whether an address leads back to this machine or its link, or is no machine's at all."""
    plain = _unwrapped(address)
    return plain.is_loopback or plain.is_link_local or plain.is_unspecified or plain.is_multicast


def _unwrapped(address: Address) -> Address:
    """The IPv4 address inside a mapped, NAT64 or 6to4 one."""
    if isinstance(address, IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _literal(host: str) -> Address | None:
    try:
        return ip_address(host)
    except ValueError:
        return None


def _connect(
    address: str, port: int, tls: bool, host: str, trust: ssl.SSLContext | None
) -> http.client.HTTPConnection:
    connection = http.client.HTTPConnection(address, port, timeout=CONNECT_SECONDS)
    try:
        connection.connect()
        if tls:
            context = trust or ssl.create_default_context()
            connection.sock = context.wrap_socket(connection.sock, server_hostname=host)
    except ssl.SSLError as error:
        connection.close()
        raise NotSent("receiver_untrusted", host=host) from error
    except OSError as error:
        connection.close()
        raise NotSent("receiver_away", host=host) from error
    return connection


def _cut(sock: socket.socket, was_cut: threading.Event) -> None:
    """End what takes too long, however slowly it goes on; said before it is done, so that nobody
    takes what was read by then for a whole answer."""
    was_cut.set()
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself
