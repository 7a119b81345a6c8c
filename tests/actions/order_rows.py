"""Customers with limits, published order rules, and orders, for the tests of checks and holds."""

from datetime import date, timedelta

import yaml

from dunwell.actions.gate import staff, system
from dunwell.engine.order_facts import OrderAsk
from tests.conftest import AT, TODAY

NOW = {"as_of": TODAY, "at": AT}
LATER = {"as_of": TODAY + timedelta(days=1), "at": AT + timedelta(days=1)}


def ask(number="SO-1", amount=1_000_00, currency="EUR", **more):
    return OrderAsk(
        number=number, currency=currency, amount_minor=amount, ordered_on=TODAY, **more
    )


def check(customer, number="SO-1", amount=1_000_00, *, actor=None, as_of=TODAY, **more):
    from dunwell.actions.credit_checks import check_order

    return check_order(
        actor=actor or system(customer.company),
        customer=customer,
        ask=ask(number, amount, **more),
        as_of=as_of,
        at=AT,
    )


def limited(customer, amount):
    """Say on the customer's record what it may owe."""
    customer.credit_limit_minor = amount
    customer.save()
    return customer


def order_rules(company, **orders):
    """Publish the standard credit policy with a section `orders` of its own."""
    from dunwell.models import PolicyVersion
    from dunwell.queries.policy_documents import standard_text

    document = yaml.safe_load(standard_text("credit"))
    document["credit"]["orders"] = orders
    document["credit"]["valid_from"] = date(2026, 1, 2)
    document.pop("cases", None)
    text = yaml.safe_dump(document)
    return PolicyVersion.objects.create(
        company=company,
        kind="credit",
        name="credit",
        version=1 + PolicyVersion.objects.filter(company=company, kind="credit").count(),
        status="published",
        valid_from=date(2026, 1, 2),
        text=text,
        document={},
        author="ada",
        approver="mona",
        published_at=AT,
        recorded_at=AT,
    )


def person(company, username, *roles):
    from tests.conftest import add_user

    return staff(add_user(company, username, *roles), company)
