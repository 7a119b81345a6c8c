"""Stripe's invoicing on the loopback, built from its documentation (https://docs.stripe.com/api).

Bearer key and pinned version, lists from the newest back (10 unless asked for, 100 at most,
`starting_after`, `has_more`), objects that come only when expanded, 400 for a parameter that is
not known, 404 resource_missing. Amounts of invoices move as documented: balance is used when an
invoice is finalized, a credit note lowers what is due first and becomes balance or a refund after,
more than was due becomes balance. Events come with the object as the account's version has it.
"""

import json
from contextlib import contextmanager
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.connectors.loopback import answering

KEY, VERSION = "rk_test_1", "2025-11-17.clover"
STARTED = 1_772_438_400  # 2026-03-02 08:00 UTC
KINDS = {
    "customers": "customer", "invoices": "invoice", "invoice_payments": "invoice_payment",
    "credit_notes": "credit_note", "events": "event",
}  # fmt: skip
KNOWN = {
    "customers": set(), "invoices": {"status"}, "invoice_payments": {"invoice"},
    "credit_notes": set(), "events": {"types", "created[gte]"},
}  # fmt: skip
FIRST_PAYMENTS = 3


class SaysNoError(Exception):
    """An error object, and its status."""

    def __init__(self, status, message, **more):
        super().__init__(message)
        self.status, self.error = status, {"message": message, **more}


class StripeWorld:
    """An account: what stands in it, and how it misbehaves."""

    writes = {"note"}
    can_change_amount = False

    def __init__(self):
        self.key = KEY
        self.now = STARTED
        self.things = {}
        self.pending = {}
        self.down_after = None
        self.status, self.lacks = 0, ""
        self.version = VERSION
        self.forbidden = set()
        self.requests = []
        self.host = ""

    # what people do there

    def add_customer(self, number, name):
        key = self._add(
            "customer", f"cus_{number}", name=name, email=f"ap@{number.lower()}.example",
            phone=None, currency=None, preferred_locales=["de-DE"], metadata={}, balance=0,
            address={"line1": "Hafen 1", "postal_code": "20457", "city": "Hamburg",
                     "country": "DE", "line2": None, "state": None},
        )  # fmt: skip
        self._event("customer.created", key)
        return key

    def add_invoice(self, customer, number, amount, *, currency="EUR", due=None):
        """Finalize an invoice; one below 0 is a credit note that is put on an invoice later."""
        if amount < 0:
            self.pending[number] = -_cents(amount)
            return number
        total, balance = _cents(amount), self.things[customer]["balance"]
        used = max(min(-balance, total), 0) or min(-balance, 0)
        self.things[customer]["balance"] += used
        key = self._add(
            "invoice", _id("in", number), number=number, customer=customer, status="open",
            currency=currency.lower(), total=total, amount_due=total - used, amount_paid=0,
            amount_remaining=total - used, amount_overpaid=0, pre_payment_credit_notes_amount=0,
            post_payment_credit_notes_amount=0, starting_balance=balance,
            ending_balance=self.things[customer]["balance"], effective_at=self.now,
            due_date=due if due else self.now + 30 * 86_400, customer_name="as on the invoice",
            customer_email=None, customer_phone=None, customer_address=None,
            status_transitions={
                "finalized_at": self.now, "paid_at": None, "voided_at": None,
                "marked_uncollectible_at": None,
            },
        )  # fmt: skip
        self._event("invoice.finalized", key)
        if total == used:
            self._pay_off(self.things[key])
        return number

    def draft(self, customer):
        key = self._add(
            "invoice", "in_draft", number=None, customer=customer, status="draft",
            currency="eur", total=500, amount_due=500, amount_remaining=500,
            pre_payment_credit_notes_amount=0, created=self.now, effective_at=None,
        )  # fmt: skip
        self._event("invoice.updated", key)
        return key

    def pay(self, customer, amount, *, on=None, currency="EUR"):
        """Pay invoices; what is left of it becomes balance."""
        left = _cents(amount)
        for number, part in (on or {}).items():
            one = self.things[_id("in", number)]
            paid = _cents(part)
            left -= paid
            self._put(one, paid, f"pi_{len(self.things)}")
        self.things[customer]["balance"] -= left

    def _put(self, one, paid, intent):
        key = self._add(
            "invoice_payment", f"inpay_{len(self.things)}", invoice=one["id"],
            amount_paid=paid, amount_requested=paid, currency=one["currency"], status="paid",
            is_default=False, payment={"type": "payment_intent", "payment_intent": intent},
            status_transitions={"paid_at": self.now, "canceled_at": None},
        )  # fmt: skip
        part = min(paid, one["amount_remaining"])
        one["amount_paid"] += part
        one["amount_remaining"] -= part
        one["amount_overpaid"] += paid - part
        self.things[one["customer"]]["balance"] -= paid - part
        self._event("invoice_payment.paid", key)
        if not one["amount_remaining"]:
            self._pay_off(one)

    def pay_outside(self, number):
        one = self.things[_id("in", number)]
        one["amount_paid"], one["amount_remaining"] = one["amount_due"], 0
        self._pay_off(one)

    def _pay_off(self, one):
        one["status"] = "paid"
        one["status_transitions"]["paid_at"] = self.now
        self._event("invoice.paid", one["id"])

    def apply_credit(self, credit, number, amount):
        """Issue a credit note: what is due first, then balance."""
        one, cents = self.things[_id("in", number)], _cents(amount)
        before = min(cents, one["amount_remaining"])
        for name in ("amount_due", "amount_remaining"):
            one[name] -= before
        one["pre_payment_credit_notes_amount"] += before
        one["post_payment_credit_notes_amount"] += cents - before
        self.things[one["customer"]]["balance"] -= cents - before
        key = self._add(
            "credit_note", _id("cn", credit), number=credit, invoice=one["id"],
            customer=one["customer"], currency=one["currency"], amount=cents, total=cents,
            pre_payment_amount=before, post_payment_amount=cents - before, status="issued",
            type="pre_payment" if before == cents else "mixed", effective_at=self.now,
        )  # fmt: skip
        self._event("credit_note.created", key)
        self._event("invoice.updated", one["id"])

    def void_credit(self, credit):
        note = self.things[_id("cn", credit)]
        note["status"] = "void"
        one = self.things[note["invoice"]]
        for name in ("amount_due", "amount_remaining"):
            one[name] += note["pre_payment_amount"]
        one["pre_payment_credit_notes_amount"] -= note["pre_payment_amount"]
        self._event("credit_note.voided", note["id"])

    def void(self, number):
        self._end(number, "void", "voided_at", "invoice.voided")

    def give_up(self, number):
        self._end(
            number, "uncollectible", "marked_uncollectible_at", "invoice.marked_uncollectible"
        )

    def _end(self, number, status, moment, event):
        one = self.things[_id("in", number)]
        one["status"] = status
        one["status_transitions"][moment] = self.now
        self._event(event, one["id"])

    def delete(self, number):
        """Take data away as *Delete all test data* does."""
        del self.things[_id("in", number)]

    def notes_of(self, customer):
        return list(self.things[customer]["metadata"].values())

    def _add(self, kind, key, **values):
        self.now += 1
        self.things[key] = {"created": self.now, **values, "id": key, "object": kind}
        return key

    def _event(self, kind, key):
        thing = self.things[key]
        # of another version: nothing but identity may be read from it
        shown = {"id": thing["id"], "object": thing["object"], "old": True}
        shown |= {"invoice": thing["invoice"]} if thing["object"] == "invoice_payment" else {}
        self._add("event", f"evt_{len(self.things)}", type=kind, data={"object": shown})

    # how it answers

    def answer(self, verb, path, asked):
        parts = path.strip("/").split("/")
        expand = [value for name, value in asked if name.startswith("expand[")]
        values = [(name, value) for name, value in asked if not name.startswith("expand[")]
        if parts == ["v1", "account"]:
            self._may("account")
            return {
                "id": "acct_1", "object": "account", "default_currency": "eur",
                "business_profile": {"name": "Northwind"},
            }  # fmt: skip
        if len(parts) not in {2, 3} or parts[1] not in KINDS:
            raise SaysNoError(404, f"Unrecognized request URL ({verb}: {path}).")
        self._may(parts[1])
        if len(parts) == 3:
            thing = self.things.get(parts[2])
            if thing is None:
                raise SaysNoError(404, f"No such {KINDS[parts[1]]}", code="resource_missing")
            if verb == "POST":
                self._may(f"{parts[1]}_write")
                self._update(thing, values)
            return self._shown(thing, expand)
        return self._list(parts[1], path, values, expand)

    def _may(self, what):
        if what in self.forbidden:
            raise SaysNoError(
                403, "The provided key does not have the required permissions for this endpoint.",
                code="more_permissions_required",
            )  # fmt: skip

    def _update(self, thing, values):
        for name, value in values:
            assert name.startswith("metadata[")
            if len(value) > 500:
                raise SaysNoError(400, "Metadata values can have up to 500 characters")
            thing["metadata"][name[9:-1]] = value
        if len(thing["metadata"]) > 50:
            raise SaysNoError(400, "Metadata can have up to 50 keys")

    def _list(self, kind, path, values, expand):
        asked = self._asked(kind, values)
        limit = int(asked.get("limit", [10])[0])
        if not 1 <= limit <= 100:
            raise SaysNoError(400, "Invalid integer: limit must be between 1 and 100")
        if any(not one.startswith("data.") or one.count(".") > 3 for one in expand):
            raise SaysNoError(400, "This property cannot be expanded.")
        rows = [
            one for one in reversed(self.things.values())
            if one["object"] == KINDS[kind]
            and all(one[name] in asked.get(name, [one[name]]) for name in KNOWN[kind] & {*one})
            and one.get("type") in asked.get("types", [one.get("type")])
            and one["created"] >= int(asked.get("created[gte]", [0])[0])
        ]  # fmt: skip
        if "starting_after" in asked:
            places = [one["id"] for one in rows]
            if asked["starting_after"][0] not in places:
                raise SaysNoError(400, "No such object", code="resource_missing")
            rows = rows[places.index(asked["starting_after"][0]) + 1 :]
        inner = [one.removeprefix("data.") for one in expand]
        return {
            "object": "list", "url": path, "has_more": len(rows) > limit,
            "data": [self._shown(one, inner) for one in rows[:limit]],
        }  # fmt: skip

    def _asked(self, kind, values):
        asked = {}
        for name, value in values:
            head = name.partition("[")[0] if name.startswith("types[") else name
            if head not in KNOWN[kind] | {"limit", "starting_after"}:
                text = f"Received unknown parameter: {name}"
                raise SaysNoError(400, text, code="parameter_unknown")
            asked.setdefault(head, []).append(value)
        return asked

    def _shown(self, thing, expand):
        told = {name: value for name, value in thing.items() if name != self.lacks}
        for one in expand:
            name, _, rest = one.partition(".")
            if name == "payments":
                rows = [
                    each for each in reversed(self.things.values())
                    if each["object"] == "invoice_payment" and each["invoice"] == thing["id"]
                ]  # fmt: skip
                told[name] = {
                    "object": "list", "data": rows[:FIRST_PAYMENTS],
                    "has_more": len(rows) > FIRST_PAYMENTS,
                }  # fmt: skip
            elif name in {"customer", "invoice"}:
                inner = [each.removeprefix(f"{name}.") for each in expand if each != name]
                told[name] = self._shown(
                    self.things.get(thing[name])
                    or {"id": thing[name], "object": name, "deleted": True},
                    [each for each in inner if each] if rest else [],
                )
            else:
                raise SaysNoError(400, f"This property cannot be expanded ({one}).")
        return told


def _id(kind, number):
    return f"{kind}_{number.replace('/', '_')}"


def _cents(amount):
    return round(amount * 100)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self._any("GET", urlsplit(self.path).query)

    def do_POST(self):
        self._any("POST", self.rfile.read(int(self.headers["Content-Length"])).decode())

    def _any(self, verb, form):
        world = self.server.world
        world.requests.append(f"{verb} {self.path}")
        if world.down_after is not None:
            if world.down_after == 0:
                self.close_connection = True
                return
            world.down_after -= 1
        try:
            status, document = 200, self._answer(world, verb, form)
        except SaysNoError as error:
            status = error.status
            document = {"error": {"type": "invalid_request_error", **error.error}}
        body = json.dumps(document).encode()
        self.send_response_only(status)
        self.send_header("Date", formatdate(world.now, usegmt=True))
        self.send_header("Stripe-Version", world.version)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def _answer(self, world, verb, form):
        if world.status:
            raise SaysNoError(world.status, "Too many requests", code="rate_limit")
        if self.headers["Authorization"] != f"Bearer {world.key}":
            raise SaysNoError(401, "Invalid API Key provided: rk_test_*")
        if self.headers["Stripe-Version"] != world.version:
            raise SaysNoError(400, "Invalid Stripe API version: it is not known")
        return world.answer(verb, urlsplit(self.path).path, parse_qsl(form))

    def log_message(self, *_):
        pass


@contextmanager
def served(world):
    """Serve a world on the loopback while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.world = world
    with answering(server) as world.host:
        yield world
