"""What is done with one hold: placed by a person, reviewed, asked again, released, rejected."""

from datetime import date
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.credit_hold_reviews import evaluate_hold
from dunwell.actions.credit_holds import place_hold, reject_hold, review_hold
from dunwell.actions.credit_releases import release_hold
from dunwell.models import CreditHold, Order
from dunwell.web.answers import customer_or_404, done, posted, told_page
from dunwell.web.fields import day_field
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class PlaceForm(forms.Form):
    """Why nothing should be delivered, and when to look again."""

    reason = forms.CharField(label=_("Why is it held?"), max_length=300)
    review_on = day_field(label=_("Look at it again on"), required=False)


class ReviewForm(forms.Form):
    """By when it is decided, and what is waited for."""

    review_on = day_field(label=_("Decide by"), required=False)
    note = forms.CharField(label=_("What are we waiting for?"), max_length=300, required=False)


class ReleaseForm(forms.Form):
    """Why it is released; a day lets later orders pass the same rules too."""

    reason = forms.CharField(label=_("Why is it released?"), max_length=300)
    until_on = day_field(
        label=_("Let later orders pass until"),
        required=False,
        help_text=_("Empty: this order alone. Of limits only as much over as is released now."),
    )


@needs("order_hold.place")
@require_http_methods(["GET", "POST"])
def hold_place(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Hold every further order of a customer, or the one order the address names."""
    customer = customer_or_404(request, customer_id)
    order = None
    if number := request.GET.get("order", ""):
        order = get_object_or_404(Order, customer=customer, number=number)

    def act(reason: str, review_on: date | None) -> CreditHold:
        return place_hold(
            actor=request.actor,
            customer=customer,
            order=order,
            reason=reason,
            review_on=review_on,
            as_of=request.as_of,
            at=clock.now(),
        )

    address = reverse("credit-hold-place", args=[customer.pk])
    lead = gettext("No further order of %(name)s is delivered on credit until it is released.")
    if order is not None:
        address = f"{address}?{request.GET.urlencode()}"
        lead = gettext("This order is not delivered until the hold is released.")
    return told_page(
        request,
        PlaceForm(posted(request)),
        act,
        said=gettext("Held. Only a person releases it."),
        back=reverse("order", args=[order.pk]) if order else reverse("credit-holds"),
        context={
            "heading": gettext("Hold order %(number)s") % {"number": order.number}
            if order
            else gettext("Hold the orders of %(name)s") % {"name": customer.name},
            "lead": lead % {"name": customer.name},
            "button": pgettext("order", "Hold"),
            "action": address,
            "crumb": gettext("Held orders"),
        },
    )


@needs("order_hold.release")
@require_http_methods(["GET", "POST"])
def hold_review(request: StaffRequest, hold_id: int) -> HttpResponse:
    """Take a hold under review."""
    hold = _hold(request, hold_id)

    def act(review_on: date | None, note: str) -> CreditHold:
        return review_hold(
            actor=request.actor,
            hold=hold,
            review_on=review_on,
            note=note,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        ReviewForm(posted(request), initial={"review_on": hold.review_on}),
        act,
        said=gettext("It is under your review."),
        back=reverse("credit-hold", args=[hold.pk]),
        context=_words(
            hold,
            "credit-hold-review",
            heading=gettext("Take under review"),
            lead=gettext("Your name stands beside it, so that nobody else works on it."),
            button=gettext("Take"),
        ),
    )


@needs("order_hold.release")
@require_POST
def hold_evaluate(request: StaffRequest, hold_id: int) -> HttpResponse:
    """Ask the rules again."""
    hold = evaluate_hold(
        actor=request.actor, hold=_hold(request, hold_id), as_of=request.as_of, at=clock.now()
    )
    said = gettext("The rules hold it still.")
    if hold.status == CreditHold.Status.READY:
        said = gettext("Every reason is gone; it is ready to release.")
    elif hold.status == CreditHold.Status.RELEASED:
        said = gettext("Every reason is gone; it is released.")
    return done(request, said, back=reverse("credit-hold", args=[hold.pk]))


@needs("order_hold.release")
@require_http_methods(["GET", "POST"])
def hold_release(request: StaffRequest, hold_id: int) -> HttpResponse:
    """Release a hold, or have somebody else asked who may."""
    hold = _hold(request, hold_id)

    def act(reason: str, until_on: date | None) -> CreditHold:
        return release_hold(
            actor=request.actor,
            hold=hold,
            reason=reason,
            scope="until" if until_on else "once",
            until_on=until_on,
            as_of=request.as_of,
            at=clock.now(),
        )

    lead = gettext(
        "Within your authority it is released at once; beyond it somebody else is asked first."
    )
    return told_page(
        request,
        ReleaseForm(posted(request)),
        act,
        said=gettext("Noted: released, or waiting for whoever may release it."),
        back=reverse("credit-hold", args=[hold.pk]),
        context=_words(
            hold,
            "credit-hold-release",
            heading=gettext("Release"),
            lead=lead,
            button=gettext("Release"),
        ),
    )


@needs("order_hold.release")
@require_http_methods(["GET", "POST"])
def hold_reject(request: StaffRequest, hold_id: int) -> HttpResponse:
    """Reject a held order."""
    hold = _hold(request, hold_id)
    return reason_page(
        request,
        lambda reason: reject_hold(
            actor=request.actor, hold=hold, reason=reason, as_of=request.as_of, at=clock.now()
        ),
        said=gettext("The order is rejected."),
        back=reverse("credit-hold", args=[hold.pk]),
        context=_words(
            hold,
            "credit-hold-reject",
            heading=gettext("Reject the order"),
            lead=gettext("It is not delivered. Told again with other amounts it is checked anew."),
            button=gettext("Reject"),
        ),
    )


def _hold(request: StaffRequest, hold_id: int) -> CreditHold:
    return get_object_or_404(CreditHold, pk=hold_id, company=request.actor.company)


def _words(hold: CreditHold, page: str, **words: Any) -> dict[str, Any]:
    return {**words, "action": reverse(page, args=[hold.pk]), "crumb": gettext("Held order")}
