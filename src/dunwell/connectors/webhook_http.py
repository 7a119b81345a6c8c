"""Reaching addresses users give: one request over HTTPS to an address checked to be public.

A host is resolved once, every address it has must be public, and the connection is made to the
address that was checked: a name that changes its mind in between (DNS rebinding) gains nothing.
Redirects are not followed. Hosts inside the house are reached only where the operator lists them.
An answer that drips in is late as a whole: the time is that of the exchange, not of each wait.
"""

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import SplitResult, urlsplit

TIMEOUT_SECONDS = 10.0
LARGEST_ANSWER = 64 * 1024
PORTS = {"https": 443, "http": 80}


class WebhookError(RuntimeError):
    """The telling did not get through; `permanent` says that the address itself is refused."""

    def __init__(self, text: str, *, permanent: bool = False) -> None:
        super().__init__(text)
        self.permanent = permanent


@dataclass(frozen=True, kw_only=True, slots=True)
class DoorAnswer:
    """What came back: the status, header names in lower case, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class WebhookDoor:
    """How programs are told. `inside` lists host:port that may be private and without TLS.

    `listed_in` names the setting in which the operator lists them. `timeout_seconds` is for
    reaching the host, and then for the whole of asking and answering.
    """

    inside: Collection[str] = ()
    listed_in: str = "DUNWELL_WEBHOOK_HOSTS"
    timeout_seconds: float = TIMEOUT_SECONDS

    def tell(self, address: str, body: bytes, headers: Mapping[str, str]) -> int:
        """POST the body and return the status; raise WebhookError when nothing was answered.

        An answer that breaks off counts as none: telling again is safe, believing it is not.
        """
        return self._exchange(
            "POST", address, body=body, headers=headers, most_bytes=LARGEST_ANSWER
        ).status

    def fetch(self, address: str, *, most_bytes: int) -> bytes:
        """GET what lies at an address, under the same rules.

        Raises WebhookError for any answer but 200, for one that breaks off, and for a larger one.
        """
        headers = {"User-Agent": "Dunwell", "Accept": "*/*"}
        answer = self._exchange("GET", address, headers=headers, most_bytes=most_bytes)
        if answer.status != http.client.OK:
            raise WebhookError(f"it answered with status {answer.status}")
        return _whole(answer, most_bytes).body

    def ask(
        self,
        method: str,
        address: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str],
        most_bytes: int,
    ) -> DoorAnswer:
        """Send one request and return what came back, whatever the status.

        Raises WebhookError when nothing came, when it breaks off, or for more than `most_bytes`.
        """
        answer = self._exchange(method, address, body=body, headers=headers, most_bytes=most_bytes)
        return _whole(answer, most_bytes)

    def _exchange(
        self,
        method: str,
        address: str,
        *,
        body: bytes | None = None,
        headers: Mapping[str, str],
        most_bytes: int,
    ) -> DoorAnswer:
        """Return the answer with at most one byte of its body more than `most_bytes`."""
        connection, path = self._connection(address)
        try:
            connection.request(method, path, body, dict(headers))
            answer = connection.getresponse()
            told = answer.read(most_bytes + 1)
            if answer.length and len(told) <= most_bytes:
                # cut off: a read with a limit is silent about it
                raise http.client.IncompleteRead(told, answer.length)
        except TimeoutError as error:
            raise WebhookError(f"no answer within {self.timeout_seconds:g} seconds") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            raise WebhookError(str(error) or type(error).__name__) from error
        finally:
            connection.close()
        names = {name.lower(): value for name, value in answer.headers.items()}
        return DoorAnswer(status=answer.status, headers=names, body=told)

    def check(self, address: str) -> None:
        """Raise WebhookError for an address that would not be told; opens no connection."""
        parts, port = _parts(address)
        self._public(parts, port)

    def line(self, host: str, port: int) -> socket.socket:
        """Return a line to a host for something that is not HTTP and encrypts by itself.

        The rules are the same: every address of the host is public, or the operator lists it.
        """
        try:
            chosen = self._allowed(host, port)
            return socket.create_connection((chosen, port), timeout=self.timeout_seconds)
        except TimeoutError as error:
            raise WebhookError(f"no answer within {self.timeout_seconds:g} seconds") from error
        except OSError as error:
            raise WebhookError(f"{host}:{port} cannot be reached: {error}") from error

    def _connection(self, address: str) -> tuple[http.client.HTTPConnection, str]:
        parts, port = _parts(address)
        chosen = self._public(parts, port)
        host = parts.hostname or ""
        try:
            line = socket.create_connection((chosen, port), timeout=self.timeout_seconds)
        except TimeoutError as error:
            raise WebhookError(f"no answer within {self.timeout_seconds:g} seconds") from error
        except OSError as error:
            raise WebhookError(f"cannot be reached: {error}") from error
        connection = http.client.HTTPConnection(host, port, timeout=self.timeout_seconds)
        if parts.scheme == "https":
            try:
                line = ssl.create_default_context().wrap_socket(line, server_hostname=host)
            except OSError as error:
                line.close()
                raise WebhookError(f"no encrypted connection: {error}") from error
        connection.sock = _TimedLine(line, self.timeout_seconds)
        path = parts.path or "/"
        return connection, f"{path}?{parts.query}" if parts.query else path

    def _public(self, parts: SplitResult, port: int) -> str:
        """Return the one address to connect to; without TLS an operator must list the host."""
        host = parts.hostname or ""
        if parts.scheme != "https" and f"{host}:{port}" not in self.inside:
            raise WebhookError("the address must begin with https://", permanent=True)
        return self._allowed(host, port)

    def _allowed(self, host: str, port: int) -> str:
        """Return the one address to connect to; every address of the host must be allowed."""
        is_inside = f"{host}:{port}" in self.inside
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise WebhookError(f"{host} is not known to the name server") from error
        addresses = [str(entry[4][0]) for entry in found]
        for one in addresses:
            if not is_inside and not _is_public(one):
                raise WebhookError(
                    f"{host} leads to {one}, which is not a public address; let your operator "
                    f"list {host}:{port} in {self.listed_in} if it may be told",
                    permanent=True,
                )
        return addresses[0]


class _TimedLine:
    """As much of a socket as HTTP needs, from now on for so many seconds and no longer."""

    def __init__(self, line: socket.socket, seconds: float) -> None:
        self._line, self._until = line, time.monotonic() + seconds

    def hurry(self) -> None:
        """Let the next wait be as long as is left; raise TimeoutError where nothing is."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._line.settimeout(left)

    def sendall(self, data: bytes) -> None:
        self.hurry()
        self._line.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        # what is handed out keeps the socket open until it is closed too, as HTTP expects
        return io.BufferedReader(_TimedReader(self, self._line.makefile("rb", buffering=0)))

    def close(self) -> None:
        self._line.close()


class _TimedReader(io.RawIOBase):
    """What comes over a timed line; a head that breaks off is an error, which HTTP reads past."""

    def __init__(self, line: _TimedLine, raw: socket.SocketIO) -> None:
        self._line, self._raw = line, raw
        self._is_in_head, self._last = True, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        self._line.hurry()
        count = self._raw.readinto(buffer)
        if self._is_in_head:
            if not count and self._last:
                raise http.client.IncompleteRead(self._last)
            told = self._last + bytes(buffer[:count])
            self._is_in_head = b"\n\r\n" not in told and b"\n\n" not in told
            self._last = told[-2:]
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


def _whole(answer: DoorAnswer, most_bytes: int) -> DoorAnswer:
    if len(answer.body) > most_bytes:
        raise WebhookError(f"it answered with more than {most_bytes:,} bytes")
    return answer


def _parts(address: str) -> tuple[SplitResult, int]:
    try:
        parts = urlsplit(address)
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError as error:
        raise WebhookError(f"{address!r} is no address", permanent=True) from error
    if parts.scheme not in PORTS or not parts.hostname:
        raise WebhookError("the address must begin with https://", permanent=True)
    if parts.username is not None or parts.password is not None:
        raise WebhookError("the address must not hold a user or password", permanent=True)
    return parts, port


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    inner = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if inner is not None and not inner.is_global:
        return False
    return address.is_global and not address.is_multicast
