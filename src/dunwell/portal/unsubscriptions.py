"""/unsubscribe/: the reader of a mail opts out, by its link or the button of a mail program.

Looking changes nothing, so that scanners of links may look; a POST acts, and again acts no more.
The button of a mail program (RFC 8058) posts without a session: the token alone is the proof.
"""

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.unsubscriptions import EVERYTHING, MAIL, REMINDERS, opt_out
from dunwell.models import Company, Message
from dunwell.portal.visitors import REFUSED, visitor
from dunwell.queries.unsubscribe_links import message_of_link
from dunwell.templatetags.sentences import spoken

MOST = 2_000
"""Requests in ten minutes: the servers of large mail programs press the button for everybody."""

GONE = 404
ONE_CLICK = "One-Click"


class OptOutForm(forms.Form):
    """What the reader does not want any more."""

    choice = forms.ChoiceField(
        label=_("What should stop?"),
        widget=forms.RadioSelect,
        initial=REMINDERS,
        choices=[
            (REMINDERS, _("Reminders of payment by e-mail")),
            (MAIL, _("All e-mail that the law does not ask for")),
            (EVERYTHING, _("Everything that the law does not ask for, by e-mail, phone and post")),
        ],
    )


@csrf_exempt  # the token in the address is the proof, and mail programs have no session
@visitor("unsubscribe", most=MOST)
@require_http_methods(["GET", "POST"])
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """Show what opting out means; a POST does it."""
    message = message_of_link(token)
    if message is None:
        return render(request, "portal/unsubscribe_gone.html", status=GONE)
    company = message.company
    translation.activate("de" if message.language == "de" else "en")
    is_one_click = request.POST.get("List-Unsubscribe") == ONE_CLICK
    form = OptOutForm({"choice": REMINDERS} if is_one_click else request.POST or None)
    context = {"company": company, "message": message, "form": form, "token": token}
    if request.method == "POST" and form.is_valid():
        try:
            opt_out(
                actor=_reader(company, message),
                token=token,
                choice=form.cleaned_data["choice"],
                as_of=clock.today(company.zone),
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return render(request, "portal/unsubscribe_done.html", context)
    status = REFUSED if request.method == "POST" else 200
    return render(request, "portal/unsubscribe.html", context, status=status)


def _reader(company: Company, message: Message) -> Actor:
    """Return the reader of a mail as an actor: may restrict contacts, and nothing else."""
    return Actor(
        company=company,
        name=f"reader {message.to}"[:150],
        rights=frozenset({"restriction.edit"}),
    )
