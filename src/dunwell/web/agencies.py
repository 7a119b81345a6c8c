"""Pages about agencies: the list, one agency with its score, and changing it."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.agencies import add_agency, edit_agency
from dunwell.actions.gate import Refused
from dunwell.engine.money import from_minor
from dunwell.engine.placement_scores import Score
from dunwell.formats.exports import Value
from dunwell.models import Agency
from dunwell.queries.agencies import ScoredAgency, agency_detail, agency_rows
from dunwell.queries.placement_batches import batch_rows
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted
from dunwell.web.exports import file_response
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PERCENT_PPM = 10_000
TIERS = "0: 20\n181: 30"

COLUMNS = (
    _("Agency"),
    _("Kind"),
    _("Currency"),
    _("Days past due"),
    _("Placements"),
    _("Running"),
    _("Placed"),
    _("Collected"),
    _("Collected in percent"),
    _("Commission"),
    _("Net"),
    _("Commission owed for direct payments"),
    _("Days to first money"),
    _("Returned"),
    _("Returned amount"),
    _("Recalled"),
    _("Recalled amount"),
)


class AgencyForm(forms.Form):
    """What an agency takes and what it costs."""

    name = forms.CharField(label=_("Name"), max_length=120)
    kind = forms.ChoiceField(label=_("Kind"), choices=Agency.Kind.choices)
    transport = forms.ChoiceField(
        label=_("How placements reach it"), choices=Agency.Transport.choices
    )
    email = forms.EmailField(label=_("E-mail"), max_length=254, required=False)
    countries = forms.CharField(
        label=_("Countries, as codes with commas (every one if empty)"),
        max_length=800,
        required=False,
    )
    demand_days = forms.IntegerField(
        label=_("Days after the final demand"), min_value=0, max_value=365, initial=14
    )
    tiers = forms.CharField(
        label=_("Commission by age of the debt"),
        help_text=_("One line per tier: days past due, a colon, percent. The first begins at 0."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=400,
        initial=TIERS,
    )
    is_active = forms.BooleanField(label=_("Takes placements now"), required=False, initial=True)

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for the smallest claim in the company's currency."""
        super().__init__(*args, **kwargs)
        self.fields["least"] = MoneyField(currency, label=_("Smallest claim"), required=False)

    def clean_tiers(self) -> list[dict[str, int]]:
        """Return the tiers; refuse a line that is none."""
        found = []
        for line in self.cleaned_data["tiers"].splitlines():
            if not line.strip():
                continue
            days, colon, rate = line.partition(":")
            try:
                ppm = round(float(rate.strip().rstrip("%").replace(",", ".")) * PERCENT_PPM)
                found.append({"from_days": int(days), "rate_ppm": ppm})
            except (ValueError, OverflowError) as error:
                sentence = gettext("%(line)s is no tier; write days: percent, such as 0: 20.")
                raise ValidationError(sentence % {"line": line.strip()[:40]}) from error
            if not colon:
                raise ValidationError(gettext("Write days: percent, such as 0: 20."))
        return found

    def terms(self) -> dict[str, Any]:
        """Return what the form holds, once it is valid, as the actions take it."""
        told = self.cleaned_data
        codes = [code.strip().upper() for code in told["countries"].split(",")]
        return {
            "name": told["name"],
            "kind": told["kind"],
            "transport": told["transport"],
            "email": told["email"],
            "countries": [code for code in codes if code],
            "least_minor": told["least"] or 0,
            "demand_days": told["demand_days"],
            "commission": told["tiers"],
        }


@require_GET
def agency_list(request: StaffRequest) -> HttpResponse:
    """List agencies and lawyers with how they do."""
    return render(request, "web/agencies.html", {"agencies": agency_rows(request.actor.company)})


@require_GET
def agencies_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the scores of every agency: a line per currency and cohort, and one for all."""
    return file_response(
        kind,
        name=f"agencies-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            _score_row(one, score)
            for one in agency_rows(request.actor.company)
            for card in one.cards
            for score in (card.total, *card.cohorts)
        ),
    )


@require_GET
def agency_show(request: StaffRequest, agency_id: int) -> HttpResponse:
    """Show one agency: what it takes, how it does, its files and its people."""
    company = request.actor.company
    detail = agency_detail(company, agency_id)
    if detail is None:
        raise Http404
    files = batch_rows(company, agency_id=agency_id, cursor="", limit=10)
    return render(
        request, "web/agency.html", {"detail": detail, "row": detail.row, "files": files.rows}
    )


@needs("agency.edit")
@require_http_methods(["GET", "POST"])
def agency_add(request: StaffRequest) -> HttpResponse:
    """Add an agency or a lawyer."""
    form = AgencyForm(request.actor.company.currency, posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            agency = add_agency(actor=request.actor, at=clock.now(), **form.terms())
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("%(name)s is added.") % {"name": agency.name}
            return done(request, text, back=reverse("agency", args=[agency.pk]))
    context = {
        "heading": gettext("Add an agency"),
        "button": gettext("Add"),
        "action": reverse("agency-add"),
        "crumb": gettext("Agencies"),
        "back": reverse("agencies"),
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("agency.edit")
@require_http_methods(["GET", "POST"])
def agency_edit(request: StaffRequest, agency_id: int) -> HttpResponse:
    """Change an agency; what is placed keeps the commission it was placed at."""
    agency = get_object_or_404(Agency, pk=agency_id, company=request.actor.company)
    form = AgencyForm(request.actor.company.currency, posted(request), initial=_start(agency))
    back = reverse("agency", args=[agency.pk])
    if request.method == "POST" and form.is_valid():
        try:
            edit_agency(
                actor=request.actor,
                agency=agency,
                version=agency.version,
                is_active=form.cleaned_data["is_active"],
                at=clock.now(),
                **form.terms(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Saved."), back=back)
    context = {
        "heading": gettext("Change %(name)s") % {"name": agency.name},
        "button": gettext("Save"),
        "action": reverse("agency-edit", args=[agency.pk]),
        "crumb": agency.name,
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


def _start(agency: Agency) -> dict[str, Any]:
    tiers = (
        f"{tier['from_days']}: {tier['rate_ppm'] / PERCENT_PPM:g}" for tier in agency.commission
    )
    return {
        "name": agency.name,
        "kind": agency.kind,
        "transport": agency.transport,
        "email": agency.email,
        "countries": ", ".join(agency.countries),
        "least": agency.least_minor,
        "demand_days": agency.demand_days,
        "tiers": "\n".join(tiers),
        "is_active": agency.is_active,
    }


def _score_row(one: ScoredAgency, score: Score) -> tuple[Value, ...]:
    code = score.currency
    return (
        one.row.name,
        one.row.kind,
        code,
        score.name or gettext("all"),
        score.placements,
        score.running,
        from_minor(score.placed_minor, code),
        from_minor(score.collected_minor, code),
        score.rate_ppm / PERCENT_PPM,
        from_minor(score.commission_minor, code),
        from_minor(score.net_minor, code),
        from_minor(score.owed_minor, code),
        score.days_to_money,
        score.returned,
        from_minor(score.returned_minor, code),
        score.recalled,
        from_minor(score.recalled_minor, code),
    )
