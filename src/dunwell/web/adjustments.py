"""Pages that take an amount off the books without money, and that take this back."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.adjustments import BY_HAND, record_adjustment, reverse_adjustment
from dunwell.actions.gate import Refused
from dunwell.models import Adjustment, Item
from dunwell.templatetags.money import MoneyField, money
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class AdjustmentForm(forms.Form):
    """How much is given up, as what, and why."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[(kind.value, kind.label) for kind in BY_HAND]
    )
    reason = forms.CharField(
        label=_("Reason"), max_length=300, help_text=_("It stands in the audit log for good.")
    )

    def __init__(self, currency: str, *args: object, **kwargs: object) -> None:
        """Read the amount in the item's currency."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        amount = MoneyField(currency, label=_("Amount in %(currency)s") % {"currency": currency})
        self.fields = {
            "kind": self.fields["kind"],
            "amount_minor": amount,
            "reason": self.fields["reason"],
        }


@needs("adjustment.record")
@require_http_methods(["GET", "POST"])
def adjustment_add(request: StaffRequest, item_id: int) -> HttpResponse:
    """Write off, or grant a discount on, a part of what is open on an item."""
    item = get_object_or_404(
        Item.objects.select_related("open_now"), pk=item_id, company=request.actor.company
    )
    back = reverse("item", args=[item.pk])
    open_minor = item.open_now.open_minor if hasattr(item, "open_now") else 0
    form = AdjustmentForm(
        item.currency, request.POST or None, initial={"amount_minor": abs(open_minor)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            record_adjustment(
                actor=request.actor,
                item=item,
                as_of=request.as_of,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request,
                gettext("%(amount)s taken off %(item)s.")
                % {
                    "amount": money(form.cleaned_data["amount_minor"], item.currency),
                    "item": item.number,
                },
                back=back,
            )
    context = {
        "heading": gettext("Write off on %(item)s") % {"item": item.number},
        "lead": gettext("Still open: %(amount)s.") % {"amount": money(open_minor, item.currency)},
        "button": gettext("Write off"),
        "action": reverse("adjustment-add", args=[item.pk]),
        "back": back,
        "crumb": item.number,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("adjustment.record")
@require_http_methods(["GET", "POST"])
def adjustment_reverse(request: StaffRequest, adjustment_id: int) -> HttpResponse:
    """Take an adjustment back: the item is owed again."""
    adjustment = get_object_or_404(
        Adjustment.objects.select_related("item"),
        pk=adjustment_id,
        company=request.actor.company,
    )
    back = reverse("item", args=[adjustment.item_id])
    context = {
        "heading": gettext("Take back on %(item)s") % {"item": adjustment.item.number},
        "lead": gettext("%(kind)s of %(amount)s: %(reason)s")
        % {
            "kind": adjustment.get_kind_display(),
            "amount": money(abs(adjustment.amount_minor), adjustment.item.currency),
            "reason": adjustment.reason,
        },
        "button": gettext("Take back"),
        "action": reverse("adjustment-reverse", args=[adjustment.pk]),
        "crumb": adjustment.item.number,
    }
    return reason_page(
        request,
        lambda reason: reverse_adjustment(
            actor=request.actor,
            adjustment=adjustment,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Taken back; the item is owed again."),
        back=back,
        context=context,
    )
