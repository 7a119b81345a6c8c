"""An ERPNext on the loopback, built from the documentation and source of Frappe and ERPNext.

Requests and answers as in https://docs.frappe.io/framework/user/en/api/rest (token in the header,
`/api/method`, `/api/resource`), lists of 20 unless asked for more, errors as in frappe/app.py
(`exc_type`, `_server_messages`; 401, 403, 404, 417). The payment ledger moves as in
erpnext/accounts/utils.py: entries are written per voucher and document, a cancelled voucher's are
delinked and reversed, reconciling a payment deletes and writes all its entries anew, and a
credit note is put on an invoice by a journal entry that is on both.
"""

import json
import re
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import unquote

from tests.connectors.loopback import answering

KEY, SECRET = "erpnext-key", "erpnext-secret"
COMPANY = "Northwind"
SI, PE, JE, PLE = "Sales Invoice", "Payment Entry", "Journal Entry", "Payment Ledger Entry"


class SaysNoError(Exception):
    """An exception of Frappe: its class, the status it is answered with, the message."""

    def __init__(self, kind, status, text):
        super().__init__(text)
        self.kind, self.status = kind, status


class ErpnextWorld:
    """A site with one company: what stands in it, and how it misbehaves."""

    writes = {"credit_limit", "hold", "note"}
    can_change_amount = False

    def __init__(self, version="15.40.1"):
        self.version, self.key = version, SECRET
        self.moment = datetime(2026, 3, 1, 8, 0, 0)
        self.tables = {
            "Company": {}, "Country": {}, "Address": {}, "Customer": {}, "Comment": {},
            SI: {}, PE: {}, JE: {}, PLE: {},
        }  # fmt: skip
        self._add("Company", COMPANY, default_currency="EUR")
        self._add("Country", "Germany", code="de")
        self.down_after = None
        self.status, self.lacks = 0, ""
        self.forbidden, self.hidden = set(), set()
        self.saved_meanwhile = 0
        self.requests = []
        self.host = ""

    # what people do there

    def add_customer(self, number, name):
        self._add(
            "Address", f"{name}-Billing", address_line1="Hafen 1", pincode="20457", city="Hamburg",
            country="Germany",
        )  # fmt: skip
        self._add(
            "Customer", number, customer_name=name, email_id=f"ap@{number.lower()}.example",
            mobile_no=None, language="de", tax_id=None, default_currency=None, is_frozen=0,
            disabled=0, customer_primary_address=f"{name}-Billing", credit_limits=[],
        )  # fmt: skip
        return number

    def add_invoice(
        self, customer, number, amount, *, currency="EUR", day="2026-03-02", paid=0.0, **more
    ):
        rate = 1 if currency == "EUR" else 0.9
        values = {
            "customer": customer, "posting_date": day, "due_date": "2026-04-01", "docstatus": 1,
            "currency": currency, "party_account_currency": currency, "grand_total": amount,
            "rounded_total": 0.0, "rounding_adjustment": 0.0, "base_rounded_total": 0.0,
            "base_rounding_adjustment": 0.0, "base_grand_total": round(amount * rate, 2),
            "po_no": None, "company": COMPANY, "outstanding_amount": amount, "return_against": None,
        }  # fmt: skip
        self._add(SI, number, **values | more)
        one = self.tables[SI][number]
        booked = amount if one["party_account_currency"] == currency else one["base_grand_total"]
        # a sum paid at once (POS) is merged with the invoice in one entry
        booked = round(booked - paid, 2)
        one["outstanding_amount"] = 0.0 if one["return_against"] else booked
        self._entry(one, (SI, number), (SI, one["return_against"] or number), booked)
        if one["return_against"]:
            self._settle((SI, one["return_against"]))
        return number

    def pay(self, customer, amount, *, on=None, currency="EUR", day="2026-03-10"):
        """Receive money; `on` maps documents to what is put on them."""
        name = f"ACC-PAY-2026-{len(self.tables[PE]) + 1:05}"
        self._add(
            PE, name, party=customer, posting_date=day, docstatus=1, mode_of_payment="Wire",
            reference_no=f"REF{len(self.tables[PE])}", currency=currency, paid_amount=amount,
            references=dict(on or {}),
        )  # fmt: skip
        self._post_payment(name)
        return name

    def reconcile(self, payment, number, amount):
        """Put money on a document later: all entries of the payment are deleted and made anew."""
        for key, one in list(self.tables[PLE].items()):
            if one["voucher_no"] == payment:
                del self.tables[PLE][key]
        self.tables[PE][payment]["references"][number] = amount
        self._post_payment(payment)

    def apply_credit(self, credit, number, amount, *, day="2026-03-11"):
        """Reconcile a credit note with an invoice: a journal entry that is on both."""
        one = self.tables[SI][credit]
        return self.journal(
            day, [(one["customer"], -amount, number), (one["customer"], amount, credit)]
        )

    def journal(self, day, lines, *, currency="EUR"):
        """Post a journal entry; a line is a customer, an amount and the document it is on."""
        name = f"ACC-JV-2026-{len(self.tables[JE]) + 1:05}"
        self._add(JE, name, posting_date=day, docstatus=1)
        for party, amount, number in lines:
            on = (self._kind(number), number) if number else (JE, name)
            about = {"customer": party, "posting_date": day, "party_account_currency": currency}
            self._entry(about, (JE, name), on, amount)
            self._settle(on)
        return name

    def void(self, number):
        """Cancel a document: its entries are delinked, and their reversals are written delinked."""
        kind = self._kind(number)
        self.tables[kind][number]["docstatus"] = 2
        self._touch(self.tables[kind][number])
        for one in list(self.tables[PLE].values()):
            if (one["voucher_type"], one["voucher_no"]) == (kind, number):
                one["delinked"] = 1
                self._touch(one)
                values = {**one, "amount_in_account_currency": -one["amount_in_account_currency"]}
                values.pop("name")
                self._add(PLE, self._hash(), **values)
                self._settle((one["against_voucher_type"], one["against_voucher_no"]))

    def delete(self, number):
        del self.tables[SI][number]
        for key, one in list(self.tables[PLE].items()):
            if number in {one["voucher_no"], one["against_voucher_no"]}:
                del self.tables[PLE][key]

    def limit_of(self, customer):
        rows = self.tables["Customer"][customer]["credit_limits"]
        return next((one["credit_limit"] for one in rows if one["company"] == COMPANY), None)

    def notes_of(self, customer):
        rows = self.tables["Comment"].values()
        return [one["content"] for one in rows if one["reference_name"] == customer]

    def _kind(self, number):
        return next(kind for kind in (SI, PE, JE) if number in self.tables[kind])

    def _hash(self):
        return f"{len(self.requests):x}{self.moment:%H%M%S}{len(self.tables[PLE]):06x}"

    def _post_payment(self, name):
        one = self.tables[PE][name]
        about = {
            "customer": one["party"], "posting_date": one["posting_date"],
            "party_account_currency": one["currency"],
        }  # fmt: skip
        left = one["paid_amount"]
        for number, part in one["references"].items():
            left = round(left - part, 2)
            self._entry(about, (PE, name), (self._kind(number), number), -part)
            self._settle((self._kind(number), number))
        if left:
            self._entry(about, (PE, name), (PE, name), -left)

    def _entry(self, about, voucher, against, amount):
        self._add(
            PLE, self._hash(), posting_date=about["posting_date"], company=COMPANY,
            account_type="Receivable", party_type="Customer", party=about["customer"],
            voucher_type=voucher[0], voucher_no=voucher[1], against_voucher_type=against[0],
            against_voucher_no=against[1], account_currency=about["party_account_currency"],
            amount_in_account_currency=amount, delinked=0,
        )  # fmt: skip

    def _settle(self, document):
        """Write the outstanding amount of an invoice as its ledger has it."""
        if document[0] != SI:
            return
        one = self.tables[SI][document[1]]
        total = sum(
            each["amount_in_account_currency"] for each in self.tables[PLE].values()
            if each["against_voucher_no"] == document[1] and not each["delinked"]
        )  # fmt: skip
        one["outstanding_amount"] = round(total, 2)
        self._touch(one)

    def _add(self, doctype, name, /, **values):
        table = self.tables[doctype]
        self.moment += timedelta(seconds=1, microseconds=7)
        stamp = self.moment.strftime("%Y-%m-%d %H:%M:%S.%f")
        table[name] = {**values, "name": name, "creation": stamp, "modified": stamp}
        return name

    def _touch(self, *rows):
        self.moment += timedelta(seconds=1)
        for row in rows:
            row["modified"] = self.moment.strftime("%Y-%m-%d %H:%M:%S.%f")

    # how it answers

    def method(self, name, told):
        if name == "frappe.auth.get_logged_user":
            return {"message": "collector@northwind.example"}
        if name == "frappe.utils.change_log.get_versions":
            apps = {"frappe": {"title": "Frappe Framework", "version": self.version}}
            if self.version:
                apps["erpnext"] = {"title": "ERPNext", "version": self.version}
            return {"message": apps}
        if name == "frappe.client.get_list":
            return {"message": self._list(**told)}
        if name == "frappe.desk.form.load.get_docinfo":
            self._document(told["doctype"], told["name"])
            rows = self.tables["Comment"].values()
            comments = [one for one in rows if one["reference_name"] == told["name"]]
            return {"docinfo": {"comments": comments, "communications": []}}
        if name == "frappe.desk.form.utils.add_comment":
            self._document(told["reference_doctype"], told["reference_name"])
            key = f"c{len(self.tables['Comment'])}"
            self._add("Comment", key, comment_type="Comment", **told)
            return {"message": self.tables["Comment"][key]}
        raise SaysNoError("ValidationError", 417, f"Failed to get method for command {name}")

    def resource(self, verb, doctype, name, told):
        if doctype in self.forbidden:
            raise SaysNoError("PermissionError", 403, f"No permission for {doctype}")
        one = self._document(doctype, name)
        if verb == "PUT":
            self._save(one, told)
        answer = json.loads(json.dumps(one))
        if verb == "GET" and self.saved_meanwhile:
            self.saved_meanwhile -= 1
            one["credit_limits"].append(
                {"name": f"x{self.saved_meanwhile}", "company": f"Other {self.saved_meanwhile}",
                 "credit_limit": 7.0, "bypass_credit_limit_check": 1}
            )  # fmt: skip
            self._touch(one)
        return {"data": answer}

    def _document(self, doctype, name):
        if name not in self.tables[doctype]:
            raise SaysNoError("DoesNotExistError", 404, f"{doctype} {name} not found")
        return self.tables[doctype][name]

    def _save(self, one, told):
        if told.get("modified", one["modified"]) != one["modified"]:
            raise SaysNoError(
                "TimestampMismatchError", 417,
                "Error: Document has been modified after you have opened it",
            )  # fmt: skip
        rows = told.get("credit_limits")
        if rows is not None:
            before = {each["company"]: each["credit_limit"] for each in one["credit_limits"]}
            companies = [each["company"] for each in rows]
            if len(companies) != len(set(companies)):
                raise SaysNoError("ValidationError", 417, "Credit limit is already defined")
            owed = sum(
                each["amount_in_account_currency"] for each in self.tables[PLE].values()
                if each["party"] == one["name"] and not each["delinked"]
            )  # fmt: skip
            for each in rows:
                if (
                    each["credit_limit"] < owed
                    and before.get(each["company"]) != (each["credit_limit"])
                ):
                    raise SaysNoError(
                        "ValidationError", 417,
                        "New credit limit is less than current outstanding amount for the "
                        f"customer. Credit limit has to be atleast <b>{owed}</b>",
                    )  # fmt: skip
            one["credit_limits"] = [
                {"name": f"row{at}", "bypass_credit_limit_check": 0, **each}
                for at, each in enumerate(rows)
            ]
        if "is_frozen" in told:
            one["is_frozen"] = int(told["is_frozen"])
        self._touch(one)

    def _list(
        self, doctype, fields=("name",), filters=(), order_by="modified desc", limit_start=0,
        limit_page_length=20,
    ):  # fmt: skip
        if doctype in self.forbidden:
            raise SaysNoError("PermissionError", 403, f"No permission for {doctype}")
        if self.lacks in [*fields, *(one[0] for one in filters)]:
            if self.version.startswith("14"):
                raise SaysNoError(
                    "OperationalError", 500, f"(1054, \"Unknown column '{self.lacks}'\")"
                )
            raise SaysNoError("DataError", 417, f"Field not permitted in query: {self.lacks}")
        rows = [one for one in self.tables[doctype].values() if _fits(one, filters)]
        for part in reversed(order_by.split(", ")):
            name, _, direction = part.partition(" ")
            rows.sort(key=lambda one, name=name: one[name].lower(), reverse=direction == "desc")
        rows = rows[limit_start:][: limit_page_length or None]
        shown = [name for name in fields if name not in self.hidden]
        return [{name: one[name] for name in shown} for one in rows]


def _fits(one, filters):
    for name, sign, wanted in filters:
        value = one[name]
        fits = {
            "=": lambda v, w: v == w, "!=": lambda v, w: (v or "") != w,
            ">": lambda v, w: v.lower() > w.lower(), ">=": lambda v, w: v >= w,
            "in": lambda v, w: v in w,
        }[sign]  # fmt: skip
        if not fits(value, wanted):
            return False
    return True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def _any(self):
        world = self.server.world
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        world.requests.append(f"{self.command} {self.path}")
        if world.down_after is not None:
            if world.down_after == 0:
                self.close_connection = True
                return
            world.down_after -= 1
        if world.status:
            self._told(world.status, b"Too Many Requests", "text/html", {"Retry-After": "120"})
            return
        try:
            self._json(200, self._answer(world, json.loads(body) if body else {}))
        except SaysNoError as error:
            message = json.dumps({"message": str(error), "indicator": "red"})
            name = f"frappe.exceptions.{error.kind}"
            self._json(
                error.status,
                {
                    "exc_type": error.kind, "exception": f"{name}: {error}",
                    "exc": json.dumps(["Traceback (most recent call last): ..."]),
                    "_server_messages": json.dumps([message]),
                },
            )  # fmt: skip

    def do_GET(self):
        self._any()

    def do_POST(self):
        self._any()

    def do_PUT(self):
        self._any()

    def _answer(self, world, told):
        if self.headers["Authorization"] != f"token {KEY}:{world.key}":
            raise SaysNoError("AuthenticationError", 401, "Authentication failed")
        path = unquote(self.path)
        if found := re.fullmatch(r"/api/method/([\w.]+)", path):
            return world.method(found[1], told)
        if found := re.fullmatch(r"/api/resource/([^/]+)/(.+)", path):
            return world.resource(self.command, found[1], found[2], told)
        raise SaysNoError("DoesNotExistError", 404, "Page not found")

    def _json(self, status, document):
        self._told(status, json.dumps(document).encode(), "application/json", {})

    def _told(self, status, body, kind, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_):
        pass


@contextmanager
def served(world):
    """Serve a world on the loopback while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.world = world
    with answering(server) as world.host:
        yield world
