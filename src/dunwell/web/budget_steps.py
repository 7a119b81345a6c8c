"""Buttons of a budget: handed in, approved, given back, retired."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext, pgettext
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.budgets import (
    approve_budget,
    hand_in_budget,
    retire_budget,
    return_budget,
)
from dunwell.actions.gate import Refused
from dunwell.models import Budget
from dunwell.web.answers import done, refused
from dunwell.web.keys import read_key
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


@needs("budget.edit")
@require_POST
def budget_hand_in(request: StaffRequest, budget_id: int) -> HttpResponse:
    """Hand a draft in for approval."""
    budget, back = _budget(request, budget_id)
    revision = read_key(request.POST.get("revision", "")) or 0
    try:
        hand_in_budget(actor=request.actor, budget=budget, revision=revision, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The budget waits for a second person."), back=back)


@needs("budget.approve")
@require_POST
def budget_approve(request: StaffRequest, budget_id: int) -> HttpResponse:
    """Approve a budget that waits."""
    budget, back = _budget(request, budget_id)
    try:
        approve_budget(actor=request.actor, budget=budget, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The budget is approved."), back=back)


@needs("budget.approve")
@require_http_methods(["GET", "POST"])
def budget_return(request: StaffRequest, budget_id: int) -> HttpResponse:
    """Give a budget that waits back to its author."""
    budget, back = _budget(request, budget_id)

    def give_back(reason: str) -> None:
        return_budget(actor=request.actor, budget=budget, reason=reason, at=clock.now())

    return reason_page(
        request,
        give_back,
        said=gettext("The budget is a draft again."),
        back=back,
        context={
            "heading": gettext("Give %(name)s back") % {"name": budget.name},
            "lead": gettext("Say what is to be changed before it can be approved."),
            "button": pgettext("work", "Give back"),
            "action": reverse("budget-return", args=[budget.pk]),
            "crumb": budget.name,
        },
    )


@needs("budget.approve")
@require_http_methods(["GET", "POST"])
def budget_retire(request: StaffRequest, budget_id: int) -> HttpResponse:
    """Take a draft or an approved budget out of use."""
    budget, back = _budget(request, budget_id)

    def retire(reason: str) -> None:
        retire_budget(actor=request.actor, budget=budget, reason=reason, at=clock.now())

    return reason_page(
        request,
        retire,
        said=gettext("The budget is retired."),
        back=back,
        context={
            "heading": gettext("Retire %(name)s") % {"name": budget.name},
            "lead": gettext("It stays readable; alerts no longer look at it."),
            "button": gettext("Retire"),
            "action": reverse("budget-retire", args=[budget.pk]),
            "crumb": budget.name,
        },
    )


def _budget(request: StaffRequest, budget_id: int) -> tuple[Budget, str]:
    budget = get_object_or_404(Budget, pk=budget_id, company=request.actor.company)
    return budget, reverse("budget", args=[budget.pk])
