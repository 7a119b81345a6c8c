"""Creating and posting invoices: a day's file from billing at once, and own ones one by one."""

import io
from collections.abc import Callable
from datetime import date

import polars as pl
from django.db import connection

from bench.bank_day import ROWS
from bench.cost import Meter
from bench.desk import the_company
from bench.floors import insert
from bench.measures import WORK_DAY, Result
from bench.pages import REQUESTS
from bench.tables import DUE
from bench.workload import Workload
from dunwell import clock
from dunwell.actions.gate import system
from dunwell.actions.imports import start_import
from dunwell.actions.invoice_drafts import draft_invoice
from dunwell.actions.invoice_issue import issue_invoice
from dunwell.actions.invoicing import add_tax_rate, save_customer_invoicing, save_profile
from dunwell.actions.uploads import Upload, receive_upload
from dunwell.jobs.imports import run_batch
from dunwell.models import Customer, EntryLine, Invoice, Item
from dunwell.queries.invoice_drafts import Draft, LineDraft

POSTED, ISSUED = 10_000, REQUESTS
PRICE_MICROS = 100_000_000
TAX = "DE19"
OURS = {
    "legal_name": "Bench", "street": "Hafenstr. 1", "postcode": "20457", "city": "Hamburg",
    "country": "DE", "vat_id": "DE136695976", "iban": "DE02120300000000202051",
    "contact": "Billing", "phone": "+49 40 123", "email": "billing@bench.example",
}  # fmt: skip
THEIRS = {"street": "Markt 2", "postcode": "01067", "city": "Dresden", "country": "DE"}
ISSUE_DATE = {"shared": "invoice_date", "built-in": "Document Date"}
AMOUNT = {"shared": "amount", "built-in": "Amount"}


def post_invoices(load: Workload) -> Result:
    """Take in a day's invoices from billing: read, checked, posted with entries, proven."""
    company = the_company()
    actor, at, rows = system(company), clock.now(), _new(load)
    data = io.BytesIO()
    rows.write_csv(data)
    before = Item.objects.filter(company=company).count()
    with Meter() as meter:
        upload = Upload(name="open_items.csv", data=data.getvalue())
        batch = receive_upload(actor=actor, files=[upload], at=at)
        start_import(actor=actor, batch=batch, at=at)
        batch = run_batch(batch_id=batch.pk, as_of=clock.today(company.zone), at=at)
    result = _each(Result(meter.cost()), rows.height)
    if batch.error:
        result.problems.append(batch.error)
    posted = Item.objects.filter(company=company).count() - before
    result.expect("posted", posted, rows.height)
    numbers = [f"BENCH-{n}" for n in range(20)]
    keys = Item.objects.filter(company=company, number__in=numbers).values_list("pk", flat=True)
    entries = EntryLine.objects.filter(source="item", source_id__in=list(keys))
    result.expect("sampled", len(keys), min(len(numbers), rows.height))
    result.expect("out_of_balance", sum(entries.values_list("amount_minor", flat=True)), 0)
    return result


def _new(load: Workload) -> pl.DataFrame:
    """Return invoices nobody has seen, in the columns of the ledger's own file."""
    _, number, currency, opened, kind, invoice = ROWS[load.origin]
    amount, due, issued = AMOUNT[load.origin], DUE[load.origin], ISSUE_DATE[load.origin]
    cells = pl.read_csv(load.items_file, infer_schema=False)
    taken = cells.filter((pl.col(kind) == invoice) & (pl.col(opened).cast(pl.Float64) > 0)).head(
        POSTED
    )
    names = [name for name in ("customer_id", "Customer Name", "Customer No") if name in cells]
    return taken.select(
        *names,
        kind,
        currency,
        pl.Series(number, [f"BENCH-{n}" for n in range(taken.height)]),
        pl.lit(WORK_DAY.isoformat()).alias(issued),
        pl.lit(date(2026, 12, 24).isoformat()).alias(due),
        pl.col(opened).alias(amount),
        opened,
    )


def issue_invoices(load: Workload) -> Result:
    """Draft and issue own invoices one after the other: number, item, entries, document."""
    company = the_company()
    actor, at = system(company), clock.now()
    save_profile(actor=actor, texts=OURS, approve_over_minor=None, version=0, at=at)
    add_tax_rate(
        actor=actor, code=TAX, name="VAT 19 %", country="DE", category="S", rate_ppm=190_000,
        exemption_code="", valid_from=date(2020, 1, 1), at=at,
    )  # fmt: skip
    customers = list(Customer.objects.filter(company=company).order_by("pk")[:20])
    for customer in customers:
        save_customer_invoicing(
            actor=actor, customer=customer, texts=THEIRS, wire="pdf", delivery="mail",
            is_po_required=False, version=0, at=at,
        )  # fmt: skip
    lines = [
        LineDraft(
            name="Service", quantity_micros=1_000_000, price_micros=PRICE_MICROS, tax_code=TAX
        )
    ]
    draft = Draft(lines=lines, delivered_on=WORK_DAY, currency="EUR", terms="Net 30")
    with Meter() as meter:
        for n in range(ISSUED):
            one = draft_invoice(
                actor=actor, customer=customers[n % len(customers)], draft=draft,
                as_of=WORK_DAY, at=at,
            )  # fmt: skip
            issue_invoice(
                actor=actor, invoice=one, version=one.version, is_confirmed=True,
                as_of=WORK_DAY, at=at,
            )  # fmt: skip
    result = _each(Result(meter.cost()), ISSUED)
    issued = Invoice.objects.filter(company=company, status=Invoice.Status.ISSUED)
    result.expect("numbers", issued.values("number").distinct().count(), ISSUED)
    result.counts["items"] = load.size
    return result


def insert_items(_load: Workload) -> Result:
    """Insert the items that were posted into a table without keys."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM dunwell_item WHERE number LIKE 'BENCH-%%'", [])
        rows = list(cursor.fetchall())
        cursor.execute(
            "CREATE TEMPORARY TABLE bench_item AS SELECT * FROM dunwell_item WHERE 1 = 0"
        )
        with Meter() as meter:
            insert(cursor, "bench_item", rows)
    return Result(meter.cost(), {"rows": len(rows)})


def _each(result: Result, count: int) -> Result:
    """Say how many a CPU second does."""
    result.cost["per_cpu_s"] = round(count / max(result.cost["cpu_s"], 1e-6), 1)
    result.counts["invoices"] = count
    return result


MEASURES: dict[str, Callable[[Workload], Result]] = {
    "post_invoices": post_invoices,
    "issue_invoices": issue_invoices,
}
FLOORS: dict[str, Callable[[Workload], Result]] = {"post_invoices": insert_items}
"""Both by the name of the measure."""
