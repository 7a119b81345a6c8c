"""The portal's assistant as staff see it: on or off, every talk, and what proved each answer."""

from functools import partial

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.assistant_talks import save_assistant_setting
from dunwell.actions.gate import Refused
from dunwell.queries.assistant_talks import assistant_rows, assistant_switch, assistant_talk
from dunwell.queries.pages import every_row
from dunwell.web.answers import done, refused
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

TALK_COLUMNS = (
    _("Customer"),
    _("Person"),
    _("Language"),
    _("Texts"),
    _("State"),
    _("Why a person goes on"),
    _("Last text"),
)


@needs("ledger.view")
@require_GET
def assistant_talks(request: StaffRequest) -> HttpResponse:
    """Show the switch, and the talks, the newest first, to who may read customers' words."""
    company, page = request.actor.company, None
    if "timeline.words" in request.actor.rights:
        page = page_asked(request, lambda cursor: assistant_rows(company, cursor=cursor))
    context = {"page": page, "setting": assistant_switch(company)}
    return render(request, "web/assistant_talks.html", context)


@needs("timeline.words")
@require_GET
def assistant_talk_page(request: StaffRequest, talk_id: int) -> HttpResponse:
    """Show a talk: each text, how it was understood, the answer and what proved it."""
    found = assistant_talk(request.actor.company, talk_id)
    if found is None:
        raise Http404
    return render(request, "web/assistant_talk.html", {"talk": found.talk, "turns": found.turns})


@needs("timeline.words")
@require_GET
def assistant_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every talk of the list as a file, without what was said."""
    rows = every_row(partial(assistant_rows, request.actor.company))
    return file_response(
        kind,
        name=f"assistant-{request.as_of.isoformat()}",
        columns=[str(name) for name in TALK_COLUMNS],
        rows=(
            (
                *(row.customer, row.person, row.language, row.turns),
                *(row.status_label, row.reason, row.last_at.isoformat(timespec="seconds")),
            )
            for row in rows
        ),
    )


@needs("company.edit")
@require_POST
def assistant_turn_switch(request: StaffRequest) -> HttpResponse:
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
