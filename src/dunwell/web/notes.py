"""Pages that write down what was said: the result of a call in three keys, and notes."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.notes import record_note
from dunwell.models import Note
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import customer_or_404, done, form_page, posted
from dunwell.web.fields import day_field, working_day
from dunwell.web.staff import StaffRequest

WITHOUT_REASON = (Note.Result.NO_ANSWER, Note.Result.LEFT_MESSAGE, Note.Result.WRONG_NUMBER)
"""Results of a call in which nobody could give a reason for non-payment."""

NEXT_STEPS = (
    ("1", _("Call again next working day")),
    ("3", _("Call again in 3 days")),
    ("7", _("Call again in a week")),
    ("promise", _("Record a promise now")),
    ("none", _("Nothing, keep on the list")),
    ("amount", _("Record a promised amount now")),
)
STEP_PAGES = {"promise": "promise-add", "amount": "promised-amount-add"}
"""Forms that follow a call at once."""


class CallForm(forms.Form):
    """How a call went: result, reason, next step; each is one key."""

    result = forms.ChoiceField(
        label=_("How did the call go?"),
        choices=[choice for choice in Note.Result.choices if choice[0]],
        widget=forms.RadioSelect,
    )
    why = forms.ChoiceField(
        label=_("Why is it not paid?"),
        choices=[choice for choice in Note.Why.choices if choice[0]],
        widget=forms.RadioSelect,
        required=False,
    )
    step = forms.ChoiceField(
        label=_("What comes next?"), choices=NEXT_STEPS, widget=forms.RadioSelect, required=False
    )
    text = forms.CharField(
        label=_("What was said"),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class NoteForm(forms.Form):
    """A remark about a customer, and when to look again."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=[c for c in Note.Kind.choices if c[0] != Note.Kind.CALL]
    )
    text = forms.CharField(
        label=_("Text"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "autofocus": True}),
    )
    next_on = day_field(label=_("Look again on"), required=False)


def call_facts(form: CallForm, *, as_of: date) -> dict[str, Any]:
    """Return what a valid form says of a call, as `record_note` takes it."""
    step, result = form.cleaned_data["step"], form.cleaned_data["result"]
    days = int(step) if step.isdigit() else None
    next_on = working_day(as_of + timedelta(days=days)) if days else None
    return {
        "kind": Note.Kind.CALL,
        "result": result,
        "why": "" if result in WITHOUT_REASON else form.cleaned_data["why"],
        "text": form.cleaned_data["text"],
        "next_on": next_on,
        "snooze": next_on is not None,
    }


@require_http_methods(["GET", "POST"])
def call_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record how a call went; with a day to call again the customer leaves the list until then."""
    customer = customer_or_404(request, customer_id)
    form = CallForm(posted(request))
    if request.method == "POST" and form.is_valid():
        step = form.cleaned_data["step"]
        try:
            record_note(
                actor=request.actor,
                customer=customer,
                as_of=request.as_of,
                at=clock.now(),
                **call_facts(form, as_of=request.as_of),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(
                request,
                gettext("Call with %(name)s recorded.") % {"name": customer.name},
                back=reverse("customer", args=[customer.pk]),
                then=reverse(STEP_PAGES[step], args=[customer.pk]) if step in STEP_PAGES else "",
                title=gettext("Promise"),
            )
    context = {
        "customer": customer,
        "without_reason": WITHOUT_REASON,
        "phones": customer.contacts.exclude(phone="").order_by("-is_primary", "id"),
    }
    return form_page(request, "web/call_form.html", form, context)


@require_http_methods(["GET", "POST"])
def note_add(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Record a remark about a customer."""
    customer = customer_or_404(request, customer_id)
    form = NoteForm(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            record_note(
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
                gettext("Note on %(name)s recorded.") % {"name": customer.name},
                back=reverse("customer", args=[customer.pk]),
            )
    return form_page(
        request,
        "web/simple_form.html",
        form,
        {
            "customer": customer,
            "heading": gettext("Note"),
            "button": gettext("Record note"),
            "action": reverse("note-add", args=[customer.pk]),
        },
    )
