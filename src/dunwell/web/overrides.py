"""Pages on departures from a strategy by hand: what stands for a customer, setting and ending."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.overrides import HIGHEST_LEVEL, end_override, set_override
from dunwell.engine.overrides import WRITTEN
from dunwell.models import Customer, Item, StrategyOverride
from dunwell.queries.overrides import override_rows
from dunwell.queries.policies import strategies_in_force
from dunwell.templatetags.reasons import channel_label
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, customer_or_404, done, posted, told_page
from dunwell.web.fields import day_field
from dunwell.web.item_field import ItemField
from dunwell.web.staff import StaffRequest


class OverrideForm(forms.Form):
    """How the strategy is departed from, why, and until when."""

    kind = forms.ChoiceField(label=_("Change"), choices=StrategyOverride.Kind.choices)
    strategy = forms.ChoiceField(
        label=_("Strategy"), required=False, help_text=_("For another strategy.")
    )
    level = forms.IntegerField(
        label=_("Level"),
        required=False,
        min_value=0,
        max_value=HIGHEST_LEVEL,
        help_text=_("The level to skip, or not to go beyond."),
    )
    channel = forms.ChoiceField(
        label=_("Channel"), required=False, help_text=_("For what is written, never for a call.")
    )
    item = ItemField(required=False, empty_label=_("The whole customer"))
    until_on = day_field(
        label=_("Last day"), required=False, help_text=_("Leave empty until it is ended.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    def __init__(
        self, customer: Customer, strategies: list[str], *args: object, **kwargs: object
    ) -> None:
        """Offer the strategies in force and the customer's own open items."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        items = Item.objects.filter(customer=customer, open_now__isnull=False)
        self.fields["item"].offer(items.order_by("due_on", "id"))  # type: ignore[attr-defined]
        nothing = [("", "-")]
        self.fields["strategy"].choices = [*nothing, *((s, s) for s in strategies)]  # type: ignore[attr-defined]
        self.fields["channel"].choices = [  # type: ignore[attr-defined]
            *nothing,
            *((name, channel_label(name)) for name in WRITTEN),
        ]


class EndForm(forms.Form):
    """Why the strategy is followed again."""

    reason = forms.CharField(label=_("Reason"), max_length=300)


@require_http_methods(["GET", "POST"])
def customer_overrides(request: StaffRequest, customer_id: int) -> HttpResponse:
    """List a customer's overrides, those that ended too, and set a new one."""
    customer = customer_or_404(request, customer_id)
    company = request.actor.company
    names = [found.name for found in strategies_in_force(company, as_of=request.as_of)]
    form = OverrideForm(customer, names, posted(request))
    back = reverse("customer-overrides", args=[customer.pk])
    if request.method == "POST" and form.is_valid():
        try:
            set_override(
                actor=request.actor,
                customer=customer,
                as_of=request.as_of,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("The override is set."), back=back)
    context = {
        "customer": customer,
        "form": form,
        "rows": override_rows(company, customer_id=customer.pk, as_of=request.as_of),
    }
    status = REFUSED if form.errors else 200
    return render(request, "web/overrides.html", context, status=status)


@require_http_methods(["GET", "POST"])
def override_end(request: StaffRequest, override_id: int) -> HttpResponse:
    """End an override, so that the strategy is followed again."""
    override = get_object_or_404(
        StrategyOverride.objects.select_related("customer"),
        pk=override_id,
        company=request.actor.company,
    )

    def end(reason: str) -> None:
        end_override(
            actor=request.actor,
            override=override,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        EndForm(posted(request)),
        end,
        said=gettext("The strategy is followed again."),
        back=reverse("customer-overrides", args=[override.customer_id]),
        context={
            "customer": override.customer,
            "heading": gettext("End the override"),
            "button": gettext("End it"),
            "action": reverse("override-end", args=[override.pk]),
        },
        template="web/simple_form.html",
    )
