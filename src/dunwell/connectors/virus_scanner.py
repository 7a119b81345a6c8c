"""ClamAV: a file is streamed to clamd (INSTREAM), which says what it found in it."""

import re
import socket
import struct
from contextlib import closing
from dataclasses import dataclass

TIMEOUT_SECONDS = 30.0
CHUNK = 64 * 1024
LONGEST_ANSWER = 4_096
UNIX = "unix:"
FOUND = re.compile(r"^stream: (?P<name>.{1,250}) FOUND$")


class ScannerError(RuntimeError):
    """The scanner gave no verdict; the file is not known to be good or bad."""


@dataclass(frozen=True, kw_only=True, slots=True)
class VirusScanner:
    """Where clamd listens: host:port, or unix: and the path of its socket."""

    address: str
    timeout_seconds: float = TIMEOUT_SECONDS

    def scan(self, data: bytes) -> str:
        """Return the name of what was found in a file, empty for nothing; raises ScannerError."""
        try:
            with closing(self._connected()) as line:
                line.sendall(b"zINSTREAM\0")
                for at in range(0, len(data), CHUNK):
                    piece = data[at : at + CHUNK]
                    line.sendall(struct.pack("!L", len(piece)) + piece)
                line.sendall(struct.pack("!L", 0))
                answer = _answer(line)
        except (OSError, ValueError) as error:
            raise ScannerError(f"The virus scanner at {self.address} failed: {error}") from error
        if answer == "stream: OK":
            return ""
        if (match := FOUND.match(answer)) is not None:
            return match["name"]
        raise ScannerError(f"The virus scanner at {self.address} answered: {answer[:200]}")

    def _connected(self) -> socket.socket:
        if self.address.startswith(UNIX):
            line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            line.settimeout(self.timeout_seconds)
            try:
                line.connect(self.address.removeprefix(UNIX))
            except OSError:
                line.close()
                raise
            return line
        host, _, port = self.address.rpartition(":")
        return socket.create_connection((host, int(port)), timeout=self.timeout_seconds)


def _answer(line: socket.socket) -> str:
    """Return what clamd says, up to its zero byte."""
    told = b""
    while b"\0" not in told and len(told) < LONGEST_ANSWER:
        piece = line.recv(LONGEST_ANSWER)
        if not piece:
            break
        told += piece
    return told.partition(b"\0")[0].decode("utf-8", "replace").strip()
