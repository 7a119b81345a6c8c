"""Pages about replays of a credit policy: ordered, how far they are, what would have changed."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.credit_replays import order_credit_replay
from dunwell.actions.gate import Refused
from dunwell.engine.credit_replay import KINDS
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.jobs.credit_replays import start_credit_replay
from dunwell.jobs.replays import replayed_bytes
from dunwell.models import PolicyVersion, Replay
from dunwell.queries.credit_replays import (
    credit_replay_answer,
    credit_replay_row,
    credit_replay_rows,
    every_credit_change,
    month_ends,
)
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import progress, refused
from dunwell.web.exports import file_response
from dunwell.web.staff import StaffRequest

UNDER_WAY = (Replay.Status.WAITING, Replay.Status.RUNNING)
COLUMNS = (
    _("Day"),
    _("What"),
    _("Customer number"),
    _("Customer"),
    _("As it was"),
    _("With this version"),
    _("Currency"),
    _("Amount"),
    _("Reference"),
)


@require_http_methods(["GET", "POST"])
def credit_replay_order(request: StaffRequest, policy_id: int) -> HttpResponse:
    """Replay the last twelve months under a version; list what was replayed before."""
    version = get_object_or_404(
        PolicyVersion,
        pk=policy_id,
        company=request.actor.company,
        kind=PolicyVersion.Kind.CREDIT,
    )
    if request.method == "POST":
        try:
            found = order_credit_replay(
                actor=request.actor, version=version, as_of=request.as_of, at=clock.now()
            )
        except Refused as refusal:
            return refused(
                request, refusal, back=reverse("credit-replay-order", args=[version.pk])
            )
        start_credit_replay(found)
        return redirect(reverse("credit-replay", args=[found.pk]))
    ends = month_ends(request.as_of)
    rows = credit_replay_rows(request.actor.company, version_id=version.pk).rows
    context = {"version": version, "rows": rows, "first": ends[0], "last": ends[-1]}
    return render(request, "web/credit_replay_order.html", context)


@require_GET
def credit_replay_show(request: StaffRequest, replay_id: int) -> HttpResponse:
    """Show how far a replay is, or what it found."""
    found = _replay(request, replay_id)
    kind, on = _choice(request)
    context: dict[str, Any] = {"replay": credit_replay_row(found), "answer": None, "lost": ""}
    context |= {"kind": kind, "on": on, "kinds": KINDS}
    if found.status == Replay.Status.DONE:
        try:
            data = replayed_bytes(found)
        except Refused as refusal:
            context["lost"] = spoken(refusal)
        else:
            context["answer"] = credit_replay_answer(
                request.actor.company, found, data, kind=kind, on=on
            )
    elif found.status in UNDER_WAY and "replay.run" in request.actor.rights:
        # the process that did it may have died: beginning it again is harmless
        start_credit_replay(found)
    return render(request, "web/credit_replay.html", context)


@require_GET
def credit_replay_progress(request: StaffRequest, replay_id: int) -> HttpResponse:
    """Return the progress line alone; once the replay has ended, htmx loads the page again."""
    found = _replay(request, replay_id)
    context = {"replay": credit_replay_row(found)} if found.status in UNDER_WAY else None
    return progress(request, "web/credit_replay_progress.html", context)


@require_GET
def credit_replay_export(request: StaffRequest, replay_id: int, kind: str) -> HttpResponse:
    """Return everything that would have been otherwise as a file."""
    found = _replay(request, replay_id)
    try:
        data = replayed_bytes(found)
    except Refused as refusal:
        return refused(request, refusal, back=reverse("credit-replay", args=[found.pk]))
    rows: Iterable[list[Value]] = (
        [
            row.on,
            row.kind,
            row.number,
            row.name,
            row.before,
            row.after,
            row.currency,
            from_minor(row.amount_minor, row.currency),
            row.reference,
        ]
        for row in every_credit_change(request.actor.company, data)
    )
    return file_response(
        kind, name="credit-replay", columns=[str(column) for column in COLUMNS], rows=rows
    )


def _choice(request: StaffRequest) -> tuple[str, date | None]:
    """Return the kind of change and the month's last day the address asks for."""
    kind = request.GET.get("kind", "")
    try:
        on = date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        on = None
    return (kind if kind in KINDS else ""), on


def _replay(request: StaffRequest, replay_id: int) -> Replay:
    return get_object_or_404(
        Replay.objects.select_related("version"),
        pk=replay_id,
        company=request.actor.company,
        version__kind=PolicyVersion.Kind.CREDIT,
    )
