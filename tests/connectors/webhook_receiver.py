"""A program on the loopback that is told of events: answers from a list, keeps what it heard."""

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.connectors.loopback import answering


class Receiver:
    """The statuses to answer, in order (the last one again and again), and what was told."""

    def __init__(self, *statuses):
        self.statuses = list(statuses)
        self.heard = []
        self.host = ""

    @property
    def address(self):
        return f"http://{self.host}/hooks?from=dunwell"


@contextmanager
def webhook_receiver(*statuses):
    """Yield a running receiver; heard are (path, headers in lower case, body)."""
    receiver = Receiver(*statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            receiver.heard.append((self.path, headers, body))
            told = receiver.statuses
            self.send_response(told.pop(0) if len(told) > 1 else told[0])
            if receiver.statuses[0] == 302:
                self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with answering(server) as receiver.host:
        yield receiver
