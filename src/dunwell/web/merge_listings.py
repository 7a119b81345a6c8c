"""Pages behind the counts of a merge: rows that it moved, and those that a split gives back."""

from collections.abc import Mapping

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.functional import Promise as Words
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.models import CustomerMerge
from dunwell.queries.merge_listing import LISTED, MOVED, RETURNS, merge_listing
from dunwell.queries.pages import every_row
from dunwell.templatetags.merges import PLACES
from dunwell.web.exports import amount_or_none, file_response
from dunwell.web.lists import page_asked
from dunwell.web.staff import StaffRequest

LEADS: Mapping[str, Words] = {
    MOVED: _("Moved with the merge."),
    RETURNS: _("Goes back with a split: what came with the merge or by the old number since."),
}
COLUMNS = (_("Number"), _("Day"), _("Amount"), _("Currency"))


@require_GET
def merge_listed(request: StaffRequest, merge_id: int, scope: str, place: str) -> HttpResponse:
    """List what a merge moved of one kind, or what a split would give back."""
    merge = _asked(request, merge_id, scope, place)
    read = merge_listing(merge, scope=scope, place=place)
    context = {
        "merge": merge,
        "scope": scope,
        "place": place,
        "heading": PLACES[place],
        "lead": LEADS[scope],
        "page": page_asked(request, lambda cursor: read(cursor=cursor)),
    }
    return render(request, "web/merge_listed.html", context)


@require_GET
def merge_listed_export(
    request: StaffRequest, merge_id: int, scope: str, place: str, kind: str
) -> HttpResponse:
    """Return the rows of such a list as a file."""
    merge = _asked(request, merge_id, scope, place)
    rows = every_row(merge_listing(merge, scope=scope, place=place))
    return file_response(
        kind,
        name=f"merge-{merge.pk}-{scope}-{place}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            (one.name, one.on, amount_or_none(one.amount_minor, one.currency), one.currency)
            for one in rows
        ),
    )


def _asked(request: StaffRequest, merge_id: int, scope: str, place: str) -> CustomerMerge:
    if scope not in LEADS or place not in LISTED:
        raise Http404
    rows = CustomerMerge.objects.select_related("merged", "survivor")
    merge = get_object_or_404(rows, pk=merge_id, company=request.actor.company)
    is_done = merge.status == CustomerMerge.Status.MERGED
    if not (is_done or scope == MOVED):
        # nothing goes back any more
        raise Http404
    return merge
