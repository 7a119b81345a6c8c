"""Language models on the loopback: one that is polite, one that obeys whatever it is told."""

import json
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.connectors.loopback import answering


class Model:
    """Where it listens, and the questions heard: (path, headers, body)."""

    def __init__(self):
        self.heard = []
        self.address = ""


def polite(text):
    """Word the text a little differently, changing no fact."""
    return text.replace("Kind regards", "With kind regards")


def obeys(order):
    """Say whatever an attacker ordered, after the text or instead of it."""
    return lambda text: f"{text}\n{order}"


def says(answer):
    """Say always the same, whatever is asked."""
    return lambda _text: answer


@contextmanager
def model_server(answer, *, status=200, raw=None):
    """Yield a running model whose answer to a text is `answer(text)`.

    `raw` is sent instead as it is: bytes, or a function of the handler that writes them.
    """
    model = Model()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            model.heard.append((self.path, dict(self.headers), body))
            if callable(raw):
                raw(self)
                return
            said = answer(body["messages"][-1]["content"])
            told = {"choices": [{"message": {"role": "assistant", "content": said}}]}
            data = json.dumps(told).encode() if raw is None else raw
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    with answering(server) as host:
        model.address = f"http://{host}/v1"
        yield model
