"""Pages about scenarios: the list, two to four side by side, saving, copying, the workbook."""

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from dunwell import clock
from dunwell.actions.gate import Refused
from dunwell.actions.scenarios import archive_scenario, copy_scenario, save_scenario
from dunwell.engine.money import from_minor
from dunwell.engine.scenarios import QUANTILES
from dunwell.formats.exports import Value
from dunwell.formats.planning_sheets import ScenarioBook, ScenarioSheet, write_scenarios
from dunwell.models import Scenario
from dunwell.queries.scenarios import (
    MOST_COMPARED,
    Comparison,
    ScenarioRow,
    compare_scenarios,
    scenario_rows,
)
from dunwell.web.answers import done, posted, refused, told_page
from dunwell.web.exports import file_response
from dunwell.web.keys import read_key
from dunwell.web.planning_files import workbook_response
from dunwell.web.rights import needs
from dunwell.web.scenario_forms import ScenarioForm, scenario_initial
from dunwell.web.staff import StaffRequest

PERCENT_PPM = 10_000
PERIODS = ("week", "month")
WORDS = {
    "assumption": _("Assumption"),
    "receivables": _("Receivables"),
    "sales": _("Sales of the window"),
    "sales_days": _("Days of the window"),
    "as_of": _("As of"),
    "currency": _("Currency"),
    "from": _("From"),
    "until": _("Until"),
    "expected": _("Expected"),
    "p5": _("P5"),
    "p10": _("P10"),
    "p50": _("P50"),
    "p90": _("P90"),
    "p95": _("P95"),
    "base": _("Base"),
    "total": _("Total"),
    "later": _("After the last period"),
    "lost": _("Never paid or given away"),
    "dso": _("DSO in days"),
    "tied": _("More tied up than in the base"),
    "share": _("Share of the base"),
}


class NameForm(forms.Form):
    """What a copy is called."""

    name = forms.CharField(label=_("Name"), max_length=80)


@require_GET
def scenario_list(request: StaffRequest) -> HttpResponse:
    """List scenarios; those that are ticked stand side by side over the base."""
    company = request.actor.company
    with_archived = request.GET.get("scope") == "all"
    rows = scenario_rows(company, with_archived=with_archived)
    chosen = _chosen(request, rows)
    context = {
        "rows": rows,
        "chosen": [row.id for row in chosen],
        "with_archived": with_archived,
        "most": MOST_COMPARED,
        "found": compare_scenarios(company, chosen, as_of=request.as_of, kind=_kind(request)),
        "query": _query(request, chosen),
    }
    return render(request, "web/scenarios.html", context)


@require_GET
def scenario_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return what is compared: XLSX with live formulas, CSV with one line a period."""
    company = request.actor.company
    chosen = _chosen(request, scenario_rows(company, with_archived=True))
    found = compare_scenarios(company, chosen, as_of=request.as_of, kind=_kind(request))
    name = f"scenarios-{request.as_of.isoformat()}"
    if kind != "xlsx":
        return file_response(
            kind,
            name=name,
            columns=[gettext("From"), gettext("Until"), gettext("Currency"), *_names(found)],
            rows=_lines(found),
        )
    if found.base is None or found.as_of is None:
        raise Http404
    words = {key: str(text) for key, text in WORDS.items()}
    return workbook_response(write_scenarios(_book(found), words=words), name=name)


@needs("planning.edit")
@require_http_methods(["GET", "POST"])
def scenario_add(request: StaffRequest) -> HttpResponse:
    """Save assumptions under a name."""
    form = ScenarioForm(posted(request), company=request.actor.company)

    def save(**_told: Any) -> None:
        save_scenario(
            actor=request.actor,
            name=form.cleaned_data["name"],
            note=form.cleaned_data["note"],
            assumptions=form.assumptions(),
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        save,
        said=gettext("The scenario is saved."),
        back=reverse("scenarios"),
        context=_words(gettext("New scenario"), reverse("scenario-add")),
    )


@needs("planning.edit")
@require_http_methods(["GET", "POST"])
def scenario_edit(request: StaffRequest, scenario_id: int) -> HttpResponse:
    """Change a scenario's assumptions."""
    company = request.actor.company
    scenario = get_object_or_404(Scenario, pk=scenario_id, company=company)
    row = scenario_rows(company, ids=[scenario.pk])[0]
    form = ScenarioForm(posted(request), company=company, initial=scenario_initial(row))

    def save(**_told: Any) -> None:
        save_scenario(
            actor=request.actor,
            name=form.cleaned_data["name"],
            note=form.cleaned_data["note"],
            assumptions=form.assumptions(),
            scenario=scenario,
            version=form.cleaned_data["version"] or 0,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        save,
        said=gettext("The scenario is saved."),
        back=f"{reverse('scenarios')}?scenario={scenario.pk}",
        context=_words(
            gettext("Change %(name)s") % {"name": scenario.name},
            reverse("scenario-edit", args=[scenario.pk]),
        ),
    )


@needs("planning.edit")
@require_http_methods(["GET", "POST"])
def scenario_copy(request: StaffRequest, scenario_id: int) -> HttpResponse:
    """Copy a scenario under another name."""
    scenario = get_object_or_404(Scenario, pk=scenario_id, company=request.actor.company)
    start = gettext("%(name)s, copy") % {"name": scenario.name}
    form = NameForm(posted(request), initial={"name": start[:80]})

    def copy(name: str) -> None:
        copy_scenario(actor=request.actor, scenario=scenario, name=name, at=clock.now())

    return told_page(
        request,
        form,
        copy,
        said=gettext("The scenario is copied."),
        back=reverse("scenarios"),
        context=_words(
            gettext("Copy %(name)s") % {"name": scenario.name},
            reverse("scenario-copy", args=[scenario.pk]),
        ),
    )


@needs("planning.edit")
@require_POST
def scenario_archive(request: StaffRequest, scenario_id: int) -> HttpResponse:
    """Put a scenario away."""
    scenario = get_object_or_404(Scenario, pk=scenario_id, company=request.actor.company)
    back = reverse("scenarios")
    try:
        archive_scenario(
            actor=request.actor, scenario=scenario, as_of=request.as_of, at=clock.now()
        )
    except Refused as refusal:
        return refused(request, refusal, back=back)
    return done(request, gettext("The scenario is archived."), back=back)


def _chosen(request: StaffRequest, rows: tuple[ScenarioRow, ...]) -> list[ScenarioRow]:
    asked = [read_key(text) for text in request.GET.getlist("scenario")]
    known = {row.id: row for row in rows}
    return [known[key] for key in dict.fromkeys(asked) if key in known][:MOST_COMPARED]


def _kind(request: StaffRequest) -> str:
    asked = request.GET.get("period", "")
    return asked if asked in PERIODS else PERIODS[0]


def _query(request: StaffRequest, chosen: list[ScenarioRow]) -> str:
    parts = [f"scenario={row.id}" for row in chosen]
    return "&".join([*parts, f"period={_kind(request)}"])


def _names(found: Comparison) -> list[str]:
    return [column.row.name if column.row else gettext("Base") for column in found.columns]


def _lines(found: Comparison) -> list[tuple[Value, ...]]:
    return [
        (
            period.starts_on,
            period.ends_on,
            found.currency,
            *(
                from_minor(column.result.cash["expected"][at], found.currency)
                for column in found.columns
            ),
        )
        for at, period in enumerate(found.periods)
    ]


def _book(found: Comparison) -> ScenarioBook:
    base, others = found.columns[0], found.columns[1:]
    known = found.base
    return ScenarioBook(
        as_of=found.as_of or found.periods[0].starts_on,
        currency=found.currency,
        periods=[(period.starts_on, period.ends_on) for period in found.periods],
        base={name: base.result.cash[name] for name in QUANTILES},
        receivables_minor=base.result.receivables_minor,
        sales_minor=known.sales_minor if known else 0,
        sales_days=known.sales_days if known else 0,
        scenarios=[
            ScenarioSheet(
                name=column.row.name,
                facts=_facts(column.row),
                cash=column.result.cash["expected"],
                later_minor=column.result.later_minor,
                lost_minor=column.result.lost_minor,
                receivables_minor=column.result.receivables_minor,
            )
            for column in others
            if column.row is not None
        ],
    )


def _facts(row: ScenarioRow) -> list[tuple[str, str | int]]:
    told = row.assumptions
    return [
        (gettext("Sales change, ppm"), told.volume_ppm),
        (gettext("Terms of new sales change by days"), told.terms_days),
        (gettext("Everybody pays later by days"), told.delay_days),
        (gettext("Disputed, ppm"), told.dispute_ppm),
        (gettext("A dispute takes days"), told.dispute_days),
        (
            gettext("Customers that never pay"),
            ", ".join(number for _key, number, _name in row.customers),
        ),
        (gettext("Take a discount, ppm"), told.discount_uptake_ppm),
        (gettext("The discount, ppm"), told.discount_ppm),
        (gettext("They pay earlier by days"), told.discount_days),
        (
            gettext("Currencies change, ppm"),
            ", ".join(f"{code} {change}" for code, change in told.fx_ppm.items()),
        ),
    ]


def _words(heading: str, action: str) -> dict[str, object]:
    return {
        "heading": heading,
        "lead": gettext("What is left empty stays as the forecast has it."),
        "button": gettext("Save"),
        "action": action,
        "crumb": gettext("Scenarios"),
    }
