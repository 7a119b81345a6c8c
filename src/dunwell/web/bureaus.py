"""Pages about bureaus: the waterfall and its settings, the questions, what they cost by month."""

from functools import partial
from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.bureau_reports import record_report_file
from dunwell.actions.bureaus import add_bureau, edit_bureau
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.formats.currencies import ISO_CODES
from dunwell.formats.exports import Value
from dunwell.models import BureauAccount, BureauPull
from dunwell.queries.bureaus import BureauPullRow, bureau_rows, cost_rows, pull_rows
from dunwell.queries.pages import every_row
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import REFUSED, done, posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.keys import read_day, read_key
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Question"),
    _("Asked on"),
    _("Customer number"),
    _("Customer"),
    _("Bureau"),
    _("Purpose"),
    _("Status"),
    _("Ended on"),
    _("Currency"),
    _("Cost"),
    _("Asked by"),
    _("Error"),
)
CODES = [(code, code) for code in sorted(ISO_CODES)]


class BureauForm(forms.Form):
    """Settings of a bureau."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("How it is asked"), choices=BureauAccount.Kind.choices)
    address = forms.CharField(
        label=_("Feed file or address"),
        max_length=300,
        required=False,
        help_text=_("Name of the feed file, or an address that begins with https://"),
    )
    secret_name = forms.CharField(
        label=_("Variable with the token"),
        max_length=80,
        required=False,
        help_text=_("Name of an environment variable of the server: DUNWELL_BUREAU_…"),
    )
    priority = forms.IntegerField(
        label=_("Place in the waterfall"), min_value=1, max_value=1000, help_text=_("1 is first")
    )
    max_age_days = forms.IntegerField(
        label=_("A report is used again for so many days"), min_value=0, max_value=3660
    )
    currency = forms.ChoiceField(label=_("Currency of the cost"), choices=CODES)
    cost_minor = MoneyField("EUR", label=_("Cost of a report"))

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Make the field of the cost in the currency that was chosen."""
        super().__init__(*args, **kwargs)
        self.fields["cost_minor"] = MoneyField(currency, label=gettext("Cost of a report"))


class BureauEditForm(BureauForm):
    """Settings of a bureau that is there, and whether it is asked."""

    is_active = forms.BooleanField(label=_("It is asked"), required=False)
    version = forms.IntegerField(widget=forms.HiddenInput)


class FeedForm(forms.Form):
    """A feed of reports."""

    file = forms.FileField(label=_("Reports (CSV or JSON)"))


@require_GET
def bureau_list(request: StaffRequest) -> HttpResponse:
    """Show the waterfall, and what answers cost by month; each sum opens its questions."""
    company = request.actor.company
    context = {
        "tab": "bureaus",
        "bureaus": bureau_rows(company),
        "costs": cost_rows(company, as_of=request.as_of),
        "folder": f"bureaus/{company.pk}",
    }
    return render(request, "web/bureaus.html", context)


@require_GET
def pull_list(request: StaffRequest) -> HttpResponse:
    """List questions to bureaus, the newest first."""
    company, only = request.actor.company, _only(request)
    page = page_asked(request, lambda cursor: pull_rows(company, cursor=cursor, **only))
    context = {
        "tab": "pulls",
        "page": page,
        "only": only,
        "bureaus": bureau_rows(company),
        "statuses": BureauPull.Status.choices,
    }
    return render(request, "web/bureau_pulls.html", context)


@require_GET
def pulls_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every question under the page's filter."""
    found = every_row(partial(pull_rows, request.actor.company, **_only(request)))
    return file_response(
        kind,
        name=f"bureau-questions-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@needs("bureau.edit")
@require_http_methods(["GET", "POST"])
def bureau_add(request: StaffRequest) -> HttpResponse:
    """Add a bureau to the waterfall."""
    currency = _currency(request, request.actor.company.currency)
    initial = {"currency": currency, "priority": 1, "max_age_days": 180}
    form = BureauForm(currency, posted(request), initial=initial)
    act = partial(add_bureau, actor=request.actor, at=clock.now())
    context = {
        "heading": gettext("New bureau"),
        "lead": gettext("Bureaus are asked in their order until one knows the customer."),
        "button": gettext("Add it"),
        "action": reverse("bureau-add"),
        "crumb": gettext("Bureaus"),
    }
    said = gettext("The bureau is added.")
    return told_page(request, form, act, said=said, back=reverse("bureaus"), context=context)


@needs("bureau.edit")
@require_http_methods(["GET", "POST"])
def bureau_change(request: StaffRequest, bureau_id: int) -> HttpResponse:
    """Change the settings of a bureau, or switch it off."""
    bureau = _bureau(request, bureau_id)
    currency = _currency(request, bureau.currency)
    initial = {name: getattr(bureau, name) for name in BureauEditForm.base_fields}
    form = BureauEditForm(currency, posted(request), initial=initial)
    act = partial(edit_bureau, actor=request.actor, bureau=bureau, at=clock.now())
    context = {
        "heading": gettext("Change a bureau"),
        "lead": gettext("What it reported and cost so far stays as it is."),
        "button": gettext("Save"),
        "action": reverse("bureau-change", args=[bureau.pk]),
        "crumb": gettext("Bureaus"),
    }
    said = gettext("The bureau is changed.")
    return told_page(request, form, act, said=said, back=reverse("bureaus"), context=context)


@needs("credit_file.edit")
@require_http_methods(["GET", "POST"])
def bureau_feed(request: StaffRequest, bureau_id: int) -> HttpResponse:
    """Read reports about our customers from a feed, all or none."""
    bureau = _bureau(request, bureau_id)
    form = FeedForm(posted(request), request.FILES or None)
    context: dict[str, object] = {"form": form, "bureau": bureau}
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        if file.size > settings.IMPORT_LIMIT_BYTES:
            raise Http404
        try:
            added, unmatched = record_report_file(
                actor=request.actor,
                bureau=bureau,
                name=file.name,
                data=file.read(),
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error("file", spoken(refusal))
        else:
            text = ngettext("%(n)d report is new.", "%(n)d reports are new.", added) % {"n": added}
            return done(request, " ".join([text, *unmatched[:10]]), back=reverse("bureaus"))
    status = REFUSED if form.errors else 200
    return render(request, "web/bureau_feed.html", context, status=status)


def _bureau(request: StaffRequest, bureau_id: int) -> BureauAccount:
    return get_object_or_404(BureauAccount, pk=bureau_id, company=request.actor.company)


def _currency(request: StaffRequest, default: str) -> str:
    told = request.POST.get("currency", "")
    return told if told in ISO_CODES else default


def _only(request: StaffRequest) -> dict[str, Any]:
    """Return the filter of the address."""
    asked = request.GET
    status = asked.get("status", "")
    code = asked.get("currency", "")
    return {
        "status": status if status in BureauPull.Status.values else "",
        "bureau_id": read_key(asked.get("bureau", "")),
        "customer_id": read_key(asked.get("customer", "")),
        "from_on": read_day(asked.get("from", "")),
        "until_on": read_day(asked.get("until", "")),
        "only_costed": asked.get("costed", "") == "1",
        "currency": code if code in ISO_CODES else "",
    }


def _row(row: BureauPullRow) -> tuple[Value, ...]:
    return (
        row.id,
        row.asked_on,
        row.customer_number,
        row.customer_name,
        row.bureau,
        translated(row.purpose_label),
        translated(row.status_label),
        row.ended_on,
        row.currency,
        from_minor(row.cost_minor, row.currency),
        row.by,
        row.error,
    )
