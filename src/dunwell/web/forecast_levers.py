"""What to do for more cash in a week: the few actions that lift what comes in for sure."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.queries.cash_levers import CashLevers, LeverStep, cash_levers, lever_currencies
from dunwell.queries.liquidity import liquidity
from dunwell.templatetags.forecast_words import LEVERS
from dunwell.templatetags.money import MoneyField
from dunwell.web.exports import file_response
from dunwell.web.forecast_choice import Choice, choice_of
from dunwell.web.staff import StaffRequest

COLUMNS = (
    _("Step"),
    _("Action"),
    _("What"),
    _("Customer"),
    _("Currency"),
    _("Open"),
    _("Cost"),
    _("More with 90 %"),
    _("Then with 90 %"),
)


class LeverForm(forms.Form):
    """The period, and what is needed of it."""

    period = forms.ChoiceField(label=_("Period"))
    needed = MoneyField("EUR", label=_("Needed with 90 %"), required=False)

    def __init__(self, data: object, *, currency: str, found: CashLevers) -> None:
        super().__init__(data)  # type: ignore[arg-type]
        self.fields["needed"].currency = currency  # type: ignore[attr-defined]
        self.fields["period"].choices = [  # type: ignore[attr-defined]
            (f"{one.kind}-{one.number}", _period_text(one.kind, one.number))
            for one in found.periods
        ]


@require_GET
def forecast_levers(request: StaffRequest) -> HttpResponse:
    """Show the actions that lift the P10 of the chosen weeks to what is needed."""
    choice, found, form = _asked(request)
    if found is None or form is None:
        return render(request, "web/forecast_levers.html", {"found": None, "choice": choice})
    context = {
        "found": found,
        "form": form,
        "choice": choice,
        "currencies": lever_currencies(request.actor.company, as_of=request.as_of),
        "steps": [(one, _address(one)) for one in found.steps],
        "period_text": _period_text(found.period.kind, found.period.number),
        "gap_minor": _from_buffer(request, choice, found),
        "chosen": f"{found.period.kind}-{found.period.number}",
    }
    return render(request, "web/forecast_levers.html", context, status=422 if form.errors else 200)


@require_GET
def forecast_levers_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return the chosen actions."""
    choice, found, _form = _asked(request)
    rows: list[tuple[Value, ...]] = []
    for number, one in enumerate(found.steps if found else (), 1):
        rows.append(
            (
                number,
                str(LEVERS[one.kind]),
                one.label,
                one.customer_name,
                choice.currency,
                from_minor(one.open_minor, choice.currency),
                from_minor(one.cost_minor, choice.currency),
                from_minor(one.gain_minor, choice.currency),
                from_minor(one.p10_minor, choice.currency),
            )
        )
    return file_response(
        kind,
        name=f"forecast-levers-{choice.currency}-{request.as_of.isoformat()}",
        columns=[str(name) for name in COLUMNS],
        rows=rows,
    )


def _asked(request: StaffRequest) -> tuple[Choice, CashLevers | None, LeverForm | None]:
    company = request.actor.company
    codes = lever_currencies(company, as_of=request.as_of)
    choice = choice_of(request, codes, company.currency)
    kind, _dash, number = request.GET.get("period", "").partition("-")

    def read(needed: int | None, kind: str, number: int) -> CashLevers | None:
        return cash_levers(
            company,
            as_of=request.as_of,
            currency=choice.currency,
            kind=kind,
            number=number,
            needed_minor=needed,
            scope=choice.scope,
        )

    is_asked = number.isascii() and number.isdigit() and len(number) < 3  # noqa: PLR2004  two digits
    found = read(None, kind, int(number)) if is_asked else None
    found = found or read(None, "week", 1)
    if found is None:
        return choice, None, None
    data = {
        "period": request.GET.get("period", "week-1"),
        "needed": request.GET.get("needed", ""),
    }
    form = LeverForm(data, currency=choice.currency, found=found)
    if form.is_valid() and form.cleaned_data["needed"] is not None:
        period = found.period
        found = read(form.cleaned_data["needed"], period.kind, period.number) or found
    return choice, found, form


def _from_buffer(request: StaffRequest, choice: Choice, found: CashLevers) -> int | None:
    """Return what the weeks must bring for the liquidity buffer to hold, None where unknown.

    What the P10 balance at the end of the weeks lies below the buffer is missing in the P10 of
    the cash until then. Only in the company's own currency, and for the first weeks together.
    """
    if choice.currency != request.actor.company.currency:
        return None
    rows = liquidity(request.actor.company, as_of=request.as_of)
    week = next((row for row in rows.rows if row.ends_on == found.period.ends_on), None)
    is_whole = found.period.kind == "span" or found.period.number == 1
    if week is None or not is_whole or week.p10_minor >= rows.buffer_minor:
        return None
    return found.period.p10_minor + rows.buffer_minor - week.p10_minor


def _address(step: LeverStep) -> str:
    """Return the page where an action is taken."""
    name, *keys = _place(step)
    return reverse(str(name), args=keys)


def _place(step: LeverStep) -> tuple[str | int, ...]:
    """Return the name of that page and its key."""
    found: dict[str, tuple[str | int, ...]] = {
        "plan": ("plan", step.subject_id),
        "promise": ("promise-add", step.customer_id),
        "discount": ("early-payment-offer", step.item_id),
        "debit": ("debit-run-add",),
        "call": ("customer", step.customer_id),
        "remind": ("customer", step.customer_id),
    }
    if step.kind == "dispute" and step.subject_id:
        return "dispute", step.subject_id
    return found.get(step.kind, ("item", step.item_id))


def _period_text(kind: str, number: int) -> str:
    text = _("Week %(number)s") if kind == "week" else _("Weeks 1 to %(number)s together")
    return text % {"number": number}
