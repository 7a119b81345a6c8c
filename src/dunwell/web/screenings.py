"""Pages about what a person has to judge: likenesses with sanction lists, checks, conditions."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.application_checks import review_check
from dunwell.actions.application_conditions import fulfil_condition, waive_condition
from dunwell.actions.application_references import give_up_reference
from dunwell.actions.gate import Refused
from dunwell.actions.sanctions import decide_hit, load_list
from dunwell.formats.exports import Value
from dunwell.formats.sanction_rows import SanctionsError
from dunwell.formats.sanctions import file_digest, read_sanctions
from dunwell.jobs.background import begin
from dunwell.jobs.sanctions import rescreen_customers
from dunwell.models import (
    ApplicationCheck,
    ApplicationCondition,
    ApplicationReference,
    ScreeningHit,
)
from dunwell.queries.pages import every_row
from dunwell.queries.sanctions import HitRow, hit_rows, lists_in_force
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.ui import translated
from dunwell.web.answers import done, form_page, posted, refused, told_page
from dunwell.web.application_forms import EvidenceForm, JudgeForm
from dunwell.web.exports import file_response
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

CLEAR, CONFIRM = "clear", "confirm"
TABS = (
    (ScreeningHit.Status.OPEN.value, _("To be judged")),
    (ScreeningHit.Status.CONFIRMED.value, _("Confirmed")),
    (ScreeningHit.Status.CLEARED.value, _("Cleared")),
)
COLUMNS = (
    _("Status"),
    _("Name"),
    _("Entry"),
    _("Likeness %"),
    _("List"),
    _("Id in the list"),
    _("Application"),
    _("Customer"),
    _("Judged by"),
    _("Reason"),
    _("Screened at"),
)


class ListForm(forms.Form):
    """One list, in one file or (OFAC) two."""

    file = forms.FileField(
        label=_("File of the list"),
        help_text=_(
            "SDN.CSV of OFAC, the consolidated list of the European Union (CSV or XML) or of the "
            "United Nations (XML), or a CSV of your own with a column name."
        ),
    )
    aliases = forms.FileField(label=_("ALT.CSV of OFAC"), required=False)


@require_GET
def screening_list(request: StaffRequest) -> HttpResponse:
    """List who is called like somebody on a sanction list, and the lists themselves."""
    company, status = request.actor.company, _status(request)
    page = page_asked(request, lambda cursor: hit_rows(company, status=status, cursor=cursor))
    context = {"page": page, "status": status, "tabs": TABS, "lists": lists_in_force(company)}
    return render(request, "web/screenings.html", context)


@require_GET
def screenings_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every likeness under the page's filter."""
    found = every_row(partial(hit_rows, request.actor.company, status=_status(request)))
    return file_response(
        kind,
        name=f"screening-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_row(row) for row in found),
    )


@needs("screening.decide")
@require_http_methods(["GET", "POST"])
def sanction_list_load(request: StaffRequest) -> HttpResponse:
    """Load a list in place of its version before; customers are screened in the background."""
    back = reverse("screenings")
    form = ListForm(posted(request), request.FILES or None)
    if request.method == "POST" and form.is_valid():
        files = [
            (file.name or "file", file.read())
            for file in (form.cleaned_data["file"], form.cleaned_data["aliases"])
            if file
        ]
        try:
            listing, is_new = load_list(
                actor=request.actor,
                file=read_sanctions(files),
                sha256=file_digest(files),
                at=clock.now(),
            )
        except (Refused, SanctionsError) as refusal:
            form.add_error("file", spoken(refusal))
        else:
            key = f"sanctions-{request.actor.company.pk}"
            begin(partial(rescreen_customers, request.actor.company.pk), key=key)
            told = gettext("%(n)d entries are held; customers are being screened.")
            same = gettext("These bytes were loaded before; nothing has changed.")
            said = told % {"n": listing.entries} if is_new else same
            return done(request, said, back=back)
    context = {
        "heading": gettext("Load a sanction list"),
        "lead": gettext("It replaces the version before. What was judged stays judged."),
        "button": gettext("Load the list"),
        "action": reverse("sanction-list-load"),
        "crumb": gettext("Screening"),
        "back": back,
    }
    return form_page(request, "web/upload_form.html", form, context)


@needs("screening.decide")
@require_http_methods(["GET", "POST"])
def hit_judge(request: StaffRequest, hit_id: int) -> HttpResponse:
    """Say whether it is the same; clearing what was confirmed takes a second person."""
    hit = get_object_or_404(ScreeningHit, pk=hit_id, company=request.actor.company)
    back = reverse("screenings")
    if hit.application_id:
        back = reverse("application", args=[hit.application_id])
    choices = [(CLEAR, _("Somebody else")), (CONFIRM, _("The same"))]

    def act(verdict: str, reason: str) -> None:
        decide_hit(
            actor=request.actor,
            hit=hit,
            is_same=verdict == CONFIRM,
            reason=reason,
            at=clock.now(),
        )

    lead = f"{hit.subject_name} ~ {hit.entry_name} ({hit.list_label}, {hit.uid})"
    form = JudgeForm(choices, posted(request))
    return _page(request, form, act, gettext("Judge the likeness"), lead, back)


@needs("screening.decide")
@require_http_methods(["GET", "POST"])
def check_judge(request: StaffRequest, check_id: int) -> HttpResponse:
    """Say what a check that failed, or is to be looked at, comes to."""
    check = get_object_or_404(
        ApplicationCheck.objects.select_related("application"),
        pk=check_id,
        application__company=request.actor.company,
    )
    back = reverse("application", args=[check.application_id])
    choices = [(CLEAR, _("No matter")), (CONFIRM, _("It stands"))]

    def act(verdict: str, reason: str) -> None:
        review_check(
            actor=request.actor,
            check=check,
            is_cleared=verdict == CLEAR,
            reason=reason,
            at=clock.now(),
        )

    heading = gettext("Judge the check")
    return _page(request, JudgeForm(choices, posted(request)), act, heading, check.text, back)


@needs("application.edit")
@require_POST
def reference_give_up(request: StaffRequest, reference_id: int) -> HttpResponse:
    """Wait for a reference no longer."""
    reference = get_object_or_404(
        ApplicationReference.objects.select_related("application"),
        pk=reference_id,
        application__company=request.actor.company,
    )
    back = reverse("application", args=[reference.application_id])
    try:
        give_up_reference(actor=request.actor, reference=reference, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("No longer waited for."), back=back)


@needs("application.edit")
@require_http_methods(["GET", "POST"])
def condition_meet(request: StaffRequest, condition_id: int) -> HttpResponse:
    """Record that a condition is met."""
    condition = _condition(request, condition_id)
    back = reverse("application", args=[condition.application_id])

    def act(evidence: str) -> None:
        fulfil_condition(
            actor=request.actor,
            condition=condition,
            evidence=evidence,
            as_of=request.as_of,
            at=clock.now(),
        )

    lead = f"{condition.get_kind_display()} {condition.text}"
    heading = gettext("The condition is met")
    return _page(request, EvidenceForm(posted(request)), act, heading, lead, back)


@needs("application.decide")
@require_http_methods(["GET", "POST"])
def condition_waive(request: StaffRequest, condition_id: int) -> HttpResponse:
    """Give a condition up, with a reason."""
    condition = _condition(request, condition_id)
    back = reverse("application", args=[condition.application_id])

    def act(reason: str) -> None:
        waive_condition(
            actor=request.actor,
            condition=condition,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        )

    context = {
        "heading": gettext("Give the condition up"),
        "lead": f"{condition.get_kind_display()} {condition.text}",
        "button": gettext("Give the condition up"),
        "action": request.path,
        "crumb": condition.application.number,
    }
    return reason_page(request, act, said=gettext("Given up."), back=back, context=context)


def _page(
    request: StaffRequest, form: forms.Form, act: Any, heading: str, lead: str, back: str
) -> HttpResponse:
    context = {
        "heading": heading,
        "lead": lead,
        "button": heading,
        "action": request.path,
        "crumb": gettext("Back"),
    }
    return told_page(request, form, act, said=gettext("Recorded."), back=back, context=context)


def _condition(request: StaffRequest, condition_id: int) -> ApplicationCondition:
    return get_object_or_404(
        ApplicationCondition.objects.select_related("application"),
        pk=condition_id,
        application__company=request.actor.company,
    )


def _status(request: StaffRequest) -> str:
    asked = request.GET.get("status", ScreeningHit.Status.OPEN.value)
    return asked if asked in ScreeningHit.Status.values else ""


def _row(row: HitRow) -> tuple[Value, ...]:
    return (
        translated(row.status_label),
        row.subject_name,
        row.entry_name,
        row.score_ppm // 10_000,
        row.list_label,
        row.uid,
        row.application_number,
        row.customer_name,
        row.decided_by,
        row.reason,
        row.screened_at,
    )
