"""Reports of bureaus and external scores: entered by hand, read from a feed, kept as told."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused, open_customer, own
from dunwell.engine.number_forms import letters_and_digits
from dunwell.formats.bureau_answers import (
    BureauAnswer,
    BureauError,
    plain_document,
    read_bureau_answer,
    read_bureau_feed,
)
from dunwell.models import BureauAccount, BureauPull, BureauReport, Company, Customer


@transaction.atomic
def record_report(
    *,
    actor: Actor,
    customer: Customer,
    bureau: BureauAccount,
    reported_on: date,
    external_id: str = "",
    score: int | None = None,
    pd_ppm: int | None = None,
    limit_minor: int | None = None,
    currency: str = "",
    risk_class: str = "",
    is_insolvent: bool | None = None,
    flags: Sequence[str] = (),
    as_of: date,
    at: datetime,
) -> BureauReport:
    """Record a report or an external score that came another way (a letter, a portal).

    `pd_ppm` is the probability of default within a year in ppm, `limit_minor` minor units of
    `currency`. Raises Refused for a day to come, and a value out of its bounds.
    """
    actor.require("credit_file.edit")
    open_customer(actor, customer)
    own(actor, bureau, "bureau")
    told = {
        "external_id": external_id,
        "score": score,
        "pd_ppm": pd_ppm,
        "limit_minor": limit_minor,
        "currency": currency,
        "risk_class": risk_class,
        "is_insolvent": is_insolvent,
        "flags": list(flags),
        "reported_on": reported_on.isoformat(),
    }
    try:
        answer = read_bureau_answer(told, bureau=bureau.name)
    except BureauError as error:
        raise Refused(str(error)) from error
    if all(told[name] in (None, "", []) for name in told if name != "reported_on"):
        raise Refused("Fill in what the bureau said: a score, a probability, a class or a limit.")
    report = add_report(
        actor, customer, bureau, answer, source=BureauReport.Source.HAND, as_of=as_of, at=at
    )
    _tell_report(actor, report, at=at)
    return report


@transaction.atomic
def record_report_file(
    *, actor: Actor, bureau: BureauAccount, name: str, data: bytes, as_of: date, at: datetime
) -> tuple[int, list[str]]:
    """Record the reports of a feed (CSV, JSON) about customers of ours, all or none.

    Rows are matched by VAT number, else by our customer number. Returns how many reports are
    new, and a sentence for each row that is about no customer of ours. Raises Refused for a feed
    or a row that cannot be read.
    """
    actor.require("credit_file.edit")
    own(actor, bureau, "bureau")
    try:
        rows = read_bureau_feed(data, name=name)
        answers = [
            read_bureau_answer(row, bureau=f"{name}, row {n}") for n, row in enumerate(rows, 1)
        ]
    except BureauError as error:
        raise Refused(str(error)) from error
    numbers, vat_ids = _keys(actor.company)
    known = {
        (report.customer_id, report.reported_on, report.external_id, report.score, report.pd_ppm)
        for report in BureauReport.objects.filter(bureau=bureau)
    }
    added, unmatched = 0, []
    for number, (row, answer) in enumerate(zip(rows, answers, strict=True), 1):
        vat_id = letters_and_digits(str(row.get("vat_id") or ""))
        told = str(row.get("customer_number") or "").strip()
        customer = vat_ids.get(vat_id) or numbers.get(told)
        if customer is None:
            unmatched.append(f"Row {number}: no customer of ours is {told or vat_id}.")
            continue
        key = (
            customer.pk,
            answer.reported_on,
            answer.external_id,
            answer.score,
            answer.pd_ppm,
        )
        if key not in known:
            known.add(key)
            source = BureauReport.Source.FILE
            add_report(actor, customer, bureau, answer, source=source, as_of=as_of, at=at)
            added += 1
    record_event(
        actor,
        "bureau_reports.imported",
        bureau,
        at=at,
        file=name[:200],
        reports=added,
        unmatched=len(unmatched),
    )
    return added, unmatched


def add_report(
    actor: Actor,
    customer: Customer,
    bureau: BureauAccount,
    answer: BureauAnswer,
    *,
    source: str,
    as_of: date,
    at: datetime,
    pull: BureauPull | None = None,
) -> BureauReport:
    """Keep an answer as a report, inside the transaction of whoever calls; no event.

    Raises Refused for an answer of a day to come.
    """
    if answer.reported_on > as_of:
        raise Refused(f"{bureau.name} reports on {answer.reported_on}, which has not come yet.")
    return BureauReport.objects.create(
        company=actor.company,
        customer=customer,
        bureau=bureau,
        pull=pull,
        source=source,
        external_id=answer.external_id,
        score=answer.score,
        pd_ppm=answer.pd_ppm,
        limit_minor=answer.limit_minor,
        currency=answer.currency,
        risk_class=answer.risk_class,
        is_insolvent=answer.is_insolvent,
        flags=list(answer.flags),
        reported_on=answer.reported_on,
        raw=plain_document(answer.raw),
        by=actor.name,
        recorded_on=as_of,
        recorded_at=at,
    )


def _tell_report(actor: Actor, report: BureauReport, *, at: datetime) -> None:
    record_event(
        actor,
        "bureau_report.recorded",
        report,
        at=at,
        customer_id=report.customer_id,
        bureau=report.bureau.name,
        reported_on=report.reported_on.isoformat(),
        score=report.score,
        pd_ppm=report.pd_ppm,
        risk_class=report.risk_class,
        is_insolvent=report.is_insolvent,
    )


def _keys(company: Company) -> tuple[dict[str, Customer], dict[str, Customer]]:
    """Return customers by number, and by VAT number where it is one customer's alone."""
    numbers: dict[str, Customer] = {}
    shared: dict[str, list[Customer]] = {}
    for customer in Customer.objects.filter(company=company).order_by("pk"):
        numbers[customer.number] = customer
        if customer.vat_id:
            shared.setdefault(letters_and_digits(customer.vat_id), []).append(customer)
    return numbers, {key: found[0] for key, found in shared.items() if len(found) == 1}
