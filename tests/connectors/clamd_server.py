"""A clamd on loopback: takes INSTREAM and finds EICAR, or answers what a test wants."""

import socketserver
import struct
import threading
from contextlib import contextmanager

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Handler(socketserver.StreamRequestHandler):
    """One file."""

    def handle(self):
        """Read the stream, say what is in it."""
        if self.rfile.read(len(b"zINSTREAM\0")) != b"zINSTREAM\0":
            self.wfile.write(b"UNKNOWN COMMAND\0")
            return
        data = b""
        while size := struct.unpack("!L", self.rfile.read(4))[0]:
            data += self.rfile.read(size)
        self.server.scanned.append(data)
        told = self.server.answer
        if told is None:
            told = b"stream: Eicar-Test FOUND" if EICAR in data else b"stream: OK"
        self.wfile.write(told + b"\0")


@contextmanager
def clamd(answer=None):
    """A server; `scanned` holds the files it was given, `address` where it listens."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.scanned, server.answer = [], answer
        server.address = f"127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
