"""An Odoo on the loopback, built from its documentation: JSON-RPC and JSON-2 over records in memory.

Requests and answers as in https://www.odoo.com/documentation/18.0/developer/reference/external_api.html
(`/jsonrpc`: common.version, common.authenticate, object.execute_kw; errors as an `error` object in
a 200) and https://www.odoo.com/documentation/19.0/developer/reference/external_api.html
(`/json/2/<model>/<method>`, bearer key, errors as HTTP statuses with name and message). Records have
the fields of res.partner, account.move, account.move.line and account.partial.reconcile in
`addons/account`; residuals follow from the reconciliations as there.
"""

import json
from contextlib import contextmanager
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.connectors.loopback import answering

KEY, USER, DATABASE = "odoo-key", "collector@example.com", "prod"
CODES = {"EUR": 1, "USD": 2, "JPY": 3}


class OdooWorld:
    """An Odoo with one company: what stands in it, and how it misbehaves."""

    writes = {"credit_limit", "hold", "note"}
    can_change_amount = True

    def __init__(self, version="18.0"):
        self.version, self.key = version, KEY
        self.moment = datetime(2026, 3, 1, 8, 0, 0)
        self.tables = {
            "res.company": {1: {"id": 1, "name": "Northwind", "currency_id": [1, "EUR"]}},
            "res.partner": {}, "account.move": {}, "account.move.line": {},
            "account.partial.reconcile": {}, "mail.message": {},
        }  # fmt: skip
        self.down_after = None
        self.status = 0
        self.lacks = ""
        self.requests = []
        self.host = ""

    # what people do there

    def add_customer(self, number, name):
        return self._add(
            "res.partner", name=name, ref=number, email=f"ap@{number.lower()}.example", phone=False,
            country_code="DE", lang="de_DE", vat=False, street="Hafen 1", zip="20457",
            city="Hamburg", customer_rank=1, parent_id=False, credit_limit=0.0,
            use_partner_credit_limit=False, sale_warn="no-message",
        )  # fmt: skip

    def add_invoice(self, customer, number, amount, *, currency="EUR", day="2026-03-02", due=None):
        kind = "out_refund" if amount < 0 else "out_invoice"
        pair = [CODES[currency], currency]
        move = self._add(
            "account.move", name=number, move_type=kind, state="posted",
            commercial_partner_id=[customer, "x"], currency_id=pair, amount_total=abs(amount),
            invoice_date=day, invoice_date_due=due or "2026-04-01", payment_reference=number,
            company_id=[1, "Northwind"],
        )  # fmt: skip
        self._line(move, number, kind, customer, pair, amount, day)
        return number

    def pay(self, customer, amount, *, on=None, currency="EUR", day="2026-03-10"):
        """Receive money; `on` maps documents to what is put on them."""
        move = self._add(
            "account.move", name=f"PBNK1/2026/{len(self.tables['account.move']):05}",
            move_type="entry", state="posted", company_id=[1, "Northwind"],
            commercial_partner_id=[customer, "x"], currency_id=[CODES[currency], currency],
            amount_total=amount, invoice_date=False, invoice_date_due=False,
            payment_reference=False,
        )  # fmt: skip
        name = self.tables["account.move"][move]["name"]
        line = self._line(move, name, "entry", customer, [CODES[currency], currency], -amount, day)
        for number, part in (on or {}).items():
            self._reconcile(self._line_of(number), line, part, day)
        return f"{name}/{line}"

    def apply_credit(self, credit, number, amount, *, day="2026-03-11"):
        self._reconcile(self._line_of(number), self._line_of(credit), amount, day)

    def change_amount(self, number, amount):
        """Reset to draft, change and post again."""
        move = self._move_of(number)
        move["amount_total"] = abs(amount)
        line = self.tables["account.move.line"][self._line_of(number)]
        line["amount_currency"] = amount
        self._touch(move, line)

    def void(self, number):
        move = self._move_of(number)
        move["state"] = "cancel"
        line = self.tables["account.move.line"][self._line_of(number)]
        line["parent_state"] = "cancel"
        self._touch(move, line)

    def delete(self, number):
        line = self._line_of(number)
        del self.tables["account.move"][self._move_of(number)["id"]]
        del self.tables["account.move.line"][line]

    def limit_of(self, customer):
        return str(self.tables["res.partner"][customer]["credit_limit"])

    def notes_of(self, customer):
        rows = self.tables["mail.message"].values()
        return [one["body"] for one in rows if one["res_id"] == customer]

    def _add(self, model, /, **values):
        table = self.tables[model]
        key = max(table, default=0) + 1
        table[key] = {"id": key, **values}
        if model == "res.partner":
            table[key]["commercial_partner_id"] = [key, values["name"]]
        self._touch(table[key])
        return key

    def _touch(self, *rows):
        self.moment += timedelta(seconds=1)
        for row in rows:
            row["write_date"] = self.moment.strftime("%Y-%m-%d %H:%M:%S")

    def _line(self, move, name, kind, customer, currency, amount, day):
        return self._add(
            "account.move.line", move_id=[move, name], move_name=name, move_type=kind,
            partner_id=[customer, "x"], currency_id=currency, amount_currency=amount, date=day,
            ref=False, account_type="asset_receivable", parent_state="posted",
            company_id=[1, "Northwind"],
        )  # fmt: skip

    def _line_of(self, number):
        return next(
            key for key, one in self.tables["account.move.line"].items()
            if one["move_name"] == number
        )  # fmt: skip

    def _move_of(self, number):
        return next(one for one in self.tables["account.move"].values() if one["name"] == number)

    def _reconcile(self, debit, credit, amount, day):
        self._add(
            "account.partial.reconcile", debit_move_id=[debit, "x"], credit_move_id=[credit, "x"],
            debit_amount_currency=amount, credit_amount_currency=amount, max_date=day,
            company_id=[1, "Northwind"],
        )  # fmt: skip

    # how it answers

    def call(self, model, method, ids, named):
        table = self.tables[model]
        if method == "search_read":
            return self._search_read(model, **named)
        if method == "fields_get":
            known = (
                {"credit_limit", "sale_warn"}
                if not self.version.startswith("19")
                else {"credit_limit"}
            )
            return {one: {} for one in named["allfields"] if one in known}
        if method == "write":
            for key in ids:
                table[key].update(named["vals"])
                self._touch(table[key])
            return True
        if method == "message_post":
            return [
                self._add("mail.message", model=model, res_id=key, body=named["body"])
                for key in ids
            ]
        raise AttributeError(f"The method '{method}' does not exist on the model '{model}'")

    def _search_read(self, model, domain, fields, order="id", limit=None):
        rows = [one for one in self.tables[model].values() if self._fits(model, one, domain)]
        name, _, direction = order.partition(" ")
        rows.sort(key=lambda one: one[name], reverse=direction == "desc")
        told = []
        for row in rows[:limit]:
            if self.lacks in fields:
                raise ValueError(f"Invalid field '{self.lacks}' on model '{model}'")
            told.append(
                {"id": row["id"], **{name: self._value(model, row, name) for name in fields}}
            )
        return told

    def _value(self, model, row, name):
        if model == "account.move.line" and name in {"amount_residual_currency", "reconciled"}:
            used = 0
            for one in self.tables["account.partial.reconcile"].values():
                used += one["debit_amount_currency"] * (one["debit_move_id"][0] == row["id"])
                used -= one["credit_amount_currency"] * (one["credit_move_id"][0] == row["id"])
            left = round(row["amount_currency"] - used, 2)
            return left if name == "amount_residual_currency" else left == 0
        head, _, rest = name.partition(".")
        if rest:
            line = self.tables["account.move.line"][row[head][0]]
            return line[rest][0] if isinstance(line[rest], list) else line[rest]
        return row[name]

    def _fits(self, model, row, domain):
        for name, sign, wanted in domain:
            value = self._value(model, row, name)
            value = value[0] if isinstance(value, list) else value
            fits = {
                "=": lambda v, w: v == w, ">": lambda v, w: v > w, ">=": lambda v, w: v >= w,
                "in": lambda v, w: v in w, "not in": lambda v, w: v not in w,
                "ilike": lambda v, w: w.lower() in v.lower(),
            }[sign]  # fmt: skip
            if not fits(value, wanted):
                return False
        return True


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        world = self.server.world
        if self.path == "/web/version":
            self._told(200, {"version": world.version, "version_info": []})
        else:
            self._told(404, {"name": "werkzeug.exceptions.NotFound", "message": "not found"})

    def do_POST(self):
        world = self.server.world
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        world.requests.append(self.path)
        if world.down_after is not None:
            if world.down_after == 0:
                self.close_connection = True
                return
            world.down_after -= 1
        if world.status:
            self._told(world.status, {"name": "x", "message": "busy"}, {"Retry-After": "120"})
        elif self.path == "/jsonrpc":
            self._rpc(world, body)
        else:
            self._json2(world, body)

    def _rpc(self, world, body):
        told = body["params"]
        service, method, args = told["service"], told["method"], told["args"]
        if (service, method) == ("common", "version"):
            self._result({"server_version": world.version, "protocol_version": 1})
        elif (service, method) == ("common", "authenticate"):
            self._result(7 if args[:3] == [DATABASE, USER, world.key] else False)
        elif args[:3] != [DATABASE, 7, world.key]:
            self._error("odoo.exceptions.AccessDenied", "Access Denied")
        else:
            model, name, positional, named = args[3:]
            try:
                self._result(world.call(model, name, positional[0] if positional else [], named))
            except (AttributeError, ValueError, KeyError) as error:
                self._error(f"builtins.{type(error).__name__}", str(error))

    def _json2(self, world, body):
        _, _, _, model, method = self.path.split("/")
        if self.headers["Authorization"] != f"bearer {world.key}":
            self._told(
                401, {"name": "werkzeug.exceptions.Unauthorized", "message": "Invalid apikey"}
            )
            return
        try:
            self._told(200, world.call(model, method, body.pop("ids", []), body))
        except (AttributeError, ValueError, KeyError) as error:
            self._told(422, {"name": f"builtins.{type(error).__name__}", "message": str(error)})

    def _result(self, result):
        self._told(200, {"jsonrpc": "2.0", "id": 1, "result": result})

    def _error(self, name, message):
        data = {"name": name, "message": message, "arguments": [], "debug": ""}
        error = {"code": 200, "message": "Odoo Server Error", "data": data}
        self._told(200, {"jsonrpc": "2.0", "id": 1, "error": error})

    def _told(self, status, document, headers=()):
        body = json.dumps(document).encode()
        self.send_response(status)
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = True

    def log_message(self, *_):
        pass


@contextmanager
def served(world, handler=_Handler):
    """Serve a world on the loopback while the block runs."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.world = world
    with answering(server) as world.host:
        yield world
