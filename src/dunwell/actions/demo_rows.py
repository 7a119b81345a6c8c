"""The rows of the sample ledger, written set by set; `actions.demo` holds the transaction.

Each function writes one kind of row and leaves nothing to the next but the database.
"""

from datetime import datetime

import polars as pl

from dunwell.actions.bulk import insert_rows, with_sealed
from dunwell.demo.ledger import DemoLedger
from dunwell.models import (
    Allocation,
    Company,
    Contact,
    Customer,
    ImportBatch,
    Item,
    Membership,
    Payment,
    Promise,
)

RETURN = "-R"
"""What the number of a returned payment ends in, as in `actions.payments`."""

BOUNCED_DAYS = 20
"""Days ago that a mail to a bounced address came back."""

TOLERANCE_DAYS = 2

CALLS = {
    "promised": ("call", "reached", "process"),
    "disputed": ("call", "reached", "dispute"),
    "note": ("note", "", ""),
}
"""Kind, result and reason of a note by what the sample calls it; others are plain calls."""

HOLD_NOTES = {
    "legal": "Handed to the lawyer; no reminders.",
    "insolvency": "Proceedings opened; claims are filed.",
    "plan": "Instalments agreed; they run as promised.",
    "manual": "Asked for patience during a move of their offices.",
}
HOUR = 10
"""Hour (UTC) at which the desk of the sample writes its notes."""


def add_customers(company: Company, ledger: DemoLedger, at: datetime) -> None:
    """Add the customers, their parents and their contacts."""
    people = Membership.objects.filter(company=company).values_list("user__username", "user_id")
    collectors = _keys(dict(people), "collector", "collector_id")
    stamp = _moment(at)
    rows = ledger.customers.join(collectors, on="collector", how="left", maintain_order="left")
    rows = rows.with_columns(pl.col("vat_id", "phone").fill_null(""))
    insert_rows(
        table="dunwell_customer",
        rows=with_sealed(rows, Customer, "vat_id").select(
            *("number", "name", "segment", "country", "language", "currency", "terms"),
            *("credit_limit_minor", "address", "collector_id", "is_opted_out"),
            *("vat_id", "vat_id_mark"),
            party=pl.when(pl.col("segment") == "public")
            .then(pl.lit("public"))
            .otherwise(pl.lit("company")),
            company_id=pl.lit(company.pk, pl.Int64),
            recorded_at=stamp,
        ),
    )
    keys = customer_keys(company)
    _link_parents(ledger, keys)
    known = rows.join(keys.rename({"customer_number": "number"}), on="number", how="inner")
    bounced = pl.lit(ledger.as_of).dt.offset_by(f"-{BOUNCED_DAYS}d")
    insert_rows(
        table="dunwell_contact",
        rows=with_sealed(known.sort("customer_id"), Contact, "phone").select(
            *("customer_id", "language", "phone", "phone_mark"),
            role=pl.lit("payables"),
            name="contact_name",
            email=pl.col("email").fill_null(""),
            is_primary=pl.lit(value=True),
            bounced_on=pl.when("is_bounced").then(bounced),
            recorded_at=stamp,
        ),
    )


def customer_keys(company: Company) -> pl.DataFrame:
    """Return customer_number and customer_id."""
    found = Customer.objects.filter(company=company).values_list("number", "id")
    return _keys(dict(found.iterator()), "customer_number", "customer_id")


def add_items(company: Company, ledger: DemoLedger, batch: ImportBatch, at: datetime) -> None:
    """Add invoices, credit notes and fees, each as if written on the day it was issued."""
    rows = ledger.items.join(
        customer_keys(company), on="customer_number", how="inner", maintain_order="left"
    )
    insert_rows(
        table="dunwell_item",
        rows=rows.select(
            *("customer_id", "kind", "currency", "amount_minor"),
            number="item_number",
            reference=pl.col("reference").fill_null(""),
            company_id=pl.lit(company.pk, pl.Int64),
            issued_on=_day("issued_day"),
            due_on=_day("due_day"),
            batch_id=pl.lit(batch.pk, pl.Int64),
            recorded_on=_day("issued_day"),
            recorded_at=_moment(at),
        ),
    )


def add_payments(company: Company, ledger: DemoLedger, batch: ImportBatch, at: datetime) -> None:
    """Add the payments, and a second, negative row for each that was returned."""
    rows = ledger.payments.join(
        customer_keys(company), on="customer_number", how="left", maintain_order="left"
    )
    shared = {
        "company_id": pl.lit(company.pk, pl.Int64),
        "reference": pl.col("reference").fill_null(""),
        "payer": pl.col("payer_name").fill_null(""),
        "batch_id": pl.lit(batch.pk, pl.Int64),
        "recorded_at": _moment(at),
    }
    plain = ("customer_id", "currency", "method")
    insert_rows(
        table="dunwell_payment",
        rows=rows.select(
            *plain,
            "amount_minor",
            number="payment_number",
            value_on=_day("value_day"),
            recorded_on=_day("value_day"),
            **shared,
        ),
    )
    returned = rows.filter(pl.col("reversed_day").is_not_null()).join(
        payment_keys(company), on="payment_number", how="inner", maintain_order="left"
    )
    insert_rows(
        table="dunwell_payment",
        rows=returned.select(
            *plain,
            amount_minor=-pl.col("amount_minor"),
            number=pl.col("payment_number") + RETURN,
            value_on=_day("reversed_day"),
            reverses_id="payment_id",
            recorded_on=_day("reversed_day"),
            **shared,
        ),
    )


def payment_keys(company: Company) -> pl.DataFrame:
    """Return payment_number and payment_id."""
    found = Payment.objects.filter(company=company).values_list("number", "id")
    return _keys(dict(found.iterator()), "payment_number", "payment_id")


def item_keys(company: Company) -> pl.DataFrame:
    """Return item_number and item_id; the sample numbers every item once."""
    found = Item.objects.filter(company=company).values_list("number", "id")
    return _keys(dict(found.iterator()), "item_number", "item_id")


def add_allocations(
    company: Company, ledger: DemoLedger, batch: ImportBatch, at: datetime
) -> None:
    """Add what was put on each item; netting a credit note writes both sides."""
    items = item_keys(company)
    credited = items.rename({"item_number": "credit_item_number", "item_id": "credit_id"})
    rows = (
        ledger.allocations.join(items, on="item_number", how="inner", maintain_order="left")
        .join(payment_keys(company), on="payment_number", how="left", maintain_order="left")
        .join(credited, on="credit_item_number", how="left", maintain_order="left")
    )
    netted = rows.filter(pl.col("source") == "credit")
    other_side = netted.with_columns(
        item_id="credit_id", credit_id="item_id", amount_minor=-pl.col("amount_minor")
    )
    insert_rows(
        table="dunwell_allocation",
        rows=pl.concat([rows, other_side]).select(
            *("item_id", "source", "payment_id", "amount_minor"),
            counter_item_id="credit_id",
            company_id=pl.lit(company.pk, pl.Int64),
            value_on=_day("value_day"),
            applied_on=_day("applied_day"),
            batch_id=pl.lit(batch.pk, pl.Int64),
            recorded_on=_day("applied_day"),
            recorded_at=_moment(at),
        ),
    )


def take_back_allocations(company: Company, batch: ImportBatch, at: datetime) -> None:
    """Add a row against each allocation of a returned payment, on the day it came back."""
    columns = ("id", "item_id", "payment_id", "amount_minor", "value_on")
    found = Allocation.objects.filter(company=company, payment__reversed_by__isnull=False)
    rows = pl.DataFrame(
        list(found.order_by("id").values_list(*columns, "payment__reversed_by__value_on")),
        schema={
            **dict.fromkeys(columns[:4], pl.Int64),
            "value_on": pl.Date,
            "returned_on": pl.Date,
        },
        orient="row",
    )
    insert_rows(
        table="dunwell_allocation",
        rows=rows.select(
            *("item_id", "payment_id", "value_on"),
            source=pl.lit("payment"),
            amount_minor=-pl.col("amount_minor"),
            reverses_id="id",
            company_id=pl.lit(company.pk, pl.Int64),
            applied_on="returned_on",
            batch_id=pl.lit(batch.pk, pl.Int64),
            recorded_on="returned_on",
            recorded_at=_moment(at),
        ),
    )


def add_disputes(company: Company, ledger: DemoLedger, at: datetime) -> None:
    """Add the disputes, open and closed."""
    rows = ledger.disputes.join(
        item_keys(company), on="item_number", how="inner", maintain_order="left"
    ).join(customer_keys(company), on="customer_number", how="inner", maintain_order="left")
    insert_rows(
        table="dunwell_dispute",
        rows=rows.select(
            *("item_id", "customer_id", "amount_minor", "reason", "note"),
            company_id=pl.lit(company.pk, pl.Int64),
            opened_on=_day("opened_day"),
            closed_on=_day("closed_day"),
            outcome=pl.when(pl.col("closed_day").is_not_null())
            .then(pl.lit("Settled with the customer."))
            .otherwise(pl.lit("")),
            recorded_at=_moment(at),
        ),
    )


def add_promises(company: Company, ledger: DemoLedger, at: datetime) -> None:
    """Add the promises, all of them open; judging them is another matter."""
    rows = ledger.promises.join(
        item_keys(company), on="item_number", how="inner", maintain_order="left"
    ).join(customer_keys(company), on="customer_number", how="inner", maintain_order="left")
    made = rows.unique("promise_number", keep="first", maintain_order=True)
    insert_rows(
        table="dunwell_promise",
        rows=made.select(
            "customer_id",
            company_id=pl.lit(company.pk, pl.Int64),
            made_on=_day("made_day"),
            due_on=_day("due_day"),
            tolerance_days=pl.lit(TOLERANCE_DAYS, pl.Int32),
            outcome=pl.lit("open"),
            note=pl.format("By {}.", "channel"),
            recorded_at=_moment(at),
        ),
    )
    # the company had none before, so keys rise in the order of writing
    keys = Promise.objects.filter(company=company).order_by("id").values_list("id", flat=True)
    numbered = made.select("promise_number", promise_id=pl.Series(list(keys), dtype=pl.Int64))
    insert_rows(
        table="dunwell_promiseitem",
        rows=rows.join(numbered, on="promise_number", how="inner", maintain_order="left").select(
            "promise_id", "item_id", "amount_minor"
        ),
    )


def add_holds_and_notes(company: Company, ledger: DemoLedger, at: datetime) -> None:
    """Add the holds, and what the collectors wrote down."""
    keys = customer_keys(company)
    holds = ledger.holds.join(keys, on="customer_number", how="inner", maintain_order="left")
    insert_rows(
        table="dunwell_hold",
        rows=holds.select(
            *("customer_id", "reason"),
            note=pl.col("reason").replace_strict(HOLD_NOTES, default=""),
            company_id=pl.lit(company.pk, pl.Int64),
            from_on=_day("from_day"),
            until_on=_day("until_day"),
            recorded_at=_moment(at),
        ),
    )
    meaning = [
        pl.col("result").replace_strict(
            {code: told[position] for code, told in CALLS.items()}, default=default
        )
        for position, default in enumerate((pl.lit("call"), pl.col("result"), pl.lit("")))
    ]
    notes = ledger.notes.join(keys, on="customer_number", how="inner", maintain_order="left")
    written = _day("day").cast(pl.Datetime("us")).dt.offset_by(f"{HOUR}h")
    insert_rows(
        table="dunwell_note",
        rows=notes.select(
            *("customer_id", "text"),
            kind=meaning[0],
            result=meaning[1],
            why=meaning[2],
            company_id=pl.lit(company.pk, pl.Int64),
            on=_day("day"),
            by="author",
            at=pl.min_horizontal(written, _moment(at)),
        ),
    )


def add_rates(company: Company, ledger: DemoLedger, at: datetime) -> None:
    """Add the exchange rates."""
    insert_rows(
        table="dunwell_fxrate",
        rows=ledger.fx.select(
            *("currency", "rate_ppm"),
            company_id=pl.lit(company.pk, pl.Int64),
            from_on=_day("day"),
            source=pl.lit("sample"),
            recorded_at=_moment(at),
        ),
    )


def _link_parents(ledger: DemoLedger, keys: pl.DataFrame) -> None:
    """Name the parent of each customer that belongs to a group."""
    parents = keys.rename({"customer_number": "parent_number", "customer_id": "parent_id"})
    children = (
        ledger.customers.select("parent_number", customer_number="number")
        .join(parents, on="parent_number", how="inner")
        .join(keys, on="customer_number", how="inner")
    )
    for parent, part in children.group_by("parent_id"):
        Customer.objects.filter(pk__in=part["customer_id"].to_list()).update(parent=parent[0])


def _keys(found: dict[str, int], name: str, key: str) -> pl.DataFrame:
    return pl.DataFrame(
        {name: list(found), key: list(found.values())}, schema={name: pl.String, key: pl.Int64}
    )


def _day(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Int32).cast(pl.Date)


def _moment(at: datetime) -> pl.Expr:
    """Return a moment as frames hold it: UTC without a zone."""
    return pl.lit(at.replace(tzinfo=None), pl.Datetime("us"))
