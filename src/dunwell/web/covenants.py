"""Pages about covenants: where each stands, its course, its tests, waivers."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.covenants import add_covenant, end_covenant, record_waiver
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import Covenant, CovenantWaiver
from dunwell.queries.covenants import (
    BUCKETS,
    CovenantTestRow,
    covenant_rows,
    covenant_test_rows,
)
from dunwell.queries.pages import every_row
from dunwell.templatetags.money import read_money
from dunwell.templatetags.planning import measure_name
from dunwell.templatetags.sentences import spoken
from dunwell.web.answers import posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.reasons import reason_page
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PERCENT_PPM = 10_000
MONEY = (Covenant.Measure.LIQUIDITY,)
TEST_COLUMNS = (
    _("Covenant"),
    _("Measure"),
    _("Tested on"),
    _("Currency"),
    _("Unit"),
    _("Measured"),
    _("Threshold"),
    _("Met"),
    _("Waived by"),
    _("Inputs"),
)


class CovenantForm(forms.Form):
    """What was promised to a lender."""

    name = forms.CharField(label=_("Name"), max_length=80)
    lender = forms.CharField(label=_("Lender"), max_length=120)
    measure = forms.ChoiceField(label=_("Measure"), choices=Covenant.Measure.choices)
    currency = forms.CharField(label=_("Currency"), min_length=3, max_length=3)
    threshold = forms.CharField(
        label=_("Threshold"),
        max_length=30,
        widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        help_text=_("Days for the DSO, percent for shares and cover, an amount for liquidity."),
    )
    first_test_on = day_field(label=_("First test on"))
    every_months = forms.TypedChoiceField(
        label=_("Tested every so many months"),
        choices=[(n, n) for n in (1, 3, 6, 12)],
        coerce=int,
        initial=3,
    )
    drawn = forms.CharField(
        label=_("Drawn"), max_length=30, required=False, help_text=_("For a borrowing base alone.")
    )
    eligible_percent = forms.DecimalField(
        label=_("Lent on eligible items, percent"),
        min_value=0,
        max_value=100,
        max_digits=5,
        decimal_places=2,
        localize=True,
        required=False,
    )
    most_overdue_days = forms.TypedChoiceField(
        label=_("Items count up to days past due"),
        choices=[("", "-"), *((days, days) for days in BUCKETS)],
        coerce=int,
        empty_value=None,
        required=False,
    )
    note = forms.CharField(
        label=_("Note"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def clean(self) -> dict[str, Any]:
        """Read threshold and drawn amount in the unit of the measure."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        code = str(told.get("currency", "")).upper()
        told["currency"] = code
        is_money = told.get("measure") in MONEY
        for field, currency in (("threshold", code if is_money else "EUR"), ("drawn", code)):
            if not told.get(field):
                continue
            try:
                told[f"{field}_minor"] = read_money(told[field], currency)
            except ValueError as error:
                self.add_error(field, spoken(error))
        return told

    def measured(self) -> int:
        """Return the threshold: hundredths of a day, ppm or minor units."""
        told = self.cleaned_data
        # days and percent are read with two decimals, so that they are hundredths
        hundredths = int(told["threshold_minor"])
        if told["measure"] in {Covenant.Measure.DSO, *MONEY}:
            return hundredths
        return hundredths * PERCENT_PPM // 100


class WaiverForm(forms.Form):
    """What a lender waived for a span of test dates."""

    from_on = day_field(label=_("From"))
    until_on = day_field(label=_("Until"))
    granted_by = forms.CharField(label=_("Granted by"), max_length=120)
    note = forms.CharField(
        label=_("What was waived"), max_length=1000, widget=forms.Textarea(attrs={"rows": 3})
    )


@require_GET
def covenant_list(request: StaffRequest) -> HttpResponse:
    """List covenants with where they stand and where they are heading."""
    rows = covenant_rows(request.actor.company, as_of=request.as_of)
    return render(request, "web/covenants.html", {"rows": rows})


@require_GET
def covenant_page(request: StaffRequest, covenant_id: int) -> HttpResponse:
    """Show one covenant: headroom, its course by week, frozen tests and waivers."""
    company = request.actor.company
    found = _covenant(request, covenant_id)
    read = partial(covenant_test_rows, company, covenant_id=found.pk)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    context = {
        "row": covenant_rows(company, as_of=request.as_of, ids=[found.pk])[0],
        "page": page,
        "waivers": CovenantWaiver.objects.filter(covenant=found).order_by("-from_on", "-id"),
    }
    return render(request, "web/covenant.html", context)


@require_GET
def covenant_test_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every frozen test with its inputs."""
    found = every_row(partial(covenant_test_rows, request.actor.company))
    return file_response(
        kind,
        name=f"covenant-tests-{request.as_of.isoformat()}",
        columns=[str(name) for name in TEST_COLUMNS],
        rows=(_tested(row) for row in found),
    )


@needs("covenant.edit")
@require_http_methods(["GET", "POST"])
def covenant_add(request: StaffRequest) -> HttpResponse:
    """Write a covenant down."""
    form = CovenantForm(posted(request), initial={"currency": request.actor.company.currency})

    def add(**told: Any) -> None:
        percent = told["eligible_percent"]
        add_covenant(
            actor=request.actor,
            name=told["name"],
            lender=told["lender"],
            measure=told["measure"],
            currency=told["currency"],
            threshold=form.measured(),
            first_test_on=told["first_test_on"],
            every_months=told["every_months"],
            drawn_minor=told.get("drawn_minor"),
            eligible_ppm=None if percent is None else int(percent * PERCENT_PPM),
            most_overdue_days=told["most_overdue_days"],
            note=told["note"],
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        add,
        said=gettext("The covenant is written down."),
        back=reverse("covenants"),
        context={
            "heading": gettext("New covenant"),
            "lead": gettext(
                "The day's cycle freezes a test on each of its dates. What a covenant says is "
                "never changed: end it and write the new one down."
            ),
            "button": gettext("Save"),
            "action": reverse("covenant-add"),
            "crumb": gettext("Covenants"),
        },
    )


@needs("covenant.edit")
@require_http_methods(["GET", "POST"])
def covenant_end(request: StaffRequest, covenant_id: int) -> HttpResponse:
    """End a covenant, with the reason."""
    found = _covenant(request, covenant_id)

    def end(reason: str) -> None:
        end_covenant(
            actor=request.actor, covenant=found, reason=reason, as_of=request.as_of, at=clock.now()
        )

    return reason_page(
        request,
        end,
        said=gettext("The covenant has ended."),
        back=reverse("covenants"),
        context={
            "heading": gettext("End %(name)s") % {"name": found.name},
            "lead": gettext("Its tests stay."),
            "button": gettext("End it"),
            "action": reverse("covenant-end", args=[found.pk]),
            "crumb": gettext("Covenants"),
        },
    )


@needs("covenant.edit")
@require_http_methods(["GET", "POST"])
def covenant_waive(request: StaffRequest, covenant_id: int) -> HttpResponse:
    """Keep what the lender waived."""
    found = _covenant(request, covenant_id)
    form = WaiverForm(posted(request), initial={"from_on": request.as_of})

    def waive(**told: Any) -> None:
        record_waiver(actor=request.actor, covenant=found, at=clock.now(), **told)

    return told_page(
        request,
        form,
        waive,
        said=gettext("The waiver is kept."),
        back=reverse("covenant", args=[found.pk]),
        context={
            "heading": gettext("Waiver of %(name)s") % {"name": found.name},
            "lead": gettext("Tests on these dates stay as they were measured, marked as waived."),
            "button": gettext("Save"),
            "action": reverse("covenant-waive", args=[found.pk]),
            "crumb": found.name,
        },
    )


def _covenant(request: StaffRequest, covenant_id: int) -> Covenant:
    return get_object_or_404(Covenant, pk=covenant_id, company=request.actor.company)


def _tested(row: CovenantTestRow) -> tuple[Value, ...]:
    is_money = row.unit == "minor"
    values = [
        value if value is None or not is_money else from_minor(value, row.currency)
        for value in (row.measured, row.threshold)
    ]
    return (
        row.name,
        measure_name(row.measure),
        row.on,
        row.currency,
        row.unit,
        *values,
        "" if row.is_met is None else row.is_met,
        row.waived,
        "; ".join(f"{name}={value}" for name, value in sorted(row.inputs.items())),
    )
