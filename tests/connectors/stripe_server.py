"""A small Stripe on loopback: sessions, payments, refunds, disputes, methods, payouts over HTTP."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

from tests.connectors.loopback import answering

CREATED = 1_772_700_000


class StripeBooks:
    """What the server knows and was asked; `mood` makes it slow, busy, broken or gone."""

    def __init__(self):
        self.asked, self.by_key = [], {}
        self.things = {}
        self.mood = ""
        self.release = threading.Event()

    def last(self, path):
        """The fields of the newest call of a path."""
        return next(fields for _, one, fields, _ in reversed(self.asked) if one == path)

    def answer(self, verb, path, fields, key):
        """Return status and document; a key that comes again gets the first answer."""
        if key and key in self.by_key:
            return self.by_key[key]
        found = self._answer(verb, path, fields)
        if key:
            self.by_key[key] = found
        return found

    def _answer(self, verb, path, fields):  # noqa: PLR0911  one per address
        parts = path.strip("/").split("/")[1:]
        match (verb, *parts):
            case ("POST", "checkout", "sessions"):
                return 200, self._session(fields)
            case ("GET", "checkout", "sessions", key):
                return self._got(key)
            case ("POST", "checkout", "sessions", key, "expire"):
                session = self.things[key]
                if session["status"] != "open":
                    return 400, {"error": {"message": "Only open sessions can be expired."}}
                session["status"] = "expired"
                return 200, session
            case ("POST", "payment_intents"):
                return self._intent(fields)
            case ("GET", "payment_methods" | "payment_intents", key):
                return self._got(key)
            case ("POST", "payment_methods", key, "detach"):
                status, found = self._got(key)
                self.things.pop(key, None)
                return status, found
            case ("POST", "refunds"):
                return 200, self._refund(fields)
            case ("GET", "refunds" | "disputes" | "payouts" | "balance_transactions" as kind):
                return 200, self._list(kind, fields)
        return 404, {"error": {"message": "Unrecognized request URL."}}

    def _got(self, key):
        if key not in self.things:
            return 404, {"error": {"code": "resource_missing", "message": f"No such {key}"}}
        return 200, self.things[key]

    def _session(self, fields):
        total = sum(int(value) for name, value in fields.items() if name.endswith("[unit_amount]"))
        key = f"cs_{len(self.things) + 1}"
        self.things[key] = {
            "id": key,
            "object": "checkout.session",
            "url": f"https://checkout.example/{key}",
            "status": "open",
            "payment_status": "unpaid",
            "mode": "payment",
            "client_reference_id": fields["client_reference_id"],
            "amount_total": total,
            "currency": fields["line_items[0][price_data][currency]"],
            "created": CREATED,
            "expires_at": int(fields["expires_at"]),
            "payment_intent": None,
        }
        return self.things[key]

    def paid(self, session_id, *, saves=False):
        """Let the payer of a page pay."""
        session = self.things[session_id]
        intent = self._made(f"pi_of_{session_id}", session["amount_total"], session["currency"])
        intent["setup_future_usage"] = "off_session" if saves else None
        intent["payment_method"] = card("pm_9") if saves else None
        session |= {"status": "complete", "payment_status": "paid", "payment_intent": intent}
        return session

    def _made(self, key, amount, currency, **more):
        fee = {"fee": 59, "currency": currency}
        charge = {"id": f"ch_{key}", "created": CREATED + 60, "balance_transaction": fee}
        intent = {
            "id": key,
            "status": "succeeded",
            "amount": amount,
            "currency": currency,
            "created": CREATED,
            "latest_charge": charge,
            **more,
        }
        self.things[key] = intent
        return intent

    def _intent(self, fields):
        method = fields["payment_method"]
        more = {"metadata": {"dunwell": fields["metadata[dunwell]"], "dunwell_saved": "1"}}
        key = f"pi_{len(self.things) + 1}"
        intent = self._made(key, int(fields["amount"]), fields["currency"], **more)
        if method == "pm_poor":
            intent |= {"status": "requires_payment_method", "latest_charge": None}
            error = {
                "type": "card_error",
                "code": "card_declined",
                "decline_code": "insufficient_funds",
                "message": "Your card has insufficient funds.",
                "payment_intent": intent,
            }
            return 402, {"error": error}
        if method == "pm_asks":
            intent |= {"status": "requires_action", "latest_charge": None}
        return 200, intent

    def _refund(self, fields):
        key = f"re_{len(self.things) + 1}"
        self.things[key] = {
            "id": key,
            "object": "refund",
            "status": "succeeded",
            "amount": int(fields["amount"]),
            "currency": "eur",
            "payment_intent": fields["payment_intent"],
            "metadata": {"dunwell": fields["metadata[dunwell]"]},
            "created": CREATED + 90,
        }
        return self.things[key]

    def _list(self, kind, fields):
        about, payout = fields.get("payment_intent"), fields.get("payout")
        rows = [
            one
            for one in self.things.values()
            if one.get("object") == kind.removesuffix("s")
            and (about is None or one.get("payment_intent") == about)
            and (payout is None or one.get("payout") == payout)
        ]
        start = fields.get("starting_after")
        at = next((i + 1 for i, one in enumerate(rows) if one["id"] == start), 0)
        return {"data": rows[at : at + 2], "has_more": len(rows) > at + 2}


def card(key, **changes):
    """A card as Stripe tells of it."""
    facts = {
        "brand": "visa",
        "last4": "4242",
        "exp_year": 2029,
        "exp_month": 4,
        "funding": "credit",
        "country": "DE",
        **changes,
    }
    return {"id": key, "type": "card", "customer": "cus_1", "card": facts}


class _Handler(BaseHTTPRequestHandler):
    books: StripeBooks

    def log_message(self, *_args):
        """Say nothing."""

    def do_GET(self):
        self._serve("GET")

    def do_POST(self):
        self._serve("POST")

    def _serve(self, verb):
        parts = urlsplit(self.path)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
        pairs = parse_qs(body or parts.query)
        fields = {name: values[0] for name, values in pairs.items()}
        books, key = self.books, self.headers.get("Idempotency-Key", "")
        books.asked.append((verb, parts.path, fields, dict(self.headers)))
        if books.mood == "slow":
            books.release.wait(5)
        if books.mood == "gone":
            books.answer(verb, parts.path, fields, key)
            self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n{")
            self.wfile.flush()
            self.connection.close()
            return
        status, document = {
            "busy": (429, {"error": {"code": "rate_limit", "message": "Too many requests"}}),
            "broken": (500, {"error": {"message": "Something went wrong"}}),
            "refused": (401, {"error": {"message": "Invalid API Key provided"}}),
        }.get(books.mood) or books.answer(verb, parts.path, fields, key)
        data = b"<html>" if books.mood == "words" else json.dumps(document).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


@contextmanager
def stripe_server():
    """Run the server; yields its address and its books."""
    books = StripeBooks()
    handler = type("Handler", (_Handler,), {"books": books})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    with answering(server) as host:
        try:
            yield f"http://{host}", books
        finally:
            books.release.set()
