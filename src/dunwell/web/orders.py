"""Pages about orders: the list, one order with its checks, checking a file of orders at once."""

from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.credit_checks import check_orders
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.engine.order_facts import OrderAsk
from dunwell.formats.exports import Value
from dunwell.formats.order_rows import TEMPLATE, OrderFileError, OrderLine, read_orders
from dunwell.models import Order
from dunwell.queries.credit_checks import (
    CreditCheckRow,
    check_rows,
    checks_told,
    simulated_row,
)
from dunwell.queries.credit_holds import HoldFilter, hold_rows
from dunwell.queries.order_asks import Wish, customers_by_number, simulate_orders
from dunwell.queries.orders import (
    OrderRow,
    order_counts,
    order_detail,
    order_rows,
    order_totals,
)
from dunwell.queries.pages import every_row
from dunwell.templatetags.orders import result_label, rule_label, way_text
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import customer_or_404
from dunwell.web.exports import KINDS, file_response
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

Status = Order.Status
SHOWN = (Status.HELD, Status.APPROVED, Status.REJECTED, Status.CLOSED)
PANEL_ROWS = 5
SHOWN_ROWS = 200
"""Rows of a checked file on the page; the rest is in the file that is taken away."""
COLUMNS = (
    _("Order"),
    _("Customer number"),
    _("Customer"),
    _("Status"),
    _("Currency"),
    _("Amount"),
    _("Prepaid"),
    _("Delivered"),
    _("Billed"),
    _("On credit"),
    _("Ordered on"),
    _("Deliver on"),
)
CHECK_COLUMNS = (
    _("Line"),
    _("Order"),
    _("Customer number"),
    _("Customer"),
    _("Currency"),
    _("Amount"),
    _("Decision"),
    _("Held by"),
    _("What would free it"),
    _("Company currency"),
    _("Exposure before"),
    _("Limit"),
)


class OrderFileForm(forms.Form):
    """A file of orders, and what to do with it."""

    file = forms.FileField(label=_("CSV or XLSX with orders"))
    commit = forms.BooleanField(
        label=_("Write the orders, and hold what does not pass"), required=False
    )
    answer = forms.ChoiceField(
        label=_("Answer"),
        choices=(("page", _("On this page")), ("csv", _("CSV")), ("xlsx", _("XLSX"))),
    )


@require_GET
def order_list(request: StaffRequest) -> HttpResponse:
    """List orders of a status with their sums."""
    company = request.actor.company
    status, search = _choice(request)
    read = partial(order_rows, company, status=status, search=search)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    counts = order_counts(company)
    context = {
        "page": page,
        "totals": order_totals(company, status=status, search=search),
        "status": status,
        "search": search,
        "tabs": [(one.value, one.label, counts.get(one, 0)) for one in SHOWN],
        "total": sum(counts.values()),
    }
    return render(request, "web/orders.html", context)


@require_GET
def orders_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every order under the page's filter."""
    status, search = _choice(request)
    read = partial(order_rows, request.actor.company, status=status, search=search)
    return file_response(
        kind,
        name=f"orders-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_line(row) for row in every_row(read)),
    )


@require_GET
def order_show(request: StaffRequest, order_id: int) -> HttpResponse:
    """Show one order: its amounts, its checks with every rule's outcome, its holds."""
    company = request.actor.company
    row = order_detail(company, order_id)
    if row is None:
        raise Http404
    context = {
        "row": row,
        "parts": _parts(row),
        "free_percent": 100 - row.on_credit_minor * 100 // (row.amount_minor or 1),
        "checks": check_rows(company, order_id=order_id, limit=20).rows,
        "holds": hold_rows(
            company, HoldFilter(status="", order_id=order_id), as_of=request.as_of
        ).rows,
    }
    return render(request, "web/order.html", context)


@require_GET
def customer_orders(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Return the part of a customer's page about its newest orders and what is held."""
    company, customer = request.actor.company, customer_or_404(request, customer_id)
    holds = HoldFilter(customer_id=customer.pk)
    context = {
        "customer": customer,
        "orders": order_rows(company, customer_id=customer.pk, limit=PANEL_ROWS).rows,
        "holds": hold_rows(company, holds, as_of=request.as_of, limit=PANEL_ROWS).rows,
    }
    part = "#card" if request.htmx else ""
    return render(request, f"web/orders_customer.html{part}", context)


@needs("order.check")
@require_http_methods(["GET", "POST"])
def orders_check(request: StaffRequest) -> HttpResponse:
    """Check a file of orders, one after the other: as a trial, or written."""
    form = OrderFileForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"answer": "page"},
    )
    context: dict[str, Any] = {"form": form, "template": ", ".join(TEMPLATE)}
    if not form.is_bound:
        return render(request, "web/orders_check.html", context)
    rows: list[tuple[int, CreditCheckRow]] = []
    problems: list[OrderLine] = []
    if form.is_valid():
        told = form.cleaned_data
        try:
            rows, problems = _checked(request, told["file"], commit=told["commit"])
        except (OrderFileError, Refused) as refusal:
            form.add_error("file", spoken(refusal))
        else:
            if told["answer"] in KINDS and not problems:
                return _answer(request, told["answer"], rows)
    held = sum(row.decision == "held" for _line, row in rows)
    context |= {
        "rows": rows[:SHOWN_ROWS],
        "count": len(rows),
        "held": held,
        "approved": len(rows) - held,
        "problems": problems[:SHOWN_ROWS],
        "is_written": bool(rows) and form.cleaned_data.get("commit"),
    }
    return render(
        request, "web/orders_check.html", context, status=422 if form.errors or problems else 200
    )


@require_GET
def orders_template(_request: StaffRequest) -> HttpResponse:
    """Return an empty file with the columns a list of orders has."""
    return file_response("csv", name="orders-template", columns=list(TEMPLATE), rows=())


def _checked(
    request: StaffRequest, file: Any, *, commit: bool
) -> tuple[list[tuple[int, CreditCheckRow]], list[OrderLine]]:
    """Return the check of each line, or the lines that cannot be read: then nothing is checked."""
    company = request.actor.company
    lines = read_orders(file.read(), file.name or "orders", home=company.currency)
    customers = customers_by_number(company, [line.customer_number for line in lines])
    problems: list[OrderLine] = []
    wishes: list[Wish] = []
    for line in lines:
        customer = customers.get(line.customer_number)
        if line.problem or customer is None or line.prepaid_minor > line.amount_minor:
            problems.append(line)
            continue
        wishes.append((customer, _ask(request, line)))
    if problems:
        return [], problems
    if commit:
        checks = check_orders(
            actor=request.actor, wishes=wishes, as_of=request.as_of, at=clock.now()
        )
        rows = list(checks_told(company, checks))
    else:
        judgements = simulate_orders(company, wishes, as_of=request.as_of)
        by = request.actor.name
        rows = [
            simulated_row(company, wish, judgement, as_of=request.as_of, by=by)
            for wish, judgement in zip(wishes, judgements, strict=True)
        ]
    return [(line.row, row) for line, row in zip(lines, rows, strict=True)], []


def _ask(request: StaffRequest, line: OrderLine) -> OrderAsk:
    return OrderAsk(
        number=line.number,
        currency=line.currency,
        amount_minor=line.amount_minor,
        prepaid_minor=line.prepaid_minor,
        delivered_minor=min(line.delivered_minor, line.amount_minor),
        terms=line.terms,
        kind=line.kind,
        ordered_on=request.as_of,
        deliver_on=line.deliver_on,
        source=request.actor.name[:80],
    )


def _answer(
    request: StaffRequest, kind: str, rows: list[tuple[int, CreditCheckRow]]
) -> HttpResponse:
    return file_response(
        kind,
        name=f"checked-orders-{request.as_of.isoformat()}",
        columns=[str(name) for name in CHECK_COLUMNS],
        rows=(_check_line(number, row) for number, row in rows),
    )


def _check_line(number: int, row: CreditCheckRow) -> tuple[Value, ...]:
    home = row.home_currency
    return (
        number,
        row.order_number,
        row.customer_number,
        row.customer_name,
        row.currency,
        from_minor(row.amount_minor, row.currency),
        result_label("held" if row.decision == "held" else "passed"),
        "; ".join(rule_label(rule) for rule in row.held_by),
        "; ".join(way_text(way) for way in row.release),
        home,
        None if row.exposure_minor is None else from_minor(row.exposure_minor, home),
        None if row.limit_minor is None else from_minor(row.limit_minor, home),
    )


def _choice(request: StaffRequest) -> tuple[str, str]:
    """Return status and search the address asks for; without a status the held ones, or all."""
    asked = request.GET.get("status", "")
    search = request.GET.get("q", "")[:80].replace("\0", "")
    return (asked if asked in Status.values else "", search)


def _parts(row: OrderRow) -> list[tuple[str, int, int]]:
    """Return the parts of an order for its bar: name, amount, ppm of the whole."""
    delivered = max(row.delivered_minor, row.billed_minor)
    ahead = max(0, row.prepaid_minor - delivered)
    parts = (
        ("billed", row.billed_minor),
        ("delivered", delivered - row.billed_minor),
        ("prepaid", ahead),
        ("on_credit", row.amount_minor - delivered - ahead),
    )
    whole = row.amount_minor or 1
    return [(name, amount, amount * 1_000_000 // whole) for name, amount in parts]


def _line(row: OrderRow) -> tuple[Value, ...]:
    code = row.currency
    return (
        row.number,
        row.customer_number,
        row.customer_name,
        translated(row.status_label),
        code,
        from_minor(row.amount_minor, code),
        from_minor(row.prepaid_minor, code),
        from_minor(row.delivered_minor, code),
        from_minor(row.billed_minor, code),
        from_minor(row.on_credit_minor, code),
        row.ordered_on,
        row.deliver_on,
    )
