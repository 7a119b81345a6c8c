"""Writing to the customer about a dispute case: a comment, a question, or a proposal."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.dispute_comments import write_to_customer
from dunwell.models import Dispute
from dunwell.templatetags.money import MoneyField
from dunwell.web.answers import posted, told_page
from dunwell.web.dispute_cases import case_address, case_context, case_or_404
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class CommentForm(forms.Form):
    """What is said, and what it asks of the customer."""

    kind = forms.ChoiceField(
        label=_("What it is"),
        choices=[
            ("comment", _("Word on how it stands")),
            ("question", _("Question: the case waits for the customer")),
            ("proposal", _("Proposal to agree on: the case waits for the customer")),
        ],
    )
    text = forms.CharField(
        label=_("What the customer reads"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )

    def __init__(self, currency: str, *args: Any, **kwargs: Any) -> None:
        """Ask for the amount of a proposal in the currency of the case."""
        super().__init__(*args, **kwargs)
        self.fields["credit_minor"] = MoneyField(
            currency, label=_("We would credit (of a proposal)"), required=False
        )


@needs("dispute.edit")
@require_http_methods(["GET", "POST"])
def dispute_say(request: StaffRequest, case_id: int) -> HttpResponse:
    """Write something that the customer reads in the portal and is told of by mail."""
    case = case_or_404(request, case_id)
    part = Dispute.objects.filter(case=case).select_related("item").order_by("pk").first()
    currency = part.item.currency if part else request.actor.company.currency
    form = CommentForm(currency, posted(request))

    def act(kind: str, text: str, credit_minor: int | None) -> None:
        write_to_customer(
            actor=request.actor,
            case=case,
            kind=kind,
            text=text,
            credit_minor=credit_minor if kind == "proposal" else None,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        act,
        said=gettext("Written; the customer is told by mail."),
        back=case_address(case),
        context=case_context(request, case, gettext("Write to the customer")),
    )
