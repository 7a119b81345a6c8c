"""Pages about suggestions: the box, customers' words, and the improvements that answer them."""

from functools import partial

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.voices import decline_voice, hear_customer, say_voice, take_up_voice
from dunwell.models import Initiative, Survey, Voice
from dunwell.queries.pages import every_row
from dunwell.queries.voices import VoiceRow, open_initiatives, unheard_rows, voice_rows
from dunwell.templatetags.meetings import voice_status
from dunwell.web.answers import done, posted, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

VOICE_COLUMNS = (
    _("Said on"),
    _("By"),
    _("Source"),
    _("Text"),
    _("State"),
    _("Improvement"),
    _("Answer"),
    _("Answered by"),
)


class VoiceForm(forms.Form):
    """What could be better, with or without the name."""

    text = forms.CharField(
        label=_("What could be better?"), max_length=1000, widget=forms.Textarea(attrs={"rows": 5})
    )
    is_named = forms.BooleanField(
        label=_("Show my name"), required=False, initial=True,
        help_text=_("Without it nothing is kept that tells who wrote it."),
    )  # fmt: skip


class VoiceAnswerForm(forms.Form):
    """Why not."""

    answer = forms.CharField(
        label=_("Why not?"), max_length=500, widget=forms.Textarea(attrs={"rows": 3})
    )


class VoiceTakeForm(forms.Form):
    """Which improvement answers it."""

    initiative = forms.TypedChoiceField(label=_("Improvement"), coerce=int)
    answer = forms.CharField(
        label=_("Answer"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: object, request: StaffRequest, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = list(open_initiatives(request.actor.company))
        self.fields["initiative"].choices = choices  # type: ignore[attr-defined]


@require_GET
def voice_list(request: StaffRequest) -> HttpResponse:
    """List what was said, and customers' words that nobody has put on the list."""
    company, status = request.actor.company, _status(request)
    page = page_asked(request, lambda cursor: voice_rows(company, status=status, cursor=cursor))
    context = {
        "page": page,
        "status": status,
        "scopes": [("", _("All")), *Voice.Status.choices],
        "unheard": unheard_rows(company) if "initiative.edit" in request.actor.rights else (),
    }
    return render(request, "web/voices.html", context)


@require_GET
def voices_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return what was said under the page's filter."""
    read = partial(voice_rows, request.actor.company, status=_status(request))

    def cells(row: VoiceRow) -> tuple[object, ...]:
        return (
            *(row.said_on, row.by, row.source, row.text, voice_status(row.status)),
            *(row.initiative, row.answer, row.answered_by),
        )

    return file_response(
        kind,
        name=f"suggestions-{request.as_of.isoformat()}",
        columns=[str(name) for name in VOICE_COLUMNS],
        rows=(cells(row) for row in every_row(read)),  # type: ignore[misc]  # texts and days
    )


@needs("voice.say")
@require_http_methods(["GET", "POST"])
def voice_add(request: StaffRequest) -> HttpResponse:
    """Put a suggestion into the box."""
    return told_page(
        request,
        VoiceForm(posted(request)),
        partial(say_voice, actor=request.actor, as_of=request.as_of, at=clock.now()),
        said=gettext("Your suggestion is in the box."),
        back=reverse("voices"),
        context={
            "heading": gettext("A suggestion"),
            "lead": gettext("Each one is answered: by an improvement, or by the reason why not."),
            "button": gettext("Put it in"),
            "action": reverse("voice-add"),
            "crumb": gettext("Suggestions"),
        },
    )


@needs("initiative.edit")
@require_POST
def voice_hear(request: StaffRequest, survey_id: int) -> HttpResponse:
    """Put a customer's words on the list."""
    survey = get_object_or_404(Survey, pk=survey_id, company=request.actor.company)
    back = reverse("voices")
    try:
        hear_customer(actor=request.actor, survey=survey, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("It is on the list."), back=back)


@needs("initiative.edit")
@require_http_methods(["GET", "POST"])
def voice_take(request: StaffRequest, voice_id: int) -> HttpResponse:
    """Let an improvement answer a suggestion."""
    voice = _voice(request, voice_id)

    def act(*, initiative: int, answer: str) -> None:
        take_up_voice(
            actor=request.actor,
            voice=voice,
            initiative=get_object_or_404(Initiative, pk=initiative, company=request.actor.company),
            answer=answer,
            at=clock.now(),
        )

    return told_page(
        request,
        VoiceTakeForm(posted(request), request=request),
        act,
        said=gettext("Taken up."),
        back=reverse("voices"),
        context={
            "heading": gettext("Take it up"),
            "lead": voice.text,
            "button": gettext("Take it up"),
            "action": reverse("voice-take", args=[voice.pk]),
            "crumb": gettext("Suggestions"),
        },
    )


@needs("initiative.edit")
@require_http_methods(["GET", "POST"])
def voice_decline(request: StaffRequest, voice_id: int) -> HttpResponse:
    """Say no, with the reason."""
    voice = _voice(request, voice_id)
    return told_page(
        request,
        VoiceAnswerForm(posted(request)),
        partial(decline_voice, actor=request.actor, voice=voice, at=clock.now()),
        said=gettext("Answered."),
        back=reverse("voices"),
        context={
            "heading": gettext("Not taken up"),
            "lead": voice.text,
            "button": gettext("Answer"),
            "action": reverse("voice-decline", args=[voice.pk]),
            "crumb": gettext("Suggestions"),
        },
    )


def _status(request: StaffRequest) -> str:
    status = request.GET.get("status", "")
    return status if status in Voice.Status.values else ""


def _voice(request: StaffRequest, voice_id: int) -> Voice:
    return get_object_or_404(Voice, pk=voice_id, company=request.actor.company)
