"""What a pay-date model looks at: the names of its inputs, and what they tell together."""

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

Words = Promise | str

INPUTS: Mapping[str, Words] = {
    "median": _("Customer's median days late"),
    "mean": _("Customer's mean days late"),
    "share_late": _("Customer's share paid late"),
    "recency": _("Days since its last payment"),
    "open_ratio": _("Open against usual"),
    "overdue_ratio": _("Overdue against usual"),
    "days_to_due": _("Days to the due date"),
    "term": _("Days to pay"),
    "log_amount": _("Amount"),
    "amount_ratio": _("Amount against usual"),
    "part_paid": _("Part paid"),
    "disputed": _("Disputed"),
    "contacts": _("Contacts in 30 days"),
}
"""Inputs whose drift is watched (`jobs.book_inputs`)."""

GROUPS: Mapping[str, tuple[Words, frozenset[str]]] = {
    "habit": (
        _("How the customer paid so far"),
        frozenset(
            {
                *("mean", "sd", "share_late", "share_late7", "fading", "fading_late", "median"),
                *("low", "high", "mean5", "last", "before_last", "amount_lateness"),
            }
        ),
    ),
    "rhythm": (
        _("The days on which it pays"),
        frozenset(
            {
                *("weekday_peak", "weekday_share", "month_end_share", "run_days", "run_spread"),
                *("run_size", "recency", "pay_gap"),
            }
        ),
    ),
    "book": (
        _("What of it is open and overdue"),
        frozenset({"n_open", "open_ratio", "n_overdue", "overdue_ratio", "oldest"}),
    ),
    "terms": (_("Days to pay"), frozenset({"term"})),
    "amount": (_("Amount"), frozenset({"log_amount", "amount_ratio"})),
    "part_paid": (_("Part paid"), frozenset({"part_paid"})),
    "dispute": (_("Disputes"), frozenset({"disputed"})),
    "promise": (_("Promises"), frozenset({"promise_wait", "promises"})),
    "contact": (_("Contacts"), frozenset({"contacts", "contact_age"})),
    "paper": (_("How it was sent"), frozenset({"is_paper"})),
}
"""The groups of `ml.explain`, which pages cannot import: it needs LightGBM."""


@register.filter
def input_label(code: str) -> str:
    """Return the name of an input of the model."""
    return str(INPUTS.get(code) or code.replace("_", " "))


@register.simple_tag
def card_inputs(card: Mapping[str, Any]) -> list[tuple[str, list[str]]]:
    """Return the inputs of a version by what they tell, with their names in the code."""
    names = [str(one["name"]) for one in card.get("inputs", ())]
    found = [
        (str(label), [name for name in names if name in facts]) for label, facts in GROUPS.values()
    ]
    told = {name for _label, group in found for name in group}
    rest = (gettext("Everything else"), [name for name in names if name not in told])
    return [(label, group) for label, group in [*found, rest] if group]
