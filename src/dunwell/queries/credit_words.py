"""The words of provisions and financing, each worked through with figures of the own book."""

from dataclasses import dataclass
from datetime import date

from dunwell.engine.money import part
from dunwell.engine.provisions import discount, rounded
from dunwell.models import Company
from dunwell.queries.provision_policies import provisions_policy
from dunwell.queries.provisions import (
    ProvisionLineRow,
    ProvisionRunRow,
    latest_provision,
    run_detail,
)

MILLION = 1_000_000
SAMPLE_DAYS = 30
YEAR = 365


@dataclass(frozen=True, kw_only=True, slots=True)
class CreditWords:
    """Figures for the page; `line` the largest line of the newest posted provision, or None.

    `carry_minor` is what `owed_minor` costs in SAMPLE_DAYS, `later_minor` what it is worth when it
    comes in a year.
    """

    currency: str
    row: ProvisionRunRow | None
    line: ProvisionLineRow | None
    owed_minor: int
    carry_ppm: int
    days: int
    carry_minor: int
    discount_ppm: int
    later_minor: int

    @property
    def fx_size_minor(self) -> int:
        """Return what exchange rates moved, without its sign."""
        return abs(self.row.fx_minor) if self.row is not None else 0


def credit_words(company: Company, *, as_of: date) -> CreditWords:
    """Return what the page on words shows; six queries at most."""
    policy = provisions_policy(company, as_of=as_of).policy
    latest = latest_provision(company)
    detail = run_detail(company, latest.run_id) if latest is not None else None
    pooled = [one for one in detail.lines if one.method != "individual"] if detail else []
    largest = max(pooled, key=lambda one: one.home_allowance_minor, default=None)
    owed = detail.row.gross_minor if detail is not None else 0
    ppm = policy.carry_ppm(as_of=as_of) or 0
    return CreditWords(
        currency=company.currency,
        row=detail.row if detail is not None else None,
        line=largest,
        owed_minor=owed,
        carry_ppm=ppm,
        days=SAMPLE_DAYS,
        carry_minor=part(owed * SAMPLE_DAYS, ppm, MILLION * YEAR),
        discount_ppm=policy.discount_ppm,
        later_minor=rounded(owed * discount(policy.discount_ppm, days=YEAR)),
    )
