"""Short builders for covers, made by the real actions: one person asks, another grants."""

import json
from datetime import date, timedelta

import yaml

from dunwell.actions.cover_notices import watch_covers
from dunwell.actions.covers import CoverAsk, ask_cover, grant_cover
from dunwell.actions.gate import Actor, system
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.models import PolicyVersion
from dunwell.queries.cover_clocks import cover_clock
from dunwell.queries.policy_documents import standard_text
from tests.actions.ledger_rows import invoice
from tests.conftest import AT, TODAY

CONDITIONS = {
    "max_terms_days": 60,
    "overdue_report_days": 30,
    "stop_delivery_days": 40,
    "claim_days": 180,
}


def credit_policy(company, sections="{}", *, on=TODAY - timedelta(days=400)):
    """The shipped credit policy as the company's own, with these sections, as YAML, besides."""
    lines = "".join(
        f"  {name}: {json.dumps(stated)}\n" for name, stated in yaml.safe_load(sections).items()
    )
    return PolicyVersion.objects.create(
        company=company,
        kind="credit",
        name="credit",
        version=PolicyVersion.objects.filter(company=company, kind="credit").count() + 1,
        text=standard_text("credit").replace("\ncases:", f"\n{lines}\ncases:", 1),
        document={},
        valid_from=on,
        status="published",
        author="petra",
        approver="paul",
        recorded_at=AT,
    )


def who(company, name, role="credit_analyst"):
    """Somebody of the company by name, without an account."""
    return Actor(company=company, name=name, roles=frozenset({role}), rights=ROLE_RIGHTS[role])


def requested(customer, *, by="nora", as_of=TODAY, **changes):
    """A cover of 1,000.00 EUR at 90 % that was asked for."""
    values = {
        "kind": "insurance",
        "provider": "Coface",
        "number": "P-1",
        "currency": "EUR",
        "asked_minor": 100_000,
        "share_ppm": 900_000,
        "conditions": CONDITIONS,
        **changes,
    }
    return ask_cover(
        actor=who(customer.company, by),
        customer=customer,
        ask=CoverAsk(**values),
        as_of=as_of,
        at=AT,
    )


def granted(
    customer,
    *,
    amount_minor=100_000,
    from_on=date(2025, 6, 1),
    until_on=date(2026, 12, 31),
    **changes,
):
    """The same cover, granted by somebody else."""
    return grant_cover(
        actor=who(customer.company, "mona", "credit_manager"),
        cover=requested(customer, **changes),
        amount_minor=amount_minor,
        from_on=from_on,
        until_on=until_on,
        as_of=TODAY,
        at=AT,
    )


def overdue(customer, number="R1", amount_minor=50_000, *, days=20, **changes):
    """An item of 30 days' terms that is so many days past due today."""
    due = TODAY - timedelta(days=days)
    values = {"issued_on": due - timedelta(days=30), "due_on": due, **changes}
    return invoice(customer, number, amount_minor, **values)


def watched(company, on=TODAY):
    """Run the step of the cycle on a day; return how many deadlines changed."""
    return watch_covers(
        actor=system(company), clock=cover_clock(company, as_of=on), as_of=on, at=AT
    )
