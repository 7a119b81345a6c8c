"""Pages about experiments: planning, starting, stopping, what they show, and the verdict."""

from datetime import timedelta
from functools import partial
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.experiments import (
    LARGEST_HOLDOUT_PPM,
    decide_experiment,
    plan_experiment,
    start_experiment,
    stop_experiment,
)
from dunwell.actions.gate import Refused
from dunwell.formats.exports import Value
from dunwell.models import Experiment
from dunwell.queries.duel_readings import duel_reading
from dunwell.queries.experiment_readings import experiment_reading
from dunwell.queries.experiments import (
    ChoiceRow,
    ExperimentRow,
    choice_rows,
    choices_of_day,
    experiment_row,
    experiment_rows,
)
from dunwell.queries.pages import every_row
from dunwell.queries.timing_readings import timing_reading
from dunwell.queries.verdict_figures import verdict_figures
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import done, form_page, refused
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PPM_OF_PERCENT = 10_000
DAYS, SHOWN_CHOICES = 91, 15
MOST_PERCENT = LARGEST_HOLDOUT_PPM // PPM_OF_PERCENT
USUAL_PERCENT = 10

COLUMNS = (
    _("Day"),
    _("Customer number"),
    _("Customer"),
    _("Decided by"),
    _("Action"),
    _("Permitted"),
    _("Chance"),
    _("Chance unpaid in 14 days"),
    _("Policy"),
    _("Hour"),
    _("Chance of the hour"),
)


class PlanForm(forms.Form):
    """What is to be learned, on how many customers, and from when to when."""

    name = forms.CharField(label=_("Name"), max_length=80)
    question = forms.CharField(
        label=_("Question"),
        max_length=300,
        required=False,
        help_text=_("What do you want to know? For instance: what does a reminder bring?"),
    )
    percent = forms.IntegerField(
        label=_("Share of customers for whom chance decides, in percent"),
        min_value=1,
        max_value=MOST_PERCENT,
        initial=USUAL_PERCENT,
        help_text=_("More answers sooner, and costs more money that comes late."),
    )
    starts_on = day_field(label=_("First day"))
    ends_on = day_field(label=_("Last day"))


class VerdictForm(forms.Form):
    """What was learned and what follows from it."""

    verdict = forms.CharField(
        label=_("What was learned, and what follows from it?"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


@require_GET
def experiment_list(request: StaffRequest) -> HttpResponse:
    """List experiments, and say what a holdout is and what it costs."""
    company, as_of = request.actor.company, request.as_of
    page = page_asked(request, lambda cursor: experiment_rows(company, as_of=as_of, cursor=cursor))
    counts = choices_of_day(company, as_of=as_of)
    context = {
        "page": page,
        "running": [row for row in page.rows if row.is_active],
        "today": {action: n for action, n in counts.items() if action != "held_out"},
        "held_out": counts["held_out"],
        "most_percent": MOST_PERCENT,
    }
    return render(request, "web/experiments.html", context)


@require_GET
def experiment_show(request: StaffRequest, experiment_id: int) -> HttpResponse:
    """Show one experiment: how it was divided, what it shows so far, and its choices."""
    company, as_of = request.actor.company, request.as_of
    row = _row(request, experiment_id)
    is_timing = row.kind == Experiment.Kind.TIMING
    duel = None
    if row.kind == Experiment.Kind.COMPARISON:
        duel = duel_reading(company, row.id, as_of=as_of)
    choices = page_asked(
        request,
        lambda cursor: choice_rows(
            company, experiment_id=row.id, cursor=cursor, limit=SHOWN_CHOICES
        ),
    )
    context = {
        "row": row,
        "reading": None if is_timing or duel else experiment_reading(company, row, as_of=as_of),
        "duel": duel,
        "timing": timing_reading(company, row, as_of=as_of) if is_timing else None,
        "page": choices,
    }
    return render(request, "web/experiment.html", context)


@needs("experiment.run")
@require_http_methods(["GET", "POST"])
def experiment_add(request: StaffRequest) -> HttpResponse:
    """Write a holdout down as a draft; nothing is done to anybody before it is started."""
    today = request.as_of
    begins = {"starts_on": today, "ends_on": today + timedelta(days=DAYS)}
    form = PlanForm(request.POST if request.method == "POST" else None, initial=begins)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            experiment = plan_experiment(
                actor=request.actor,
                name=told["name"],
                kind=Experiment.Kind.HOLDOUT,
                question=told["question"],
                arms=[("chance", told["percent"] * PPM_OF_PERCENT)],
                starts_on=told["starts_on"],
                ends_on=told["ends_on"],
                as_of=today,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return redirect("experiment", experiment.pk)
    context = {
        "heading": gettext("Plan a holdout"),
        "lead": gettext(
            "For a small share of the customers that are due, chance decides every day whether "
            "they are contacted or left alone. Only so can be told what contacting brings."
        ),
        "button": gettext("Keep as draft"),
        "action": reverse("experiment-add"),
        "crumb": gettext("Experiments"),
        "back": reverse("experiments"),
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


@needs("experiment.run")
@require_POST
def experiment_start(request: StaffRequest, experiment_id: int) -> HttpResponse:
    """Let a draft run from its first day on."""
    experiment = _experiment(request, experiment_id)
    back = reverse("experiment", args=[experiment.pk])
    try:
        start_experiment(
            actor=request.actor, experiment=experiment, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("%(name)s runs.") % {"name": experiment.name}, back=back)


@needs("experiment.run")
@require_http_methods(["GET", "POST"])
def experiment_stop(request: StaffRequest, experiment_id: int) -> HttpResponse:
    """End an experiment early, or drop a draft, with a reason."""
    experiment = _experiment(request, experiment_id)
    context = {
        "heading": gettext("Stop %(name)s") % {"name": experiment.name},
        "lead": gettext("From the next cycle on chance decides nothing. It cannot go on later."),
        "button": gettext("Stop"),
        "action": reverse("experiment-stop", args=[experiment.pk]),
        "crumb": experiment.name,
    }
    return reason_page(
        request,
        lambda reason: stop_experiment(
            actor=request.actor,
            experiment=experiment,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("%(name)s is stopped.") % {"name": experiment.name},
        back=reverse("experiment", args=[experiment.pk]),
        context=context,
    )


@needs("experiment.run")
@require_http_methods(["GET", "POST"])
def experiment_decide(request: StaffRequest, experiment_id: int) -> HttpResponse:
    """Keep what was learned, with the figures of the day it rests on."""
    experiment = _experiment(request, experiment_id)
    back = reverse("experiment", args=[experiment.pk])
    form = VerdictForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            decide_experiment(
                actor=request.actor,
                experiment=experiment,
                verdict=form.cleaned_data["verdict"],
                figures=verdict_figures(
                    experiment.company, _row(request, experiment_id), as_of=request.as_of
                ),
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("The verdict is kept."), back=back)
    context: dict[str, Any] = {
        "heading": gettext("Decide on %(name)s") % {"name": experiment.name},
        "lead": gettext("The figures of today are kept with your words."),
        "button": gettext("Keep the verdict"),
        "action": reverse("experiment-decide", args=[experiment.pk]),
        "crumb": experiment.name,
        "back": back,
    }
    return form_page(request, "web/plain_form.html", form, context)


@require_GET
def experiment_export(request: StaffRequest, experiment_id: int, kind: str) -> HttpResponse:
    """Return every choice of an experiment, with the chance it had."""
    row = _row(request, experiment_id)
    return file_response(
        kind,
        name=f"experiment-{row.id}",
        columns=[str(name) for name in COLUMNS],
        rows=(
            _choice(choice)
            for choice in every_row(
                partial(choice_rows, request.actor.company, experiment_id=row.id)
            )
        ),
    )


def _row(request: StaffRequest, experiment_id: int) -> ExperimentRow:
    row = experiment_row(request.actor.company, experiment_id, as_of=request.as_of)
    if row is None:
        raise Http404
    return row


def _experiment(request: StaffRequest, experiment_id: int) -> Experiment:
    return get_object_or_404(
        Experiment.objects.select_related("company"),
        pk=experiment_id,
        company=request.actor.company,
    )


def _choice(row: ChoiceRow) -> tuple[Value, ...]:
    return (
        row.as_of,
        row.customer_number,
        row.customer_name,
        gettext("chance") if row.is_holdout else gettext("plan"),
        row.action,
        ",".join(row.permitted),
        row.propensity_ppm / 1_000_000,
        row.p_unpaid_ppm / 1_000_000,
        row.policy,
        row.hour,
        None if row.timing_ppm is None else row.timing_ppm / 1_000_000,
    )
