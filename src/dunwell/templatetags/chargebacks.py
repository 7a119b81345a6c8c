"""Why a payment was charged back, in words: payment providers name the reason by a code."""

from collections.abc import Mapping

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

register = template.Library()

REASONS: Mapping[str, Promise | str] = {
    "bank_cannot_process": _("The bank could not process it"),
    "check_returned": _("The cheque was returned"),
    "credit_not_processed": _("A credit was not given"),
    "customer_initiated": _("The payer had it taken back"),
    "debit_not_authorized": _("The debit was not authorised"),
    "duplicate": _("Charged twice"),
    "fraudulent": _("The payer did not order it"),
    "general": _("No particular reason"),
    "incorrect_account_details": _("Wrong account details"),
    "insufficient_funds": _("Insufficient funds"),
    "noncompliant": _("Against the rules of the card scheme"),
    "product_not_received": _("The goods did not arrive"),
    "product_unacceptable": _("The goods were not as described"),
    "subscription_canceled": _("The subscription had been cancelled"),
    "unrecognized": _("The payer does not know the charge"),
}
"""By the codes of Stripe and of the practice bank."""


@register.filter
def chargeback_reason(code: str) -> str:
    """Return why a payment was charged back; a code that is not known stays as it is."""
    return str(REASONS.get(code, code))
