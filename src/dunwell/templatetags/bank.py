"""How bank pages read: kinds of statement, findings, what became of an entry, counts of a file."""

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext_lazy as _

from dunwell.actions.bank_entries import MOVES
from dunwell.models import BankEntry
from dunwell.queries.bank_statements import FoundRow

register = template.Library()

KINDS = {
    "statement": _("End of day"),
    "interim": _("Within the day"),
    "notification": _("Notification"),
}
FINDINGS = {
    "statement_gap": _("A statement is missing before it"),
    "balance_gap": _("Does not add up"),
    "other_content": _("Told before with other content"),
    "no_balances": _("No balances"),
    "mixed_currencies": _("Several currencies"),
    "no_currency": _("No currency"),
    "advice_sum": _("Lines and total differ"),
    "attachment_left_out": _("Attachment left out"),
    "unlinked": _("Taken off a payment"),
}
"""Findings whose names a clerk should see in words; others are their code in words."""
COUNTS = {
    "statements": _("Statements"),
    "statements_known": _("Statements told before"),
    "entries": _("Entries"),
    "entries_known": _("Entries told before"),
    "payments": _("New payments"),
    "payments_met": _("Payments recorded by hand before"),
    "return": _("Payments taken back"),
    "debit": BankEntry.Treatment.DEBIT.label,
    "refund": BankEntry.Treatment.REFUND.label,
    "payout": BankEntry.Treatment.PAYOUT.label,
    "same_money": _("Told before by another message"),
    "pending": _("Waiting for their day or the bank"),
    "other": _("Not from a customer"),
    "open": _("To be decided"),
    "remittances": _("Remittance advices"),
    "gaps": _("Gaps"),
}
"""Counts of a file in the order in which they are shown."""
CHIPS = {
    BankEntry.Treatment.PAYMENT: "chip-good",
    BankEntry.Treatment.RETURN: "chip-bad",
    BankEntry.Treatment.OPEN: "chip-warn",
    BankEntry.Treatment.DEBIT: "chip-good",
    BankEntry.Treatment.REFUND: "chip-info",
    BankEntry.Treatment.PAYOUT: "chip-good",
    BankEntry.Treatment.PENDING: "chip-info",
}


@register.filter
def statement_kind(kind: str) -> str:
    """Return the name of a kind of statement."""
    return str(KINDS.get(kind, kind))


@register.filter
def finding_name(code: str) -> str:
    """Return the name of a finding; an unknown code is shown as its own words."""
    return str(FINDINGS.get(code, code.replace("_", " ").capitalize()))


@register.filter
def finding_tone(found: FoundRow) -> str:
    """Return the CSS class that colours a finding's notice."""
    if found.is_blocking:
        return "is-bad"
    return "" if found.severity == "info" or found.accepted_by else "is-warn"


@register.filter
def finding_chip(found: FoundRow) -> str:
    """Return the CSS class that colours a finding's chip."""
    return {"is-bad": "chip-bad", "is-warn": "chip-warn"}.get(finding_tone(found), "")


@register.filter
def treatment_chip(treatment: str) -> str:
    """Return the CSS class that colours what became of an entry."""
    return CHIPS.get(BankEntry.Treatment(treatment), "")


@register.filter
def is_decidable(treatment: str) -> bool:
    """Return whether a person may say otherwise."""
    return treatment in MOVES


@register.filter
def count_words(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return the counts of a file that are not 0, with their names."""
    return [(str(words), counts[name]) for name, words in COUNTS.items() if counts.get(name)]
