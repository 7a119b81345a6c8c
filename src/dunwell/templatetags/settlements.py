"""How settlements read: the ways out that are compared, and what was assumed of each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from dunwell.templatetags.cash_policies import exact_percent
from dunwell.templatetags.money import money

register = template.Library()

OPTION_LABELS: Mapping[str, Promise | str] = {
    "settle": _("Settle now"),
    "wait": _("Wait"),
    "agency": _("Agency"),
    "legal": _("Court"),
}
ASSUMPTION_LABELS: Mapping[str, Promise | str] = {
    "paid_ppm": _("chance that it is paid"),
    "pay_days": _("paid after"),
    "discount_rate_ppm": _("cost of money a year"),
    "recovery_ppm": _("comes in"),
    "days": _("after"),
    "commission_ppm": _("commission"),
    "legal_ppm": _("won and paid"),
    "cost_minor": _("costs"),
}
RESTS_ON: Mapping[str, Promise | str] = {
    "prediction": _("the pay-date model"),
    "habit": _("how the customer pays"),
    "age": _("the age of the items"),
}
WIDEST = 100.0


@dataclass(frozen=True, slots=True)
class WorthBar:
    """One way out as a bar: its width in percent of the widest, below 0 none."""

    name: str
    worth_minor: int
    expected_minor: int
    cost_minor: int
    assumptions: Sequence[Mapping[str, Any]]
    width: str
    is_best: bool


@register.simple_tag
def worth_bars(worth: Mapping[str, Any]) -> list[WorthBar]:
    """Return the ways out of a settlement's `worth` document as bars; the best one is marked."""
    options = worth.get("options", [])
    most = max((option["worth_minor"] for option in options), default=0)
    return [
        WorthBar(
            name=option["name"],
            worth_minor=option["worth_minor"],
            expected_minor=option["expected_minor"],
            cost_minor=option["cost_minor"],
            assumptions=option["assumptions"],
            width=f"{max(option['worth_minor'], 0) * WIDEST / most if most > 0 else 0:.2f}",
            is_best=option["worth_minor"] == most,
        )
        for option in options
    ]


@register.filter
def option_label(name: str) -> str:
    """Return how a way out is called."""
    return str(OPTION_LABELS.get(name, name))


@register.filter
def size(amount_minor: int) -> int:
    """Return an amount without its sign, for sentences that say more or less."""
    return abs(amount_minor)


@register.filter
def rests_on_label(name: str) -> str:
    """Return what a wait rests on."""
    return str(RESTS_ON.get(name, name))


@register.simple_tag
def assumption_text(assumption: Mapping[str, Any], currency: str) -> str:
    """Return one assumption in words, such as `commission 20 %`."""
    name, value = assumption["name"], int(assumption["value"])
    label = str(ASSUMPTION_LABELS.get(name, name))
    if assumption["unit"] == "ppm":
        return f"{label} {exact_percent(value)}"
    if assumption["unit"] == "days":
        return f"{label} {ngettext('%(n)d day', '%(n)d days', value) % {'n': value}}"
    return f"{label} {money(value, currency)}"
