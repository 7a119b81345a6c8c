"""A new placement: which agency, which items, and live whether the checks pass."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.placements import propose_placement
from dunwell.engine.commissions import rate_at, split
from dunwell.engine.placement_checks import PlacementCheck
from dunwell.models import Agency, Customer, Item
from dunwell.queries.placement_facts import agency_tiers, checks_of, placeable_items
from dunwell.queries.settlement_items import SettleableItem
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted
from dunwell.web.item_choice import ItemChoice, is_turning, item_choice, told_of
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


@dataclass(frozen=True, kw_only=True, slots=True)
class Outlook:
    """What placing the chosen items comes to: the checks, and the commission on all of it."""

    checks: tuple[PlacementCheck, ...]
    placed_minor: int
    commission_ppm: int
    commission_minor: int


class PlacementForm(forms.Form):
    """With whom, and why."""

    agency = forms.ChoiceField(label=_("Agency or lawyer"))
    reason = forms.CharField(label=_("Why is it placed?"), max_length=300)

    def __init__(self, agencies: list[Agency], *args: Any, **kwargs: Any) -> None:
        """Offer the agencies that take something now."""
        super().__init__(*args, **kwargs)
        choices = [(str(agency.pk), agency.name) for agency in agencies]
        self.fields["agency"].choices = choices  # type: ignore[attr-defined]


@needs("placement.propose")
@require_http_methods(["GET", "POST"])
def placement_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Propose to hand a customer's open items to an agency."""
    customer = customer_or_404(request, customer_id)
    asked, agencies = _asked(request, customer), _agencies(request)
    if is_turning(request):
        form = PlacementForm(agencies, initial=request.POST.dict())
    else:
        form = PlacementForm(agencies, posted(request))
    if form.is_bound and form.is_valid():
        items = Item.objects.filter(pk__in=asked.chosen, customer=customer).order_by("pk")
        try:
            placement = propose_placement(
                actor=request.actor,
                customer=customer,
                agency=_chosen(agencies, form.cleaned_data["agency"]),
                items=list(items),
                reason=form.cleaned_data["reason"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("%(number)s is proposed; a second person approves it.")
            back = reverse("placement", args=[placement.pk])
            return done(request, text % {"number": placement.number}, back=back)
    told = request.POST.get("agency", "") or (str(agencies[0].pk) if agencies else "")
    context = {
        "customer": customer,
        "asked": asked,
        "agencies": agencies,
        "outlook": _outlook(request, customer, asked, agencies, told),
        "action": reverse("placement-add", args=[customer.pk]),
        "check_url": reverse("placement-check", args=[customer.pk]),
        "back": reverse("customer", args=[customer.pk]),
    }
    return form_page(request, "web/placement_new.html", form, context)


@needs("placement.propose")
@require_http_methods(["GET", "POST"])
def placement_check(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Return the checks of what is chosen, while the form is filled in."""
    customer = customer_or_404(request, customer_id)
    asked, agencies = _asked(request, customer), _agencies(request)
    outlook = _outlook(request, customer, asked, agencies, told_of(request).get("agency", ""))
    context = {"asked": asked, "outlook": outlook}
    return render(request, "web/placement_new.html#checks", context)


def _outlook(
    request: StaffRequest,
    customer: Customer,
    asked: ItemChoice[SettleableItem],
    agencies: list[Agency],
    told: str,
) -> Outlook | None:
    """Return the checks and the commission; None while nothing or nobody is chosen."""
    covered = asked.covered
    if not covered or told not in {str(agency.pk) for agency in agencies}:
        return None
    agency = _chosen(agencies, told)
    placed = asked.open_minor
    age_days = max(row.days_late for row in covered)
    rate = rate_at(agency_tiers(agency), age_days=age_days)
    return Outlook(
        checks=checks_of(
            request.actor.company, customer, covered, agency=agency, as_of=request.as_of
        ),
        placed_minor=placed,
        commission_ppm=rate,
        commission_minor=split(placed, rate_ppm=rate).commission_minor,
    )


def _agencies(request: StaffRequest) -> list[Agency]:
    found = Agency.objects.filter(company=request.actor.company, is_active=True)
    return list(found.select_related("company").order_by("name", "pk"))


def _chosen(agencies: list[Agency], told: str) -> Agency:
    return next(agency for agency in agencies if str(agency.pk) == told)


def _asked(request: StaffRequest, customer: Customer) -> ItemChoice[SettleableItem]:
    """Return the items of one currency and which of them are chosen: the overdue ones at first."""
    told, company = told_of(request), request.actor.company
    return item_choice(
        told,
        placeable_items(company, customer, as_of=request.as_of),
        as_of=request.as_of,
        was_asked=request.method == "POST" or "agency" in told,
        usual=company.currency,
        else_all=False,
    )
