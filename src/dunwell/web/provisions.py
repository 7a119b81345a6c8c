"""Pages about provisions: the runs, one with its lines and items, how it came out, its note."""

from functools import partial

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.provisions import (
    draw_provision,
    drop_provision,
    post_provision,
    reverse_provision,
    review_provision,
)
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.formats.provision_disclosure import note_pdf, note_xlsx
from dunwell.formats.typesetting import TypesettingError
from dunwell.models import ProvisionRun
from dunwell.queries.pages import every_row
from dunwell.queries.provision_hindsight import hindsight
from dunwell.queries.provision_notes import hindsight_total, provision_note
from dunwell.queries.provision_policies import provisions_policy
from dunwell.queries.provisions import (
    ProvisionDetail,
    ProvisionItemRow,
    ProvisionLineRow,
    latest_provision,
    run_detail,
    run_items,
    run_rows,
)
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, posted, refused, told_page
from dunwell.web.exports import KINDS, file_response
from dunwell.web.fields import day_field, month_end
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

NOTES = {"pdf": "application/pdf", "xlsx": KINDS["xlsx"]}
LINE_COLUMNS = (
    _("Method"),
    _("Segment"),
    _("Bucket"),
    _("Customer"),
    _("Currency"),
    _("Items"),
    _("Gross"),
    _("Covered"),
    _("Net"),
    _("Loss rate in ppm"),
    _("Overlay in ppm"),
    _("Allowance"),
    _("Allowance in home currency"),
    _("Basis"),
)
ITEM_COLUMNS = (
    _("Item"),
    _("Customer"),
    _("Days past due"),
    _("Currency"),
    _("Gross"),
    _("Covered"),
    _("Allowance"),
    _("Allowance in home currency"),
)


class DrawForm(forms.Form):
    """The month end a provision is measured at."""

    on = day_field(label=_("Month end"), help_text=_("The last day of a month that has passed."))


@require_GET
def provision_list(request: StaffRequest) -> HttpResponse:
    """Show the newest provision and every run there was."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: run_rows(company, cursor=cursor))
    context = {
        "tab": "runs",
        "page": page,
        "latest": latest_provision(company),
        "in_force": provisions_policy(company, as_of=request.as_of),
    }
    return render(request, "web/provisions.html", context)


@needs("provision.prepare")
@require_http_methods(["GET", "POST"])
def provision_draw(request: StaffRequest) -> HttpResponse:
    """Measure the allowance at a month end."""
    form = DrawForm(posted(request), initial={"on": month_end(request.as_of)})
    return told_page(
        request,
        form,
        partial(draw_provision, actor=request.actor, as_of=request.as_of, at=clock.now()),
        said=gettext("The provision is drawn; somebody else has to review it."),
        back=reverse("provisions"),
        context={
            "heading": gettext("Draw a provision"),
            "lead": gettext(
                "Every open item of that day is measured under the policy in force then. "
                "Nothing is booked yet."
            ),
            "button": gettext("Draw it"),
            "action": reverse("provision-draw"),
            "crumb": gettext("Provisions"),
        },
    )


@require_GET
def provision_show(request: StaffRequest, provision_id: int) -> HttpResponse:
    """Show a run: what it holds, what moved, by which rates, what it books."""
    detail = _detail(request, provision_id)
    context = {"detail": detail, "row": detail.row}
    return render(request, "web/provision.html", context)


@require_http_methods(["POST"])
def provision_review(request: StaffRequest, provision_id: int) -> HttpResponse:
    """Mark a draft as reviewed."""
    run = _run(request, provision_id)
    back = reverse("provision", args=[run.pk])
    try:
        review_provision(actor=request.actor, run=run, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Reviewed; it can be posted now."), back=back)


@require_http_methods(["POST"])
def provision_post(request: StaffRequest, provision_id: int) -> HttpResponse:
    """Book a reviewed provision."""
    run = _run(request, provision_id)
    back = reverse("provision", args=[run.pk])
    try:
        post_provision(actor=request.actor, run=run, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Posted: it goes out with the next journal."), back=back)


@needs("provision.prepare")
@require_http_methods(["GET", "POST"])
def provision_drop(request: StaffRequest, provision_id: int) -> HttpResponse:
    """Drop a provision that is not posted."""
    run = _run(request, provision_id)
    context = {
        "heading": gettext("Drop the provision"),
        "lead": gettext("Its figures stay to be read; another can be drawn for the day."),
        "button": gettext("Drop it"),
        "action": reverse("provision-drop", args=[run.pk]),
        "crumb": gettext("Provisions"),
    }
    return reason_page(
        request,
        lambda reason: drop_provision(actor=request.actor, run=run, reason=reason, at=clock.now()),
        said=gettext("Dropped."),
        back=reverse("provision", args=[run.pk]),
        context=context,
    )


@needs("provision.post")
@require_http_methods(["GET", "POST"])
def provision_reverse(request: StaffRequest, provision_id: int) -> HttpResponse:
    """Take the newest posted provision back."""
    run = _run(request, provision_id)
    context = {
        "heading": gettext("Take the provision back"),
        "lead": gettext("The same lines are booked with the other sign; the run stays readable."),
        "button": gettext("Take it back"),
        "action": reverse("provision-reverse", args=[run.pk]),
        "crumb": gettext("Provisions"),
    }
    return reason_page(
        request,
        lambda reason: reverse_provision(
            actor=request.actor, run=run, reason=reason, as_of=request.as_of, at=clock.now()
        ),
        said=gettext("Taken back."),
        back=reverse("provision", args=[run.pk]),
        context=context,
    )


@require_GET
def provision_export(request: StaffRequest, provision_id: int, kind: str) -> HttpResponse:
    """Return the lines of a run."""
    detail = _detail(request, provision_id)
    return file_response(
        kind,
        name=f"provision-{detail.row.as_of.isoformat()}",
        columns=[str(name) for name in LINE_COLUMNS],
        rows=(_line_cells(line, detail.row.currency) for line in detail.lines),
    )


@require_GET
def provision_items(request: StaffRequest, provision_id: int) -> HttpResponse:
    """Show the items of a run, or of one of its lines; they sum to it."""
    detail = _detail(request, provision_id)
    place = read_key(request.GET.get("line", ""))
    line = next((one for one in detail.lines if one.place == place), None)
    read = partial(run_items, request.actor.company, provision_id, place=place if line else None)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {"row": detail.row, "line": line, "page": page}
    return render(request, "web/provision_items.html", context)


@require_GET
def provision_items_export(request: StaffRequest, provision_id: int, kind: str) -> HttpResponse:
    """Return the items of a run, or of one of its lines."""
    detail = _detail(request, provision_id)
    place = read_key(request.GET.get("line", ""))
    read = partial(run_items, request.actor.company, provision_id, place=place)
    return file_response(
        kind,
        name=f"provision-items-{detail.row.as_of.isoformat()}",
        columns=[str(name) for name in ITEM_COLUMNS],
        rows=(_item_cells(row, detail.row.currency) for row in every_row(read)),
    )


@require_GET
def provision_hindsight(request: StaffRequest, provision_id: int) -> HttpResponse:
    """Show what became of what a run was measured on."""
    detail = _detail(request, provision_id)
    rows = hindsight(request.actor.company, provision_id, as_of=request.as_of)
    context = {"row": detail.row, "rows": rows, "total": hindsight_total(rows)}
    return render(request, "web/provision_hindsight.html", context)


@require_GET
def provision_note_page(request: StaffRequest, provision_id: int) -> HttpResponse:
    """Show the note on a run as it goes into the accounts."""
    detail = _detail(request, provision_id)
    note = provision_note(request.actor.company, detail, language=request.LANGUAGE_CODE)
    return render(request, "web/provision_note.html", {"row": detail.row, "note": note})


@require_GET
def provision_note_file(request: StaffRequest, provision_id: int, kind: str) -> HttpResponse:
    """Return the note on a run as PDF or workbook."""
    if kind not in NOTES:
        raise Http404
    detail = _detail(request, provision_id)
    note = provision_note(request.actor.company, detail, language=request.LANGUAGE_CODE)
    try:
        data = note_pdf(note) if kind == "pdf" else note_xlsx(note)
    except TypesettingError as error:
        return HttpResponse(spoken(error), status=500, content_type="text/plain; charset=utf-8")
    response = HttpResponse(data, content_type=NOTES[kind])
    name = f"expected-losses-{detail.row.as_of.isoformat()}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _run(request: StaffRequest, provision_id: int) -> ProvisionRun:
    found = ProvisionRun.objects.defer("content", "tables")
    return get_object_or_404(found, pk=provision_id, company=request.actor.company)


def _detail(request: StaffRequest, provision_id: int) -> ProvisionDetail:
    detail = run_detail(request.actor.company, provision_id)
    if detail is None:
        raise Http404
    return detail


def _line_cells(line: ProvisionLineRow, home: str) -> tuple[Value, ...]:
    return (
        line.method_label,
        line.segment,
        line.bucket,
        line.customer_name,
        line.currency,
        line.items,
        from_minor(line.gross_minor, line.currency),
        from_minor(line.covered_minor, line.currency),
        from_minor(line.net_minor, line.currency),
        line.rate_ppm,
        line.overlay_ppm,
        from_minor(line.allowance_minor, line.currency),
        from_minor(line.home_allowance_minor, home),
        line.basis,
    )


def _item_cells(row: ProvisionItemRow, home: str) -> tuple[Value, ...]:
    return (
        row.number,
        row.customer_name,
        row.days_past_due,
        row.currency,
        from_minor(row.gross_minor, row.currency),
        from_minor(row.covered_minor, row.currency),
        from_minor(row.allowance_minor, row.currency),
        from_minor(row.home_allowance_minor, home),
    )
