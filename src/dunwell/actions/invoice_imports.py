"""Invoices from a file: all of it is drafted, or nothing with the rows that are wrong."""

import hashlib
from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.gate import Actor, Refused
from dunwell.actions.invoice_drafts import draft_invoice
from dunwell.engine.money import to_minor
from dunwell.formats.invoice_rows import LineRow, RowFinding
from dunwell.models import Customer, Invoice
from dunwell.queries.invoice_drafts import Draft, LineDraft, Origin


class RowsRefused(Refused):
    """Rows of a file cannot be drafted; `findings` name them."""

    def __init__(self, findings: Sequence[RowFinding]) -> None:
        super().__init__(
            f"{len(findings)} rows are wrong; nothing was taken over."
            if len(findings) > 1
            else "1 row is wrong; nothing was taken over."
        )
        self.findings = tuple(findings)


@transaction.atomic
def import_invoices(
    *, actor: Actor, rows: Sequence[LineRow], as_of: date, at: datetime
) -> tuple[Invoice, ...]:
    """Draft the invoices of a file; the same key with the same rows is the draft of before.

    Raises RowsRefused naming every row that cannot be taken; nothing is written then.
    """
    actor.require("invoice.edit")
    if not rows:
        raise Refused("The file has no rows. Send a table with a head and one row a line.")
    groups: dict[str, list[LineRow]] = {}
    for row in rows:
        groups.setdefault(row.key, []).append(row)
    numbers = {row.customer for row in rows}
    customers = {
        one.number: one
        for one in Customer.objects.filter(company=actor.company, number__in=numbers)
    }
    findings: list[RowFinding] = []
    drafts: list[Invoice] = []
    # customers are locked in one order, so that two files do not wait for each other
    for key in sorted(groups, key=lambda one: (groups[one][0].customer, one)):
        group = groups[key]
        customer = customers.get(group[0].customer)
        if customer is None or any(row.customer != group[0].customer for row in group):
            reason = (
                "there is no such customer"
                if customer is None
                else "one key is one invoice of one customer"
            )
            findings.append(
                RowFinding(
                    row=group[0].row, column="customer", value=group[0].customer[:80],
                    reason=reason,
                )
            )  # fmt: skip
            continue
        try:
            with transaction.atomic():
                drafts.append(_drafted(actor, customer, key, group, as_of=as_of, at=at))
        except (Refused, ValueError) as refusal:
            findings.append(
                RowFinding(row=group[0].row, column="key", value=key[:80], reason=str(refusal))
            )
    if findings:
        raise RowsRefused(sorted(findings, key=lambda one: one.row))
    return tuple(drafts)


def _drafted(
    actor: Actor,
    customer: Customer,
    key: str,
    group: Sequence[LineRow],
    *,
    as_of: date,
    at: datetime,
) -> Invoice:
    first = group[0]
    currency = first.currency or customer.currency or actor.company.currency
    digest = hashlib.sha256(repr([_told(row) for row in group]).encode()).hexdigest()[:16]
    same = Invoice.objects.filter(
        company=actor.company, source=Invoice.Source.CSV, source_key__startswith=f"{key[:100]}#"
    ).first()
    if same is not None and same.source_key != f"{key[:100]}#{digest}":
        raise Refused(f"{key} was drafted from other rows before; void that draft first.")
    lines = [
        LineDraft(
            name=row.name, quantity_micros=row.quantity_micros, price_micros=row.price_micros,
            tax_code=row.tax_code, unit=row.unit, description=row.description,
            discount_minor=to_minor(row.discount, currency),
        )
        for row in group
    ]  # fmt: skip
    draft = Draft(
        lines=lines, currency=currency, terms=first.terms, order_number=first.order_number,
        buyer_reference=first.buyer_reference, delivered_on=first.delivered_on,
        from_on=first.from_on, to_on=first.to_on, note=first.note,
    )  # fmt: skip
    origin = Origin(source=Invoice.Source.CSV, key=f"{key[:100]}#{digest}")
    return draft_invoice(
        actor=actor, customer=customer, draft=draft, origin=origin, as_of=as_of, at=at
    )


def _told(row: LineRow) -> tuple[object, ...]:
    """Return what a row says, without its place in the file."""
    return (
        row.customer, row.name, row.description, row.quantity_micros, row.unit,
        row.price_micros, row.tax_code, str(row.discount), row.currency, row.terms,
        row.order_number, row.buyer_reference, str(row.delivered_on), str(row.from_on),
        str(row.to_on), row.note,
    )  # fmt: skip
