"""Initiatives, a comparison, targets, reviews and an advisor in the states that calls need."""

from datetime import timedelta

from dunwell.actions.advisors import ask_extension, invite_advisor
from dunwell.actions.gate import Actor
from dunwell.actions.policies import draft_policy, publish_policy
from dunwell.actions.portfolio_decisions import take_decision
from dunwell.actions.portfolio_reviews import freeze_pack, hold_review, plan_review
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.actions.targets import set_targets
from dunwell.engine.kpi_catalogue import FORMULAS
from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.engine.trends import month_ends
from dunwell.models import Duel, Experiment, Initiative, KeptSlice
from tests.conftest import add_user

DUELIST = """\
strategy:
  name: {name}
  valid_from: {day}
  segments: [{name}]
  steps:
    - {{level: 1, day: 3, channel: email, template: reminder}}
cases:
  - {{name: a reminder on the third day, days_past_due: 3, expect: 1}}
"""
"""Two ways that a new comparison may set against each other; no customer has their segments."""


def keep_improvement(company, tag="", *, today, at):
    """Add them and return their keys."""
    improver = add_user(company, f"improver{tag}", "credit_manager")

    def acting(role, name):
        return Actor(company=company, name=name, user_id=improver.pk, rights=ROLE_RIGHTS[role])

    manager, director = acting("credit_manager", "m"), acting("finance_director", "f")
    for name in ("left", "right"):
        version = draft_policy(
            actor=acting("credit_manager", "author"),
            text=DUELIST.format(name=name, day=today),
            at=at,
        )
        publish_policy(actor=manager, version=version, as_of=today, at=at)
    ends = month_ends(as_of=today, months=13)[:-1]
    for n, day in enumerate(ends):
        KeptSlice.objects.get_or_create(
            company=company, as_of=day, dimension="company", key="", currency="USD",
            defaults={
                "window_days": WINDOW_DAYS, "formulas": FORMULAS,
                "values": {"dso": f"{50 + n % 2 - 9 * (n > 8)}.0"}, "inputs": {},
            },
        )  # fmt: skip
    shared = {
        "company": company, "kpi": "dso", "target": "50", "target_on": today + timedelta(90),
        "place": "calls", "change": "calls", "measure": "series", "owner": improver,
        "author": "m", "recorded_at": at,
    }  # fmt: skip
    found = {"value": "1.00", "low": "0.50", "high": "1.50", "gain_minor": 100}
    figures = dict.fromkeys(
        ("gain_low_minor", "gain_high_minor", "gain_days_tenths", "gain_days_low_tenths",
         "gain_days_high_tenths", "is_better")
    )  # fmt: skip
    told = {
        **figures, **found, "measure": "series", "unit": "days", "currency": "EUR", "before": 6,
        "after": 3, "is_weak": True, "missing": "", "as_of": today.isoformat(),
    }  # fmt: skip
    states = {
        "initiative_id": {"status": "idea", "currency": "EUR"},
        "planned_initiative_id": {"status": "planned", "currency": "EUR"},
        "measurable_initiative_id": {
            "status": "running", "currency": "USD", "changed_on": ends[8],
        },
        "measured_initiative_id": {
            "status": "measured", "currency": "EUR", "changed_on": today, "figures": told,
        },
    }  # fmt: skip
    keys = {
        name: Initiative.objects.create(name=name, **shared, **state).pk
        for name, state in states.items()
    }
    experiment = Experiment.objects.create(
        company=company, name="A comparison of ways", kind="comparison",
        arms=[{"name": "b", "share_ppm": 500_000}, {"name": "a", "share_ppm": 500_000}],
        salt="s", starts_on=today, ends_on=today + timedelta(30), author="m", recorded_at=at,
    )  # fmt: skip
    Duel.objects.create(
        experiment=experiment, company=company, kind="strategy", champion="a", challenger="b",
        smallest_ppm=50_000, deviation_ppm=450_000, error_ppm=50_000, power_ppm=800_000,
        customers=100, weekly=10, recorded_at=at,
    )  # fmt: skip
    targets = set_targets(
        actor=manager, name="Team", starts_on=today, ends_on=today + timedelta(30),
        goals=[("collected", 1), ("promises_kept", 1), ("satisfied", 1)], is_own=False,
        as_of=today, at=at,
    )  # fmt: skip
    on = {"as_of": today, "at": at}
    reviews = {}
    for n, name in enumerate(("planned_review_id", "frozen_review_id", "held_review_id")):
        reviews[name] = plan_review(
            actor=manager, name=name, due_on=today, agenda="", reason="books", as_of=today,
            at=at + timedelta(seconds=n),
        )  # fmt: skip
    for name in ("frozen_review_id", "held_review_id"):
        freeze_pack(actor=manager, review=reviews[name], **on)
    decision = take_decision(
        actor=manager, review=reviews["held_review_id"], text="watch them", owner=improver,
        due_on=today, **on,
    )  # fmt: skip
    hold_review(
        actor=manager, review=reviews["held_review_id"], attendees="all", minutes="said",
        held_on=today, **on,
    )  # fmt: skip
    span = {"starts_at": at, "ends_at": at + timedelta(days=9), "at": at}
    access, _ = invite_advisor(
        actor=director, name="Olga", email=f"olga{tag}@audit.example".lower(), role="auditor",
        areas=["ledger"], reason="audit", **span,
    )  # fmt: skip
    other, _ = invite_advisor(
        actor=director, name="Otto", email=f"otto{tag}@audit.example".lower(), role="advisor",
        areas=["ledger"], reason="advice", **span,
    )  # fmt: skip
    asked = ask_extension(
        actor=director, access=other, until_at=at + timedelta(days=20), reason="more", at=at
    )
    return {
        **keys,
        **{name: review.pk for name, review in reviews.items()},
        "portfolio_review_id": reviews["frozen_review_id"].pk,
        "duel_experiment_id": experiment.pk,
        "target_set_id": targets.pk,
        "target_line_id": targets.lines.first().pk,
        "decision_id": decision.pk,
        "access_id": access.pk,
        "extension_id": asked.pk,
        "improver_id": improver.pk,
    }
