"""The day's look at direct debits: what the bank settled or took back, and retries now due."""

from dataclasses import dataclass
from datetime import date, datetime

from dunwell.actions.debit_settlements import settle_debit_entries
from dunwell.actions.gate import system
from dunwell.models import Company
from dunwell.queries.debits import due_retries


@dataclass(frozen=True, kw_only=True, slots=True)
class DebitDay:
    """What a day brought: debits collected and returned, and how many may be tried again."""

    collected: int
    returned: int
    retries_due: int


def debit_day(*, company_id: int, as_of: date, at: datetime) -> DebitDay:
    """Settle the bank's entries about debits; a second time on a day finds nothing new.

    Retries are not collected by themselves: they go into the next run that somebody prepares,
    and the page of direct debits shows them until then.
    """
    company = Company.objects.get(pk=company_id)
    settled = settle_debit_entries(actor=system(company), as_of=as_of, at=at)
    return DebitDay(
        collected=settled.collected,
        returned=settled.returned,
        retries_due=due_retries(company, as_of=as_of),
    )
