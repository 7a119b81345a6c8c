"""What is known of items that could keep them unpaid: reasons, faults of the invoice, its way."""

from collections.abc import Iterable
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Q

from dunwell.engine.overdue_causes import TRAITS
from dunwell.engine.responses_policy import RUNGS_OF_CODES
from dunwell.models import (
    Company,
    DeliveryNote,
    Dispute,
    Hold,
    Invoice,
    InvoiceResponse,
    Item,
    Promise,
    PromiseItem,
)

FAILED = (DeliveryNote.Stage.NOT_RECEIVED, DeliveryNote.Stage.BOUNCED)
SENT = (DeliveryNote.Stage.HANDED_OVER,)
WRONG_RUNGS = {"rejected": "rejected", "bounced": "rejected", "queried": "queried"}
INVOICE_REASONS = (
    Dispute.Reason.PRICE,
    Dispute.Reason.NO_ORDER,
    Dispute.Reason.DUPLICATE,
    Dispute.Reason.TAX,
    Dispute.Reason.DISCOUNT,
    Dispute.Reason.WRONG_ADDRESS,
)
"""Reasons of disputes that speak of a wrong invoice, not of the goods."""


def traits_frame(company: Company, *, as_of: date) -> nw.LazyFrame:
    """Return what is known of items on a day, in columns TRAITS; only items with a word on them.

    One reason each, the first that applies: a hold, an open dispute (with its reason), a broken
    promise, an open one.
    """
    traits: dict[int, dict[str, str]] = {}

    def tell(name: str, rows: Iterable[tuple[int, str]]) -> None:
        for item_id, value in rows:
            traits.setdefault(item_id, {}).setdefault(name, value)

    tell("reason", _holds(company, as_of))
    tell("reason", _disputes(company, as_of))
    tell("reason", _promises(company, as_of))
    tell("invoice", _invoice_faults(company, as_of))
    tell("delivery", _deliveries(company, as_of))
    tell("channel", _channels(company))
    columns = [name for name in TRAITS if name != "item_id"]
    rows = [
        (item_id, *(told.get(name, "") for name in columns)) for item_id, told in traits.items()
    ]
    schema = {"item_id": pl.Int64, **dict.fromkeys(columns, pl.String)}
    return nw.from_native(pl.DataFrame(rows, schema=schema, orient="row").lazy())


def _holds(company: Company, as_of: date) -> Iterable[tuple[int, str]]:
    held = Hold.objects.filter(
        Q(until_on__isnull=True) | Q(until_on__gte=as_of),
        Q(released_on__isnull=True) | Q(released_on__gt=as_of),
        company=company,
        from_on__lte=as_of,
    ).order_by("from_on", "id")
    whole: dict[int, str] = {}
    for customer_id, item_id, reason in held.values_list("customer_id", "item_id", "reason"):
        if item_id is not None:
            yield item_id, f"hold:{reason}"
        else:
            whole.setdefault(customer_id, f"hold:{reason}")
    theirs = Item.objects.filter(company=company, customer__in=list(whole)) if whole else None
    if theirs is not None:
        for item_id, customer_id in theirs.values_list("id", "customer_id"):
            yield item_id, whole[customer_id]


def _disputes(company: Company, as_of: date) -> Iterable[tuple[int, str]]:
    still = Dispute.objects.filter(
        Q(closed_on__isnull=True) | Q(closed_on__gt=as_of),
        company=company,
        opened_on__lte=as_of,
    ).order_by("opened_on", "id")
    for item_id, reason in still.values_list("item_id", "reason"):
        yield item_id, f"dispute:{reason}"


def _promises(company: Company, as_of: date) -> Iterable[tuple[int, str]]:
    made = PromiseItem.objects.filter(
        promise__company=company,
        promise__made_on__lte=as_of,
        # a promise long past says nothing of an item that is open today
        promise__due_on__gte=as_of - timedelta(days=180),
    ).order_by("promise__outcome", "id")
    broken = (Promise.Outcome.BROKEN, Promise.Outcome.PARTIALLY_KEPT)
    for item_id, outcome, settled_on in made.values_list(
        "item_id", "promise__outcome", "promise__settled_on"
    ):
        was_settled = settled_on is not None and settled_on <= as_of
        if was_settled and outcome in broken:
            yield item_id, "promise:broken"
        elif not was_settled:
            yield item_id, "promise:open"


def _invoice_faults(company: Company, as_of: date) -> Iterable[tuple[int, str]]:
    answers = InvoiceResponse.objects.filter(company=company, effective_on__lte=as_of)
    for item_id, code in answers.order_by("id").values_list("item_id", "code"):
        wrong = WRONG_RUNGS.get(RUNGS_OF_CODES.get(code, ""))
        if wrong is not None:
            yield item_id, wrong
    disputed = Dispute.objects.filter(
        company=company, opened_on__lte=as_of, reason__in=INVOICE_REASONS
    ).order_by("id")
    for item_id in disputed.values_list("item_id", flat=True):
        yield item_id, "disputed"


def _deliveries(company: Company, as_of: date) -> Iterable[tuple[int, str]]:
    notes = DeliveryNote.objects.filter(company=company, on__lte=as_of).order_by("-on", "-id")
    for item_id, stage in notes.values_list("item_id", "stage"):
        yield item_id, "failed" if stage in FAILED else "sent" if stage in SENT else "proven"


def _channels(company: Company) -> Iterable[tuple[int, str]]:
    invoices = Invoice.objects.filter(company=company, item__isnull=False).order_by("id")
    ways = invoices.values_list("item_id", "customer__invoicing__delivery")
    for item_id, delivery in ways:
        if item_id is not None and delivery:
            yield item_id, delivery
