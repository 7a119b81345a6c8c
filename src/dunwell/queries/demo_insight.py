"""What the scenes of insight in the demo play with: always the same records of a sample ledger."""

from datetime import date

import numpy as np

from dunwell.engine.kpi_catalogue import KPIS
from dunwell.ml.before_after import level_change
from dunwell.models import Company, Experiment, Initiative, Item, OpenItem
from dunwell.queries.initiative_effects import InitiativeEffect
from dunwell.queries.kpi_courses import kpi_course

COURSE_MONTHS = 24


def unhurried_item(company: Company, *, currency: str, as_of: date) -> Item | None:
    """Return the largest open invoice that is not due yet, None where all are."""
    found = OpenItem.objects.filter(
        company=company,
        currency=currency,
        due_on__gt=as_of,
        open_minor__gt=0,
        item__kind=Item.Kind.INVOICE,
    )
    row = found.select_related("item").order_by("-open_minor", "item").first()
    return None if row is None else row.item


def running_experiment(company: Company) -> Experiment | None:
    """Return the experiment that runs longest, None without one."""
    running = Experiment.objects.filter(company=company, status=Experiment.Status.RUNNING)
    return running.order_by("pk").first()


def effect_on_course(
    company: Company, initiative: Initiative, *, as_of: date
) -> InitiativeEffect | None:
    """Return what an initiative brought by the figures of the company's month ends, if told.

    A demo of one day keeps too few parts of the book for `initiative_effect`; the month ends of
    its past are there from the first day. The figure, in days, is better when it falls.
    """
    course = kpi_course(
        company,
        kpi=initiative.kpi,
        currency=initiative.currency,
        until=as_of,
        months=COURSE_MONTHS,
    )
    began = initiative.changed_on
    told = [(day, float(value)) for day, value in course if value is not None]
    after = sum(began is not None and day > began for day, _ in told)
    found = level_change(np.array([value for _, value in told]), after=after)
    if found is None:
        return None
    low, high = -found.high, -found.low
    return InitiativeEffect(
        measure=initiative.measure,
        unit=KPIS[initiative.kpi].unit,
        currency=initiative.currency,
        value=f"{found.value:.2f}",
        low=f"{found.low:.2f}",
        high=f"{found.high:.2f}",
        gain_minor=None,
        gain_low_minor=None,
        gain_high_minor=None,
        gain_days_tenths=round(-10 * found.value),
        gain_days_low_tenths=round(10 * low),
        gain_days_high_tenths=round(10 * high),
        before=found.before,
        after=found.after,
        is_weak=True,
        is_better=True if low > 0 else False if high < 0 else None,
        missing="",
        as_of=as_of.isoformat(),
    )
