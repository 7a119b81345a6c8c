"""Risk and financing in the demo: stress, signals, costs, provisions, a retention, a facility."""

from collections.abc import Callable
from datetime import timedelta

from dunwell.actions.collection_costs import record_collection_cost
from dunwell.actions.financing_draws import disburse_draw, propose_draw, sanction_draw
from dunwell.actions.financing_facilities import add_facility, add_terms, open_facility
from dunwell.actions.industry_figures import add_industry_figure
from dunwell.actions.provisions import draw_provision, post_provision, review_provision
from dunwell.actions.retentions import hold_retention
from dunwell.actions.risk_signals import take_signals
from dunwell.actions.stress_scenarios import save_scenario
from dunwell.demo.customers import LEAD
from dunwell.engine.stress import Scenario
from dunwell.formats.signal_rows import SignalLine
from dunwell.jobs.demo_credit_desk import ANALYST, DIRECTOR, HOME, THOUSAND, CreditDesk
from dunwell.models import (
    CollectionCost,
    FinancingFacility,
    IndustryFigure,
    ProvisionRun,
    Retention,
    RiskSignal,
    StressScenario,
)
from dunwell.queries.demo_insight import unhurried_item

Cost = CollectionCost.Kind
COSTS = (
    (Cost.STAFF, 14_800_00, "PAY-{month}"),
    (Cost.AGENCY, 1_240_00, "AG-{month}"),
    (Cost.POSTAGE, 310_00, "POST-{month}"),
)
INDUSTRY, SAMPLE = "Manufacturing (sample)", "Sample of the demo, from no publication"
RETAINED_PERCENT, RETAINED_DAYS = 5, 365
LINE_MINOR = 150 * THOUSAND
TERMS = {
    "advance_ppm": 850_000,
    "rate_ppm": 62_000,
    "fee_ppm": 4_000,
    "reserve_ppm": 100_000,
    "recourse_days": 60,
}
RULES = {"past_due_days": 30, "concentration_ppm": 250_000}


def _costs_are_known(desk: CreditDesk) -> bool:
    """Type in what collecting cost last month."""
    if desk.has(CollectionCost):
        return False
    ended = desk.as_of.replace(day=1) - timedelta(days=1)
    for kind, amount, voucher in COSTS:
        record_collection_cost(
            actor=desk.actor(DIRECTOR),
            kind=kind,
            on=ended,
            currency=HOME,
            amount_minor=amount,
            reference=voucher.format(month=f"{ended:%Y-%m}"),
            **desk.when,
        )
    return True


def _others_are_known(desk: CreditDesk) -> bool:
    """Type in a figure of an industry, which says that it is a sample."""
    if desk.has(IndustryFigure):
        return False
    add_industry_figure(
        actor=desk.actor(DIRECTOR),
        kpi="dso",
        value="47.0",
        industry=INDUSTRY,
        region="EU",
        period=str(desk.as_of.year - 1),
        source=SAMPLE,
        published_on=desk.as_of.replace(month=1, day=1),
        **desk.when,
    )
    return True


def _losses_are_provided_for(desk: CreditDesk) -> bool:
    """Draw, review and post the provisions of the last two month ends, the second rolled on."""
    if desk.has(ProvisionRun):
        return False
    last = desk.as_of.replace(day=1) - timedelta(days=1)
    director = desk.actor(DIRECTOR)
    for on in (last.replace(day=1) - timedelta(days=1), last):
        run = draw_provision(actor=desk.actor(ANALYST), on=on, **desk.when)
        run = review_provision(actor=director, run=run, at=desk.at)
        post_provision(actor=director, run=run, **desk.when)
    return True


def _bad_years_are_tried(desk: CreditDesk) -> bool:
    """Keep one set of shocks."""
    if desk.has(StressScenario):
        return False
    save_scenario(
        actor=desk.actor(ANALYST),
        name="Hard winter",
        shocks=Scenario(
            pd_times_ppm=2_000_000, sales_ppm=-100_000, failing_top=1, delay_days=15,
            carry_ppm=62_000, rate_add_ppm=10_000,
        ),
        note="Twice as many fail, the largest among them; a tenth less is sold.",
        at=desk.at,
    )  # fmt: skip
    return True


def _news_comes_in(desk: CreditDesk) -> bool:
    """Take in two pieces of news that touch customers, by number and by name."""
    if desk.has(RiskSignal):
        return False
    first, second = [*desk.debtors[:1], *desk.payers][:2]
    lines = [
        SignalLine(
            row=1,
            external_id="demo-1",
            kind="insolvency",
            severity=3,
            title=f"Preliminary proceedings opened: {first.name}",
            text="Invented for the demo.",
            published_on=desk.as_of - timedelta(days=1),
            customer_number=first.number,
        ),
        SignalLine(
            row=2,
            external_id="demo-2",
            kind="other",
            severity=1,
            title=f"{second.name} closes a plant",
            text="Invented for the demo.",
            published_on=desk.as_of - timedelta(days=3),
            party=second.name,
        ),
    ]
    take_signals(actor=desk.actor(ANALYST), lines=lines, source="Demo gazette", **desk.when)
    return True


def _part_is_held_back(desk: CreditDesk) -> bool:
    """Note that a twentieth of the largest item not due yet is held back for a year."""
    if desk.has(Retention):
        return False
    item = unhurried_item(desk.company, currency=HOME, as_of=desk.as_of)
    if item is None:
        return False
    hold_retention(
        actor=desk.actor(ANALYST),
        item=item,
        kind=Retention.Kind.DEFECTS,
        amount_minor=item.amount_minor * RETAINED_PERCENT // 100,
        due_on=item.due_on + timedelta(days=RETAINED_DAYS),
        event="End of the defects period, without claims",
        at=desk.at,
    )
    return True


def _receivables_are_financed(desk: CreditDesk) -> bool:
    """Note a facility with its terms, take it into use, and draw on it."""
    if desk.has(FinancingFacility):
        return False
    lead, director = desk.actor(LEAD), desk.actor(DIRECTOR)
    facility = add_facility(
        actor=lead,
        name="Invoice line",
        lender="Demo Bank",
        kind=FinancingFacility.Kind.DISCOUNTING,
        limit_minor=LINE_MINOR,
        from_on=desk.as_of - timedelta(days=30),
        until_on=desk.as_of + timedelta(days=335),
        at=desk.at,
    )
    add_terms(
        actor=lead,
        facility=facility,
        valid_from=facility.from_on,
        figures=TERMS,
        rules=RULES,
        source="Offer of the bank, invented for the demo",
        at=desk.at,
    )
    opened = open_facility(actor=director, facility=facility, at=desk.at)
    draw = propose_draw(actor=lead, facility=opened, items=(), **desk.when)
    draw = sanction_draw(actor=director, draw=draw, **desk.when)
    disburse_draw(actor=lead, draw=draw, reference="DB-0001", **desk.when)
    return True


RISK: tuple[Callable[[CreditDesk], bool], ...] = (
    _costs_are_known,
    _others_are_known,
    _losses_are_provided_for,
    _bad_years_are_tried,
    _news_comes_in,
    _part_is_held_back,
    _receivables_are_financed,
)
