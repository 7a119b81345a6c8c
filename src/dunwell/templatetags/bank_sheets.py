"""How the form about a bank sheet reads: fields of columns, signs, what a question is about."""

from django import template
from django.utils.translation import gettext_lazy as _

from dunwell.formats.bank.sheet_profile import FIELDS

register = template.Library()

FIELD_LABELS = {
    "booked": _("Booking date"),
    "valued": _("Value date"),
    "amount": _("Amount, signed"),
    "debit": _("Money out (debit)"),
    "credit": _("Money in (credit)"),
    "side": _("Debit or credit"),
    "balance": _("Balance after the row"),
    "currency": _("Currency"),
    "fee": _("Fee"),
    "original_amount": _("Original amount"),
    "original_currency": _("Original currency"),
    "counterparty": _("Payer or payee"),
    "counterparty_account": _("Their account"),
    "counterparty_bank": _("Their bank"),
    "account": _("Our account"),
    "reference": _("Reference"),
    "end_to_end": _("End-to-end reference"),
    "bank_reference": _("Reference of the bank"),
    "mandate": _("Mandate reference"),
    "cheque": _("Cheque number"),
    "text": _("Text (several columns may be)"),
    "code": _("Kind of transaction"),
    "status": _("Status"),
}
SIGN_LABELS = {
    "": _("as the file proves"),
    "side": _("Debit or credit alone says the direction"),
    "signed": _("A minus turns the direction round"),
    "reversed": _("Debit is money in (a card, or our own books)"),
}
QUESTIONS = {
    "mapping": _("A column must be chosen"),
    "date_order": _("Which comes first: day or month?"),
    "decimal": _("Decimal point or decimal comma?"),
    "sign": _("What does a minus mean?"),
    "currency": _("Which currency has the account?"),
    "account": _("Which account is it?"),
}


@register.filter
def bank_field(field: str) -> str:
    """Return the name of the field a column of a bank sheet is taken for."""
    return str(FIELD_LABELS.get(field, field))


@register.filter
def sheet_question(code: str) -> str:
    """Return what an open question is about."""
    return str(QUESTIONS.get(code, code))


@register.filter
def sign_words(signs: str) -> str:
    """Return how signs are read."""
    return str(SIGN_LABELS.get(signs, signs))


@register.simple_tag
def bank_field_choices() -> list[tuple[str, str]]:
    """Return every field with its name, in the order of a profile."""
    return [(field, str(FIELD_LABELS[field])) for field in FIELDS]


@register.simple_tag
def sign_choices() -> list[tuple[str, str]]:
    """Return the ways signs may be read, with their names."""
    return [(signs, str(label)) for signs, label in SIGN_LABELS.items()]
