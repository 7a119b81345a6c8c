"""/follow-up/: the reader of a mail tells the assistant when it will be paid, or why not.

The talk stays on this page: the link is no way into the portal, and a browser that has not
answered here sees the question alone.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from dunwell import clock
from dunwell.actions.follow_ups import begin_follow_up
from dunwell.actions.gate import Actor, Refused
from dunwell.engine.assistant_intents import MOST_CHARACTERS
from dunwell.engine.assistant_moves import Say
from dunwell.formats.assistant_words import said
from dunwell.formats.follow_up_words import FollowUpWords, follow_up_words
from dunwell.jobs.assistant import answer
from dunwell.models import AssistantConversation, Message
from dunwell.portal.visitors import REFUSED, visitor
from dunwell.queries.assistant_talks import assistant_is_on, talk_turns
from dunwell.queries.customer_merges import led_on
from dunwell.queries.follow_ups import contact_of_follow_up, message_of_follow_up
from dunwell.templatetags.sentences import spoken

SESSION_KEY = "follow_up"
OPEN = AssistantConversation.Status.OPEN


class FollowUpForm(forms.Form):
    """A press on what customers say most, own words, or both; `clean` puts `told` together."""

    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    reason = forms.CharField(max_length=20, required=False)
    text = forms.CharField(
        max_length=MOST_CHARACTERS, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, words: FollowUpWords, *args: Any, **kwargs: Any) -> None:
        """Offer what may be pressed, with a fresh key."""
        super().__init__(*args, **kwargs)
        self.presses: Mapping[str, str] = {**words.reasons, "yes": words.yes, "no": words.no}
        self.fields["text"].label = words.own
        self.fields["key"].initial = secrets.token_hex(16)

    def clean(self) -> dict[str, Any]:
        """Return the fields with `told`, what is said to the assistant."""
        cleaned = self.cleaned_data
        pressed = self.presses.get(cleaned.get("reason", ""), "")
        cleaned["told"] = ". ".join(one for one in (pressed, cleaned.get("text", "")) if one)
        if not cleaned["told"] and "text" not in self.errors:
            self.add_error("text", _("Choose an answer, or write one."))
        return cleaned


@visitor("follow-up", most=40)
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest, token: str) -> HttpResponse:
    """Ask the question; an answer begins the talk. Looking, as mail scanners do, burns nothing."""
    message = message_of_follow_up(token)
    if message is None or not _opens(message):
        gone = {"company": message.company} if message else {}
        return render(request, "portal/follow_up_gone.html", gone, status=REFUSED)
    words = follow_up_words(message.language)
    translation.activate(words.language if words.language in {"en", "de"} else "en")
    talk = _talk(request, message)
    form = FollowUpForm(words, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            _answer(request, message, talk, form)
        except Refused as refusal:
            form.add_error("text", spoken(refusal))
            talk = _talk(request, message)
        else:
            return redirect(f"{reverse('follow-up', args=[token])}#newest")
    context = {
        "company": message.company,
        "words": words,
        "form": form,
        "hello": said((Say(key="hello"),), language=words.language),
        "talk": talk,
        "turns": talk_turns(talk) if talk else (),
        "goes_on": talk is not None and talk.status == OPEN,
        "is_asked": talk is not None and talk.state.get("waiting", "").startswith("confirm"),
    }
    status = REFUSED if form.is_bound else 200
    response = render(request, "portal/follow_up.html", context, status=status)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _opens(message: Message) -> bool:
    today = clock.today(message.company.zone)
    return contact_of_follow_up(message, as_of=today) is not None and assistant_is_on(
        message.company
    )


def _answer(
    request: HttpRequest,
    message: Message,
    talk: AssistantConversation | None,
    form: FollowUpForm,
) -> None:
    """Put what was told to the talk of this browser, begun where none goes on; once a key."""
    now, key = clock.now(), form.cleaned_data["key"]
    if talk is not None and talk.said_turns.filter(key=key).exists():
        return
    if talk is None or talk.status != OPEN:
        talk = begin_follow_up(
            actor=_reader(message),
            message=message,
            site=request.build_absolute_uri("/"),
            as_of=clock.today(message.company.zone),
            at=now,
        )
        request.session.cycle_key()
        request.session[SESSION_KEY] = {"message": message.pk, "talk": talk.pk}
    answer(talk, form.cleaned_data["told"], key=key, at=now)


def _talk(request: HttpRequest, message: Message) -> AssistantConversation | None:
    """Return the talk this browser began from this mail, None where it began none."""
    told = request.session.get(SESSION_KEY)
    if not isinstance(told, dict) or told.get("message") != message.pk:
        return None
    found = AssistantConversation.objects.filter(
        customer=led_on(message.customer), seat__ended_on=None
    )
    return found.filter(pk=int(told["talk"])).first()


def _reader(message: Message) -> Actor:
    return Actor(
        company=message.company,
        name=f"{message.to} (follow-up)"[:150],
        rights=frozenset({"follow_up.begin"}),
        customer_id=message.customer_id,
    )
