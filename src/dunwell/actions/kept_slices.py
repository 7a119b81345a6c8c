"""Slices of figures, kept for a day: what differs is written, what is no month end goes again."""

from collections.abc import Iterable
from datetime import date

from dunwell.engine.kpi_catalogue import FORMULAS
from dunwell.engine.kpi_tables import WINDOW_DAYS
from dunwell.engine.trends import month_ends
from dunwell.models import Company, KeptSlice
from dunwell.queries.kpi_slices import SliceFigures

_KEY = ("dimension", "key", "currency")
_TOLD = ("window_days", "formulas", "values", "inputs")


def keep_slices(company: Company, slices: Iterable[SliceFigures], *, as_of: date) -> int:
    """Keep the slices of a day in place of what was kept; return how many changed or went.

    The rows by currency are those of the company. Called inside the cycle's transaction.
    """
    wanted = {
        (one.dimension, one.key, one.currency): KeptSlice(
            company=company,
            as_of=as_of,
            window_days=WINDOW_DAYS,
            dimension=one.dimension,
            key=one.key,
            currency=one.currency,
            formulas=FORMULAS,
            values=dict(one.values),
            inputs=dict(one.inputs),
        )
        for one in slices
        if one.dimension != "currency"
    }
    held = {
        tuple(getattr(row, name) for name in _KEY): row
        for row in KeptSlice.objects.filter(company=company, as_of=as_of)
    }
    changed = [
        row
        for key, row in wanted.items()
        if key not in held or any(getattr(row, n) != getattr(held[key], n) for n in _TOLD)
    ]
    gone = [row.pk for key, row in held.items() if key not in wanted]
    KeptSlice.objects.filter(pk__in=gone).delete()
    KeptSlice.objects.bulk_create(
        changed,
        batch_size=200,
        update_conflicts=True,
        unique_fields=["company", "as_of", *_KEY],
        update_fields=[*_TOLD],
    )
    return len(changed) + len(gone)


def drop_day_slices(company: Company, *, as_of: date) -> None:
    """Drop what was kept of earlier days of the month: a course goes by month ends."""
    begin = month_ends(as_of=as_of, months=2)[0]
    between = KeptSlice.objects.filter(company=company, as_of__gt=begin, as_of__lt=as_of)
    between.delete()
