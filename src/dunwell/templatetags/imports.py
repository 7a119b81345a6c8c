"""How imports read: roles and fields of columns, what was detected, kinds of finding."""

from django import template
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

register = template.Library()

ROLE_LABELS = {
    "items": _("Invoices and credit notes"),
    "payments": _("Payments"),
    "allocations": _("What payments were put on"),
    "customers": _("Customers"),
    "disputes": _("Disputes"),
    "orders": _("Orders, taken as invoices"),
    "order_lines": _("Order lines"),
    "other": _("Left out"),
}
FIELD_LABELS = {
    "item_number": _("Item number"),
    "item_key": _("Internal item key"),
    "instalment": _("Instalment"),
    "kind": _("Kind of item"),
    "amount": _("Amount"),
    "open_amount": _("Open amount"),
    "applied_amount": _("Amount already paid"),
    "debit": _("Debit"),
    "credit": _("Credit"),
    "side": _("Debit or credit"),
    "issued": _("Issue date"),
    "due": _("Due date"),
    "settled": _("Date settled"),
    "posted": _("Posting date"),
    "is_disputed": _("Disputed yes or no"),
    "is_paper": _("Sent on paper or electronically"),
    "company_code": _("Company code"),
    "payment_number": _("Payment number"),
    "payment_day": _("Payment date"),
    "payment_amount": _("Payment amount"),
    "unapplied_amount": _("Unapplied amount"),
    "customer_number": _("Customer number"),
    "customer_name": _("Customer name"),
    "customer_alias": _("Other customer number"),
    "credit_limit": _("Credit limit"),
    "vat_number": _("VAT number"),
    "iban": _("IBAN"),
    "party": _("Company, person or public authority"),
    "zones": _("Time zones"),
    "email": _("E-mail"),
    "terms": _("Payment terms"),
}
"""Fields whose name says more in words; the others are their own name."""

DECIMAL_SIGN, DATES = "decimal sign of ", "dates of "
"""How `formats.cells` begins the names of what it detected in a column."""

DATE_ORDER_LABELS = {
    "": _("as recognised"),
    "dmy": _("day, month, year"),
    "mdy": _("month, day, year"),
}
DECIMAL_LABELS = {
    "": _("as recognised"),
    ".": _("point: 1,234.50"),
    ",": _("comma: 1.234,50"),
}


@register.filter
def role_label(role: str) -> str:
    """Return the name of a table's role."""
    return str(ROLE_LABELS.get(role, role))


@register.filter
def field_label(field: str) -> str:
    """Return the name of the field a column is taken for."""
    return str(FIELD_LABELS.get(field) or gettext(field.replace("_", " ").capitalize()))


@register.filter
def need_label(alternatives: str) -> str:
    """Return fields of which one is needed, by name: "a or b"."""
    return f" {gettext('or')} ".join(field_label(name) for name in alternatives.split(" or "))


@register.filter
def fact_label(name: str) -> str:
    """Return the name of something detected in a file, or of what is said of a column."""
    if name.startswith(DECIMAL_SIGN):
        return gettext("decimal sign of %(column)s") % {"column": name.removeprefix(DECIMAL_SIGN)}
    if name.startswith(DATES):
        return gettext("dates of %(column)s") % {"column": name.removeprefix(DATES)}
    return gettext(name.replace("_", " "))


@register.filter
def code_words(code: str) -> str:
    """Return the kind of a finding in words."""
    return gettext(code.replace("_", " ").capitalize())


@register.filter
def action_tone(action: str) -> str:
    """Return the CSS class that colours what happened to a row."""
    return {"refused": "chip-bad", "changed": "chip-warn"}.get(action, "")


@register.filter
def percent_of_ppm(ppm: int) -> int:
    """Return parts per million as whole percent."""
    return int(ppm) // 10_000


@register.simple_tag
def role_choices() -> list[tuple[str, str]]:
    """Return every role with its name."""
    return [(role, str(label)) for role, label in ROLE_LABELS.items()]


@register.simple_tag
def date_order_choices() -> list[tuple[str, str]]:
    """Return the orders of day and month with their names."""
    return [(order, str(label)) for order, label in DATE_ORDER_LABELS.items()]


@register.simple_tag
def decimal_choices() -> list[tuple[str, str]]:
    """Return the decimal signs with an example each."""
    return [(sign, str(label)) for sign, label in DECIMAL_LABELS.items()]
