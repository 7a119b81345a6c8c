"""Pages about strategies: what is in force, drafting in YAML with cases, dry run, publishing."""

from datetime import date
from functools import lru_cache

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.policies import discard_policy, draft_policy, publish_policy
from dunwell.engine.rehearsal import run_cases
from dunwell.engine.strategy import StrategyError, read_strategy
from dunwell.jobs.cycle_steps import LAST_STEP
from dunwell.jobs.day_plans import DayPlan, day_plan, is_large
from dunwell.models import PolicyVersion
from dunwell.queries.dry_run import ROWS, DryRun, dry_run, next_run_day, told_of
from dunwell.queries.policies import policy_rows, policy_text, strategies_in_force
from dunwell.queries.wording_previews import wording_previews
from dunwell.queries.wordings import SPOKEN, language_of
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import REFUSED, done, refused
from dunwell.web.day_plans import made_of, plan_of, plan_waits
from dunwell.web.keys import read_key
from dunwell.web.lists import page_asked
from dunwell.web.policy_texts import DraftForm, Reading, read_text
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest


class StrategyDraftForm(DraftForm):
    """The document as text."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Name the field after what it holds."""
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self.fields["text"].label = _("Strategy and its cases, in YAML")


READ_KEPT = 32
"""Texts whose cases are not played again: three cases take a third of a second."""


@require_GET
def strategy_list(request: StaffRequest) -> HttpResponse:
    """List the strategies in force, drafts, and every version there was."""
    company, as_of = request.actor.company, request.as_of
    versions = page_asked(request, lambda cursor: policy_rows(company, as_of=as_of, cursor=cursor))
    drafts = policy_rows(company, as_of=as_of, status=PolicyVersion.Status.DRAFT)
    context = {
        "in_force": strategies_in_force(company, as_of=as_of),
        "drafts": drafts.rows,
        "page": versions,
    }
    return render(request, "web/strategies.html", context)


@require_GET
def strategy_show(request: StaffRequest, version_id: int) -> HttpResponse:
    """Show one version: its steps along the days, its rules, its cases, and its text."""
    version = _version(request, version_id)
    reading = _read(version.text)
    in_force = {
        row.version_id for row in strategies_in_force(version.company, as_of=request.as_of)
    }
    context = {
        "version": version,
        "reading": reading,
        "strategy": reading.policy,
        "is_in_force": version.pk in in_force,
        "is_own": version.author == request.actor.name,
    }
    return render(request, "web/strategy.html", context)


@needs("strategy.edit")
@require_http_methods(["GET", "POST"])
def strategy_draft(request: StaffRequest) -> HttpResponse:
    """Edit a text: check it and run its cases, or keep it as a draft."""
    start = read_key(request.GET.get("from", ""))
    text = policy_text(request.actor.company, start) if start is not None else ""
    if text is None:
        raise Http404
    form = StrategyDraftForm(request.POST or None, initial={"text": text})
    reading, status = None, 200
    if request.method == "POST" and form.is_valid():
        reading = _read(form.cleaned_data["text"])
        if "save" in request.POST:
            try:
                version = draft_policy(
                    actor=request.actor, text=form.cleaned_data["text"], at=clock.now()
                )
            except Refused as refusal:
                status = REFUSED
                if not reading.error:
                    form.add_error(None, spoken(refusal))
            else:
                return redirect(reverse("strategy", args=[version.pk]))
        elif reading.error or reading.failed:
            status = REFUSED
    elif form.errors:
        status = REFUSED
    context = {"form": form, "reading": reading, "start": start}
    return render(request, "web/strategies_draft.html", context, status=status)


@require_GET
def strategy_dry_run(request: StaffRequest, version_id: int) -> HttpResponse:
    """Show who would get what tonight, who not and why, and what the version would change."""
    version = _version(request, version_id)
    company = request.actor.company
    night = next_run_day(company, today=request.as_of, last_step=LAST_STEP)
    if is_large(company):
        return _large_dry_run(request, version, night)
    run, error = None, ""
    try:
        run = dry_run(company, as_of=night, version_id=version.pk)
    except StrategyError as refusal:
        error = spoken(refusal)
    return _dry_run_page(request, version, run, error)


def _large_dry_run(request: StaffRequest, version: PolicyVersion, night: date) -> HttpResponse:
    """Show the same of a large book once it is worked out, until then how far it is."""
    current, tried = (
        day_plan(request.actor.company, as_of=night, version_id=key) for key in (None, version.pk)
    )
    for plan in (current, tried):
        if (waiting := plan_waits(request, plan, heading=gettext("Dry run"))) is not None:
            return waiting
        if isinstance(plan, DayPlan) and plan.error:
            return _dry_run_page(request, version, None, spoken(plan.error))
    made, plan_tried = made_of(tried)
    before = plan_of(current)
    run = made.once(("dry run", get_language()), lambda: told_of(plan_tried, before, ROWS))
    return _dry_run_page(request, version, run, "")


def _dry_run_page(
    request: StaffRequest, version: PolicyVersion, run: DryRun | None, error: str
) -> HttpResponse:
    context = {"version": version, "run": run, "error": error}
    part = "#answer" if request.htmx else ""
    status = REFUSED if error else 200
    return render(request, f"web/strategies_dry_run.html{part}", context, status=status)


@needs("strategy.publish")
@require_POST
def strategy_publish(request: StaffRequest, version_id: int) -> HttpResponse:
    """Put a draft in force from its own day on; the author cannot approve it where others can."""
    version = _version(request, version_id)
    back = reverse("strategy", args=[version.pk])
    try:
        publish_policy(actor=request.actor, version=version, as_of=request.as_of, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=back)
    text = gettext("%(name)s version %(version)d is published.")
    return done(request, text % {"name": version.name, "version": version.version}, back=back)


@needs("strategy.edit")
@require_POST
def strategy_discard(request: StaffRequest, version_id: int) -> HttpResponse:
    """Drop a draft."""
    version = _version(request, version_id)
    try:
        discard_policy(actor=request.actor, version=version, at=clock.now())
    except Refused as refusal:
        return refused(request, refusal, back=reverse("strategy", args=[version.pk]))
    text = gettext("Draft %(name)s version %(version)d is discarded.")
    return done(
        request,
        text % {"name": version.name, "version": version.version},
        back=reverse("strategies"),
    )


@require_GET
def wording_list(request: StaffRequest) -> HttpResponse:
    """Show every message wording of a language, filled with a real customer's overdue items."""
    asked = request.GET.get("language", "")
    company = request.actor.company
    found = wording_previews(
        company, language=language_of(asked, company.language), as_of=request.as_of
    )
    languages = tuple(SPOKEN.items())
    return render(
        request, "web/strategies_wordings.html", {"found": found, "languages": languages}
    )


@lru_cache(maxsize=READ_KEPT)
def _read(text: str) -> Reading:
    """Return a text with its cases as played: they ask nothing but the text."""
    return read_text(text, read=read_strategy, play_cases=run_cases)


def _version(request: StaffRequest, version_id: int) -> PolicyVersion:
    return get_object_or_404(
        PolicyVersion.objects.select_related("company"),
        pk=version_id,
        company=request.actor.company,
        kind=PolicyVersion.Kind.STRATEGY,
    )
