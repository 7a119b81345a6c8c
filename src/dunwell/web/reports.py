"""Pages about reports: what was made, what makes them by itself, and views people keep."""

from typing import Any

from django import forms
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.reports import add_schedule, end_schedule
from dunwell.actions.saved_views import remove_view, save_view
from dunwell.formats.review_pack import PACK_MEDIA, ReviewPack, shown_cell
from dunwell.jobs.reports import make_report
from dunwell.models import ReportSchedule
from dunwell.queries.report_sections import SECTIONS, USUAL, report_pack
from dunwell.queries.report_words import report_words
from dunwell.queries.reports import (
    report_detail,
    report_file,
    report_rows,
    schedules,
    view_rows,
)
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted, refused, told_page
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

SECTION_CHOICES = [(key, section.title) for key, section in SECTIONS.items()]


class ReportForm(forms.Form):
    """What goes into a report, in which language, and who gets it."""

    name = forms.CharField(label=_("Name"), max_length=80)
    sections = forms.MultipleChoiceField(
        label=_("Sections"), choices=SECTION_CHOICES, widget=forms.CheckboxSelectMultiple
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    recipients = forms.CharField(
        label=_("Send to"),
        help_text=_("Mail addresses, one to a line; empty sends nothing."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=10_000,
        required=False,
    )

    def clean_recipients(self) -> list[str]:
        """Return the addresses as a list."""
        return str(self.cleaned_data["recipients"]).replace(",", "\n").split()


class ScheduleForm(ReportForm):
    """What makes a report again and again."""

    kind = forms.ChoiceField(label=_("Kind"), choices=ReportSchedule.Kind.choices)
    every = forms.ChoiceField(label=_("How often"), choices=ReportSchedule.Every.choices)
    from_on = day_field(label=_("From"))

    field_order = ("name", "kind", "every", "from_on", "sections", "language", "recipients")


@require_GET
def report_list(request: StaffRequest) -> HttpResponse:
    """List what was made and what makes reports by itself."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: report_rows(company, cursor=cursor))
    context = {
        "page": page,
        "schedules": schedules(company),
    }
    return render(request, "web/reports.html", context)


@require_GET
def report_live(request: StaffRequest) -> HttpResponse:
    """Show every section of today on one page that prints well."""
    company, language = request.actor.company, request.LANGUAGE_CODE[:2]
    keys = [key for key in request.GET.getlist("section") if key in SECTIONS] or list(USUAL)
    pack = report_pack(
        company, keys, name=gettext("The desk today"), language=language, as_of=request.as_of
    )
    words = report_words(company, language=language, as_of=request.as_of)
    context = {
        "name": pack.title,
        "tables": _tables(pack),
        "words": words.splitlines(),
        "choices": SECTION_CHOICES,
        "chosen": keys,
        "day": request.as_of,
    }
    return render(request, "web/report_live.html", context)


@require_GET
def report_show(request: StaffRequest, made_report_id: int) -> HttpResponse:
    """Show one report as it was made."""
    detail = report_detail(request.actor.company, made_report_id)
    if detail is None:
        raise Http404
    context = {
        "row": detail.row,
        "tables": _tables(detail.pack),
        "words": detail.words,
        "mails": detail.mails,
    }
    return render(request, "web/report.html", context)


def _tables(pack: ReviewPack) -> list[dict[str, Any]]:
    """Return the sections of a pack as heads and cells of text."""
    return [
        {
            "key": part.key,
            "title": part.title,
            "heads": [
                (name, kind in {"money", "share", "count", "number"})
                for name, kind in part.columns
            ],
            "rows": [
                [
                    (shown_cell(cell, kind, pack.currency, pack.language), kind != "text", name)
                    for cell, (name, kind) in zip(row, part.columns, strict=True)
                ]
                for row in part.rows
            ],
        }
        for part in pack.sections
    ]


@require_GET
def report_download(request: StaffRequest, made_report_id: int, kind: str) -> HttpResponse:
    """Return a file of a report, as it was kept."""
    found = report_file(request.actor.company, made_report_id, kind)
    if found is None:
        raise Http404
    response = HttpResponse(found[0], content_type=PACK_MEDIA[kind])
    response["Content-Disposition"] = f'attachment; filename="{found[1]}"'
    return response


@needs("report.edit")
@require_http_methods(["GET", "POST"])
def report_make(request: StaffRequest) -> HttpResponse:
    """Make a pack now."""
    usual = {
        "name": gettext("Board pack"),
        "sections": list(USUAL),
        "language": request.actor.company.language,
    }
    form = ReportForm(posted(request), initial=usual)
    if request.method == "POST" and form.is_valid():
        try:
            report = make_report(actor=request.actor, as_of=request.as_of, **form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("report", made_report_id=report.pk)
    return _form(
        request,
        form,
        heading=gettext("Make a report"),
        button=gettext("Make it"),
        action=reverse("report-make"),
    )


@needs("report.edit")
@require_http_methods(["GET", "POST"])
def report_schedule(request: StaffRequest) -> HttpResponse:
    """Let a report be made by itself."""
    usual = {
        "kind": ReportSchedule.Kind.DIGEST,
        "every": ReportSchedule.Every.WEEK,
        "from_on": request.as_of,
        "sections": list(USUAL),
        "language": request.actor.company.language,
    }
    form = ScheduleForm(posted(request), initial=usual)

    def act(**told: Any) -> None:
        add_schedule(actor=request.actor, at=clock.now(), **told)

    return told_page(
        request,
        form,
        act,
        said=gettext("Scheduled."),
        back=reverse("reports"),
        context=_context(gettext("Schedule a report"), gettext("Schedule"), reverse("report-add")),
    )


@needs("report.edit")
@require_POST
def report_end(request: StaffRequest, report_schedule_id: int) -> HttpResponse:
    """Make a report no longer by itself."""
    found = get_object_or_404(ReportSchedule, pk=report_schedule_id, company=request.actor.company)
    try:
        end_schedule(actor=request.actor, schedule=found, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("reports"))
    return done(request, gettext("It is not made any more."), back=reverse("reports"))


class ViewForm(forms.Form):
    """A page that is kept under a name."""

    name = forms.CharField(label=_("Name"), max_length=80)
    address = forms.CharField(label=_("Page"), max_length=1200)
    is_shared = forms.BooleanField(label=_("Show it to everybody here"), required=False)


@require_GET
def view_list(request: StaffRequest) -> HttpResponse:
    """List the views somebody kept, and those that others share."""
    views = view_rows(request.actor.company, user_id=request.user.pk)
    return render(request, "web/saved_views.html", {"views": views})


@needs("view.save")
@require_http_methods(["GET", "POST"])
def view_save(request: StaffRequest) -> HttpResponse:
    """Keep the page somebody came from, with its filter."""
    form = ViewForm(posted(request), initial={"address": request.GET.get("page", "/")[:1200]})

    def act(**told: Any) -> None:
        save_view(actor=request.actor, at=clock.now(), **told)

    context = _context(gettext("Save this view"), gettext("Save"), reverse("view-save"))
    context["crumb"] = gettext("Saved views")
    return told_page(
        request,
        form,
        act,
        said=gettext("Saved."),
        back=reverse("saved-views"),
        context=context,
    )


@needs("view.save")
@require_POST
def view_remove(request: StaffRequest) -> HttpResponse:
    """Remove a view of one's own."""
    remove_view(actor=request.actor, name=request.POST.get("name", ""), at=clock.now())
    return done(request, gettext("Removed."), back=reverse("saved-views"))


def _context(heading: str, button: str, action: str) -> dict[str, Any]:
    return {
        "heading": heading,
        "button": button,
        "action": action,
        "crumb": gettext("Reports"),
    }


def _form(
    request: StaffRequest, form: forms.Form, *, heading: str, button: str, action: str
) -> HttpResponse:
    context = {**_context(heading, button, action), "back": reverse("reports"), "is_page": True}
    return form_page(request, "web/plain_form.html", form, context)
