"""Whether an action against a cause of disputes worked: fewer cases per invoice after it.

The rates before and after are compared by their difference, with Newcombe's hybrid score
interval (Newcombe 1998, method 10) from the two Wilson intervals.
"""

from dataclasses import asdict, dataclass
from math import sqrt

from dunwell.engine.proportions import wilson

PPM = 1_000_000
Z_95 = 1.959964
EFFECTIVE, NOT_EFFECTIVE, OPEN = "effective", "not_effective", "open"


@dataclass(frozen=True, kw_only=True, slots=True)
class Effect:
    """Cases and invoices before and after, rates in ppm, and the drop with its 95 % interval.

    `verdict`: effective where the interval lies above 0, not_effective where the after rate can
    be told to be no lower or time is up, else open.
    """

    cases_before: int
    invoices_before: int
    cases_after: int
    invoices_after: int
    drop_ppm: int
    low_ppm: int
    high_ppm: int
    verdict: str

    def document(self) -> dict[str, int | str]:
        """Return the figures as the record keeps them."""
        return asdict(self)


def effect(
    *,
    cases_before: int,
    invoices_before: int,
    cases_after: int,
    invoices_after: int,
    is_last: bool,
) -> Effect:
    """Return what the counts say; with `is_last` what is not shown to work counts as not working.

    A case is counted once per invoice at most, so cases never exceed invoices. Raises ValueError
    where they do.
    """
    if cases_before > invoices_before or cases_after > invoices_after:
        raise ValueError("more cases than invoices: count each disputed invoice once")
    drop, low, high = 0.0, -1.0, 1.0
    if invoices_before and invoices_after:
        before, after = cases_before / invoices_before, cases_after / invoices_after
        low_before, high_before = wilson(cases_before, invoices_before, z=Z_95)
        low_after, high_after = wilson(cases_after, invoices_after, z=Z_95)
        drop = before - after
        low = drop - sqrt((before - low_before) ** 2 + (high_after - after) ** 2)
        high = drop + sqrt((high_before - before) ** 2 + (after - low_after) ** 2)
    verdict = OPEN
    if low > 0:
        verdict = EFFECTIVE
    elif high < 0 or is_last:
        verdict = NOT_EFFECTIVE
    return Effect(
        cases_before=cases_before,
        invoices_before=invoices_before,
        cases_after=cases_after,
        invoices_after=invoices_after,
        drop_ppm=round(drop * PPM),
        low_ppm=round(low * PPM),
        high_ppm=round(high * PPM),
        verdict=verdict,
    )
