"""What is due comes in from outside ledgers before the day's cycle decides on it."""

import logging
from collections import Counter

from dunwell.jobs.connections import sync_due

log = logging.getLogger(__name__)


def sync_before_cycle(company_id: int) -> Counter[str]:
    """Sync what is due and return how many syncs were done and failed.

    It raises nothing: a ledger that does not answer is told on its connection and tried again
    later, and the cycle decides by what the books have.
    """
    try:
        return sync_due(company_id)
    except Exception:
        # a connector in a bad way is no reason for a day without a cycle
        log.exception("syncs before the cycle broke off")
        return Counter({"failed": 1})
