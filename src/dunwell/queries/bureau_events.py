"""What bureaus' reports tell that is news: an insolvency, another class, clearly worse figures."""

from collections.abc import Iterator
from datetime import date, timedelta

from dunwell.engine.review_queue import Trigger
from dunwell.models import BureauReport, Company

PPM = 1_000_000
KNOWN_DAYS = 730
DROP_PPM = 100_000
"""A score or recommended limit that falls by so much of itself is news; a PD that doubles."""


def bureau_events(company: Company, *, as_of: date, days: int) -> Iterator[tuple[int, Trigger]]:
    """Yield reports of the last days that tell of an insolvency, another class, or worse figures.

    Each is (customer, trigger), a bureau's oldest first; one query. A report is compared with the
    bureau's one before it, if that is not older by more than KNOWN_DAYS.
    """
    rows = (
        BureauReport.objects.filter(
            company=company,
            recorded_on__lte=as_of,
            recorded_on__gt=as_of - timedelta(days=days + KNOWN_DAYS),
        )
        .order_by("customer", "bureau", "reported_on", "id")
        .values_list(
            "customer",
            "bureau",
            "bureau__name",
            "recorded_on",
            "is_insolvent",
            "risk_class",
            "score",
            "pd_ppm",
            "limit_minor",
        )
    )
    last: tuple[object, ...] = ()
    for row in rows:
        customer, _, name, on, is_insolvent, risk_class, score, pd_ppm, limit = row
        before = last if last[:2] == row[:2] else ()
        last = row
        if on <= as_of - timedelta(days=days):
            continue
        if is_insolvent:
            yield customer, Trigger(code="external_event", on=on, text=f"{name}: insolvent")
        elif before and (
            before[5] != risk_class
            or _fell(before[6], score)
            or _fell(before[8], limit)
            or (isinstance(before[7], int) and pd_ppm is not None and pd_ppm >= 2 * before[7] > 0)
        ):
            yield customer, Trigger(code="external_event", on=on, text=name)


def _fell(before: object, now: int | None) -> bool:
    """Return whether a figure fell by DROP_PPM of itself or more."""
    if not isinstance(before, int) or now is None or before <= 0:
        return False
    return (before - now) * PPM >= before * DROP_PPM
