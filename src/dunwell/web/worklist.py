"""My worklist: whom to work on next and why, beside the customer; and putting one aside."""

from datetime import timedelta

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.snoozes import snooze_customer, unsnooze_customer
from dunwell.queries.outlooks import customer_outlooks
from dunwell.queries.pages import CursorError, Page
from dunwell.queries.pools import pool_named
from dunwell.queries.worklist import SHOWN, WorklistRow, worklist_rows
from dunwell.queries.worklist_sums import DayPlan, WorklistCounts, day_plan, worklist_counts
from dunwell.templatetags.dates import day_text
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted, refused
from dunwell.web.customers import customer_context
from dunwell.web.fields import day_field, working_day
from dunwell.web.keys import read_key
from dunwell.web.staff import StaffRequest

DAYS = (
    ("1", _("Next working day")),
    ("3", _("In 3 days")),
    ("7", _("In a week")),
    ("14", _("In two weeks")),
    ("date", _("On the day below")),
)


class SnoozeForm(forms.Form):
    """Until when a customer is put aside."""

    days = forms.ChoiceField(label=_("Until when?"), choices=DAYS, widget=forms.RadioSelect)
    until_on = day_field(label=_("Day"), required=False)
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)

    def clean(self) -> dict[str, object]:
        """Ask for the day when none of the usual ones is chosen."""
        data = super().clean() or {}
        if data.get("days") == "date" and "until_on" in data and not data["until_on"]:
            self.add_error("until_on", gettext("Choose the day."))
        return data


@require_GET
def worklist(request: StaffRequest) -> HttpResponse:
    """Show the ranked list beside one customer; htmx asks for either part alone."""
    chosen = request.GET.get("customer", "")
    chosen_id = int(chosen) if chosen.isdigit() and len(chosen) < 19 else None  # noqa: PLR2004
    if request.htmx and request.htmx.target == "detail" and chosen_id is not None:
        return render(request, "web/worklist.html#detail", customer_context(request, chosen_id))
    company, user_id = request.actor.company, request.actor.user_id
    counts = worklist_counts(company, as_of=request.as_of, user_id=user_id)
    plan = day_plan(company, as_of=request.as_of, user_id=user_id)
    show = _show(request, counts)
    page = _page(request, show)
    current = chosen_id or (page.rows[0].customer_id if page.rows else None)
    context = {
        "page": page,
        "outlooks": customer_outlooks(company, [row.customer_id for row in page.rows]),
        "show": show,
        "search": request.GET.get("q", ""),
        "pool": pool_named(company, read_key(request.GET.get("pool", ""))),
        "tabs": _tabs(counts, plan),
        "counts": counts,
        "plan": plan,
        "current": current,
        "is_chosen": chosen_id is not None,
    }
    if request.htmx and request.htmx.target == "entries":
        return render(request, "web/worklist.html#entries", context)
    if current is not None:
        context |= customer_context(request, current)
    return render(request, "web/worklist.html", context)


@require_http_methods(["GET", "POST"])
def snooze_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Put a customer aside until a day."""
    customer = customer_or_404(request, customer_id)
    form = SnoozeForm(posted(request))
    if request.method == "POST" and form.is_valid():
        days = form.cleaned_data["days"]
        until_on = (
            form.cleaned_data["until_on"]
            if days == "date"
            else working_day(request.as_of + timedelta(days=int(days)))
        )
        try:
            snooze_customer(
                actor=request.actor,
                customer=customer,
                until_on=until_on,
                reason=form.cleaned_data["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("%(name)s is put aside until %(day)s.") % {
                "name": customer.name,
                "day": day_text(until_on),
            }
            return done(request, text, back=reverse("worklist"))
    return form_page(request, "web/snooze_form.html", form, {"customer": customer})


@require_POST
def snooze_end(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Put a customer back on the worklist now."""
    customer = customer_or_404(request, customer_id)
    back = reverse("customer", args=[customer.pk])
    try:
        unsnooze_customer(actor=request.actor, customer=customer, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(
        request, gettext("%(name)s is back on the worklist.") % {"name": customer.name}, back=back
    )


def _show(request: StaffRequest, counts: WorklistCounts) -> str:
    """Return the view asked for; without one, a person's own customers if there are any."""
    asked = request.GET.get("show", "")
    return asked if asked in SHOWN else ("mine" if counts.mine else "all")


def _page(request: StaffRequest, show: str) -> Page[WorklistRow]:
    only = {
        "as_of": request.as_of,
        "user_id": request.actor.user_id,
        "show": show,
        "search": request.GET.get("q", "")[:80],
        "pool_id": read_key(request.GET.get("pool", "")),
    }
    try:
        cursor = request.GET.get("cursor", "")
        return worklist_rows(request.actor.company, cursor=cursor, **only)  # type: ignore[arg-type]
    except CursorError:
        return worklist_rows(request.actor.company, **only)  # type: ignore[arg-type]


def _tabs(counts: WorklistCounts, plan: DayPlan) -> tuple[tuple[str, str, int], ...]:
    return (
        ("plan", gettext("Today"), plan.customers),
        ("mine", gettext("Mine"), counts.mine),
        ("all", gettext("All"), counts.all),
        ("unassigned", gettext("Nobody's"), counts.unassigned),
        ("snoozed", gettext("Snoozed"), counts.snoozed),
    )
