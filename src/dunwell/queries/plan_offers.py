"""Which plans a company's policy allows for a debt, the affordable ones marked."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.plan_offers import affordable, offers
from dunwell.engine.plan_schedule import Schedule
from dunwell.models import Company
from dunwell.queries.plan_policies import plans_in_currency


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferRow:
    """A plan the policy allows, and whether it is the shortest one within what can be paid."""

    schedule: Schedule
    is_best: bool

    @property
    def key(self) -> str:
        """Return what names it in a form: frequency, number and deposit."""
        terms = self.schedule.terms
        return f"{terms.frequency}:{terms.number}:{terms.deposit_minor}"


@dataclass(frozen=True, kw_only=True, slots=True)
class PlanOffer:
    """An allowed plan in figures: `level_minor` is the largest regular instalment."""

    frequency: str
    number: int
    deposit_minor: int
    level_minor: int
    interest_minor: int
    fee_minor: int
    concession_minor: int
    total_minor: int
    first_on: date
    last_on: date
    is_best: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Offers:
    """Every plan the policy allows for an amount; `has_rate` is False where a rate is missing."""

    rows: tuple[OfferRow, ...]
    deposit_minor: int
    has_rate: bool = True


def plan_offers(
    company: Company,
    *,
    covered_minor: int,
    currency: str,
    first_on: date,
    as_of: date,
    deposit_minor: int = 0,
    concession_minor: int = 0,
    payable_minor: int | None = None,
) -> Offers:
    """Return every plan the policy of the day allows for a debt, the affordable ones marked.

    `payable_minor` is the most a customer can pay in any period; the deposit is raised to what
    the policy asks for at least.
    """
    in_force = plans_in_currency(company, currency, as_of=as_of)
    if in_force is None:
        return Offers(rows=(), deposit_minor=deposit_minor, has_rate=False)
    if covered_minor <= 0:
        return Offers(rows=(), deposit_minor=deposit_minor)
    found = offers(
        in_force.policy,
        covered_minor=covered_minor,
        first_on=first_on,
        as_of=as_of,
        country=company.country,
        deposit_minor=deposit_minor,
        concession_minor=concession_minor,
    )
    best = affordable(found, payable_minor=payable_minor) if payable_minor else ()
    return Offers(
        rows=tuple(
            OfferRow(schedule=one, is_best=one in best)
            for one in found
            if payable_minor is None or one.level_minor <= payable_minor
        ),
        deposit_minor=found[0].terms.deposit_minor if found else deposit_minor,
    )


def listed_offers(
    company: Company,
    *,
    covered_minor: int,
    currency: str,
    first_on: date,
    as_of: date,
    deposit_minor: int = 0,
    concession_minor: int = 0,
    payable_minor: int | None = None,
) -> list[PlanOffer]:
    """Return `plan_offers` as plain figures."""
    found = plan_offers(
        company,
        covered_minor=covered_minor,
        currency=currency,
        first_on=first_on,
        as_of=as_of,
        deposit_minor=deposit_minor,
        concession_minor=concession_minor,
        payable_minor=payable_minor,
    )
    return [
        PlanOffer(
            frequency=row.schedule.terms.frequency,
            number=row.schedule.terms.number,
            deposit_minor=row.schedule.terms.deposit_minor,
            level_minor=row.schedule.level_minor,
            interest_minor=row.schedule.interest_minor,
            fee_minor=row.schedule.terms.fee_minor,
            concession_minor=row.schedule.terms.concession_minor,
            total_minor=row.schedule.total_minor,
            first_on=row.schedule.instalments[0].due_on,
            last_on=row.schedule.last_on,
            is_best=row.is_best,
        )
        for row in found.rows
    ]
