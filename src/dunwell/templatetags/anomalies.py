"""How anomalies read: what kind, what it means, what was measured beside what is usual."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.dates import day_text
from dunwell.templatetags.money import money
from dunwell.templatetags.reasons import pays

register = template.Library()

EPOCH = date(1970, 1, 1)
Words = Promise | str

KINDS: Mapping[str, tuple[Words, Words]] = {
    "ten_times": (
        _("About ten times the usual amount"),
        _("Check the decimal point before it is chased."),
    ),
    "amount_high": (
        _("Amount far above usual"),
        _("Check quantity and price before it is chased."),
    ),
    "amount_round": (
        _("Large round sum"),
        _("This customer is billed exact amounts. Check that it is no estimate."),
    ),
    "first_large": (
        _("Large first item of a new customer"),
        _("Far above other first items. Check the credit limit."),
    ),
    "closed_day": (
        _("Issued on a closed day"),
        _("The office is closed on that day. Check the issue date."),
    ),
    "recorded_far": (
        _("Recorded far from its issue date"),
        _("Long after or before it. Check the issue date."),
    ),
    "terms_unusual": (
        _("Unusual days to pay"),
        _("Other than this customer's invoices have. Check the due date."),
    ),
    "number_order": (
        _("Number out of order"),
        _("It was given out at another time. Check number and issue date."),
    ),
    "number_gap": (
        _("Numbers are missing before it"),
        _("The series has no gaps otherwise. Ask for the missing documents."),
    ),
    "payment_high": (
        _("Payment far above usual"),
        _("Items do not explain it. Ask what it is for."),
    ),
    "no_open_items": (
        _("Payment while nothing was open"),
        _("Ask what it is for; it may be meant for another customer."),
    ),
    "overpayment": (
        _("More than was owed"),
        _("Agree whether the rest is kept or paid back."),
    ),
    "item_already_paid": (
        _("Names an item settled before"),
        _("Probably paid twice: keep the money unapplied."),
    ),
    "payer_unusual": (
        _("Payer not seen before"),
        _("Check that the payer was recognised."),
    ),
    "paid_early": (
        _("Paid far earlier than ever"),
        _("Check the items it was put on."),
    ),
    "small_burst": (
        _("Several small payments within a week"),
        _("Ask whether the customer is short of money."),
    ),
    "returned_again": (
        _("Returned and made again"),
        _("Watch whether it stands this time."),
    ),
    "duplicate": (
        _("Perhaps a duplicate"),
        _("Compare both; reverse one if it came twice."),
    ),
}
"""Name and advice of every kind: `engine.anomalies.ANOMALY_KINDS`, and `duplicate`."""

HIGH, MEDIUM = 75, 50
"""A severity is coloured as bad from the first on, as a warning from the second."""

ALIKE: Mapping[str, Words] = {
    "certain": _("certainly the same"),
    "likely": _("likely the same"),
    "look": _("perhaps the same"),
}


@register.filter
def anomaly_kind(kind: str) -> str:
    """Return the name of a kind of anomaly."""
    return str(KINDS[kind][0]) if kind in KINDS else kind.replace("_", " ")


@register.filter
def anomaly_advice(kind: str) -> str:
    """Return what to do about a kind of anomaly."""
    return str(KINDS[kind][1]) if kind in KINDS else ""


@register.filter
def severity_chip(severity: int) -> str:
    """Return the CSS class that colours a severity of 0 to 100."""
    return "chip-bad" if severity >= HIGH else "chip-warn" if severity >= MEDIUM else ""


@register.filter
def anomaly_words(row: Any) -> str:
    """Return what was measured beside what is usual, and what that rests on."""
    if row.kind == "duplicate":
        return _duplicate(row)
    if row.measured is None:
        return ""
    told = _told(row)
    rests = int(row.facts.get("rests_on") or 0)
    # what is compared with a rule, or with nothing, rests on no rows worth naming
    if row.unit in {"minor", "days"} and rests:
        told += " " + ngettext("(from %(n)d row)", "(from %(n)d rows)", rests) % {"n": rests}
    return told


def _told(row: Any) -> str:
    measured, usual = row.measured, row.usual
    if row.unit == "minor":
        # owed, not usual, is what money is compared with here
        words = (
            gettext("%(measured)s, owed %(usual)s")
            if row.kind in {"overpayment", "no_open_items", "item_already_paid"}
            else gettext("%(measured)s, usually %(usual)s")
        )
        return words % {
            "measured": money(measured, row.currency),
            "usual": money(usual, row.currency),
        }
    if row.kind == "paid_early":
        return gettext("paid %(measured)s, usually %(usual)s") % {
            "measured": pays(measured),
            "usual": pays(usual or 0),
        }
    if row.unit == "day":
        return _day(row)
    if row.unit == "days" and row.kind != "returned_again":
        return gettext("%(measured)s days, usually %(usual)s days") % {
            "measured": measured,
            "usual": usual or 0,
        }
    return _counted(row.kind, measured)


def _counted(kind: str, n: int) -> str:
    if kind == "number_gap":
        return ngettext("%(n)d number is missing", "%(n)d numbers are missing", n) % {"n": n}
    if kind == "small_burst":
        return ngettext("%(n)d payment in seven days", "%(n)d payments in seven days", n) % {
            "n": n
        }
    if kind == "returned_again":
        return ngettext("%(n)d day after it came back", "%(n)d days after it came back", n) % {
            "n": n
        }
    return ngettext("seen %(n)d time", "seen %(n)d times", n) % {"n": n}


def _day(row: Any) -> str:
    on = EPOCH + timedelta(days=row.measured)
    if row.kind == "number_order" and row.usual is not None:
        return gettext("issued %(day)s, the number before it %(before)s") % {
            "day": day_text(on),
            "before": day_text(EPOCH + timedelta(days=row.usual)),
        }
    return gettext("issued %(day)s") % {"day": day_text(on)}


def _duplicate(row: Any) -> str:
    tier = str(row.facts.get("tier", ""))
    days = int(row.facts.get("days_apart") or 0)
    apart = ngettext("%(n)d day apart", "%(n)d days apart", days) % {"n": days}
    return gettext("%(amount)s, %(tier)s, %(apart)s") % {
        "amount": money(row.measured, row.currency),
        "tier": ALIKE.get(tier, tier),
        "apart": apart if days else gettext("on the same day"),
    }
