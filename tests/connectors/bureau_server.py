"""A bureau on the loopback: answers from a list, keeps what it was asked."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.connectors.loopback import answering


class Bureau:
    """The answers to give, in order (the last one again and again), and the questions heard."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.heard = []
        self.address = ""


@contextmanager
def bureau_server(*answers):
    """Yield a running bureau; each answer is (status, body) or (status, body, headers)."""
    bureau = Bureau(*answers)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            bureau.heard.append((self.path, dict(self.headers), json.loads(body)))
            told = bureau.answers.pop(0) if len(bureau.answers) > 1 else bureau.answers[0]
            status, text, *headers = told
            data = text if isinstance(text, bytes) else json.dumps(text).encode()
            self.send_response(status)
            for name, value in (headers[0] if headers else {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with answering(server) as host:
        bureau.address = f"http://{host}/v1/reports?x=1"
        yield bureau
