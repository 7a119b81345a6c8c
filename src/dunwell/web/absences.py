"""One absence: what moves to the cover, what they must know, and what was done meanwhile."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.workforce import take_cover
from dunwell.models import Absence, User
from dunwell.queries.absence_cover import cover_choices, cover_page
from dunwell.web.answers import done, refused
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


@require_GET
def absence_show(request: StaffRequest, absence_id: int) -> HttpResponse:
    """Show an absence with what moves; without a cover who could take it."""
    company = request.actor.company
    page = cover_page(company, absence_id, as_of=request.as_of)
    if page is None:
        raise Http404
    choices = []
    if page.row.cover_id is None:
        away = User.objects.get(pk=page.row.user_id)
        choices = cover_choices(company, away, first=page.row.from_on, last=page.row.until_on)
    context = {
        "page": page,
        "row": page.row,
        "choices": choices,
        "is_cover": page.row.cover_id == request.actor.user_id,
    }
    return render(request, "web/absence.html", context)


@needs("absence.edit")
@require_POST
def absence_seen(request: StaffRequest, absence_id: int) -> HttpResponse:
    """Say that one knows of covering for somebody."""
    found = Absence.objects.select_related("user")
    absence = get_object_or_404(found, pk=absence_id, company=request.actor.company)
    back = reverse("absence", args=[absence.pk])
    try:
        take_cover(actor=request.actor, absence=absence, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("You cover; it is noted."), back=back)
