"""Carriers over HTTP on loopback: `python -m tests.connectors.http_sink <folder>`.

Prints its port and serves /resend, /postmark, /mailgun, /twilio, /meta and /json. Every request
is kept as <n>.json, what is taken as <n>.eml with its Message-ID. /resend and /json know a repeat
by its Idempotency-Key. Recipients with refused, later, down, denied or half in them are treated
so.
"""

import json
import re
import sys
from contextlib import contextmanager
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen
from urllib.parse import parse_qs

ROOT = Path(__file__).parents[2]
OUR_ID = re.compile(r"<[^<>\s\"]+@dunwell>")
STATUSES = {"refused": 422, "later": 429, "down": 503, "denied": 401, "moved": 302}


class Carrier(BaseHTTPRequestHandler):
    """Answers as the named provider would."""

    protocol_version = "HTTP/1.0"

    def do_POST(self):
        data = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        text, key = data.decode("utf-8", "replace"), self.headers.get("Idempotency-Key", "")
        number = self.server.seen = self.server.seen + 1
        kept = {"path": self.path, "headers": dict(self.headers), "body": text}
        (self.server.folder / f"{number:06d}.json").write_text(json.dumps(kept))
        name = self.path.split("/")[1]
        for word, status in STATUSES.items():
            if f"{word}@" in text or f"{word}%40" in text or f"+{word}" in text:
                return self._say(status, {"message": f"{word} it is", "ErrorCode": 300})
        if "half@" in text:
            self.send_response(200)
            self.send_header("Content-Length", "500")
            self.end_headers()
            self.wfile.write(b'{"id":')
            return None
        found, given = key or OUR_ID.search(text).group(), f"{name}-{number}"
        mail = self.server.folder / f"{number:06d}.eml"
        if name in {"resend", "json"}:  # what was taken under the key is looked up on disk
            given = f"{name}-{sha256(key.encode()).hexdigest()[:16]}"
            mail = self.server.folder / f"{given}.eml"
        if not mail.exists():
            mail.write_text(f"Message-ID: {found}\n\n{text}")
        return self._say(200, ANSWERS[name](given, text))

    def _say(self, status, document):
        body = json.dumps(document).encode()
        self.send_response(status)
        if status == STATUSES["moved"]:
            self.send_header("Location", "/json")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        """Say nothing."""


ANSWERS = {
    "resend": lambda given, _: {"id": given},
    "json": lambda given, _: {"id": given},
    "mailgun": lambda given, _: {"id": f"<{given}@mg>", "message": "Queued. Thank you."},
    "postmark": lambda given, text: {
        "ErrorCode": 0,
        "Message": "OK",
        "MessageID": given,
        "SubmittedAt": "2026-03-05T11:00:00Z",
        "To": json.loads(text)["To"],
    },
    "twilio": lambda given, text: {
        "sid": given,
        "status": "queued",
        "price": "-0.0750" if "priced" in parse_qs(text)["Body"][0] else None,
        "price_unit": "USD",
    },
    "meta": lambda given, _: {"messages": [{"id": given}]},
}


@contextmanager
def http_sink(folder):
    """Start the carriers in a process of their own; yield their address."""
    process = Popen(
        [sys.executable, "-m", "tests.connectors.http_sink", str(folder)],
        cwd=ROOT,
        stdout=PIPE,
        stderr=DEVNULL,
        text=True,
    )
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}"
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def requests_in(folder):
    """The requests that were made, in order."""
    return [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", 0), Carrier)
    server.folder, server.seen = Path(sys.argv[1]), 0
    sys.stdout.write(f"{server.server_port}\n")
    sys.stdout.flush()
    server.serve_forever()
