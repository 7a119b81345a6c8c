"""What is done with a credit review: asked for, begun, recommended, decided."""

from datetime import date

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.credit_reviews import (
    ask_review,
    decide_review,
    recommend_review,
    start_review,
)
from dunwell.models import CreditReview
from dunwell.queries.review_proposals import review_proposal
from dunwell.templatetags.money import MoneyField
from dunwell.web.answers import customer_or_404, posted, told_page
from dunwell.web.fields import day_field
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class StartForm(forms.Form):
    """Whether data is still on its way."""

    waits_for_data = forms.BooleanField(
        label=_("Data is still on its way, such as a bureau's report"), required=False
    )


class AdviceForm(forms.Form):
    """What is recommended, and why."""

    advice = forms.ChoiceField(label=_("Recommendation"), choices=CreditReview.Advice.choices)
    until_on = day_field(label=_("Until, for a raise or suspension that ends"), required=False)
    reason = forms.CharField(
        label=_("What speaks for it"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    field_order = ("advice", "limit_minor", "until_on", "reason")

    def __init__(self, currency: str, *args: object, **kwargs: object) -> None:
        """Ask for the limit in the company's currency."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["limit_minor"] = MoneyField(
            currency,
            label=gettext("New limit in %(code)s, of a raise or a lower limit")
            % {"code": currency},
            required=False,
        )
        self.order_fields(self.field_order)


class DecideForm(forms.Form):
    """Carried out, or sent back with the reason."""

    is_approved = forms.TypedChoiceField(
        label=_("Decision"),
        choices=[("yes", _("carry it out")), ("no", _("send it back"))],
        coerce=lambda value: value == "yes",
    )
    reason = forms.CharField(
        label=_("Reason, needed to send it back"), max_length=300, required=False
    )


@needs("review.edit")
@require_http_methods(["GET", "POST"])
def review_ask(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Ask for a review of a customer out of turn."""
    customer = customer_or_404(request, customer_id)

    def ask(reason: str) -> None:
        ask_review(
            actor=request.actor,
            customer=customer,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    return reason_page(
        request,
        ask,
        said=gettext("The review is among those of this week."),
        back=reverse("credit-reviews"),
        context={
            "heading": gettext("Review the credit"),
            "lead": gettext("Of %(name)s, out of turn and beside the week's budget.")
            % {"name": customer.name},
            "button": gettext("Ask for it"),
            "action": reverse("credit-review-ask", args=[customer.pk]),
            "crumb": gettext("Credit reviews"),
        },
    )


@needs("review.edit")
@require_http_methods(["GET", "POST"])
def review_start(request: StaffRequest, review_id: int) -> HttpResponse:
    """Take a review on: facts are read anew, with what the policy would grant."""
    review = _review(request, review_id)

    def act(*, waits_for_data: bool) -> None:
        start_review(
            actor=request.actor,
            review=review,
            waits_for_data=waits_for_data,
            proposal=review_proposal(review, as_of=request.as_of),
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        StartForm(posted(request)),
        act,
        said=gettext("The facts are those of now."),
        back=reverse("credit-review", args=[review.pk]),
        context={
            "heading": gettext("Begin the review"),
            "lead": gettext("Exposure, limit, class and the policy's proposal are read anew."),
            "button": gettext("Begin"),
            "action": reverse("credit-review-start", args=[review.pk]),
            "crumb": gettext("Credit reviews"),
        },
    )


@needs("review.edit")
@require_http_methods(["GET", "POST"])
def review_recommend(request: StaffRequest, review_id: int) -> HttpResponse:
    """Recommend keep, raise, lower or suspend."""
    review = _review(request, review_id)
    initial = {"limit_minor": review.proposal.get("limit_minor"), "advice": "keep"}
    form = AdviceForm(review.currency, posted(request), initial=initial)

    def act(*, advice: str, limit_minor: int | None, until_on: date | None, reason: str) -> None:
        # the field shows the policy's proposal, which only a raise or a lower limit takes
        has_amount = advice in (CreditReview.Advice.RAISE, CreditReview.Advice.LOWER)
        recommend_review(
            actor=request.actor,
            review=review,
            advice=advice,
            limit_minor=limit_minor if has_amount else None,
            until_on=until_on,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        act,
        said=gettext("Recommended; somebody else decides."),
        back=reverse("credit-review", args=[review.pk]),
        context={
            "heading": gettext("Recommend"),
            "lead": gettext("Somebody else decides, and the limit needs their authority."),
            "button": gettext("Recommend"),
            "action": reverse("credit-review-recommend", args=[review.pk]),
            "crumb": gettext("Credit reviews"),
        },
    )


@needs("review.decide")
@require_http_methods(["GET", "POST"])
def review_decide(request: StaffRequest, review_id: int) -> HttpResponse:
    """Carry a recommendation out, or send it back."""
    review = _review(request, review_id)

    def act(*, is_approved: bool, reason: str) -> None:
        decide_review(
            actor=request.actor,
            review=review,
            is_approved=is_approved,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        DecideForm(posted(request)),
        act,
        said=gettext("Decided."),
        back=reverse("credit-review", args=[review.pk]),
        context={
            "heading": gettext("Decide"),
            "lead": gettext("A limit beyond your authority waits for somebody else's approval."),
            "button": gettext("Decide"),
            "action": reverse("credit-review-decide", args=[review.pk]),
            "crumb": gettext("Credit reviews"),
        },
    )


def _review(request: StaffRequest, review_id: int) -> CreditReview:
    found = CreditReview.objects.select_related("customer")
    return get_object_or_404(found, pk=review_id, company=request.actor.company)
