"""A small demo company for the tests of jobs: every habit, every reason, one day."""

from datetime import UTC, date, datetime

DAY = date(2026, 3, 5)
"""A Thursday, a business day in every country of the sample."""
AT = datetime(2026, 3, 5, 14, tzinfo=UTC)
"""Office hours from Berlin to New York."""


def demo_company(*, customers=16, items=240, as_of=DAY):
    """The demo company with its sample ledger, nothing run yet."""
    from dunwell.actions.demo import add_demo_company, load_demo_ledger, renew_demo_feeds
    from dunwell.actions.gate import system
    from dunwell.demo.ledger import demo_ledger

    company = add_demo_company(at=AT)
    ledger = demo_ledger(as_of=as_of, customers=customers, items=items)
    load_demo_ledger(actor=system(company), ledger=ledger, at=AT)
    renew_demo_feeds(actor=system(company), as_of=as_of, at=AT)
    return company
