"""Pages that stop and release chasing."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.holds import place_hold, release_hold
from dunwell.models import Customer, Hold, Item
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted
from dunwell.web.fields import day_field
from dunwell.web.item_field import ItemField
from dunwell.web.staff import StaffRequest


class HoldForm(forms.Form):
    """Why chasing stops, and until when."""

    reason = forms.ChoiceField(label=_("Reason"), choices=Hold.Reason.choices)
    until_on = day_field(
        label=_("Last day"), required=False, help_text=_("Leave empty to hold until released.")
    )
    item = ItemField(required=False, empty_label=_("The whole customer"))
    note = forms.CharField(label=_("Note"), max_length=500, required=False)

    def __init__(self, customer: Customer, *args: object, **kwargs: object) -> None:
        """Offer only the customer's own open items."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        items = Item.objects.filter(customer=customer, open_now__isnull=False)
        self.fields["item"].offer(items.order_by("due_on", "id"))  # type: ignore[attr-defined]


class ReleaseForm(forms.Form):
    """Why a hold ends."""

    note = forms.CharField(label=_("Note"), max_length=500, required=False)


@require_http_methods(["GET", "POST"])
def hold_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Stop chasing a customer or one of its items."""
    customer = customer_or_404(request, customer_id)
    form = HoldForm(customer, posted(request), initial={"item": request.GET.get("item")})
    if request.method == "POST" and form.is_valid():
        try:
            place_hold(
                actor=request.actor,
                customer=customer,
                as_of=request.as_of,
                at=clock.now(),
                **form.cleaned_data,
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request,
                gettext("%(name)s is on hold.") % {"name": customer.name},
                back=reverse("customer", args=[customer.pk]),
            )
    return form_page(
        request,
        "web/simple_form.html",
        form,
        {
            "customer": customer,
            "heading": gettext("Hold"),
            "button": gettext("Place hold"),
            "action": reverse("hold-add", args=[customer.pk]),
        },
    )


@require_http_methods(["GET", "POST"])
def hold_release(request: StaffRequest, hold_id: int) -> HttpResponse:
    """End a hold, so that the customer may be chased again."""
    hold = get_object_or_404(
        Hold.objects.select_related("customer"), pk=hold_id, company=request.actor.company
    )
    form = ReleaseForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            release_hold(
                actor=request.actor,
                hold=hold,
                note=form.cleaned_data["note"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request,
                gettext("Hold released."),
                back=reverse("customer", args=[hold.customer_id]),
            )
    return form_page(
        request,
        "web/simple_form.html",
        form,
        {
            "customer": hold.customer,
            "heading": gettext("Release hold"),
            "button": gettext("Release hold"),
            "action": reverse("hold-release", args=[hold.pk]),
        },
    )
