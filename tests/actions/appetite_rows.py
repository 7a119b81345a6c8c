"""A published appetite and a kept book, for the tests of what it does to orders."""

from datetime import date

import yaml

from dunwell.actions.gate import system
from dunwell.actions.portfolio_measures import keep_measures
from dunwell.queries.policy_documents import standard_text
from dunwell.queries.portfolio_measures import measures_due
from tests.conftest import AT, TODAY


def appetite(company, *limits):
    """Publish the standard credit policy with an appetite of its own."""
    from dunwell.models import PolicyVersion

    document = yaml.safe_load(standard_text("credit"))
    document["credit"]["appetite"] = list(limits)
    document["credit"]["valid_from"] = date(2026, 1, 2)
    document.pop("cases", None)
    return PolicyVersion.objects.create(
        company=company,
        kind="credit",
        name="credit",
        version=1 + PolicyVersion.objects.filter(company=company, kind="credit").count(),
        status="published",
        valid_from=date(2026, 1, 2),
        text=yaml.safe_dump(document),
        document={},
        author="ada",
        approver="mona",
        published_at=AT,
        recorded_at=AT,
    )


def kept(company, as_of=TODAY):
    """Keep the book of a day, as the cycle does."""
    due = measures_due(company, as_of=as_of)
    return keep_measures(actor=system(company), due=due, as_of=as_of, at=AT)
