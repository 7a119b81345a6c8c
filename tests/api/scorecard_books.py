"""Scorecards in the states that calls need, and a customer to score."""

from dataclasses import replace

from dunwell.actions.gate import system
from dunwell.actions.scorecards import promote_scorecard, write_score_snapshots
from tests.actions.scorecard_rows import draft
from tests.conftest import add_customer


def keep_scorecards(company, tag="", *, today, at):
    """Add a champion with a score, a draft of the same name; return their keys."""
    actor = system(company)
    maker = replace(actor, name="maker")
    customer = add_customer(company, f"SCORED{tag}")
    valid = {"valid_from": str(today)}
    champion = draft(maker, at=at, **valid)
    promote_scorecard(actor=actor, scorecard=champion, at=at)
    write_score_snapshots(actor=actor, scorecard=champion, rows=[], as_of=today, at=at)
    return {
        "champion_scorecard_id": champion.pk,
        "scorecard_id": draft(maker, at=at, start=460, **valid).pk,
        "scored_customer_id": customer.pk,
    }
