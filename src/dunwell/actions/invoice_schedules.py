"""Invoices that come again: schedules, and the drafts they make once a period."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, Stale, open_customer, own
from dunwell.actions.invoice_drafts import draft_invoice
from dunwell.actions.invoice_issue import issue_invoice
from dunwell.actions.texts import fitting, needed
from dunwell.engine.invoice_periods import STEPS, due_periods
from dunwell.models import Customer, Invoice, InvoiceSchedule
from dunwell.queries.invoice_drafts import Draft, LineDraft, Origin
from dunwell.queries.invoice_rules import tax_rates_on

LAST_DAY = 31


@transaction.atomic
def add_schedule(
    *,
    actor: Actor,
    customer: Customer,
    name: str,
    every: str,
    day: int,
    starts_on: date,
    ends_on: date | None = None,
    currency: str,
    lines: Sequence[LineDraft],
    terms: str = "",
    order_number: str = "",
    is_auto_issued: bool = False,
    as_of: date,
    at: datetime,
) -> InvoiceSchedule:
    """Begin to bill the same lines every period; the same name again is the schedule of before.

    Raises Refused for a span or day that cannot be, an unknown tax code, and without lines.
    """
    actor.require("invoice.edit")
    open_customer(actor, customer)
    called = needed(text=name, most=120, what="name", missing="Give the schedule a name.")
    if every not in STEPS or not 1 <= day <= LAST_DAY:
        raise Refused("Choose how often it comes, and a day from 1 to 31.")
    if ends_on is not None and ends_on < starts_on:
        raise Refused("The schedule ends before it starts; check both days.")
    known = tax_rates_on(actor.company, as_of=as_of)
    if not lines or any(one.tax_code not in known for one in lines):
        raise Refused("A schedule has at least one line, and each a tax code that exists.")
    if is_auto_issued:
        actor.require("invoice.issue")
    Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    before = InvoiceSchedule.objects.filter(customer=customer, name=called, ends_on=ends_on)
    if (same := before.filter(starts_on=starts_on, every=every).first()) is not None:
        return same
    schedule = InvoiceSchedule.objects.create(
        company=actor.company, customer=customer, name=called, every=every, day=day,
        starts_on=starts_on, ends_on=ends_on, currency=currency,
        terms=fitting(text=terms, most=80, what="terms"),
        order_number=fitting(text=order_number, most=80, what="order number"),
        lines=[asdict(one) for one in lines], is_auto_issued=is_auto_issued,
        author=actor.name, recorded_at=at,
    )  # fmt: skip
    _tell(actor, "invoice_schedule.added", schedule, at=at, every=every)
    return schedule


@transaction.atomic
def end_schedule(
    *, actor: Actor, schedule: InvoiceSchedule, ends_on: date, version: int, at: datetime
) -> InvoiceSchedule:
    """Let a schedule end on a day; periods that begin later are not billed.

    The same day again changes nothing. Raises Stale for another version, Refused for a day
    before it starts.
    """
    actor.require("invoice.edit")
    own(actor, schedule, "schedule")
    found = InvoiceSchedule.objects.select_for_update(no_key=True).get(pk=schedule.pk)
    if found.ends_on == ends_on:
        return found
    if found.version != version:
        raise Stale(f"Somebody changed {found.name} meanwhile; load the page again.")
    if ends_on < found.starts_on:
        raise Refused(f"{found.name} starts on {found.starts_on}; it cannot end before.")
    found.ends_on = ends_on
    found.version += 1
    found.save(update_fields=["ends_on", "version"])
    _tell(actor, "invoice_schedule.ended", found, at=at, ends_on=ends_on.isoformat())
    return found


@transaction.atomic
def run_schedules(*, actor: Actor, as_of: date, at: datetime) -> int:
    """Draft, and issue where wanted, what schedules bill by a day; return how many are new.

    Each period is billed once, whatever runs twice. What cannot be issued stays a draft, and
    its schedule says why.
    """
    actor.require("invoice.edit")
    running = InvoiceSchedule.objects.filter(company=actor.company, starts_on__lte=as_of)
    made = 0
    for schedule in running.select_related("customer").order_by("customer", "pk"):
        billed = set(
            Invoice.objects.filter(
                company=actor.company, source=Invoice.Source.SCHEDULE, schedule=schedule
            ).values_list("from_on", flat=True)
        )
        for period in due_periods(
            every=schedule.every, day=schedule.day, starts_on=schedule.starts_on,
            ends_on=schedule.ends_on, as_of=as_of,
        ):  # fmt: skip
            if period.from_on not in billed:
                made += _bill(actor, schedule, period.from_on, period.to_on, as_of=as_of, at=at)
    return made


def _bill(
    actor: Actor,
    schedule: InvoiceSchedule,
    from_on: date,
    to_on: date,
    *,
    as_of: date,
    at: datetime,
) -> bool:
    """Draft and, where wanted, issue one period; return whether there is a draft of it now."""
    trouble, is_drafted = "", False
    try:
        with transaction.atomic():
            invoice = draft_invoice(
                actor=actor,
                customer=schedule.customer,
                draft=Draft(
                    lines=[_line(one) for one in schedule.lines],
                    currency=schedule.currency,
                    terms=schedule.terms,
                    from_on=from_on,
                    to_on=to_on,
                    order_number=schedule.order_number,
                    note=schedule.name,
                ),
                origin=Origin(
                    source=Invoice.Source.SCHEDULE,
                    key=f"{schedule.pk}:{from_on.isoformat()}",
                    schedule=schedule,
                ),
                as_of=as_of,
                at=at,
            )
        is_drafted = True
        if schedule.is_auto_issued and invoice.status == Invoice.Status.DRAFT:
            with transaction.atomic():
                issue_invoice(
                    actor=actor, invoice=invoice, version=invoice.version, as_of=as_of, at=at
                )
    except Refused as refusal:
        trouble = str(refusal)[:300]
    if trouble != schedule.trouble:
        schedule.trouble = trouble
        schedule.save(update_fields=["trouble"])
    return is_drafted


def _line(one: Mapping[str, object]) -> LineDraft:
    return LineDraft(**one)  # type: ignore[arg-type]


def _tell(
    actor: Actor, verb: str, schedule: InvoiceSchedule, *, at: datetime, **data: object
) -> None:
    record_event(
        actor, verb, schedule, at=at, customer_id=schedule.customer_id, name=schedule.name, **data
    )
