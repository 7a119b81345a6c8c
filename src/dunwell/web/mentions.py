"""Pages about mentions: who calls me, and whether whom I called has seen it."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.mentions import acknowledge_mention
from dunwell.models import Mention
from dunwell.queries.mentions import MINE, SCOPES, mention_rows
from dunwell.queries.pages import every_row
from dunwell.web.answers import done, refused
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

LABELS = {"mine": _("Call me"), "made": _("Called by me"), "all": _("All of mine")}
COLUMNS = (
    _("Customer"),
    _("Who"),
    _("Called by"),
    _("When (UTC)"),
    _("Words"),
    _("Seen by"),
    _("Seen at (UTC)"),
)


@require_GET
def mention_list(request: StaffRequest) -> HttpResponse:
    """List mentions, the newest first: those that call the person and were not seen at first."""
    scope = _scope(request)
    read = partial(mention_rows, request.actor.company, **_asked(request, scope))
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {"page": page, "scope": scope, "scopes": list(LABELS.items())}
    return render(request, "web/mentions.html", context)


@require_GET
def mentions_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every mention under the page's filter."""
    found = every_row(
        partial(mention_rows, request.actor.company, **_asked(request, _scope(request)))
    )
    return file_response(
        kind,
        name=f"mentions-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (
                row.customer_name,
                row.person,
                row.by,
                row.at.isoformat(),
                row.text,
                row.acknowledged_by,
                row.acknowledged_at.isoformat() if row.acknowledged_at else "",
            )
            for row in found
        ),
    )


@needs("case.share")
@require_POST
def mention_acknowledge(request: StaffRequest, mention_id: int) -> HttpResponse:
    """Say that a mention was seen."""
    found = Mention.objects.select_related("user")
    mention = get_object_or_404(found, pk=mention_id, company=request.actor.company)
    back = reverse("mentions")
    try:
        acknowledge_mention(
            actor=request.actor, mention=mention, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Marked as seen."), back=back)


def _scope(request: StaffRequest) -> str:
    scope = request.GET.get("scope", "")
    return scope if scope in SCOPES else MINE


def _asked(request: StaffRequest, scope: str) -> dict[str, Any]:
    actor = request.actor
    return {
        "user_id": actor.user_id,
        "person": actor.name,
        "scope": scope,
        "may_read_notes": "timeline.words" in actor.rights,
        "as_of": request.as_of,
        "at": clock.now(),
    }
