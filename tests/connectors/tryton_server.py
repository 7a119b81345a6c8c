"""A real Tryton on the loopback: installed apart by dev.py, filled over its JSON-RPC.

Tryton is GPL: nothing of it is imported. It runs in processes of its own from `.cache/tryton`, on
a SQLite database that is made once, kept in `.cache/databases` and laid over the live one before
every test.
"""

import base64
import hashlib
import json
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import threading
import urllib.error
import urllib.request
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.connectors.loopback import answering
from tests.connectors.tryton_setup import CURRENCIES, MODULES, PASSWORD, set_up

ROOT = Path(__file__).resolve().parents[2]
KEPT = ROOT / ".cache" / "databases"
DATABASE, ADMIN = "prod", "admin"
LISTENS = re.compile(r"Running on http://([\d.]+:\d+)")
OPEN = urllib.request.build_opener(urllib.request.ProxyHandler({})).open


def decimal(value):
    return {"__class__": "Decimal", "decimal": str(value)}


def day_of(text):
    year, month, day = map(int, text.split("-"))
    return {"__class__": "date", "year": year, "month": month, "day": day}


class Rpc:
    """Tryton's JSON-RPC for one user; errors are raised as they came."""

    def __init__(self, host, path, user=ADMIN):
        self.address, self.session, self.context = f"http://{host}{path}", "", {}
        self.user, told = 0, self("common.db.login", user, {"password": PASSWORD})
        self.user = told[0]
        self.session = base64.b64encode(f"{user}:{told[0]}:{told[1]}".encode()).decode()

    def __call__(self, method, *params):
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if self.session:
            headers["Authorization"] = f"Session {self.session}"
        body = json.dumps({"id": 1, "method": method, "params": params}).encode()
        request = urllib.request.Request(self.address, body, headers)
        with OPEN(request, timeout=600) as answer:
            told = json.load(answer)
        if "error" in told and told["error"][0] == "UserWarning":
            # a person would read it and go on
            seen = {"user": self.user, "name": told["error"][1][0], "always": True}
            self.create("res.user.warning", seen)
            return self(method, *params)
        if "error" in told:
            raise AssertionError(f"{method}: {told['error']}")
        return told["result"]

    def create(self, model, *rows):
        return self(f"model.{model}.create", list(rows), self.context)

    def do(self, model, method, keys, *more):
        return self(f"model.{model}.{method}", keys, *more, self.context)

    def walk(self, wizard, *steps, model="account.move.line", lines=()):
        """Go through the states of a wizard; return what the last one answered."""
        about = {"active_model": model, "active_id": lines[0], "active_ids": lines}
        context = {**self.context, **about}
        session, *_ = self(f"wizard.{wizard}.create", context)
        for state, data in steps:
            told = self(f"wizard.{wizard}.execute", session, data, state, context)
        self(f"wizard.{wizard}.delete", session, context)
        return told

    def find(self, model, domain, *fields):
        return self(f"model.{model}.search_read", domain, 0, None, None, fields, self.context)

    def one(self, model, domain):
        (found,) = self.find(model, domain, "id")
        return found["id"]


class Tryton:
    """A server process on a folder of its own, and the database it begins every test with."""

    def __init__(self, place, folder, lock, path):
        self.place, self.folder, self.path = place, folder, path
        source = Path(__file__).with_name("tryton_setup.py")
        digest = hashlib.sha256(lock.read_bytes() + source.read_bytes())
        self.made = KEPT / f"{digest.hexdigest()[:16]}.tryton"
        self.live = folder / f"{DATABASE}.sqlite"
        self.host = ""

    @contextmanager
    def running(self):
        """Serve while the block runs."""
        is_made = self.made.exists()
        self.live.touch()
        if is_made:
            self.reset()
        else:
            self._make_tables()
        process = subprocess.Popen(
            self._command("trytond"), env=self._env(), stderr=subprocess.PIPE, text=True,
            encoding="utf-8",
        )  # fmt: skip
        # what it logs is read to the end, or it would wait for a reader
        reader = threading.Thread(target=process.stderr.read)
        try:
            self.host = next(
                (found[1] for line in process.stderr if (found := LISTENS.search(line))), ""
            )
            reader.start()
            assert self.host, "trytond ended before it listened"
            if not is_made:
                set_up(Rpc(self.host, self.path))
                self._keep()
            yield self
        finally:
            process.terminate()
            process.wait()
            if reader.is_alive():
                reader.join()
            process.stderr.close()

    def reset(self):
        """Lay the prepared database over the live one."""
        with (
            closing(sqlite3.connect(self.made)) as made,
            closing(sqlite3.connect(self.live)) as to,
        ):
            made.backup(to)

    def _make_tables(self):
        secret = self.folder / "password"
        secret.write_text(PASSWORD)
        command = self._command("trytond-admin", "-u", *MODULES, "--activate-dependencies")
        subprocess.run(
            [*command, "--email", "admin@example.com"], check=True, capture_output=True,
            env={**self._env(), "TRYTONPASSFILE": str(secret)},
        )  # fmt: skip

    def _keep(self):
        KEPT.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=KEPT) as folder:
            copy = Path(folder) / "copy"
            with closing(sqlite3.connect(self.live)) as live, closing(sqlite3.connect(copy)) as to:
                live.backup(to)
            copy.rename(self.made)

    def _command(self, program, *words):
        settings = self.folder / "trytond.conf"
        settings.write_text(
            f"[database]\nuri = sqlite://\npath = {self.folder}\n[web]\nlisten = 127.0.0.1:0\n"
        )
        script = self.place / "bin" / program
        return [sys.executable, "-S", str(script), "-c", str(settings), "-d", DATABASE, *words]

    def _env(self):
        own = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("DUNWELL_", "TRYTON"))
        }
        return {**own, "PYTHONPATH": str(self.place), "NO_COLOR": "1"}


@contextmanager
def tryton(folder, name="tryton", path=f"/{DATABASE}/rpc/"):
    """Run the Tryton that dev.py installed under a name; skip where it did not."""
    place = ROOT / ".cache" / name
    if not (place / "bin" / "trytond").exists():
        pytest.skip(f"Tryton is not installed: python3 dev.py test puts it into .cache/{name}")
    with Tryton(place, folder, ROOT / "requirements" / f"{name}.lock", path).running() as server:
        yield server


class TrytonWorld:
    """A Tryton with one company: what people do there, and how the way to it misbehaves."""

    writes = {"credit_limit", "note"}
    can_change_amount = False

    def __init__(self, server):
        self.server, self.host = server, ""
        self.down_after, self.status, self.requests = None, 0, []
        self.rpc = Rpc(server.host, server.path)
        self.company = self.rpc.one("company.company", [])
        self.rpc.context = {"company": self.company}
        self.invoices = {}
        self.accounts = {
            one["name"]: one["id"] for one in self.rpc.find("account.account", [], "name")
        }
        self.currencies = {
            one["code"]: one["id"] for one in self.rpc.find("currency.currency", [], "code")
        }

    def add_customer(self, number, name):
        country = self.rpc.one("country.country", [["code", "=", "DE"]])
        address = {"street": "Hafen 1", "postal_code": "20457", "city": "Hamburg"}
        mail = {"type": "email", "value": f"ap@{number.lower()}.example"}
        return self.rpc.create("party.party", {
            "name": name, "code": number, "contact_mechanisms": [["create", [mail]]],
            "addresses": [["create", [{**address, "country": country}]]],
        })[0]  # fmt: skip

    def add_invoice(
        self, customer, number, amount, *, currency="EUR", day="2026-03-02", term="30 days"
    ):
        return self.add_invoices(customer, {number: amount}, currency=currency, day=day, term=term)

    def add_invoices(self, customer, amounts, *, currency="EUR", day="2026-03-02", term="30 days"):
        """Post documents numbered in a row, at once; return the last one's number."""
        prefix, first = re.fullmatch(r"(.*?)(\d+)", next(iter(amounts))).groups()
        sequence = self.rpc.one("ir.sequence.strict", [["name", "=", "Invoices"]])
        now = {"prefix": prefix, "number_next": int(first)}
        self.rpc.do("ir.sequence.strict", "write", [sequence], now)
        address = self.rpc.one("party.address", [["party", "=", customer]])
        terms = self.rpc.one("account.invoice.payment_term", [["name", "=", term]])
        shared = {
            "company": self.company, "type": "out", "party": customer,
            "invoice_address": address, "currency": self.currencies[currency],
            "account": self.accounts["Receivable"], "invoice_date": day_of(day),
            "journal": self.rpc.one("account.journal", [["code", "=", "REV"]]),
            "payment_term": terms,
        }  # fmt: skip
        keys = self.rpc.create("account.invoice", *(
            {**shared, "lines": [["create", [self._line(amount, currency)]]]}
            for amount in amounts.values()
        ))  # fmt: skip
        self._read_warnings(keys)
        self.rpc.do("account.invoice", "post", keys)
        self.invoices |= dict(zip(amounts, keys, strict=True))
        return list(amounts)[-1]

    def _read_warnings(self, keys):
        """Know beforehand that what is due lies in the past: being told costs a second post."""
        told = [hashlib.md5(f"account.invoice,{key}".encode()).hexdigest() for key in keys]
        self.rpc.create("res.user.warning", *(
            {"user": self.rpc.user, "name": f"{one}.invoice_payment_term", "always": True}
            for one in told
        ))  # fmt: skip

    def _line(self, amount, currency):
        return {
            "type": "line", "description": "Work", "quantity": 1 if amount > 0 else -1,
            "unit_price": decimal(abs(amount)), "account": self.accounts["Revenue"],
            "company": self.company, "currency": self.currencies[currency], "invoice_type": "out",
        }  # fmt: skip

    def pay(self, customer, amount, *, on=None, currency="EUR", day="2026-03-10", rate=None):
        """Receive money; `on` maps documents to what is put on them. Return its lines."""
        parts = [*(on or {}).values()]
        parts += [rest] if (rest := round(amount - sum(parts), 2)) else []
        (move,) = self.rpc.create("account.move", {
            "company": self.company, "date": day_of(day),
            "journal": self.rpc.one("account.journal", [["code", "=", "CASH"]]),
            "period": self.rpc.one("account.period", [["start_date", "<=", day_of(day)],
                                                      ["end_date", ">=", day_of(day)]]),
            "lines": [["create", [
                *(self._entry("Receivable", -part, currency, rate, customer) for part in parts),
                self._entry("Bank", amount, currency, rate),
            ]]],
        })  # fmt: skip
        self.rpc.do("account.move", "post", [move])
        domain = [["move", "=", move], ["account", "=", self.accounts["Receivable"]]]
        lines = sorted(one["id"] for one in self.rpc.find("account.move.line", domain, "id"))
        for number, line in zip(on or {}, lines, strict=False):
            self._put(line, number)
        return lines

    def _entry(self, account, amount, currency, rate, party=None):
        own = round(amount / (rate or CURRENCIES[currency]), 2)
        entry = {
            "account": self.accounts[account], "party": party,
            "debit": decimal(max(own, 0)), "credit": decimal(max(-own, 0)),
        }  # fmt: skip
        if currency == "EUR":
            return entry
        second = {"second_currency": self.currencies[currency]}
        return {**entry, **second, "amount_second_currency": decimal(amount)}

    def _put(self, line, number):
        """Put a line on a document, as people do; reconcile when nothing is left to pay."""
        key = self.invoices[number]
        self.rpc.do("account.move.line", "write", [line], {"invoice_payment": key})
        fields = ("amount_to_pay", "lines_to_pay", "payment_lines")
        (one,) = self.rpc.find("account.invoice", [["id", "=", key]], *fields)
        if float(one["amount_to_pay"]["decimal"]) == 0:
            lines = [*one["lines_to_pay"], *one["payment_lines"]]
            self.rpc.walk("account.move.reconcile_lines", ("start", {}), lines=lines)

    def reconcile(self, numbers, lines, **writeoff):
        """Join all that is open of documents with lines of money; `writeoff` takes a difference."""
        own = [line for number in numbers for line in self.lines_of(number)]
        steps = [("start", {}), *([("reconcile", {"writeoff": writeoff})] if writeoff else [])]
        self.rpc.walk("account.move.reconcile_lines", *steps, lines=[*own, *lines])

    def unreconcile(self, lines):
        self.rpc.walk("account.move.unreconcile_lines", ("unreconcile", {}), lines=lines)

    def lines_of(self, number):
        domain = [["id", "=", self.invoices[number]]]
        return self.rpc.find("account.invoice", domain, "lines_to_pay")[0]["lines_to_pay"]

    def apply_credit(self, credit, number, amount):
        self._put(self.lines_of(credit)[0], number)

    def void(self, number):
        self.rpc.do("account.invoice", "cancel", [self.invoices[number]])

    def delete(self, number):
        """Take a document out of the database: Tryton itself does not let anyone."""
        with closing(sqlite3.connect(self.server.live)) as database, database:
            rows = database.execute("SELECT move FROM account_invoice WHERE number = ?", [number])
            ((move,),) = rows.fetchall()
            for table, column in (("line", "move"), ("move", "id")):
                name = "account_move" if table == "move" else f"account_move_{table}"
                database.execute(f"DELETE FROM {name} WHERE {column} = ?", [move])
            database.execute("DELETE FROM account_invoice WHERE number = ?", [number])

    def limit_of(self, customer):
        fields = ("credit_limit_amount",)
        (one,) = self.rpc.find("party.party", [["id", "=", customer]], *fields)
        return one["credit_limit_amount"] and one["credit_limit_amount"]["decimal"]

    def notes_of(self, customer):
        domain = [["resource", "=", f"party.party,{customer}"]]
        return [one["message"] for one in self.rpc.find("ir.note", domain, "message")]


class _Handler(BaseHTTPRequestHandler):
    """The way to Tryton: it can be cut, and it counts."""

    protocol_version = "HTTP/1.1"

    def do_POST(self):
        world = self.server.world
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.close_connection = True
        if world.down_after is not None:
            if world.down_after == 0:
                return
            world.down_after -= 1
        world.requests.append(json.loads(body)["method"])
        if world.status:
            self._told(world.status, b"", {"Retry-After": "120"})
            return
        names = ("Content-Type", "Authorization", "Accept", "Accept-Encoding")
        headers = {name: self.headers[name] for name in names if name in self.headers}
        to = urllib.request.Request(f"http://{world.server.host}{self.path}", body, headers)
        try:
            with OPEN(to, timeout=600) as answer:
                kept = {"Content-Encoding", "Content-Type"} & set(answer.headers)
                self._told(answer.status, answer.read(), {x: answer.headers[x] for x in kept})
        except urllib.error.HTTPError as error:
            with error:
                self._told(error.code, error.read(), {})

    def _told(self, status, body, headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@contextmanager
def served(server):
    """Give a fresh world behind a way of its own while the block runs."""
    server.reset()
    world = TrytonWorld(server)
    way = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    way.world = world
    with answering(way) as world.host:
        yield world
