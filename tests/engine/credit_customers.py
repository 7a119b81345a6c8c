"""Customers drawn for tests of the credit policy, and the standard policy itself."""

import random
from functools import cache
from pathlib import Path

from dunwell.engine.credit_decision import Subject
from dunwell.engine.credit_policy import read_credit_policy
from dunwell.formats.policies import read_policy

STANDARD = Path(__file__).parents[2] / "src/dunwell/policies/credit_standard.yaml"


@cache
def standard():
    """The credit policy the product ships."""
    return read_credit_policy(read_policy(STANDARD.read_text(encoding="utf-8")).document)


def document(**changes):
    """The shipped document, some of its sections changed or (None) left out."""
    found = dict(read_policy(STANDARD.read_text(encoding="utf-8")).document)
    body = {**found["credit"], **changes}
    found["credit"] = {name: value for name, value in body.items() if value is not None}
    return found


GOOD = {
    "own_days_late": 0, "own_share_late_ppm": 50_000, "own_trend_days": 0, "own_oldest_days": 0,
    "own_broken_promises": 0, "own_returned_debits": 0, "own_months_known": 60,
    "own_highest_balance_minor": 10_000_00, "customer_country": "DE",
}  # fmt: skip
"""Somebody of whom nothing bad is known."""


def drawn(count, *, seed=7):
    """So many customers, every fact of the standard policy known or not, by chance."""
    chance = random.Random(seed)
    return {key: _subject(chance) for key in range(count)}


def _subject(chance):
    facts = {
        "own_days_late": chance.randint(-10, 90),
        "own_share_late_ppm": chance.randint(0, 1_000_000),
        "own_trend_days": chance.randint(-20, 30),
        "own_oldest_days": chance.choice([0, 0, 0, chance.randint(1, 120)]),
        "own_broken_promises": chance.choice([0, 0, 0, 1, 2, 5]),
        "own_returned_debits": chance.choice([0, 0, 0, 1, 3]),
        "own_months_known": chance.randint(0, 80),
        "own_highest_balance_minor": chance.randint(0, 40_000_000),
        "bureau_pd_ppm": chance.randint(0, 200_000),
        "bureau_reports": 1,
        "bureau_is_insolvent": chance.random() < 0.1,
        "fs_equity_ratio_ppm": chance.randint(-200_000, 700_000),
        "fs_altman_zone": chance.choice(["safe", "grey", "distress"]),
        "fs_revenue_minor": chance.randint(0, 5_000_000_00),
        "point_is_in_court": chance.random() < 0.1,
        "customer_party": chance.choice(["company", "person"]),
    }
    known = {name: value for name, value in facts.items() if chance.random() < 0.75}
    asked = chance.choice([None, chance.randint(1, 30_000_000)])
    return Subject(facts=known, asked_minor=asked)
