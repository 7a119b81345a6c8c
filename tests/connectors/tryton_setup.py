"""A new Tryton made ready over its JSON-RPC: company, currencies, accounts, year, terms, user."""

import base64

USER, PASSWORD = "collector", "tryton-password"
MODULES = ("account_invoice", "account_credit_limit")
CURRENCIES = {"EUR": 1, "USD": 1.25}
"""Units of each currency for one euro."""
ACCOUNTS = {
    "Receivable": ("balance", {"assets": True, "receivable": True}),
    "Payable": ("balance", {"payable": True}),
    "Bank": ("balance", {"assets": True}),
    "Revenue": ("income", {"revenue": True}),
    "Exchange": ("income", {}),
}


def decimal(value):
    return {"__class__": "Decimal", "decimal": str(value)}


def day(month, number):
    return {"__class__": "date", "year": 2026, "month": month, "day": number}


def set_up(rpc):
    """Make one company that invoices in 2026, and the user Dunwell signs in as."""
    rpc.create("country.country", {"name": "Germany", "code": "DE"})
    currencies = rpc.create("currency.currency", *(
        {"name": code, "code": code, "symbol": code, "digits": 2,
         "rates": [["create", [{"date": day(1, 1), "rate": decimal(rate)}]]]}
        for code, rate in CURRENCIES.items()
    ))  # fmt: skip
    company = _company(rpc, "Northwind", currencies[0])
    rpc.do(
        "res.user", "write", [rpc.user], {"companies": [["add", [company]]], "company": company}
    )
    rpc.context = {"company": company}
    accounts = _accounts(rpc, company)
    _year(rpc, company)
    exchange = rpc.one("account.journal", [["code", "=", "EXC"]])
    rpc.do("account.configuration", "write", [1], {
        "default_account_receivable": accounts["Receivable"],
        "default_account_payable": accounts["Payable"],
        "currency_exchange_journal": exchange,
        "currency_exchange_credit_account": accounts["Exchange"],
        "currency_exchange_debit_account": accounts["Exchange"],
    })  # fmt: skip
    later = {"type": "remainder", "relativedeltas": [["create", [{"days": 30}]]]}
    rpc.create("account.invoice.payment_term", {"name": "30 days", "lines": [["create", [later]]]})
    _two_parts(rpc)
    journal = rpc.one("account.journal", [["type", "=", "write-off"], ["code", "=", "EXC"]])
    rpc.create("account.move.reconcile.write_off", {
        "name": "Small", "company": company, "journal": journal,
        "credit_account": accounts["Exchange"], "debit_account": accounts["Exchange"],
    })  # fmt: skip
    rpc.create("party.category", {"name": "Customers"})
    # laying out a page takes seconds, and nobody reads it
    plain = {"__class__": "bytes", "base64": base64.b64encode(b"printed").decode()}
    report = rpc.find("ir.action.report", [["report_name", "=", "account.invoice"]], "id")
    rpc.do(
        "ir.action.report",
        "write",
        [one["id"] for one in report],
        {"template_extension": "txt", "extension": "", "report_content_custom": plain},
    )
    names = ["Accounting", "Account", "Party Administration", "Account Credit Limit"]
    groups = [["name", "in", names]]
    rpc.create("res.user", {
        "name": "Dunwell", "login": USER, "password": PASSWORD, "company": company,
        "companies": [["add", [company]]],
        "groups": [["add", [one["id"] for one in rpc.find("res.group", groups, "id")]]],
    })  # fmt: skip


def _company(rpc, name, currency):
    (party,) = rpc.create("party.party", {"name": name})
    (company,) = rpc.create(
        "company.company", {"party": party, "currency": currency, "cancel_invoice_out": True}
    )
    return company


def _accounts(rpc, company):
    found = {}
    for name, (statement, kinds) in ACCOUNTS.items():
        (kind,) = rpc.create(
            "account.account.type",
            {"name": name, "statement": statement, "company": company, **kinds},
        )
        is_party = name in {"Receivable", "Payable"}
        (found[name],) = rpc.create("account.account", {
            "name": name, "company": company, "type": kind, "reconcile": is_party,
            "party_required": is_party,
        })  # fmt: skip
    return found


def _year(rpc, company):
    def sequence(model, name, kind):
        domain = [["name", "=", kind]]
        of_kind = rpc.one("ir.sequence.type", domain)
        return rpc.create(model, {"name": name, "company": company, "sequence_type": of_kind})[0]

    post = _sequence_fields(rpc)
    strict = sequence("ir.sequence.strict", "Invoices", "Invoice")
    invoices = {
        f"{way}_{what}_sequence": strict
        for way in ("in", "out")
        for what in ("invoice", "credit_note")
    }
    (year,) = rpc.create("account.fiscalyear", {
        "name": "2026", "company": company, "start_date": day(1, 1), "end_date": day(12, 31),
        **{name: sequence(model, "Moves", "Account Move") for name, model in post.items()},
        "invoice_sequences": [["create", [{"company": company, **invoices}]]],
    })  # fmt: skip
    rpc.do("account.fiscalyear", "create_period", [year])
    # else the first entry in each waits for a lock and is tried again
    periods = rpc.find("account.period", [["type", "=", "standard"]], "id")
    journals = rpc.find("account.journal", [["code", "in", ["REV", "CASH", "EXC"]]], "id")
    rpc.create("account.journal.period", *(
        {"journal": journal["id"], "period": period["id"]}
        for journal in journals for period in periods
    ))  # fmt: skip


def _sequence_fields(rpc):
    """Return the sequences a year has to name: one up to 7.0, two later on."""
    known = rpc("model.account.fiscalyear.fields_get", [], rpc.context)
    return {
        name: told["relation"] for name, told in known.items()
        if name in {"move_sequence", "post_move_sequence"}
    }  # fmt: skip


def _two_parts(rpc):
    half = {
        "type": "percent_on_total", "ratio": decimal("0.5"), "divisor": decimal(2),
        "relativedeltas": [["create", [{"days": 30}]]],
    }  # fmt: skip
    rest = {"type": "remainder", "relativedeltas": [["create", [{"days": 60}]]]}
    rpc.create(
        "account.invoice.payment_term", {"name": "two parts", "lines": [["create", [half, rest]]]}
    )
