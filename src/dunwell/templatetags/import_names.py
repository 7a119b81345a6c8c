"""Names of what audit files and known reports are found to say, marked for the catalogs."""

from django.utils.translation import gettext_noop as _

FINDINGS = (
    _("Batch amount unreadable"),
    _("Booking unbalanced"),
    _("Closing balance differs"),
    _("Control total differs"),
    _("Control unreadable"),
    _("Fec amount unreadable"),
    _("Fec unbalanced"),
    _("Foreign currency lines"),
    _("Ledger lines left out"),
    _("No receivable"),
    _("Opening balances"),
    _("Report lines"),
    _("Settled in part"),
    _("Settlement discounts"),
)
"""Kinds of finding of `formats.books`, as `imports.code_words` says them."""
DETECTED = (
    _("dialect"),
    _("program"),
    _("report"),
    _("version"),
    _("lines"),
    _("bookings"),
    _("balance"),
    _("customers whose balance agrees"),
    _("lines that head or sum a group"),
    _("control totals of general ledger"),
    _("control totals of sales invoices"),
    _("control totals of payments"),
    _("control totals of invoices"),
    _("control totals of journal"),
    _("control totals of postings"),
)
"""What `formats.books` detects in a file, by name."""
