"""The steps of a portfolio review: freezing, agenda, minutes, decisions, names."""

from datetime import timedelta
from functools import partial

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.portfolio_decisions import finish_decision, sign_review, take_decision
from dunwell.actions.portfolio_reviews import (
    agree_agenda,
    cancel_review,
    freeze_pack,
    hold_review,
)
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import Customer, PortfolioDecision, PortfolioReview, User
from dunwell.web.answers import done, posted, refused, told_page
from dunwell.web.fields import day_field
from dunwell.web.initiative_forms import PersonChoice
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

USUAL_DAYS = 28


class AgendaForm(forms.Form):
    """What is to be talked about."""

    agenda = forms.CharField(
        label=_("Agenda"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)


class HoldForm(forms.Form):
    """Who met and what was said."""

    held_on = day_field(label=_("Held on"))
    attendees = forms.CharField(label=_("Who took part"), max_length=500)
    minutes = forms.CharField(
        label=_("Minutes"), max_length=20_000, widget=forms.Textarea(attrs={"rows": 10})
    )


class DecisionForm(forms.Form):
    """What was decided, who sees to it, until when."""

    text = forms.CharField(
        label=_("Decision"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )
    owner = PersonChoice(User.objects.none(), label=_("Who sees to it"))
    due_on = day_field(label=_("Until"))
    customer = forms.CharField(
        label=_("Customer number, if it is about one"), max_length=40, required=False,
        help_text=_("It becomes a task on the customer's page."),
    )  # fmt: skip

    def __init__(self, *args: object, request: StaffRequest, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._company = request.actor.company
        people = User.objects.filter(memberships__company=self._company, is_active=True)
        ours = people.exclude(memberships__role__in=("partner", "advisor", "auditor"))
        self.fields["owner"].queryset = ours.distinct().order_by("username")  # type: ignore[attr-defined]

    def clean_customer(self) -> Customer | None:
        """Return the customer of the number, None where none is named."""
        number = self.cleaned_data["customer"].strip()
        if not number:
            return None
        found = Customer.objects.filter(company=self._company, number=number).first()
        if found is None:
            raise forms.ValidationError(gettext("There is no customer %(n)s.") % {"n": number})
        return found


class OutcomeForm(forms.Form):
    """What came of a decision."""

    outcome = forms.CharField(
        label=_("What came of it?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


@needs("portfolio_review.edit")
@require_POST
def review_freeze(request: StaffRequest, review_id: int) -> HttpResponse:
    """Freeze the figures of today."""
    review = _review(request, review_id)
    back = reverse("portfolio-review", args=[review.pk])
    try:
        freeze_pack(actor=request.actor, review=review, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    except TypesettingError as error:
        return refused(request, Refused(str(error)), back=back)
    return done(request, gettext("The pack is frozen."), back=back)


@needs("portfolio_review.edit")
@require_http_methods(["GET", "POST"])
def review_agenda(request: StaffRequest, review_id: int) -> HttpResponse:
    """Change the agenda."""
    review = _review(request, review_id)
    form = AgendaForm(
        posted(request), initial={"agenda": review.agenda, "version": review.version}
    )
    return told_page(
        request,
        form,
        partial(agree_agenda, actor=request.actor, review=review, at=clock.now()),
        said=gettext("The agenda is kept."),
        back=reverse("portfolio-review", args=[review.pk]),
        context={
            "heading": gettext("Agenda of %(name)s") % {"name": review.name},
            "button": gettext("Keep"),
            "action": reverse("portfolio-review-agenda", args=[review.pk]),
            "crumb": review.name,
        },
    )


@needs("portfolio_review.edit")
@require_http_methods(["GET", "POST"])
def review_hold(request: StaffRequest, review_id: int) -> HttpResponse:
    """Keep who met and what was said."""
    review = _review(request, review_id)
    return told_page(
        request,
        HoldForm(posted(request), initial={"held_on": request.as_of}),
        partial(
            hold_review,
            actor=request.actor,
            review=review,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("The minutes are kept; two people sign."),
        back=reverse("portfolio-review", args=[review.pk]),
        context={
            "heading": gettext("Minutes of %(name)s") % {"name": review.name},
            "lead": gettext("They are not changed afterwards."),
            "button": gettext("Keep the minutes"),
            "action": reverse("portfolio-review-hold", args=[review.pk]),
            "crumb": review.name,
        },
    )


@needs("portfolio_review.edit")
@require_http_methods(["GET", "POST"])
def review_decide(request: StaffRequest, review_id: int) -> HttpResponse:
    """Write down what was decided."""
    review = _review(request, review_id)
    form = DecisionForm(
        posted(request),
        request=request,
        initial={"due_on": request.as_of + timedelta(days=USUAL_DAYS)},
    )
    return told_page(
        request,
        form,
        partial(
            take_decision,
            actor=request.actor,
            review=review,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("The decision is written down."),
        back=reverse("portfolio-review", args=[review.pk]),
        context={
            "heading": gettext("A decision of %(name)s") % {"name": review.name},
            "button": gettext("Write it down"),
            "action": reverse("portfolio-review-decide", args=[review.pk]),
            "crumb": review.name,
        },
    )


@require_http_methods(["GET", "POST"])
def decision_done(request: StaffRequest, decision_id: int) -> HttpResponse:
    """Note that a decision was carried out."""
    decision = get_object_or_404(PortfolioDecision, pk=decision_id, company=request.actor.company)
    return told_page(
        request,
        OutcomeForm(posted(request)),
        partial(
            finish_decision,
            actor=request.actor,
            decision=decision,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Done."),
        back=reverse("portfolio-review", args=[decision.review_id]),
        context={
            "heading": gettext("Carried out"),
            "lead": decision.text,
            "button": gettext("Done"),
            "action": reverse("portfolio-decision-done", args=[decision.pk]),
            "crumb": gettext("Portfolio reviews"),
        },
    )


@needs("portfolio_review.sign")
@require_POST
def review_sign(request: StaffRequest, review_id: int) -> HttpResponse:
    """Sign the pack and the minutes."""
    review = _review(request, review_id)
    back = reverse("portfolio-review", args=[review.pk])
    try:
        sign_review(actor=request.actor, review=review, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Signed."), back=back)


@needs("portfolio_review.edit")
@require_http_methods(["GET", "POST"])
def review_cancel(request: StaffRequest, review_id: int) -> HttpResponse:
    """Call a review off."""
    review = _review(request, review_id)
    return reason_page(
        request,
        lambda reason: cancel_review(
            actor=request.actor, review=review, reason=reason, at=clock.now()
        ),
        said=gettext("The review is called off."),
        back=reverse("portfolio-review", args=[review.pk]),
        context={
            "heading": gettext("Call %(name)s off") % {"name": review.name},
            "button": gettext("Call it off"),
            "action": reverse("portfolio-review-cancel", args=[review.pk]),
            "crumb": review.name,
        },
    )


def _review(request: StaffRequest, review_id: int) -> PortfolioReview:
    return get_object_or_404(PortfolioReview, pk=review_id, company=request.actor.company)
