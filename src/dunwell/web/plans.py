"""Pages about payment plans: the list, instalments to come and missed, one plan, its letter."""

from datetime import date, timedelta
from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.account_statement_words import written_language
from dunwell.formats.exports import Value
from dunwell.formats.plan_terms import signature_words
from dunwell.models import Customer, PaymentPlan
from dunwell.queries.events import event_rows
from dunwell.queries.pages import Page, every_row
from dunwell.queries.plans import (
    InstalmentRow,
    PlanRow,
    instalment_rows,
    plan_counts,
    plan_detail,
    plan_rows,
    plan_totals,
)
from dunwell.queries.statements import letterhead
from dunwell.templatetags.ui import translated
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

Status = PaymentPlan.Status
SHOWN = (
    Status.ACTIVE,
    Status.DEFAULTED,
    Status.ACCELERATED,
    Status.OFFERED,
    Status.PENDING,
    Status.COMPLETED,
)
"""Statuses with a tab of their own; the rest is under all."""

TABS = (("failed", _("Missed")), ("week", _("Next 7 days")), ("month", _("Next 31 days")))
DAYS = {"week": 7, "month": 31}
SHOWN_EVENTS = 30

COLUMNS = (
    _("Plan"),
    _("Status"),
    _("Customer number"),
    _("Customer"),
    _("Currency"),
    _("Covered"),
    _("Interest"),
    _("Fee"),
    _("Concession"),
    _("Instalments"),
    _("Total"),
    _("Paid"),
    _("Missed"),
    _("Next due"),
    _("Last due"),
    _("Proposed by"),
    _("Accepted on"),
)
INSTALMENT_COLUMNS = (
    _("Plan"),
    _("Number"),
    _("Customer"),
    _("Due"),
    _("Status"),
    _("Currency"),
    _("Amount"),
    _("Paid"),
    _("Left"),
)


@require_GET
def plan_list(request: StaffRequest) -> HttpResponse:
    """List plans of a status with their sums; without one those that run."""
    company = request.actor.company
    status, search = _status(request), request.GET.get("q", "")[:80].replace("\0", "")
    page = page_asked(
        request, lambda cursor: plan_rows(company, status=status, search=search, cursor=cursor)
    )
    counts = plan_counts(company)
    context = {
        "page": page,
        "totals": plan_totals(company, status=status, search=search),
        "status": status,
        "search": search,
        "tabs": [(one.value, one.label, counts.get(one, 0)) for one in SHOWN],
        "total": sum(counts.values()),
    }
    return render(request, "web/plans.html", context)


@require_GET
def plans_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every plan under the page's filter."""
    search = request.GET.get("q", "")[:80].replace("\0", "")
    found = every_row(
        partial(plan_rows, request.actor.company, status=_status(request), search=search)
    )
    return file_response(
        kind,
        name=f"plans-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_line(row) for row in found),
    )


@require_GET
def instalment_list(request: StaffRequest) -> HttpResponse:
    """List instalments of running plans: those missed, or those due soon."""
    which = _which(request)
    page = page_asked(request, lambda cursor: _instalments(request, which, cursor=cursor))
    context = {"page": page, "which": which, "tabs": TABS}
    return render(request, "web/plan_instalments.html", context)


@require_GET
def instalments_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every instalment under the page's filter."""
    found = every_row(partial(_instalments, request, _which(request)))
    return file_response(
        kind,
        name=f"instalments-{request.as_of.isoformat()}",
        columns=[str(name) for name in INSTALMENT_COLUMNS],
        rows=(_instalment(row) for row in found),
    )


@require_GET
def plan_show(request: StaffRequest, plan_id: int) -> HttpResponse:
    """Show one plan: what it covers, its schedule with progress, its terms, what happened."""
    detail = plan_detail(request.actor.company, plan_id)
    if detail is None:
        raise Http404
    events = event_rows(
        request.actor.company, subject="paymentplan", subject_id=plan_id, limit=SHOWN_EVENTS
    )
    context = {"detail": detail, "row": detail.plan, "events": events}
    return render(request, "web/plan.html", context)


@require_GET
def plan_letter(request: StaffRequest, plan_id: int) -> HttpResponse:
    """Show the terms of an offered plan as a letter to print."""
    company = request.actor.company
    detail = plan_detail(company, plan_id)
    if detail is None or not detail.terms:
        raise Http404
    customer = Customer.objects.get(pk=detail.plan.customer_id)
    language = written_language(customer.language, company.language)
    context = {
        "detail": detail,
        "row": detail.plan,
        "head": letterhead(company, customer),
        "language": language,
        "words": signature_words(language),
    }
    return render(request, "web/plan_letter.html", context)


def _instalments(
    request: StaffRequest, which: str, *, cursor: str = "", limit: int = 50
) -> Page[InstalmentRow]:
    until_on: date | None = None
    if which in DAYS:
        until_on = request.as_of + timedelta(days=DAYS[which])
    return instalment_rows(
        request.actor.company,
        which="failed" if which == "failed" else "due",
        until_on=until_on,
        cursor=cursor,
        limit=limit,
    )


def _status(request: StaffRequest) -> str:
    """Return the status the address asks for; without one the running plans, or all."""
    asked = request.GET.get("status", Status.ACTIVE.value)
    return asked if asked in Status.values else ""


def _which(request: StaffRequest) -> str:
    asked = request.GET.get("which", "failed")
    return asked if asked in {name for name, _label in TABS} else "failed"


def _line(row: PlanRow) -> tuple[Value, ...]:
    code = row.currency
    return (
        row.number,
        translated(row.status_label),
        row.customer_number,
        row.customer_name,
        code,
        from_minor(row.covered_minor, code),
        from_minor(row.interest_minor, code),
        from_minor(row.fee_minor, code),
        from_minor(row.concession_minor, code),
        row.instalments,
        from_minor(row.total_minor, code),
        from_minor(row.paid_minor, code),
        row.failed,
        row.next_on,
        row.last_on,
        row.proposed_by,
        row.accepted_on,
    )


def _instalment(row: InstalmentRow) -> tuple[Value, ...]:
    code = row.currency
    return (
        row.plan,
        row.number,
        row.customer_name,
        row.due_on,
        translated(row.status_label),
        code,
        from_minor(row.amount_minor, code),
        from_minor(row.paid_minor, code),
        from_minor(row.left_minor, code),
    )
