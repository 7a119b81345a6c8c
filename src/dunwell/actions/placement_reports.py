"""Money of placements: collected by the agency or paid to us, and the bank payment of it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Sum

from dunwell.actions.allocations import money_text
from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.placement_commissions import book_commissions
from dunwell.actions.placement_moves import Status, finish, locked_placement, tell, work_right
from dunwell.actions.texts import fitting
from dunwell.engine.commissions import Split, split
from dunwell.engine.money import LARGEST_MINOR
from dunwell.models import AgencyReport, Payment, Placement

Kind = AgencyReport.Kind
LONGEST_REFERENCE = 80
REPORTABLE = (
    *(Status.ACCEPTED, Status.LEGAL, Status.PAID),
    *(Status.SETTLED, Status.RETURNED, Status.RECALLED),
)
"""Statuses in which money may be reported; late money comes in after a placement has ended."""


@transaction.atomic
def report_collection(
    *,
    actor: Actor,
    placement: Placement,
    kind: str,
    reference: str,
    gross_minor: int,
    commission_minor: int | None = None,
    reported_on: date,
    as_of: date,
    at: datetime,
) -> AgencyReport:
    """Record money of a placement: collected by the agency, or paid to us while it worked on it.

    The commission follows from the agreed rate, or is less; money that came back is below 0.
    When all that was placed is collected, the placement ends as paid in full. The same report
    again is the same; raises Refused for the same reference with other amounts, more than was
    placed, a commission above the agreed one, and a placement on which no money is due.
    """
    actor.require(work_right(actor))
    placement = locked_placement(actor, placement)
    told = fitting(text=reference, most=LONGEST_REFERENCE, what="reference")
    _check_report(actor, placement, kind, told, gross_minor, reported_on, as_of=as_of)
    parts = _parts(placement, gross_minor, commission_minor)
    before = placement.reports.filter(kind=kind, reference=told).first()
    if before is not None:
        if (before.gross_minor, before.commission_minor) == (gross_minor, parts.commission_minor):
            return before
        raise Refused(
            f"{told} was reported for {placement.number} with other amounts before; "
            "use a new reference for a correction."
        )
    if placement.status not in REPORTABLE:
        label = Status(placement.status).label.lower()
        raise Refused(f"{placement.number} is marked: {label}; no money is reported on it.")
    total = _reported(placement) + gross_minor
    if not 0 <= total <= placement.placed_minor:
        raise Refused(
            f"{money_text(total, placement.currency)} would be reported in all, but "
            f"{money_text(placement.placed_minor, placement.currency)} were placed."
        )
    report = AgencyReport.objects.create(
        company=placement.company,
        placement=placement,
        kind=kind,
        reference=told,
        gross_minor=parts.gross_minor,
        commission_minor=parts.commission_minor,
        net_minor=parts.net_minor,
        reported_on=reported_on,
        by=actor.name,
        recorded_at=at,
    )
    if total == placement.placed_minor and placement.status in Placement.WITH_AGENCY:
        finish(placement, Status.PAID, why="all that was placed is paid", as_of=as_of)
    tell(
        actor,
        "collected",
        placement,
        at=at,
        kind=kind,
        reference=told,
        gross_minor=parts.gross_minor,
        commission_minor=parts.commission_minor,
        net_minor=parts.net_minor,
        status=placement.status,
    )
    return report


@transaction.atomic
def reconcile_reports(
    *,
    actor: Actor,
    payment: Payment,
    reports: Sequence[AgencyReport],
    as_of: date,
    at: datetime,
) -> int:
    """Link reports with the bank payment that brought their money; return how many were new.

    What the agency remits is the net amounts of one agency, what a debtor paid us directly the
    gross ones of its own placements. The commission the agency kept is given up on the items of
    the placement. Raises Refused when they do not fit into the payment, for another currency, a
    payment that was returned, a report that stands on another payment, and a commission of more
    than is open on the items.
    """
    actor.require("placement.report")
    money = (
        Payment.objects.select_for_update(no_key=True, of=("self",))
        .filter(company=actor.company, pk=payment.pk)
        .first()
    )
    if money is None:
        raise Refused("This payment belongs to another company.")
    if money.reverses_id is not None or Payment.objects.filter(reverses=money).exists():
        raise Refused(f"{money.number} was returned; choose the payment that stayed.")
    found = list(
        AgencyReport.objects.select_for_update(no_key=True, of=("self",))
        .select_related("placement__agency")
        .filter(company=actor.company, pk__in=[report.pk for report in reports])
        .order_by("pk")
    )
    if not found or len(found) != len({report.pk for report in reports}):
        raise Refused("Choose the reports that the payment brought.")
    new = [report for report in found if report.payment_id is None]
    for report in found:
        _check_fits(report, money)
    linked = [*AgencyReport.objects.filter(payment=money).select_related("placement"), *new]
    if len({report.placement.agency_id for report in linked if report.kind == Kind.REMITTED}) > 1:
        raise Refused("One payment brings the money of one agency.")
    brought = sum(_brought(report) for report in linked)
    if not 0 <= brought <= money.amount_minor:
        raise Refused(
            f"The reports bring {money_text(brought, money.currency)}, but {money.number} is "
            f"{money_text(money.amount_minor, money.currency)}."
        )
    if not new:
        return 0
    AgencyReport.objects.filter(pk__in=[report.pk for report in new]).update(
        payment=money, reconciled_on=as_of
    )
    kept = book_commissions(actor.company, new, as_of=as_of, at=at)
    record_event(
        actor,
        "placement.reconciled",
        money,
        at=at,
        payment=money.number,
        currency=money.currency,
        reports=[f"{report.placement.number}: {report.reference}" for report in new],
        brought_minor=brought,
        commission_minor=kept,
    )
    return len(new)


def _check_report(
    actor: Actor,
    placement: Placement,
    kind: str,
    reference: str,
    gross_minor: int,
    reported_on: date,
    *,
    as_of: date,
) -> None:
    if kind not in Kind.values:
        raise Refused(f"There is no kind {kind}; use {', '.join(Kind.values)}.")
    if kind == Kind.DIRECT and "placement.report" not in actor.rights:
        raise Refused("What the debtor paid us directly is reported by us.")
    if not reference:
        raise Refused("State the reference of the report; the same one again is the same.")
    if not gross_minor or abs(gross_minor) > LARGEST_MINOR:
        raise Refused("State the amount that was collected.")
    if reported_on > as_of:
        raise Refused(f"{reported_on.isoformat()} is still ahead.")
    if placement.transmitted_on is not None and reported_on < placement.transmitted_on:
        raise Refused(
            f"{placement.number} was handed over on {placement.transmitted_on.isoformat()}; "
            "money of days before is no collection of the agency."
        )


def _parts(placement: Placement, gross_minor: int, commission_minor: int | None) -> Split:
    """Return how the money is split; refuse a commission above the agreed one."""
    agreed = split(gross_minor, rate_ppm=placement.commission_ppm)
    if commission_minor is None:
        return agreed
    least, most = sorted((0, agreed.commission_minor))
    if not least <= commission_minor <= most:
        raise Refused(
            f"The commission agreed on {placement.number} is "
            f"{money_text(agreed.commission_minor, placement.currency)}; "
            f"{money_text(commission_minor, placement.currency)} was stated."
        )
    return Split(
        gross_minor=gross_minor,
        commission_minor=commission_minor,
        net_minor=gross_minor - commission_minor,
    )


def _reported(placement: Placement) -> int:
    return placement.reports.aggregate(minor=Sum("gross_minor"))["minor"] or 0


def _brought(report: AgencyReport) -> int:
    """Return what of a report reaches our bank: the net of the agency, or all of a debtor's."""
    return report.net_minor if report.kind == Kind.REMITTED else report.gross_minor


def _check_fits(report: AgencyReport, money: Payment) -> None:
    if report.payment_id is not None and report.payment_id != money.pk:
        raise Refused(f"{report.reference} stands on another payment already.")
    if report.placement.currency != money.currency:
        raise Refused(
            f"{report.reference} is in {report.placement.currency}, the payment in "
            f"{money.currency}."
        )
    if report.kind == Kind.DIRECT and report.placement.customer_id != money.customer_id:
        raise Refused(f"{report.reference} was paid by another customer than {money.number}.")
