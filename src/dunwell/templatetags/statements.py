"""How the lines of a statement of account are called on pages."""

from django import template
from django.utils.translation import gettext_lazy as _

from dunwell.formats.account_statement import AccountLine
from dunwell.templatetags.ui import kind_label

register = template.Library()

LINE_LABELS = {
    "payment": _("Payment"),
    "payment_returned": _("Payment returned"),
    "payout": _("Paid out"),
    "offset": _("Offset with what we owe"),
    "paid_by_other": _("Paid by another customer"),
    "paid_for_other": _("Used for another customer"),
    "exchange": _("Exchange into another currency"),
    "applied": _("Put on the item later"),
    "netting": _("Credit netting"),
    "adjustment": _("Adjustment"),
    "write_off": _("Write-off"),
    "small_balance": _("Small balance"),
    "discount": _("Discount"),
    "fx": _("Exchange difference"),
    "concession": _("Concession"),
    "rebate": _("Rebate for paying on time"),
    "recovery": _("Recovery of a written-off debt"),
    "commission": _("Commission kept by an agency"),
}
"""What a line is, for the reader of the page; kinds of item have their labels elsewhere."""


@register.filter
def line_label(line: AccountLine) -> str:
    """Return what a line is; a payer who is not named is not told apart."""
    if line.kind == "paid_by_other" and not line.other:
        return str(LINE_LABELS["payment"])
    return str(LINE_LABELS[line.kind]) if line.kind in LINE_LABELS else kind_label(line.kind)
