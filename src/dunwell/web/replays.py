"""Pages about replays: which days under which version, how far it is, what differs."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.replays import order_replay
from dunwell.formats.exports import Value
from dunwell.jobs.replays import replayed_bytes, start_replay
from dunwell.models import PolicyVersion, Replay
from dunwell.queries.replays import all_changes, replay_answer, replay_row, replay_rows
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, progress, refused
from dunwell.web.exports import file_response
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

USUAL_SPAN = timedelta(days=90)
UNDER_WAY = (Replay.Status.WAITING, Replay.Status.RUNNING)
COLUMNS = (_("Day"), _("Customer number"), _("Customer"), _("As it was"), _("With this version"))


class SpanForm(forms.Form):
    """The first and the last day to be gone through again."""

    from_on = forms.DateField(
        label=pgettext_lazy("span of days", "From"), widget=forms.DateInput(attrs={"type": "date"})
    )
    to_on = forms.DateField(
        label=pgettext_lazy("span of days", "To"), widget=forms.DateInput(attrs={"type": "date"})
    )


@needs("replay.run")
@require_http_methods(["GET", "POST"])
def replay_order(request: StaffRequest, version_id: int) -> HttpResponse:
    """Choose days to replay under a version; list what was replayed before."""
    version = get_object_or_404(
        PolicyVersion,
        pk=version_id,
        company=request.actor.company,
        kind=PolicyVersion.Kind.STRATEGY,
    )
    yesterday = request.as_of - timedelta(days=1)
    usual = {"from_on": yesterday - USUAL_SPAN, "to_on": yesterday}
    form = SpanForm(request.POST or None, initial=usual)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            found = order_replay(
                actor=request.actor,
                version=version,
                from_on=form.cleaned_data["from_on"],
                to_on=form.cleaned_data["to_on"],
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            start_replay(found)
            return redirect(reverse("replay", args=[found.pk]))
    if form.errors:
        status = REFUSED
    rows = replay_rows(request.actor.company, version_id=version.pk).rows
    context = {"version": version, "form": form, "rows": rows}
    return render(request, "web/replay_order.html", context, status=status)


@require_GET
def replay_show(request: StaffRequest, replay_id: int) -> HttpResponse:
    """Show how far a replay is, or what it found."""
    found = _replay(request, replay_id)
    context: dict[str, Any] = {"replay": replay_row(found), "answer": None, "lost": ""}
    if found.status == Replay.Status.DONE:
        try:
            context["answer"] = replay_answer(request.actor.company, replayed_bytes(found))
        except Refused as refusal:
            context["lost"] = spoken(refusal)
    elif found.status in UNDER_WAY and "replay.run" in request.actor.rights:
        # the process that did it may have died: beginning it again is harmless
        start_replay(found)
    return render(request, "web/replay.html", context)


@require_GET
def replay_progress(request: StaffRequest, replay_id: int) -> HttpResponse:
    """Return the progress line alone; once the replay has ended, htmx loads the page again."""
    found = _replay(request, replay_id)
    context = {"replay": replay_row(found)} if found.status in UNDER_WAY else None
    return progress(request, "web/replay_progress.html", context)


@require_GET
def replay_export(request: StaffRequest, replay_id: int, kind: str) -> HttpResponse:
    """Return every customer and day that differs as a file."""
    found = _replay(request, replay_id)
    try:
        data = replayed_bytes(found)
    except Refused as refusal:
        return refused(request, refusal, back=reverse("replay", args=[found.pk]))
    rows: Iterable[list[Value]] = (
        [row.on, row.number, row.name, row.before, row.after]
        for row in all_changes(request.actor.company, data)
    )
    return file_response(
        kind, name="replay", columns=[str(column) for column in COLUMNS], rows=rows
    )


def _replay(request: StaffRequest, replay_id: int) -> Replay:
    return get_object_or_404(
        Replay.objects.select_related("version"),
        pk=replay_id,
        company=request.actor.company,
        version__kind=PolicyVersion.Kind.STRATEGY,
    )
