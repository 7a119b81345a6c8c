"""One customer's limits with their course, and its exposure down to the rows."""

from collections.abc import Iterator
from dataclasses import replace

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.queries.exposure_history import exposure_history
from dunwell.queries.exposure_rows import ExposureDetail, exposure_detail
from dunwell.queries.exposures import exposures
from dunwell.queries.limit_ledger import EVERY, limit_rows
from dunwell.queries.limits import limits_in_force
from dunwell.web.answers import customer_or_404
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

EVERY_ITEM = 1_000_000
"""More than a sheet takes: the file says so instead of leaving items out."""

COLUMNS = (
    _("Part"),
    pgettext_lazy("noun", "Record"),
    _("Day"),
    _("Currency"),
    _("Amount"),
)


@require_GET
def customer_limits(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show a customer's limit, how much is used, its course, and every row of its ledger."""
    company, customer = request.actor.company, customer_or_404(request, customer_id)
    only = replace(EVERY, customer_id=customer.pk)
    page = page_asked(
        request, lambda cursor: limit_rows(company, as_of=request.as_of, only=only, cursor=cursor)
    )
    keys = [customer.pk]
    limit = limits_in_force(company, as_of=request.as_of, customer_ids=keys)[customer.pk]
    exposure = exposures(company, as_of=request.as_of, customer_ids=keys)[customer.pk]
    left = None
    if limit.limit_minor is not None and exposure.exposure_minor is not None:
        left = limit.limit_minor - exposure.exposure_minor
    context = {
        "customer": customer,
        "limit": limit,
        "exposure": exposure,
        "left_minor": left,
        "page": page,
        "points": exposure_history(company, customer_id=customer.pk, as_of=request.as_of),
    }
    return render(request, "web/limits_customer.html", context)


@require_GET
def exposure_show(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Show what a customer's exposure is made of: per currency, and every row behind it."""
    customer = customer_or_404(request, customer_id)
    context = {
        "customer": customer,
        "detail": exposure_detail(
            request.actor.company, customer_id=customer.pk, as_of=request.as_of
        ),
    }
    return render(request, "web/exposure.html", context)


@require_GET
def exposure_export(request: StaffRequest, customer_id: int, kind: str) -> HttpResponse:
    """Return the rows behind a customer's exposure; what is taken off is below 0."""
    customer = customer_or_404(request, customer_id)
    detail = exposure_detail(
        request.actor.company, customer_id=customer.pk, as_of=request.as_of, most=EVERY_ITEM
    )
    return file_response(
        kind,
        name=f"exposure-{customer.number}-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=_rows(detail, request.actor.company.currency),
    )


def _rows(detail: ExposureDetail, home: str) -> Iterator[tuple[Value, ...]]:
    for item in detail.items:
        amount = from_minor(item.open_minor, item.currency)
        yield str(_("Open items")), item.number, item.due_on, item.currency, amount
    for order in detail.orders:
        told = order.number, order.ordered_on, order.currency
        for name, minor in (
            (str(_("Delivered, not billed")), order.adds_unbilled_minor),
            (str(_("Approved orders")), order.adds_orders_minor),
        ):
            if minor:
                yield (name, *told, from_minor(minor, order.currency))
    for payment in detail.payments:
        amount = from_minor(-payment.unapplied_minor, payment.currency)
        yield (
            str(_("Money on account")),
            payment.number,
            payment.value_on,
            payment.currency,
            amount,
        )
    for line in detail.lines:
        if line.ahead_minor:
            amount = from_minor(line.ahead_minor, line.currency)
            yield str(_("Paid in advance for orders")), "", None, line.currency, amount
    for cover in detail.covers:
        name = f"{cover.provider} {cover.number}"
        amount = from_minor(-cover.taken_minor, home)
        yield str(_("Covers")), name, cover.until_on, home, amount
