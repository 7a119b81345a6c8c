"""What pages say of direct debits: why somebody is left out, and what a return leads to."""

from typing import Any

from django import template
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from dunwell.templatetags.dates import day_text

register = template.Library()

LEFT_OUT_WORDS = {
    "unsigned": _("The mandate is not signed yet."),
    "suspended": _("The mandate is suspended."),
    "ended": _("The mandate has ended; a new one is needed."),
    "lapsed": _("The mandate was not used for 36 months; a new one is needed."),
    "other_scheme": _("The mandate is for the other scheme."),
    "used_up": _("The mandate was for one debit, and that was collected."),
    "short_notice": _("There is not enough time to tell the customer."),
    "waits_retry": _("A returned debit is tried again on a later day."),
    "given_up": _("It was tried as often as agreed; agree on another way to pay."),
    "running": _("Other debits are under way for all of it."),
    "disputed": _("What is due is disputed."),
    "promised": _("What is due is promised for another day."),
    "held": _("What is due is on hold."),
    "credits": _("Open credits and unapplied cash cover what is due."),
}
"""Why a customer is not debited, by `engine.debits.LEFT_OUT`."""

SEQUENCES = {
    "FRST": _("First"),
    "RCUR": _("Recurring"),
    "OOFF": pgettext_lazy("direct debit", "One-off"),
    "FNAL": pgettext_lazy("direct debit", "Last"),
}


@register.filter
def left_out_words(reason: str) -> str:
    """Return why a customer is left out, as a sentence."""
    return str(LEFT_OUT_WORDS.get(reason, reason))


@register.filter
def sequence_words(sequence: str) -> str:
    """Return the place of a debit in the series of its mandate."""
    return str(SEQUENCES.get(sequence, sequence))


@register.filter
def return_words(row: Any) -> str:
    """Return why a debit came back, as the bank says it; the code where no words are known."""
    return gettext(row.reason) if row.reason else row.reason_code


@register.simple_tag
def what_next(row: Any) -> str:
    """Return what follows from a return, in words."""
    if row.is_retried:
        return gettext("It was tried again.")
    if row.retry_on:
        return gettext("It may be tried again from %(day)s.") % {"day": day_text(row.retry_on)}
    if row.mandate_status == "suspended":
        return gettext("The mandate is suspended: put it right, then resume it.")
    if row.mandate_status == "ended":
        return gettext("The mandate has ended: agree on another way to pay.")
    if row.status == "refused":
        return gettext("The items go into the next run.")
    return gettext("It is not tried again by itself.")
