"""The credit desk of the demo: its day, its people, and whom it deals with."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction

from dunwell.actions.approvals import decide_approval
from dunwell.actions.limits import propose_limit
from dunwell.jobs.demo_stage import Stage
from dunwell.models import Company, Customer
from dunwell.queries.demo_credit import good_payers, waiting_request
from dunwell.queries.demo_debtors import free_debtors

HOME = "EUR"
ANALYST, DIRECTOR = "dora", "felix"
THOUSAND = 1_000_00
FEWEST_CUSTOMERS = 100
"""In a smaller ledger there are too few customers to choose from."""
FEWEST_PAYERS = 25


@dataclass(kw_only=True, slots=True)
class CreditDesk(Stage):
    """The stage, and who is dealt with."""

    payers: list[Customer] = field(default_factory=list)
    debtors: list[Customer] = field(default_factory=list)

    def has(self, model: type[Any]) -> bool:
        """Return whether the company has a record of a kind, so that its scene was played."""
        return bool(model.objects.filter(company=self.company).exists())


def open_desk(company: Company, *, as_of: date, at: datetime) -> CreditDesk | None:
    """Return the desk and whom it deals with, None in a small ledger."""
    if Customer.objects.filter(company=company).count() < FEWEST_CUSTOMERS:
        return None
    payers = good_payers(company, currency=HOME, as_of=as_of)
    if len(payers) < FEWEST_PAYERS:
        return None
    debtors = free_debtors(company, currency=HOME, as_of=as_of, besides=())
    return CreditDesk(company=company, as_of=as_of, at=at, payers=payers, debtors=debtors)


def played(desk: CreditDesk, scenes: Sequence[Callable[[CreditDesk], bool]]) -> int:
    """Play scenes, each whole or not at all; return how many were not played before."""
    count = 0
    for scene in scenes:
        with transaction.atomic():
            count += scene(desk)
    return count


def granted(desk: CreditDesk, **wish: Any) -> None:
    """Let Dora ask for a limit from today on, and Felix approve it where she may not."""
    limit = propose_limit(actor=desk.actor(ANALYST), from_on=desk.as_of, **wish, **desk.when)
    approve(desk, "creditlimit", limit.pk)


def approve(desk: CreditDesk, subject: str, subject_id: int) -> None:
    """Let Felix approve what waits about a record, if anything does."""
    request = waiting_request(subject, subject_id)
    if request is not None:
        decide_approval(actor=desk.actor(DIRECTOR), request=request, approve=True, **desk.when)


def times(customer: Customer, tenths: int) -> int:
    """Return so many tenths of a customer's limit, in whole hundreds of the currency."""
    return (customer.credit_limit_minor or THOUSAND) * tenths // 10 // 100_00 * 100_00
