"""Records of portfolio risk, for the calls and pages about them."""

from datetime import timedelta

from dunwell.actions.appetite_statements import state_appetite
from dunwell.actions.gate import system
from dunwell.actions.risk_signals import take_signals
from dunwell.actions.signal_feeds import FeedTerms, add_feed
from dunwell.actions.stress_scenarios import save_scenario
from dunwell.engine.appetite_form import Answer
from dunwell.engine.stress import Scenario
from dunwell.formats.signal_rows import SignalLine
from dunwell.models import RiskSignal
from tests.conftest import add_customer


def keep_risk(company, tag="", *, today, at):
    """State an appetite, save a scenario, add a feed and take a signal in; return the keys."""
    actor = system(company)
    add_customer(company, f"RS{tag}", f"Risky {tag} Trading")
    statement = state_appetite(
        actor=actor,
        answers={"largest_name": Answer(value=900_000)},
        valid_from=today + timedelta(days=300),
        as_of=today,
        at=at,
    )
    scenario = save_scenario(actor=actor, name="One fails", shocks=Scenario(failing_top=1), at=at)
    feed = add_feed(
        actor=actor, terms=FeedTerms(name="Gazette", url="https://g.example/rss"), at=at
    )
    line = SignalLine(
        row=1,
        external_id="1",
        title="News",
        published_on=today,
        customer_number=f"RS{tag}",
    )
    take_signals(actor=actor, lines=[line], source="test", as_of=today, at=at)
    return {
        "appetite_statement_id": statement.pk,
        "stress_scenario_id": scenario.pk,
        "feed_id": feed.pk,
        "signal_id": RiskSignal.objects.get(company=company, source="test").pk,
    }
