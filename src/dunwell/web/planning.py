"""Pages about liquidity: closing balances by week, gap alerts, working capital, the buffer."""

from functools import partial
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from dunwell import clock
from dunwell.actions.liquidity import record_working_capital, set_buffer
from dunwell.engine.money import from_minor
from dunwell.formats.exports import Value
from dunwell.models import LiquidityRule
from dunwell.queries.gaps import AlertRow, alert_rows
from dunwell.queries.home_rates import home_rates
from dunwell.queries.liquidity import cash_balances, liquidity, rule_in_force
from dunwell.queries.pages import every_row
from dunwell.queries.working_capital import CapitalRow, capital, capital_rows
from dunwell.templatetags.money import MoneyField
from dunwell.templatetags.planning import gap_kind, gap_label, lever_links
from dunwell.web.answers import posted, told_page
from dunwell.web.exports import file_response
from dunwell.web.fields import day_field
from dunwell.web.lists import page_asked
from dunwell.web.rights import needs
from dunwell.web.staff import StaffRequest

PERCENT_PPM = 10_000
FIRST_ALERTS = 5
WEEK_COLUMNS = (
    _("As of"),
    _("Week from"),
    _("Until"),
    _("Currency"),
    _("Expected in"),
    _("Out"),
    _("Balance P5"),
    _("Balance P10"),
    _("Balance P50"),
    _("Balance P90"),
    _("Balance P95"),
    _("Buffer"),
    _("Missing to the buffer"),
)
ALERT_COLUMNS = (
    _("Kind"),
    _("Period from"),
    _("About"),
    _("Unit"),
    _("Currency"),
    _("Expected"),
    _("Wanted"),
    _("Levers"),
    _("Raised on"),
    _("Last seen on"),
    _("Ended on"),
)
CAPITAL_COLUMNS = (
    _("From"),
    _("Currency"),
    _("Days of stock"),
    _("Days of payables"),
    _("Cost of sales of a year"),
    _("Source"),
    _("By"),
)


class BufferForm(forms.Form):
    """How much cash is kept, and how far a budget may be missed unheard."""

    kind = forms.ChoiceField(
        label=_("The buffer is"), choices=LiquidityRule.Kind.choices, widget=forms.RadioSelect
    )
    days = forms.IntegerField(
        label=_("Days of payments out"), min_value=0, max_value=365, required=False
    )
    miss_percent = forms.DecimalField(
        label=_("Alert when a budget is missed by percent"),
        max_digits=5,
        decimal_places=2,
        min_value=0,
        max_value=100,
        localize=True,
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        """Ask for the amount in the company's currency."""
        super().__init__(*args, **kwargs)
        label = gettext("Amount in %(currency)s") % {"currency": currency}
        self.fields["amount"] = MoneyField(currency, label=label, required=False)
        self.order_fields(["kind", "amount", "days", "miss_percent"])


class CapitalForm(forms.Form):
    """Days of stock and of payables from a day on."""

    from_on = day_field(label=_("From"))
    inventory_days = forms.IntegerField(label=_("Days of stock"), min_value=0, max_value=3650)
    payables_days = forms.IntegerField(label=_("Days of payables"), min_value=0, max_value=3650)
    source = forms.CharField(
        label=_("Source"),
        max_length=120,
        required=False,
        help_text=_("Such as the balance sheet of June."),
    )

    def __init__(self, *args: Any, currency: str, **kwargs: Any) -> None:
        """Ask for the cost of sales in the company's currency."""
        super().__init__(*args, **kwargs)
        label = gettext("Cost of sales of a year in %(currency)s") % {"currency": currency}
        self.fields["cost_of_sales"] = MoneyField(
            currency,
            label=label,
            required=False,
            help_text=gettext("Turns the days into amounts."),
        )
        self.order_fields(
            ["from_on", "inventory_days", "payables_days", "cost_of_sales", "source"]
        )


@require_GET
def planning_home(request: StaffRequest) -> HttpResponse:
    """Show the balance at the end of every week beside the buffer, and what falls short."""
    company = request.actor.company
    found = liquidity(company, as_of=request.as_of)
    day = found.as_of or request.as_of
    context = {
        "found": found,
        "balances": cash_balances(company, as_of=day, rates=home_rates(company, as_of=day)),
        "alerts": alert_rows(company, limit=FIRST_ALERTS).rows,
        "is_old": found.as_of is not None and found.as_of < request.as_of,
    }
    return render(request, "web/planning.html", context)


@require_GET
def liquidity_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every week of the liquidity."""
    found = liquidity(request.actor.company, as_of=request.as_of)
    code = found.currency
    rows = [
        (
            found.as_of,
            row.starts_on,
            row.ends_on,
            code,
            *(
                from_minor(minor, code)
                for minor in (
                    row.in_minor, row.out_minor, row.p5_minor, row.p10_minor, row.p50_minor,
                    row.p90_minor, row.p95_minor, found.buffer_minor, row.below_minor,
                )
            ),
        )
        for row in found.rows
    ]  # fmt: skip
    return file_response(
        kind,
        name=f"liquidity-{request.as_of.isoformat()}",
        columns=[str(name) for name in WEEK_COLUMNS],
        rows=rows,
    )


@needs("planning.edit")
@require_http_methods(["GET", "POST"])
def buffer_edit(request: StaffRequest) -> HttpResponse:
    """Say how much cash is kept, and how far a budget may be missed unheard."""
    company = request.actor.company
    rule = rule_in_force(company, as_of=request.as_of)
    form = BufferForm(
        posted(request),
        currency=company.currency,
        initial={
            "kind": rule.kind or LiquidityRule.Kind.AMOUNT,
            "amount": rule.amount_minor,
            "days": rule.days,
            "miss_percent": rule.miss_ppm / PERCENT_PPM,
        },
    )

    def save(**told: Any) -> None:
        set_buffer(
            actor=request.actor,
            kind=told["kind"],
            amount_minor=told["amount"] or 0,
            days=told["days"] or 0,
            miss_ppm=int(told["miss_percent"] * PERCENT_PPM),
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        save,
        said=gettext("The buffer is set."),
        back=reverse("planning"),
        context={
            "heading": gettext("Liquidity buffer"),
            "lead": gettext(
                "In force from today. The cycle raises an alert for every week whose balance is "
                "below the buffer one time in ten."
            ),
            "button": gettext("Save"),
            "action": reverse("liquidity-buffer"),
            "crumb": gettext("Planning"),
        },
    )


@require_GET
def working_capital_page(request: StaffRequest) -> HttpResponse:
    """Show the cash conversion cycle and the need of working capital."""
    company = request.actor.company
    page = page_asked(request, lambda cursor: capital_rows(company, cursor=cursor))
    context = {"found": capital(company, as_of=request.as_of), "page": page}
    return render(request, "web/working_capital.html", context)


@require_GET
def working_capital_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return what was told of stock and payables."""
    found = every_row(partial(capital_rows, request.actor.company))
    return file_response(
        kind,
        name=f"working-capital-{request.as_of.isoformat()}",
        columns=[str(name) for name in CAPITAL_COLUMNS],
        rows=(_capital(row) for row in found),
    )


@needs("planning.edit")
@require_http_methods(["GET", "POST"])
def working_capital_add(request: StaffRequest) -> HttpResponse:
    """Tell days of stock and payables from a day on."""
    form = CapitalForm(
        posted(request),
        currency=request.actor.company.currency,
        initial={"from_on": request.as_of},
    )

    def save(**told: Any) -> None:
        record_working_capital(
            actor=request.actor,
            from_on=told["from_on"],
            inventory_days=told["inventory_days"],
            payables_days=told["payables_days"],
            cost_of_sales_minor=told["cost_of_sales"],
            source=told["source"],
            as_of=request.as_of,
            at=clock.now(),
        )

    return told_page(
        request,
        form,
        save,
        said=gettext("The days are kept."),
        back=reverse("working-capital"),
        context={
            "heading": gettext("Days of stock and payables"),
            "lead": gettext(
                "They hold from the day on; earlier days keep what was told for them."
            ),
            "button": gettext("Save"),
            "action": reverse("working-capital-add"),
            "crumb": gettext("Working capital"),
        },
    )


@require_GET
def gap_alert_list(request: StaffRequest) -> HttpResponse:
    """List gap alerts with the levers that may close them."""
    company, with_ended = request.actor.company, request.GET.get("scope") == "all"
    read = partial(alert_rows, company, with_ended=with_ended)
    page = page_asked(request, lambda cursor: read(cursor=cursor))
    return render(request, "web/gap_alerts.html", {"page": page, "with_ended": with_ended})


@require_GET
def gap_alert_export(request: StaffRequest, kind: str) -> HttpResponse:
    """Return every gap alert, the ended ones too."""
    found = every_row(partial(alert_rows, request.actor.company, with_ended=True))
    return file_response(
        kind,
        name=f"gap-alerts-{request.as_of.isoformat()}",
        columns=[str(name) for name in ALERT_COLUMNS],
        rows=(_alert(row) for row in found),
    )


def _alert(row: AlertRow) -> tuple[Value, ...]:
    levers = "; ".join(
        f"{one.label}: {from_minor(one.amount_minor, row.currency)}" for one in lever_links(row)
    )
    is_money = row.unit == "minor"
    return (
        gap_kind(row.kind),
        row.starts_on,
        gap_label(row),
        row.unit,
        row.currency,
        from_minor(row.expected, row.currency) if is_money else row.expected,
        from_minor(row.wanted, row.currency) if is_money else row.wanted,
        levers,
        row.opened_on,
        row.seen_on,
        row.ended_on,
    )


def _capital(row: CapitalRow) -> tuple[Value, ...]:
    cost = row.cost_of_sales_minor
    return (
        row.from_on,
        row.currency,
        row.inventory_days,
        row.payables_days,
        None if cost is None else from_minor(cost, row.currency),
        row.source,
        row.recorded_by,
    )
