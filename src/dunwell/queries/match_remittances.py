"""What payers say they pay, as matching reads it: remittance advices and lists in bank files."""

import json
from collections.abc import Mapping

import polars as pl

from dunwell.engine.money import from_minor
from dunwell.models import Company
from dunwell.queries.frames import read_rows
from dunwell.queries.match_transfers import announced_lines

_LINES: Mapping[str, type[pl.DataType]] = {
    "remittance_id": pl.Int64,
    "payment_id": pl.String,
    "item_ref": pl.String,
    "amount_minor": pl.Int64,
    "memo": pl.String,
}
# Lists of payments that are done would be read only to be dropped.
_ADVISED = """
SELECT l.id, r.payment_id, l.item_ref, l.paid_minor, l.gross_minor, l.discount_minor,
       l.deduction_minor, l.text
FROM dunwell_remittanceline l JOIN dunwell_remittance r ON r.id = l.remittance_id
WHERE r.company_id = %s AND r.payment_id IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM dunwell_matchcase c WHERE c.payment_id = r.payment_id
                  AND c.status NOT IN ('exception', 'held'))
"""
_LISTED = """
SELECT e.payment_id, CAST(e.remitted AS text) FROM dunwell_bankentry e
WHERE e.company_id = %s AND e.treatment = 'payment' AND CAST(e.remitted AS text) <> '[]'
  AND NOT EXISTS (SELECT 1 FROM dunwell_matchcase c WHERE c.payment_id = e.payment_id
                  AND c.status NOT IN ('exception', 'held'))
"""
_Line = tuple[int, str, str, int | None, str]


def remitted_lines(company: Company, payments: pl.DataFrame) -> pl.DataFrame:
    """Return the lines of the payments' remittances, else what their bank entry itself lists.

    Else those of the transfer announced in the portal whose reference they quote. `payments` are
    rows with id, payment_id (their number), currency and the texts of a payment.
    Columns are those of
    `engine.matching.inputs.REMITTANCE_COLUMNS`, with the payer's reason as memo.
    """
    types: Mapping[str, type[pl.DataType]] = {
        "remittance_id": pl.Int64,
        "id": pl.Int64,
        "item_ref": pl.String,
        **{f"{name}_minor": pl.Int64 for name in ("paid", "gross", "discount", "deduction")},
        "text": pl.String,
    }
    waiting = payments.select("id", "payment_id", "currency")
    advised = read_rows(_ADVISED, [company.pk], types).join(waiting, on="id")
    listed = read_rows(_LISTED, [company.pk], {"id": pl.Int64, "remitted": pl.String}).join(
        waiting, on="id"
    )
    rows = [_line(**row) for row in advised.drop("id").iter_rows(named=True)]
    told = set(advised["payment_id"])
    for entry in listed.filter(~pl.col("payment_id").is_in(list(told))).iter_rows(named=True):
        for place, line in enumerate(json.loads(entry["remitted"])):
            # below 0, in the order of the entry: never the key of a line of a remittance
            key = place - 1_000_000
            rows.append(listed_line(line, key, entry["payment_id"], entry["currency"]))
    told.update(row[1] for row in rows)
    rows.extend(announced_lines(company, payments, besides=told))
    return pl.DataFrame(rows, schema=_LINES, orient="row")


def listed_line(line: Mapping[str, object], key: int, payment_id: str, currency: str) -> _Line:
    """Return a row for a document that a bank entry lists (`formats.bank.RemittedItem`)."""
    amounts = {
        name: value if isinstance(value := line.get(name), int) else None
        for name in ("paid_minor", "gross_minor", "discount_minor", "deduction_minor")
    }
    return _line(
        remittance_id=key,
        payment_id=payment_id,
        item_ref=str(line.get("reference") or line.get("item_ref") or ""),
        text=str(line.get("text") or ""),
        currency=currency,
        **amounts,
    )


def _line(
    *,
    remittance_id: int,
    payment_id: str,
    item_ref: str,
    text: str,
    currency: str,
    paid_minor: int | None,
    gross_minor: int | None,
    discount_minor: int | None,
    deduction_minor: int | None,
) -> _Line:
    """Return a row of _LINES: what is paid, and why it is less than the item in the memo."""
    words = [text]
    if paid_minor is None and gross_minor is not None:
        paid_minor = gross_minor - (discount_minor or 0) - (deduction_minor or 0)
    if discount_minor:
        words.append("discount")
    if deduction_minor:
        words.append(f"deduction {currency} {from_minor(abs(deduction_minor), currency)}")
    return remittance_id, payment_id, item_ref, paid_minor, " ".join(filter(None, words))
