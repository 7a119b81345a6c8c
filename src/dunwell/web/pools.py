"""Pages about pools: saved choices of customers, what they owe, and who works on them."""

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.pools import add_pool, change_pool, remove_pool
from dunwell.engine.money import from_minor
from dunwell.models import Pool
from dunwell.queries.pages import every_row
from dunwell.queries.pools import pool_aging, pool_customers, pool_rows
from dunwell.queries.workforce import collectors_of
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, posted, refused
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.pool_forms import PoolForm
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Pool"),
    _("Customers"),
    _("Currency"),
    _("Owed"),
    _("Overdue"),
    _("Customers without a rate"),
    _("People"),
)
CUSTOMER_COLUMNS = (
    _("Customer number"),
    _("Customer"),
    _("Segment"),
    _("Country"),
    _("Collector"),
    _("Currency"),
    _("Open"),
    _("Overdue"),
)


@require_GET
def pool_list(request: StaffRequest) -> HttpResponse:
    """List pools with their sums; mine alone when asked for."""
    is_mine = request.GET.get("who") == "mine"
    rows = pool_rows(
        request.actor.company,
        as_of=request.as_of,
        user_id=request.actor.user_id if is_mine else None,
    )
    context = {"rows": rows, "is_mine": is_mine, "currency": request.actor.company.currency}
    return render(request, "web/pools.html", context)


@require_GET
def pools_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every pool with its sums."""
    code = request.actor.company.currency
    return file_response(
        kind,
        name=f"pools-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                row.name,
                row.customers,
                code,
                from_minor(row.owed_minor, code),
                from_minor(row.overdue_minor, code),
                row.without_rate,
                ", ".join(row.people),
            )
            for row in pool_rows(request.actor.company, as_of=request.as_of)
        ),
    )


@require_GET
def pool_show(request: StaffRequest, pool_id: int) -> HttpResponse:
    """Show one pool: its rule, people, ageing and customers."""
    company, as_of = request.actor.company, request.as_of
    rows = pool_rows(company, as_of=as_of, pool_id=pool_id)
    if not rows:
        raise Http404
    page = page_asked(
        request, lambda cursor: pool_customers(company, pool_id, as_of=as_of, cursor=cursor)
    )
    context = {
        "row": rows[0],
        "conditions": list(rows[0].rule.items()),
        "aging": pool_aging(company, pool_id, as_of=as_of),
        "page": page,
        "currency": company.currency,
    }
    return render(request, "web/pools_pool.html", context)


@require_GET
def pool_export(request: StaffRequest, pool_id: int, kind: str) -> HttpResponse:
    """Return every customer of a pool, a row for each currency it owes in."""
    company = request.actor.company
    get_object_or_404(Pool, pk=pool_id, company=company)
    found = every_row(partial(pool_customers, company, pool_id, as_of=request.as_of))
    return file_response(
        kind,
        name=f"pool-{pool_id}-{request.as_of.isoformat()}",
        columns=[str(name) for name in CUSTOMER_COLUMNS],
        rows=(
            (
                row.number,
                row.name,
                row.segment,
                row.country,
                row.collector,
                owed.currency if owed else "",
                from_minor(owed.open_minor, owed.currency) if owed else None,
                from_minor(owed.overdue_minor, owed.currency) if owed else None,
            )
            for row in found
            for owed in (row.owed or (None,))
        ),
    )


@needs("pool.edit")
@require_http_methods(["GET", "POST"])
def pool_add(request: StaffRequest) -> HttpResponse:
    """Save a new pool."""
    company = request.actor.company
    form = PoolForm(company.currency, collectors_of(company), posted(request))
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            pool = add_pool(
                actor=request.actor,
                name=told["name"],
                rule=form.rule(),
                people=list(told["people"]),
                note=told["note"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("pool", pool_id=pool.pk)
    status = REFUSED if form.errors else 200
    return render(request, "web/pools_form.html", {"form": form, "pool": None}, status=status)


@needs("pool.edit")
@require_http_methods(["GET", "POST"])
def pool_change(request: StaffRequest, pool_id: int) -> HttpResponse:
    """Change a pool."""
    company = request.actor.company
    pool = get_object_or_404(Pool, pk=pool_id, company=company)
    form = PoolForm(company.currency, collectors_of(company), posted(request), pool=pool)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            change_pool(
                actor=request.actor,
                pool=pool,
                seen=told["seen"] or 0,
                name=told["name"],
                rule=form.rule(),
                people=list(told["people"]),
                note=told["note"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("The pool is changed.")
            return done(request, text, back=reverse("pool", args=[pool.pk]))
    status = REFUSED if form.errors else 200
    return render(request, "web/pools_form.html", {"form": form, "pool": pool}, status=status)


@require_POST
def pool_remove(request: StaffRequest, pool_id: int) -> HttpResponse:
    """Remove a pool."""
    pool = get_object_or_404(Pool, pk=pool_id, company=request.actor.company)
    try:
        remove_pool(actor=request.actor, pool=pool, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("pool", args=[pool_id]))
    text = gettext("The pool %(name)s is removed.") % {"name": pool.name}
    return done(request, text, back=reverse("pools"))
