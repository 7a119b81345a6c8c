"""What an entry is by nature, as far as the bank says it for sure: money of customers or not."""

from collections.abc import Set as AbstractSet

from dunwell.formats.bank.references import plain
from dunwell.formats.bank.statement import Entry

OWN_CODES = frozenset(
    (
        # ISO 20022 sub-families: interest, charges, commission, sweeping, topping, zero balancing
        *("INTR", "CHRG", "COMM", "FEES", "SWEP", "TOPG", "ZABA"),
        # SWIFT transaction types of MT940, without N, S or F before them
        *("INT", "CHG", "COM"),
        # German business transaction codes: closing, charges, interest, own transfer, pooling
        *("805", "808", "809", "814", "820", "833"),
        # OFX transaction types and the BAI2 type code of interest
        *("DIV", "FEE", "SRVCHG", "354"),
    )
)
"""Codes of bookings between us and the bank, or between accounts of ours."""

OWN_WORDS = ("currency conversion", "withdrawal", "payout", "payment hold", "payment release")
"""Words of PayPal, Stripe and Adyen for money that moves inside or to ourselves."""


def is_return(entry: Entry) -> bool:
    """Return whether the bank itself calls the entry a return or a reversal."""
    return entry.is_reversal or bool(entry.return_reason)


def is_own_money(entry: Entry, *, own_accounts: AbstractSet[str]) -> bool:
    """Return whether an entry is no customer's for sure: interest, fees, transfers of our own.

    `own_accounts` are the numbers of our accounts as `references.plain` writes them.
    """
    other = plain(entry.counterparty_account)
    if other and other in own_accounts:
        return True
    code = entry.code.upper()
    parts = set(code.replace("/", "-").split("-"))
    if len(code) == 4 and code[0] in "NSF":  # noqa: PLR2004  a SWIFT type behind its letter
        parts.add(code[1:])
    if parts & OWN_CODES:
        return True
    return any(word in entry.code.lower() for word in OWN_WORDS)
