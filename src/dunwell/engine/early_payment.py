"""Early payment: what an item may be offered, and what the discount costs and earns a year.

A discount d for n days is a loan of (1 - d) for n days that pays d: its simple yearly rate is
d / (1 - d) * 365 / n (the usual cost of forgoing trade credit). The dynamic kind turns that
around: at r a year the discount for n days is r n / (365 + r n).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.case_answers import CaseAnswer
from dunwell.engine.early_payment_policy import (
    DYNAMIC,
    EarlyPaymentCase,
    EarlyPaymentPolicy,
    Programme,
)
from dunwell.engine.money import part
from dunwell.engine.schema import Column, Frame

PPM = 1_000_000
YEAR_DAYS = 365
RATE_STEP_PPM = 100
"""Rates are whole hundredths of a percent, as terms are written; they are rounded down."""

MOST_STEPS = 60
"""Days a dynamic offer names at most, the nearest ones."""

OFFERABLE: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "customer_id": Column(nw.Int64, "who owes it"),
    "segment": Column(nw.String, "group of the customer"),
    "kind": Column(nw.String, "what the item is; only invoices are offered for"),
    "currency": Column(nw.String, "ISO 4217 code"),
    "open_minor": Column(nw.Int64, "what is left of it"),
    "issued_day": Column(nw.Int32, "issue date"),
    "due_day": Column(nw.Int32, "due date"),
    "is_blocked": Column(nw.Boolean, "disputed, held, in a plan, or offered already"),
}
CHOSEN: Frame = {
    "item_id": Column(nw.Int64, "key of the item"),
    "programme": Column(nw.Int32, "place of the programme in the policy, from 0"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OfferStep:
    """Paying by the day earns the rate."""

    until_on: date
    rate_ppm: int


def programme_of(items: nw.LazyFrame, policy: EarlyPaymentPolicy, *, as_of: date) -> nw.LazyFrame:
    """Return the items an offer may be made for, with the first programme that fits (CHOSEN).

    An item fits where it is an invoice in the programme's currency and segments with enough
    open, not blocked, and due at least `least_days` after as_of.
    """
    today = day_number(as_of)
    fit = nw.lit(-1, nw.Int32)
    for place, one in reversed(list(enumerate(policy.programmes))):
        suits = (
            (nw.col("currency") == one.currency)
            & (nw.col("open_minor") >= one.least_minor)
            & (nw.col("due_day") >= today + one.least_days)
        )
        if one.segments:
            suits = suits & nw.col("segment").is_in(one.segments)
        fit = nw.when(suits).then(nw.lit(place, nw.Int32)).otherwise(fit)
    return (
        items.filter(nw.col("kind") == "invoice", ~nw.col("is_blocked"), nw.col("open_minor") > 0)
        .with_columns(fit.alias("programme"))
        .filter(nw.col("programme") >= 0)
        .select("item_id", "programme")
    )


def steps_of(
    programme: Programme, policy: EarlyPaymentPolicy, *, issued_on: date, due_on: date, as_of: date
) -> tuple[OfferStep, ...]:
    """Return what a programme offers for an item from as_of on, the nearest day first.

    Rates fall with the days; a step whose yearly rate is above the policy's is left out, for it
    would pay more for a few days than money is worth. Empty where nothing is left to offer.
    """
    last = due_on - timedelta(days=programme.least_days)
    if programme.kind == DYNAMIC:
        days = [as_of + timedelta(days=n) for n in range(min((last - as_of).days + 1, MOST_STEPS))]
        found = [
            OfferStep(until_on=on, rate_ppm=rate_ppm(programme.apr_ppm, (due_on - on).days))
            for on in days
        ]
    else:
        found = [
            OfferStep(until_on=issued_on + timedelta(days=tier.days), rate_ppm=tier.rate_ppm)
            for tier in programme.steps
        ]
    kept: list[OfferStep] = []
    for step in found:
        is_open = as_of <= step.until_on <= last
        if not (is_open and 0 < step.rate_ppm <= policy.most_rate_ppm):
            continue
        if apr_ppm(step.rate_ppm, (due_on - step.until_on).days) > policy.most_apr_ppm:
            continue
        if kept and kept[-1].rate_ppm == step.rate_ppm:
            # the same rate for longer is one step
            kept.pop()
        kept.append(step)
    return tuple(kept)


def rate_ppm(apr: int, days: int) -> int:
    """Return the discount that pays `apr` ppm a year for `days`, in whole hundredths of a percent.

    Rounded down: no more is given than was meant.
    """
    if days <= 0:
        return 0
    exact = apr * days * PPM // (YEAR_DAYS * PPM + apr * days)
    return exact // RATE_STEP_PPM * RATE_STEP_PPM


def apr_ppm(rate: int, days: int) -> int:
    """Return the simple yearly rate, in ppm, of a discount for paying `days` sooner.

    2 % for 20 days is 372 449 ppm: 37.24 %. 0 for no days and no discount.
    """
    if days <= 0 or not 0 < rate < PPM:
        return 0
    return part(PPM, rate * YEAR_DAYS, (PPM - rate) * days)


def rate_on(steps: Sequence[OfferStep], on: date) -> int:
    """Return the highest rate that payment on a day earns, 0 when none any more."""
    return max((step.rate_ppm for step in steps if on <= step.until_on), default=0)


def discount_minor(open_minor: int, rate: int) -> int:
    """Return the discount on an open amount, rounded half away from zero as matching does."""
    return part(open_minor, rate, PPM)


def funding_minor(paid_minor: int, days: int, funding_ppm: int) -> int:
    """Return what the money would have cost us for the days it comes sooner, at our own rate."""
    return part(paid_minor, funding_ppm * max(days, 0), YEAR_DAYS * PPM)


def terms_text(steps: Sequence[OfferStep], *, issued_on: date) -> str:
    """Return steps as discount terms counted from the issue date: `2/10, 1.5/20`."""
    return ", ".join(
        f"{step.rate_ppm / 10_000:.2f}".rstrip("0").rstrip(".")
        + f"/{(step.until_on - issued_on).days}"
        for step in steps
    )


def play_early_payment_cases(policy: EarlyPaymentPolicy) -> tuple[CaseAnswer, ...]:
    """Return what the policy offers for each of its own cases: `2026-03-10: 20000` and so on."""
    return tuple(
        CaseAnswer(case=case, found=tuple(_offered(policy, case))) for case in policy.cases
    )


def _offered(policy: EarlyPaymentPolicy, case: EarlyPaymentCase) -> list[str]:
    for one in policy.programmes:
        suits = (
            one.currency == case.currency
            and case.open_minor >= one.least_minor
            and (case.due_on - case.as_of).days >= one.least_days
            and (not one.segments or case.segment in one.segments)
        )
        if suits:
            steps = steps_of(
                one, policy, issued_on=case.issued_on, due_on=case.due_on, as_of=case.as_of
            )
            return [f"{step.until_on.isoformat()}: {step.rate_ppm}" for step in steps]
    return []
