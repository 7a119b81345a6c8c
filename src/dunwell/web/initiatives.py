"""Pages about initiatives: what is under way, one from idea to verdict, and the library."""

from functools import partial
from typing import Any, TypedDict

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.initiatives import (
    decide_initiative,
    drop_initiative,
    edit_initiative,
    measure_initiative,
    plan_initiative,
    propose_initiative,
    start_initiative,
)
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Initiative
from dunwell.queries.initiative_effects import (
    effect_document,
    initiative_course,
    initiative_effect,
)
from dunwell.queries.initiatives import SCOPES, InitiativeRow, initiative_row, initiative_rows
from dunwell.queries.pages import every_row
from dunwell.queries.voices import voice_rows
from dunwell.templatetags.improvement import INITIATIVE_COLUMNS, SCOPE_LABELS
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, posted, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.initiative_forms import InitiativeForm, StartForm, initial_of
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


@require_GET
def initiative_list(request: StaffRequest) -> HttpResponse:
    """List initiatives: those under way, or the library, searched."""
    company, only = request.actor.company, _only(request)
    page = page_asked(
        request,
        lambda cursor: initiative_rows(company, as_of=request.as_of, cursor=cursor, **only),
    )
    context = {
        "page": page,
        "scopes": [(name, SCOPE_LABELS[name]) for name in SCOPES],
        **only,
    }
    return render(request, "web/initiatives.html", context)


@require_GET
def initiatives_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the initiatives under the page's filter."""
    read = partial(initiative_rows, request.actor.company, as_of=request.as_of, **_only(request))
    return file_response(
        kind,
        name=f"initiatives-{request.as_of.isoformat()}",
        columns=[str(name) for name in INITIATIVE_COLUMNS],
        rows=(_cells(row) for row in every_row(read)),
    )


@require_GET
def initiative_show(request: StaffRequest, initiative_id: int) -> HttpResponse:
    """Show one initiative: goal, change, how it is measured, and what it shows so far."""
    row = _row(request, initiative_id)
    initiative = _initiative(request, initiative_id)
    effect: Any = row.figures or None
    if effect is None and row.status == Initiative.Status.RUNNING:
        effect = initiative_effect(request.actor.company, initiative, as_of=request.as_of)
    context = {
        "row": row,
        "effect": effect,
        "voices": voice_rows(request.actor.company, initiative_id=initiative.pk).rows,
        "course": initiative_course(request.actor.company, initiative, as_of=request.as_of),
    }
    return render(request, "web/initiative.html", context)


@needs("initiative.edit")
@require_http_methods(["GET", "POST"])
def initiative_add(request: StaffRequest) -> HttpResponse:
    """Write an idea down."""
    form = InitiativeForm(posted(request), company=request.actor.company)
    if request.method == "POST" and form.is_valid():
        try:
            made = propose_initiative(
                actor=request.actor, terms=form.terms, as_of=request.as_of, at=clock.now()
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("initiative", made.pk)
    context = {
        "heading": gettext("A new improvement"),
        "lead": gettext(
            "Which figure is to get better, by how much and by when; what is changed for it; and "
            "how it will be told whether that was it."
        ),
        "button": gettext("Write it down"),
        "action": reverse("initiative-add"),
        "crumb": gettext("Improvements"),
        "back": reverse("initiatives"),
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("initiative.edit")
@require_http_methods(["GET", "POST"])
def initiative_edit(request: StaffRequest, initiative_id: int) -> HttpResponse:
    """Change an idea or a plan."""
    initiative = _initiative(request, initiative_id)
    form = InitiativeForm(
        posted(request), company=request.actor.company, initial=initial_of(initiative)
    )
    back = reverse("initiative", args=[initiative.pk])
    if request.method == "POST" and form.is_valid():
        try:
            edit_initiative(
                actor=request.actor,
                initiative=initiative,
                terms=form.terms,
                version=form.cleaned_data["version"] or initiative.version,
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("Changed."), back=back)
    context = {
        "heading": gettext("Change %(name)s") % {"name": initiative.name},
        "button": gettext("Change"),
        "action": reverse("initiative-edit", args=[initiative.pk]),
        "crumb": initiative.name,
        "back": back,
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("initiative.edit")
@require_POST
def initiative_plan(request: StaffRequest, initiative_id: int) -> HttpResponse:
    """Make a plan of an idea."""
    initiative = _initiative(request, initiative_id)
    back = reverse("initiative", args=[initiative.pk])
    try:
        plan_initiative(actor=request.actor, initiative=initiative, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("%(name)s is planned.") % {"name": initiative.name}, back=back)


@needs("initiative.edit")
@require_http_methods(["GET", "POST"])
def initiative_start(request: StaffRequest, initiative_id: int) -> HttpResponse:
    """Note from which day the change acts."""
    initiative = _initiative(request, initiative_id)
    return told_page(
        request,
        StartForm(posted(request), initial={"changed_on": request.as_of}),
        partial(
            start_initiative,
            actor=request.actor,
            initiative=initiative,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("%(name)s runs.") % {"name": initiative.name},
        back=reverse("initiative", args=[initiative.pk]),
        context={
            "heading": gettext("Start %(name)s") % {"name": initiative.name},
            "lead": gettext("Before and after are told apart by this day."),
            "button": gettext("Start"),
            "action": reverse("initiative-start", args=[initiative.pk]),
            "crumb": initiative.name,
        },
    )


@needs("initiative.edit")
@require_POST
def initiative_measure(request: StaffRequest, initiative_id: int) -> HttpResponse:
    """Keep what is found today."""
    initiative = _initiative(request, initiative_id)
    back = reverse("initiative", args=[initiative.pk])
    try:
        measure_initiative(
            actor=request.actor,
            initiative=initiative,
            figures=effect_document(
                initiative_effect(request.actor.company, initiative, as_of=request.as_of)
            ),
            as_of=request.as_of,
            at=clock.now(),
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("Measured; decide what follows."), back=back)


@needs("initiative.decide")
@require_http_methods(["GET", "POST"])
def initiative_decide(request: StaffRequest, initiative_id: int, answer: str) -> HttpResponse:
    """Keep the change or take it back, with the reason."""
    initiative = _initiative(request, initiative_id)
    is_kept = answer == "keep"
    heading = gettext("Keep %(name)s") if is_kept else gettext("Take %(name)s back")
    return reason_page(
        request,
        lambda reason: decide_initiative(
            actor=request.actor,
            initiative=initiative,
            is_kept=is_kept,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Decided."),
        back=reverse("initiative", args=[initiative.pk]),
        context={
            "heading": heading % {"name": initiative.name},
            "lead": gettext("It goes to the library with its figures and your reason."),
            "button": gettext("Keep") if is_kept else gettext("Take back"),
            "action": reverse(f"initiative-{answer}", args=[initiative.pk]),
            "crumb": initiative.name,
        },
    )


@needs("initiative.edit")
@require_http_methods(["GET", "POST"])
def initiative_drop(request: StaffRequest, initiative_id: int) -> HttpResponse:
    """Put an idea or a plan aside."""
    initiative = _initiative(request, initiative_id)
    return reason_page(
        request,
        lambda reason: drop_initiative(
            actor=request.actor,
            initiative=initiative,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Put aside."),
        back=reverse("initiative", args=[initiative.pk]),
        context={
            "heading": gettext("Put %(name)s aside") % {"name": initiative.name},
            "button": gettext("Put aside"),
            "action": reverse("initiative-drop", args=[initiative.pk]),
            "crumb": initiative.name,
        },
    )


class _Only(TypedDict):
    scope: str
    search: str
    kpi: str


def _only(request: StaffRequest) -> _Only:
    scope = request.GET.get("scope", "")
    return {
        "scope": scope if scope in SCOPES else "open",
        "search": request.GET.get("q", "")[:80].replace("\0", ""),
        "kpi": request.GET.get("kpi", "")[:40].replace("\0", ""),
    }


def _row(request: StaffRequest, initiative_id: int) -> InitiativeRow:
    row = initiative_row(request.actor.company, initiative_id, as_of=request.as_of)
    if row is None:
        raise Http404
    return row


def _initiative(request: StaffRequest, initiative_id: int) -> Initiative:
    return get_object_or_404(Initiative, pk=initiative_id, company=request.actor.company)


def _cells(row: InitiativeRow) -> tuple[Value, ...]:
    gain = row.figures.get("gain_minor")
    money = row.figures.get("currency") or row.currency
    return (
        row.name,
        row.kpi_name,
        row.currency,
        row.baseline,
        row.target,
        row.target_on,
        row.place,
        row.change,
        row.measure,
        row.owner,
        row.status,
        row.changed_on,
        row.figures.get("value"),
        row.figures.get("low"),
        row.figures.get("high"),
        row.figures.get("unit"),
        None if gain is None else from_minor(gain, money),
        row.reason,
        row.decided_by,
        row.decided_on,
    )
