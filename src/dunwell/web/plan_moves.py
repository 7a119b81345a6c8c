"""What people do with a plan: the customer accepts or declines, it is cancelled, cured, due."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.plan_steps import accelerate_plan, cure_plan
from dunwell.actions.plans import accept_plan, cancel_plan, decline_plan
from dunwell.models import PaymentPlan
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class AcceptForm(forms.Form):
    """Who accepts the terms for the customer, and the hash of the text that was read."""

    name = forms.CharField(label=_("Who accepts?"), max_length=120)
    role = forms.CharField(label=_("Role there"), max_length=120, required=False)
    address = forms.CharField(
        label=_("How it reached us (address, letter, call)"), max_length=120, required=False
    )
    sha256 = forms.CharField(widget=forms.HiddenInput, max_length=64)


@needs("plan.propose")
@require_http_methods(["GET", "POST"])
def plan_accept(request: StaffRequest, plan_id: int) -> HttpResponse:
    """Record that the customer accepts the terms; the plan runs from now on."""
    plan = _plan(request, plan_id)
    form = AcceptForm(posted(request), initial={"sha256": plan.terms_sha256})
    if request.method == "POST" and form.is_valid():
        try:
            accept_plan(
                actor=request.actor,
                plan=plan,
                as_of=request.as_of,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            text = gettext("%(number)s runs; its items are no longer chased.")
            back = reverse("plan", args=[plan.pk])
            return done(request, text % {"number": plan.number}, back=back)
    context = {
        "heading": gettext("%(number)s is accepted") % {"number": plan.number},
        "lead": gettext(
            "Interest and fee are booked, the items are held, and promises on them end. The "
            "acceptance is kept with the hash of the terms."
        ),
        "button": gettext("The plan is accepted"),
        "action": reverse("plan-accept", args=[plan.pk]),
        "crumb": plan.number,
        "back": reverse("plan", args=[plan.pk]),
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("plan.propose")
@require_http_methods(["GET", "POST"])
def plan_decline(request: StaffRequest, plan_id: int) -> HttpResponse:
    """Record that the customer does not want the offer."""
    return _ended(
        request,
        plan_id,
        decline_plan,
        page="plan-decline",
        said=gettext("The offer is declined; its items are free."),
        heading=gettext("The customer declines"),
        lead=gettext("The offer ends. Nothing was booked, and nothing is held."),
        button=gettext("Offer is declined"),
    )


@needs("plan.propose")
@require_http_methods(["GET", "POST"])
def plan_cancel(request: StaffRequest, plan_id: int) -> HttpResponse:
    """End a plan or a proposal before it is paid."""
    return _ended(
        request,
        plan_id,
        cancel_plan,
        page="plan-cancel",
        said=gettext("The plan is cancelled; its items may be chased again."),
        heading=gettext("Cancel the plan"),
        lead=gettext(
            "Its items may be chased again at once. Interest of instalments that are not due yet "
            "falls away; what was paid stays paid."
        ),
        button=gettext("Cancel the plan"),
    )


@needs("plan.propose")
@require_http_methods(["GET", "POST"])
def plan_cure(request: StaffRequest, plan_id: int) -> HttpResponse:
    """Put a plan in default in force again, although the days to cure are over."""
    return _ended(
        request,
        plan_id,
        cure_plan,
        page="plan-cure",
        said=gettext("The plan is in force again."),
        heading=gettext("Let the plan go on"),
        lead=gettext("What was missing has to be paid. The items are held again."),
        button=gettext("Let the plan go on"),
    )


@needs("plan.propose")
@require_http_methods(["GET", "POST"])
def plan_accelerate(request: StaffRequest, plan_id: int) -> HttpResponse:
    """Let all that is left of a plan in default be due at once."""
    return _ended(
        request,
        plan_id,
        accelerate_plan,
        page="plan-accelerate",
        said=gettext("All that is left is due at once."),
        heading=gettext("All due at once"),
        lead=gettext(
            "The plan no longer binds its items. Interest of instalments that were not due yet "
            "falls away."
        ),
        button=gettext("All is due at once"),
    )


def _ended(
    request: StaffRequest,
    plan_id: int,
    action: Callable[..., None],
    *,
    page: str,
    said: str,
    **words: str,
) -> HttpResponse:
    """Ask why, and carry the action out with the reason."""
    plan = _plan(request, plan_id)
    context: dict[str, Any] = {
        **words,
        "action": reverse(page, args=[plan.pk]),
        "crumb": plan.number,
    }
    return reason_page(
        request,
        lambda reason: action(
            actor=request.actor, plan=plan, reason=reason, as_of=request.as_of, at=clock.now()
        ),
        said=said,
        back=reverse("plan", args=[plan.pk]),
        context=context,
    )


def _plan(request: StaffRequest, plan_id: int) -> PaymentPlan:
    return get_object_or_404(PaymentPlan, pk=plan_id, company=request.actor.company)
