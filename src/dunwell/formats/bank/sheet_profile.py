"""A saved profile of one bank's sheets: how its columns, dates, decimals and signs are read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from dunwell.formats.currencies import ISO_CODES
from dunwell.formats.findings import LedgerError

DATE_ORDERS = ("", "dmy", "mdy")
DECIMALS = ("", ".", ",")
SIGNS = ("", "side", "signed", "reversed")
"""side: debit or credit alone says the direction; signed: a minus in such a cell turns it round;
reversed: directions are the company's (debit is money in; a card's charge is > 0)."""
FIELDS = (
    "booked",
    "valued",
    "amount",
    "debit",
    "credit",
    "side",
    "balance",
    "currency",
    "fee",
    "original_amount",
    "original_currency",
    "counterparty",
    "counterparty_account",
    "counterparty_bank",
    "account",
    "reference",
    "end_to_end",
    "bank_reference",
    "mandate",
    "cheque",
    "text",
    "code",
    "status",
)
"""What a column may be taken for; an empty text leaves the column out."""
TEXTS = (
    *("name", "date_order", "decimal", "encoding", "delimiter", "sheet"),
    *("currency", "account", "signs"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SheetProfile:
    """How a bank's sheets are read; an empty text leaves the choice to the file.

    `columns` maps a column to one of FIELDS; several columns may be `text`. `currency` and
    `account` are used where the file tells none.
    """

    name: str = ""
    date_order: str = ""
    decimal: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    currency: str = ""
    account: str = ""
    signs: str = ""
    columns: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))


def read_sheet_profile(document: Mapping[str, object]) -> SheetProfile:
    """Return the profile of a document. Raises LedgerError naming an unknown key or value."""
    unknown = sorted(str(key) for key in document if key not in {*TEXTS, "columns"})
    if unknown:
        raise LedgerError(f"bank profile: unknown key {unknown[0]!r}.")
    texts = {key: document.get(key, "") for key in TEXTS}
    for key, value in texts.items():
        if not isinstance(value, str):
            raise LedgerError(f"bank profile: {key} must be a text.")
    columns = document.get("columns", {})
    if not isinstance(columns, Mapping):
        raise LedgerError("bank profile: columns must map a column to a field.")
    for column, name in columns.items():
        if name and name not in FIELDS:
            raise LedgerError(
                f"bank profile: {name!r} for column {column!r} is not a field; fields are "
                f"{', '.join(FIELDS)}."
            )
    told = {key: str(value) for key, value in texts.items()}
    for key, allowed in (("date_order", DATE_ORDERS), ("decimal", DECIMALS), ("signs", SIGNS)):
        if told[key] not in allowed:
            raise LedgerError(
                f"bank profile: {key} {told[key]!r} must be one of "
                f"{', '.join(one for one in allowed if one)}."
            )
    if told["currency"] and told["currency"] not in ISO_CODES:
        raise LedgerError(f"bank profile: {told['currency']!r} is not an ISO 4217 currency.")
    return SheetProfile(
        **told, columns=MappingProxyType({str(k): str(v or "") for k, v in columns.items()})
    )
