"""Pages about targets: the team's and one's own, what the checks found, and the feed."""

from datetime import timedelta
from decimal import Decimal

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.targets import choose_settings, end_targets, set_targets
from dunwell.engine.money import from_minor, to_minor
from dunwell.formats.exports import Value
from dunwell.models import TargetSet
from dunwell.queries.recognition import held_back_rows
from dunwell.queries.target_standings import ASPECTS, MONEY
from dunwell.queries.targets import (
    TargetLineRow,
    TargetSetRow,
    milestone_rows,
    target_line,
    target_sets,
    work_setting,
)
from dunwell.templatetags.sentences import spoken
from dunwell.templatetags.targets import ASPECT_LABELS, MEASURE_LABELS
from dunwell.web.answers import done, form_page, posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.reasons import reason_page
from dunwell.web.staff import StaffRequest

DAYS = 91
PPM_OF_PERCENT = 10_000
COLUMNS = (
    _("Targets"),
    _("Person"),
    _("Aspect"),
    _("Measure"),
    _("Goal"),
    _("Stands at"),
    _("Honest part"),
    _("Cases"),
    _("Reached"),
)
LEAD_RIGHT = "target.edit"


class TargetForm(forms.Form):
    """A span and a goal for each measure that is to count; empty ones do not."""

    name = forms.CharField(label=_("Name"), max_length=80)
    starts_on = day_field(label=_("First day"))
    ends_on = day_field(label=_("Last day"))

    def __init__(self, *args: object, currency: str, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        money = _("An amount in %(currency)s.") % {"currency": currency}
        for measure, aspect in ASPECTS.items():
            is_money = measure in MONEY
            self.fields[measure] = forms.DecimalField(
                label=f"{ASPECT_LABELS[aspect]}: {MEASURE_LABELS[measure]}",
                required=False,
                min_value=0,
                max_value=None if is_money else 100,
                max_digits=15,
                decimal_places=2,
                help_text=money if is_money else _("In percent."),
            )

    def goals(self, currency: str) -> list[tuple[str, int]]:
        """Return the goals in minor units and ppm; raise Refused for an amount that is none."""
        goals = []
        for measure in ASPECTS:
            told: Decimal | None = self.cleaned_data[measure]
            if told is None:
                continue
            if measure not in MONEY:
                goals.append((measure, int(told * PPM_OF_PERCENT)))
                continue
            try:
                goals.append((measure, to_minor(told, currency)))
            except ValueError as error:
                raise Refused(str(error)) from error
        return goals


class SettingForm(forms.Form):
    """What a person wants of targets."""

    has_own_figures = forms.BooleanField(
        label=_("Figures and targets of my own"),
        required=False,
        help_text=_("Seen by you alone. Turning them off ends your targets."),
    )
    shares_with_lead = forms.BooleanField(
        label=_("Whoever leads the team may see them, too"), required=False
    )
    shares_milestones = forms.BooleanField(
        label=_("What I reach may stand in the feed of all"), required=False
    )
    sees_feed = forms.BooleanField(label=_("Show me the feed"), required=False)


@require_GET
def target_list(request: StaffRequest) -> HttpResponse:
    """Show the targets a person may see, and the feed unless it is turned off."""
    setting = work_setting(request.actor.company, request.actor.user_id)
    sets = _sets(request)
    context = {
        "sets": [one for one in sets if one.status == TargetSet.Status.RUNNING],
        "past": [one for one in sets if one.status != TargetSet.Status.RUNNING],
        "setting": setting,
        "feed": milestone_rows(request.actor.company, viewer_id=request.actor.user_id)
        if setting.sees_feed
        else (),
        "held_back": held_back_rows(
            request.actor.company,
            viewer_id=request.actor.user_id,
            is_lead=LEAD_RIGHT in request.actor.rights,
            as_of=request.as_of,
        )
        if setting.sees_feed
        else (),
    }
    return render(request, "web/targets.html", context)


@require_GET
def target_line_show(request: StaffRequest, line_id: int) -> HttpResponse:
    """Show one line week by week, and every case the checks found."""
    found = target_line(
        request.actor.company,
        line_id,
        viewer_id=request.actor.user_id,
        is_lead=LEAD_RIGHT in request.actor.rights,
        as_of=request.as_of,
    )
    if found is None:
        raise Http404
    return render(request, "web/target_line.html", {"set": found[0], "line": found[1]})


@require_GET
def targets_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the targets a person may see."""
    return file_response(
        kind,
        name=f"targets-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=(_cells(one, line) for one in _sets(request) for line in one.lines),
    )


@require_http_methods(["GET", "POST"])
def target_add(request: StaffRequest, whose: str) -> HttpResponse:
    """Set targets for the team, or for oneself."""
    begins = {"starts_on": request.as_of, "ends_on": request.as_of + timedelta(days=DAYS)}
    form = TargetForm(posted(request), currency=request.actor.company.currency, initial=begins)
    is_own = whose == "mine"
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            set_targets(
                actor=request.actor,
                name=told["name"],
                starts_on=told["starts_on"],
                ends_on=told["ends_on"],
                goals=form.goals(request.actor.company.currency),
                is_own=is_own,
                as_of=request.as_of,
                at=clock.now(),
            )
        except Refused as refusal:
            form.add_error(None, spoken(refusal))
        else:
            return done(request, gettext("The targets run."), back=reverse("targets"))
    context = {
        "heading": gettext("Targets of my own") if is_own else gettext("Targets of the team"),
        "lead": gettext(
            "Money, quality and satisfaction together: a goal for each. What is reached by "
            "gaming is shown and does not count."
        ),
        "button": gettext("Set"),
        "action": reverse("target-add-own" if is_own else "target-add"),
        "crumb": gettext("Targets"),
        "back": reverse("targets"),
        "is_page": True,
    }
    return form_page(request, "web/plain_form.html", form, context)


@require_http_methods(["GET", "POST"])
def target_settings(request: StaffRequest) -> HttpResponse:
    """Choose whether there are figures of one's own, and who sees them."""
    setting = work_setting(request.actor.company, request.actor.user_id)
    names = ("has_own_figures", "shares_with_lead", "shares_milestones", "sees_feed")
    form = SettingForm(posted(request), initial={name: getattr(setting, name) for name in names})

    def act(**told: bool) -> None:
        choose_settings(actor=request.actor, at=clock.now(), **told)

    return told_page(
        request,
        form,
        act,
        said=gettext("Kept."),
        back=reverse("targets"),
        context={
            "heading": gettext("What I want of targets"),
            "lead": gettext(
                "Nothing about a person is counted or shown unless that person says so."
            ),
            "button": gettext("Keep"),
            "action": reverse("target-settings"),
            "crumb": gettext("Targets"),
        },
    )


@require_http_methods(["GET", "POST"])
def target_end(request: StaffRequest, set_id: int) -> HttpResponse:
    """End targets before their time."""
    seen = {one.id for one in _sets(request)}
    found = get_object_or_404(TargetSet, pk=set_id, company=request.actor.company)
    if found.pk not in seen:
        raise Http404
    return reason_page(
        request,
        lambda reason: end_targets(
            actor=request.actor,
            target_set=found,
            reason=reason,
            as_of=request.as_of,
            at=clock.now(),
        ),
        said=gettext("Ended."),
        back=reverse("targets"),
        context={
            "heading": gettext("End %(name)s") % {"name": found.name},
            "button": gettext("End"),
            "action": reverse("target-end", args=[found.pk]),
            "crumb": gettext("Targets"),
        },
    )


def _sets(request: StaffRequest) -> tuple[TargetSetRow, ...]:
    return target_sets(
        request.actor.company,
        viewer_id=request.actor.user_id,
        is_lead=LEAD_RIGHT in request.actor.rights,
        as_of=request.as_of,
    )


def _cells(one: TargetSetRow, line: TargetLineRow) -> tuple[Value, ...]:
    def shown(number: int | None) -> Value:
        if number is None:
            return None
        return from_minor(number, line.currency) if line.is_money else number / 1_000_000

    return (
        one.name,
        one.person,
        str(ASPECT_LABELS[line.aspect]),
        str(MEASURE_LABELS[line.measure]),
        shown(line.goal),
        shown(line.value),
        shown(line.honest),
        line.cases,
        line.is_reached,
    )
