"""What is added for the way a customer pays: the company's wish within the law of both ends."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files

from dunwell.engine.surcharges import (
    Place,
    Price,
    Surcharge,
    SurchargeRule,
    WayToPay,
    read_surcharge_rules,
    surcharge,
)
from dunwell.formats.policies import read_policy
from dunwell.models import Customer, PaymentProvider, SavedMethod

CARDS = "cards"
"""Setting of a provider: what its hosted page takes (credit, commercial), when it takes no other
cards; only then is anything known of a card before it is used."""


@cache
def surcharge_rules() -> tuple[SurchargeRule, ...]:
    """Return the shipped rules of law, in the order in which they are tried."""
    path = files("dunwell") / "policies" / "surcharges.yaml"
    return read_surcharge_rules(read_policy(path.read_text(encoding="utf-8")).document)


def surcharge_for(
    customer: Customer,
    provider: PaymentProvider,
    *,
    method: str,
    amount_minor: int,
    saved: SavedMethod | None = None,
    on: date,
) -> Surcharge:
    """Return what is added to an amount paid by a method, in minor units; no query.

    A provider's settings say what is asked and what a payment costs us, by method:
    surcharges: {card: {rate_ppm, fixed_minor, cost_ppm, cost_fixed_minor}}.
    """
    stated = _section(_section(provider.settings, "surcharges"), method)
    asked = Price(rate_ppm=_number(stated, "rate_ppm"), fixed_minor=_number(stated, "fixed_minor"))
    cost = Price(
        rate_ppm=_number(stated, "cost_ppm"), fixed_minor=_number(stated, "cost_fixed_minor")
    )
    company = customer.company
    own_region = str(provider.settings.get("region", ""))
    return surcharge(
        surcharge_rules(),
        ends=(
            Place(country=company.country, region=_state(own_region)),
            Place(country=customer.country or company.country, region=_state(customer.region)),
        ),
        party=customer.party,
        way=_way(provider, method, saved),
        amount_minor=amount_minor,
        asked=asked,
        cost=cost,
        on=on,
    )


def _state(region: str) -> str:
    """Return NY of US-NY-NYC."""
    return region.split("-")[1] if region.count("-") else region


def _way(provider: PaymentProvider, method: str, saved: SavedMethod | None) -> WayToPay:
    if saved is not None:
        return WayToPay(
            method=saved.kind, funding=saved.funding, is_commercial=saved.is_commercial
        )
    taken = provider.settings.get(CARDS, "")
    return WayToPay(
        method=method,
        funding="credit" if taken == "credit" else "",
        is_commercial=True if taken == "commercial" else None,
    )


def _section(values: Mapping[str, object], name: str) -> Mapping[str, object]:
    found = values.get(name)
    return found if isinstance(found, Mapping) else {}


def _number(values: Mapping[str, object], name: str) -> int:
    found = values.get(name, 0)
    return found if isinstance(found, int) and not isinstance(found, bool) and found > 0 else 0
