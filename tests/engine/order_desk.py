"""Orders and customers as the tests of the order check state them."""

from dataclasses import replace
from datetime import date, timedelta

from dunwell.engine.exposure import ExposureRate, Part
from dunwell.engine.order_facts import Account, CreditFacts, OrderAsk, OrderFacts

TODAY = date(2026, 3, 5)
RATES = {"USD": 917_431, "JPY": 6_100, "GBP": 1_163_211}


def days_ago(days):
    return TODAY - timedelta(days=days)


def account(exposure=0, limit=10_000_00, *, key="customer/1", kind="own", name="Acme", **more):
    """The exposure of an account, the customer's own included, and the account."""
    return exposure, Account(key=key, kind=kind, name=name, limit_minor=limit, **more)


def facts(own=(0, None), *accounts, customer_id=1, number="K1", currency="EUR", **more):
    exposure, mine = own if own[1] is not None else account()
    others = [
        replace(one, others_minor=total - (exposure if one.kind != "guarantor" else 0))
        for total, one in accounts
    ]
    # a foreign amount without a rate is an exposure nobody knows
    part = Part("EUR", open_minor=exposure) if exposure is not None else Part("CHF", open_minor=1)
    more = {"rates": {code: ExposureRate(code, ppm, TODAY) for code, ppm in RATES.items()}, **more}
    return CreditFacts(
        customer_id=customer_id,
        number=number,
        name="Acme",
        currency=currency,
        accounts=(mine, *others),
        parts=more.pop("parts", (part,)),
        **more,
    )


def ask(amount=1_000_00, *, currency="EUR", number="SO-1", **more):
    return OrderAsk(
        number=number, currency=currency, amount_minor=amount, ordered_on=TODAY, **more
    )


def order(amount=1_000_00, customer=None, **more):
    return OrderFacts(ask=ask(amount, **more), customer=customer or facts())


def said(judgement):
    """The outcomes that are not passed, as rule: result."""
    return {
        one.rule: one.result
        for one in judgement.outcomes
        if one.result not in ("passed", "skipped")
    }


def ways(judgement):
    """The releases of the whole order, as kind: amount or day."""
    return {
        one.kind: one.on if one.amount_minor is None else one.amount_minor
        for one in judgement.release
    }
