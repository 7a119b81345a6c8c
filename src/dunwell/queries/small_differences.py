"""What was given up in a month as small differences, and what may still be."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Sum

from dunwell.engine.calendars import day_number
from dunwell.engine.cash_policy import WriteOffPolicy
from dunwell.engine.matching.allowance import Allowance
from dunwell.engine.matching.foreign import read_rates
from dunwell.models import Adjustment, Company
from dunwell.queries.frames import fx_frame

SMALL = (Adjustment.Kind.SMALL_BALANCE, Adjustment.Kind.FX)
"""Kinds of adjustment that are given up without being owed."""


def spent_in_month(company: Company, *, as_of: date) -> Mapping[str, int]:
    """Return what was given up in the month of a day, in minor units by currency."""
    spent = (
        Adjustment.objects.filter(
            company=company,
            kind__in=SMALL,
            effective_on__year=as_of.year,
            effective_on__month=as_of.month,
        )
        .order_by()
        .values_list("item__currency")
        .annotate(minor=Sum("amount_minor"))
    )
    return {currency: int(minor) for currency, minor in spent}


def allowance(company: Company, policy: WriteOffPolicy, *, as_of: date) -> Allowance:
    """Return what matching may give up on a day; nothing when what was cannot be weighed."""
    rates, day = read_rates(fx_frame(company), company.currency), day_number(as_of)
    spent = [
        rates.convert(minor, currency, to=company.currency, day=day)
        for currency, minor in spent_in_month(company, as_of=as_of).items()
    ]
    known = [one for one in spent if one is not None]
    is_known = len(known) == len(spent)
    return Allowance(
        item_minor=policy.item_minor,
        item_ppm=policy.item_ppm,
        left_minor=policy.month_minor - sum(known) if is_known else 0,
        day=day,
        rates=rates,
    )
