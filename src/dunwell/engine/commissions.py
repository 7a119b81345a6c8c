"""Commission of an agency: tiers by the age of the debt, and how money collected is split.

Amounts in minor units, rates in parts per million, ages in days past due. Rounding is half away
from zero, once per report, so that gross = net + commission to the cent.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeGuard

from dunwell.engine.documents import DocumentError, fields, known, rows
from dunwell.engine.money import part

PPM = 1_000_000
MOST_TIERS = 20
OLDEST_DAYS = 36_500


@dataclass(frozen=True, kw_only=True, slots=True)
class CommissionTier:
    """The rate for debts that are at least `from_days` past due."""

    from_days: int
    rate_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Split:
    """Money collected, what the agency keeps or is owed of it, and what is left for us."""

    gross_minor: int
    commission_minor: int
    net_minor: int


def read_tiers(document: object) -> tuple[CommissionTier, ...]:
    """Return the tiers of an agency, the youngest debts first.

    Raises DocumentError for no tier at all, a first tier that does not begin at day 0, days that
    do not rise, and rates below 0 or of 100 % and more.
    """
    stated = rows(document, "commission", "commission")
    if not 0 < len(stated) <= MOST_TIERS:
        raise DocumentError(f"commission: state between 1 and {MOST_TIERS} tiers")
    tiers: list[CommissionTier] = []
    for number, row in enumerate(stated, start=1):
        tier = _tier(row, f"commission: tier {number}")
        if not tiers and tier.from_days != 0:
            raise DocumentError("commission: tier 1: the first tier begins at day 0")
        if tiers and tier.from_days <= tiers[-1].from_days:
            raise DocumentError(
                f"commission: tier {number}: day {tier.from_days} is not after day "
                f"{tiers[-1].from_days}; write the tiers in rising order"
            )
        tiers.append(tier)
    return tuple(tiers)


def tiers_document(tiers: Sequence[CommissionTier]) -> list[dict[str, int]]:
    """Return the tiers as they are stored; `read_tiers` reads the same ones back."""
    return [{"from_days": tier.from_days, "rate_ppm": tier.rate_ppm} for tier in tiers]


def rate_at(tiers: Sequence[CommissionTier], *, age_days: int) -> int:
    """Return the rate in ppm for a debt of an age; one that is not yet due counts as day 0."""
    age = max(age_days, 0)
    return [tier.rate_ppm for tier in tiers if tier.from_days <= age][-1]


def split(gross_minor: int, *, rate_ppm: int) -> Split:
    """Return how an amount is split at a rate; money that came back (below 0) splits alike."""
    commission = part(gross_minor, rate_ppm, PPM)
    return Split(
        gross_minor=gross_minor,
        commission_minor=commission,
        net_minor=gross_minor - commission,
    )


def _tier(row: object, where: str) -> CommissionTier:
    stated = fields(row, where)
    known(stated, ("from_days", "rate_ppm"), where)
    days, rate = stated.get("from_days"), stated.get("rate_ppm")
    if not _is_whole(days) or not 0 <= days <= OLDEST_DAYS:
        raise DocumentError(f"{where}: from_days must lie between 0 and {OLDEST_DAYS}")
    if not _is_whole(rate) or not 0 <= rate < PPM:
        raise DocumentError(f"{where}: rate_ppm must lie between 0 and {PPM - 1}")
    return CommissionTier(from_days=days, rate_ppm=rate)


def _is_whole(value: object) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)
