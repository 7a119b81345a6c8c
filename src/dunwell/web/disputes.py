"""Pages that open and close disputes."""

from collections.abc import Sequence

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.disputes import close_dispute, open_dispute
from dunwell.actions.gate import Refused
from dunwell.models import Customer, Dispute, Item
from dunwell.queries.dispute_policies import dispute_policy_in_force
from dunwell.templatetags.money import read_money
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted
from dunwell.web.dispute_board import language
from dunwell.web.dispute_forms import reasons_of
from dunwell.web.item_field import ItemField
from dunwell.web.staff import StaffRequest


class DisputeForm(forms.Form):
    """Which item, how much of it, and why."""

    item = ItemField()
    amount = forms.CharField(
        label=_("Disputed amount"),
        max_length=30,
        required=False,
        help_text=_("Leave empty for all that is open of the item."),
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
    )
    reason = forms.ChoiceField(label=_("Reason"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(
        self,
        customer: Customer,
        reasons: Sequence[tuple[str, str]],
        *args: object,
        **kwargs: object,
    ) -> None:
        """Offer only the customer's own open debit items, and the policy's reasons."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        items = Item.objects.filter(customer=customer, open_now__open_minor__gt=0)
        chosen = items.select_related("open_now").order_by("due_on", "id")
        self.fields["item"].offer(chosen)  # type: ignore[attr-defined]
        self.fields["reason"].choices = list(reasons)  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """Read the amount in the item's currency."""
        data = super().clean() or {}
        item, text = data.get("item"), data.get("amount")
        if item is not None:
            try:
                data["amount_minor"] = (
                    read_money(text, item.currency) if text else item.open_now.open_minor
                )
            except ValueError as error:
                self.add_error("amount", spoken(error))
        return data


class CloseForm(forms.Form):
    """How a dispute ended."""

    outcome = forms.CharField(label=_("How did it end?"), max_length=200)


@require_http_methods(["GET", "POST"])
def dispute_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Open a dispute on a part of one item; the rest stays collectable."""
    customer = customer_or_404(request, customer_id)
    policy = dispute_policy_in_force(request.actor.company, as_of=request.as_of).policy
    initial = {"item": request.GET.get("item")}
    reasons = reasons_of(policy, language())
    form = DisputeForm(customer, reasons, posted(request), initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            open_dispute(
                actor=request.actor,
                item=form.cleaned_data["item"],
                amount_minor=form.cleaned_data["amount_minor"],
                reason=form.cleaned_data["reason"],
                note=form.cleaned_data["note"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request,
                gettext("Dispute on %(item)s opened.")
                % {"item": form.cleaned_data["item"].number},
                back=reverse("customer", args=[customer.pk]),
            )
    return form_page(
        request,
        "web/simple_form.html",
        form,
        {
            "customer": customer,
            "heading": gettext("Dispute"),
            "button": gettext("Open dispute"),
            "action": reverse("dispute-add", args=[customer.pk]),
        },
    )


@require_http_methods(["GET", "POST"])
def dispute_close(request: StaffRequest, dispute_id: int) -> HttpResponse:
    """Close a dispute with how it ended."""
    dispute = get_object_or_404(
        Dispute.objects.select_related("customer", "item"),
        pk=dispute_id,
        company=request.actor.company,
    )
    form = CloseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            close_dispute(
                actor=request.actor,
                dispute=dispute,
                outcome=form.cleaned_data["outcome"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request,
                gettext("Dispute on %(item)s closed.") % {"item": dispute.item.number},
                back=reverse("customer", args=[dispute.customer_id]),
            )
    return form_page(
        request,
        "web/simple_form.html",
        form,
        {
            "customer": dispute.customer,
            "heading": gettext("Close dispute on %(item)s") % {"item": dispute.item.number},
            "button": gettext("Close dispute"),
            "action": reverse("dispute-close", args=[dispute.pk]),
        },
    )
