"""A practised call: what was said, the next sentence, and at the end the points line by line."""

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.role_plays import (
    MOST_CHARACTERS,
    abandon_role_play,
    begin_role_play,
)
from dunwell.jobs.role_plays import say_and_hear
from dunwell.models import RolePlay
from dunwell.queries.role_plays import role_play_detail
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, posted, refused
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class SentenceForm(forms.Form):
    """What is said next; `version` is that of the page it is typed on."""

    text = forms.CharField(
        label=_("What do you say?"),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    version = forms.IntegerField(min_value=0, max_value=1000, widget=forms.HiddenInput)


@needs("training.take")
@require_POST
def role_play_begin(request: StaffRequest) -> HttpResponse:
    """Begin a call, or go on with the one that runs."""
    try:
        play = begin_role_play(
            actor=request.actor,
            persona=request.POST.get("persona", ""),
            language=request.POST.get("language", ""),
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=reverse("curricula"))
    return redirect("role-play", play.pk)


@needs("training.take")
@require_http_methods(["GET", "POST"])
def role_play_show(request: StaffRequest, role_play_id: int) -> HttpResponse:
    """Show a call of one's own, a lead everybody's; say the next sentence."""
    play = _shown(request, role_play_id)
    form = SentenceForm(posted(request), initial={"version": play.version})
    if request.method == "POST" and form.is_valid():
        try:
            say_and_hear(
                actor=request.actor,
                role_play=play,
                **form.cleaned_data,
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect(f"{reverse('role-play', args=[play.pk])}#newest")
    detail = role_play_detail(request.actor.company, play.pk)
    if detail is None:
        raise Http404
    context = {
        "detail": detail,
        "row": detail.row,
        "form": form,
        "is_mine": play.user_id == request.actor.user_id,
    }
    status = REFUSED if form.is_bound and form.errors else 200
    return render(request, "web/role_play.html", context, status=status)


@needs("training.take")
@require_POST
def role_play_abandon(request: StaffRequest, role_play_id: int) -> HttpResponse:
    """Give a call up."""
    play = _shown(request, role_play_id)
    try:
        abandon_role_play(actor=request.actor, role_play=play, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("role-play", args=[role_play_id]))
    return done(request, gettext("The call is given up."), back=reverse("curricula"))


def _shown(request: StaffRequest, role_play_id: int) -> RolePlay:
    """Return a call the person may see; what is somebody else's is not there without the right."""
    found = RolePlay.objects.filter(company=request.actor.company)
    if "training.lead" not in request.actor.rights:
        found = found.filter(user=request.actor.user_id)
    return get_object_or_404(found, pk=role_play_id)
