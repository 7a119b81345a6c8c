"""/portal/assistant/: talking with the assistant, one text and one answer at a time."""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.assistant_talks import begin_talk, end_talk
from dunwell.actions.gate import Refused
from dunwell.engine.assistant_intents import MOST_CHARACTERS
from dunwell.engine.assistant_moves import Say
from dunwell.formats.assistant_words import said
from dunwell.jobs.assistant import answer
from dunwell.portal.arrangements_forms import KeyedForm, language, page
from dunwell.portal.debtors import Debtor, in_portal
from dunwell.queries.assistant_talks import (
    assistant_is_on,
    last_talk,
    open_talk,
    talk_turns,
)
from dunwell.templatetags.sentences import spoken

QUICK = (
    _("How much do I owe?"),
    _("Which invoices are open?"),
    _("What are your bank details?"),
    _("I want to talk to a person"),
)
"""What is asked most, as one press; the words are read like any others."""

PLACES = (
    ("portal-pay", _("Pay")),
    ("portal-items", _("Invoices")),
    ("portal-documents", _("Documents")),
    ("portal-statement", _("Statement")),
    ("portal-arrangements", _("Promises and plans")),
    ("portal-disputes", _("Queries")),
    ("portal-contacts", _("Contacts")),
)
"""The pages that answers name."""


class AssistantForm(KeyedForm):
    """What somebody says to the assistant."""

    text = forms.CharField(
        label=_("Your question"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@in_portal(most=120)
@require_http_methods(["GET", "POST"])
def assistant_talk(request: HttpRequest, who: Debtor) -> HttpResponse:
    """Show the talk of this person and take its next text; the first text begins a talk."""
    form = AssistantForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and who.seat is not None:
        now = clock.now()
        try:
            talk = begin_talk(
                actor=who.actor,
                seat=who.seat,
                language=language(),
                as_of=clock.today(who.company.zone),
                at=now,
            )
            answer(talk, form.cleaned_data["text"], key=form.cleaned_data["key"], at=now)
        except Refused as refusal:
            form.add_error("text", spoken(refusal))
        else:
            return redirect(f"{reverse('portal-assistant')}#newest")
    talk_now = last_talk(who.seat.pk) if who.seat else None
    context = {
        "form": form,
        "is_on": who.seat is not None and assistant_is_on(who.company),
        "talk": talk_now,
        "turns": talk_turns(talk_now) if talk_now else (),
        "hello": said((Say(key="hello"),), language=language()),
        "quick": QUICK,
        "answer_pages": PLACES,
    }
    return page(request, who, "assistant", context, form)


@in_portal(most=60)
@require_POST
def assistant_end(_request: HttpRequest, who: Debtor) -> HttpResponse:
    """End the talk that goes on, so that the next text begins another."""
    talk = open_talk(who.seat.pk) if who.seat else None
    if talk is not None:
        end_talk(actor=who.actor, talk=talk, at=clock.now())
    return redirect("portal-assistant")
