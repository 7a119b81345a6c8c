"""The company a bench works in: its people, rates and strategies. Needs Django set up."""

from importlib.resources import files
from pathlib import Path

from dunwell import clock
from dunwell.actions.companies import add_company
from dunwell.actions.gate import system
from dunwell.actions.policies import draft_policy, load_shipped_policies, publish_policy
from dunwell.actions.rates import NewRate, load_rates
from dunwell.engine.strategy import read_strategy
from dunwell.formats.policies import read_policy
from dunwell.formats.rates import read_rates
from dunwell.models import Company, Membership, Role, User
from dunwell.queries.policies import PolicyInForce
from tests.migrated import migrate

COMPANY, PERSON = "Bench", "bench"
LADDER = """strategy:
  name: ladder
  valid_from: {day}
  segments: [strategic, mid, small, public, standard]
  pause_when: []
  min_open_minor: {{home: 0}}
  min_days_between: 1
  grace_days: {grace}
  steps:
    - {{level: 1, day: {first}, channel: email, template: reminder}}
    - {{level: 2, day: {second}, channel: email, template: second_reminder}}
    - {{level: 3, day: {third}, channel: email, template: urgent_reminder}}
"""
"""The peers' workload: levels at 7, 30 and 60 days of the ledger's own day, nothing pauses."""
STEPS = (7, 30, 60)


def make_company(*, rates: Path) -> Company:
    """Migrate an empty database and add the company with people, strategies and rates."""
    migrate()
    at = clock.now()
    company = add_company(
        name=COMPANY, zone="UTC", country="DE", currency="EUR", language="en", at=at
    )
    actor = system(company)
    today = clock.today(company.zone)
    load_shipped_policies(company=company, at=at)
    shipped = files("dunwell.policies").joinpath("strategy_standard.yaml").read_text("utf-8")
    # the shared ledger has a segment that no shipped strategy names
    middle = shipped.replace("name: standard", "name: mid", 1)
    middle = middle.replace("segments: [standard]", "segments: [mid]", 1)
    middle = middle.replace("valid_from: 2026-01-01", f"valid_from: {today}", 1)
    version = draft_policy(actor=actor, text=middle, at=at)
    publish_policy(actor=actor, version=version, as_of=today, at=at)
    found = read_rates(rates.read_bytes(), home=company.currency, quote="home")
    load_rates(
        actor=actor,
        rates=[
            NewRate(currency=rate.currency, from_on=rate.from_on, rate_ppm=rate.rate_ppm)
            for rate in found
        ],
        source="bench",
        at=at,
    )
    user = User.objects.create(username=PERSON, email="bench@dunwell.example")
    for role in (Role.ADMIN, Role.COLLECTOR, Role.CREDIT_MANAGER):
        Membership.objects.create(company=company, user=user, role=role)
    return company


def the_company() -> Company:
    """Return the company made before."""
    return Company.objects.get(name=COMPANY)


def ladder(*, days_later: int) -> PolicyInForce:
    """Return the peers' strategy, its days moved so that it asks what they asked days before."""
    company = the_company()
    first, second, third = (step + days_later for step in STEPS)
    text = LADDER.format(
        day=clock.today(company.zone), grace=first - 1, first=first, second=second, third=third
    )
    version = draft_policy(actor=system(company), text=text, at=clock.now())
    return PolicyInForce(
        version_id=version.pk,
        name=version.name,
        version=version.version,
        strategy=read_strategy(read_policy(text).document),
    )
