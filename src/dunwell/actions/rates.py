"""Exchange rates: home minor units per million foreign minor units, from a day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from dunwell.actions.events import record_event
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.texts import fitting
from dunwell.engine.money import is_currency_code
from dunwell.models import Company, FxRate

LARGEST_PPM = 10**15
"""A billion home units per foreign unit; what is larger is a slip of the keyboard."""


@dataclass(frozen=True, kw_only=True, slots=True)
class NewRate:
    """One rate as it arrives: `rate_ppm` home minor units per million foreign minor units."""

    currency: str
    from_on: date
    rate_ppm: int


@dataclass(frozen=True, kw_only=True, slots=True)
class RatesLoaded:
    """What became of the rows: new, replaced by another value, or known already."""

    added: int
    changed: int
    known: int


@transaction.atomic
def set_rate(
    *, actor: Actor, currency: str, from_on: date, rate_ppm: int, source: str, at: datetime
) -> FxRate:
    """Record the rate of a currency from a day on; another value for that day replaces it.

    The event keeps the value replaced. The same value again changes nothing.
    Raises Refused for the home currency, a wrong code, or a rate that is not above 0.
    """
    actor.require("rates.edit")
    rate = NewRate(currency=currency.strip().upper(), from_on=from_on, rate_ppm=rate_ppm)
    _load(actor, [rate], source=source, at=at)
    return FxRate.objects.get(company=actor.company, currency=rate.currency, from_on=from_on)


@transaction.atomic
def load_rates(
    *, actor: Actor, rates: Sequence[NewRate], source: str, at: datetime
) -> RatesLoaded:
    """Record many rates at once, all or none; loading the same ones again changes nothing.

    Raises Refused, naming the row, for what `set_rate` refuses and for two rates of one day.
    """
    actor.require("rates.edit")
    return _load(actor, rates, source=source, at=at)


def _load(actor: Actor, rates: Sequence[NewRate], *, source: str, at: datetime) -> RatesLoaded:
    told = fitting(text=source, most=80, what="source")
    _check(actor.company, rates, told)
    Company.objects.select_for_update(no_key=True).get(pk=actor.company.pk)
    known = {
        (currency, from_on): ppm
        for currency, from_on, ppm in FxRate.objects.filter(
            company=actor.company, currency__in={rate.currency for rate in rates}
        ).values_list("currency", "from_on", "rate_ppm")
    }
    added = [rate for rate in rates if (rate.currency, rate.from_on) not in known]
    changed = [
        rate
        for rate in rates
        if known.get((rate.currency, rate.from_on), rate.rate_ppm) != rate.rate_ppm
    ]
    FxRate.objects.bulk_create(
        (
            FxRate(
                company=actor.company,
                currency=rate.currency,
                from_on=rate.from_on,
                rate_ppm=rate.rate_ppm,
                source=told,
                recorded_at=at,
            )
            for rate in (*added, *changed)
        ),
        batch_size=1000,
        update_conflicts=True,
        unique_fields=["company", "currency", "from_on"],
        update_fields=["rate_ppm", "source", "recorded_at"],
    )
    if added or changed:
        record_event(
            actor,
            "rates.loaded",
            actor.company,
            at=at,
            source=told,
            added=len(added),
            changed=[
                [
                    rate.currency,
                    rate.from_on.isoformat(),
                    known[rate.currency, rate.from_on],
                    rate.rate_ppm,
                ]
                for rate in changed
            ],
        )
    return RatesLoaded(
        added=len(added), changed=len(changed), known=len(rates) - len(added) - len(changed)
    )


def _check(company: Company, rates: Sequence[NewRate], source: str) -> None:
    if not rates:
        raise Refused("There is no rate to record.")
    if not source:
        raise Refused("Say where the rates come from.")
    seen: set[tuple[str, date]] = set()
    for number, rate in enumerate(rates, 1):
        where = f"Rate {number}" if len(rates) > 1 else "The rate"
        code = rate.currency
        if not is_currency_code(code):
            raise Refused(f"{where}: {code or 'nothing'} is no currency code such as USD.")
        if code == company.currency:
            raise Refused(f"{where}: {code} is the company's own currency and has no rate.")
        if not 0 < rate.rate_ppm <= LARGEST_PPM:
            raise Refused(f"{where}: {rate.rate_ppm} ppm is outside 1 to {LARGEST_PPM}.")
        if (code, rate.from_on) in seen:
            raise Refused(f"{where}: {code} has two rates from {rate.from_on.isoformat()}.")
        seen.add((code, rate.from_on))
