"""The portal's assistant as staff see it: on or off, every talk, and what proved each answer."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.assistant_talks import save_assistant_setting
from dunwell.actions.gate import Refused
from dunwell.models import AssistantConversation, AssistantSetting
from dunwell.queries.assistant_talks import assistant_rows, talk_turns
from dunwell.queries.pages import CursorError
from dunwell.web.answers import done, refused
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


@needs("timeline.words")
@require_GET
def assistant_talks(request: StaffRequest) -> HttpResponse:
    """List the talks, the newest first, with the switch for who may turn it."""
    company = request.actor.company
    try:
        page = assistant_rows(company, cursor=request.GET.get("cursor", ""))
    except CursorError as error:
        raise Http404 from error
    setting = AssistantSetting.objects.filter(company=company).first()
    return render(request, "web/assistant_talks.html", {"page": page, "setting": setting})


@needs("timeline.words")
@require_GET
def assistant_talk(request: StaffRequest, talk_id: int) -> HttpResponse:
    """Show a talk: each text, how it was understood, the answer and what proved it."""
    found = AssistantConversation.objects.select_related("customer", "seat__person")
    talk = found.filter(pk=talk_id, company=request.actor.company).first()
    if talk is None:
        raise Http404
    context = {"talk": talk, "turns": talk_turns(talk)}
    return render(request, "web/assistant_talk.html", context)


@needs("company.edit")
@require_POST
def assistant_switch(request: StaffRequest) -> HttpResponse:
    """Switch the assistant on or off."""
    back, told = reverse("assistant-talks"), request.POST.get("version", "")
    version = (
        int(told) if told.isascii() and told.isdigit() and len(told) < len("1234567890") else 0
    )
    is_on = request.POST.get("is_on") == "1"
    try:
        save_assistant_setting(actor=request.actor, version=version, is_on=is_on, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    words = gettext("The assistant answers now.") if is_on else gettext("The assistant is off.")
    return done(request, words, back=back)
