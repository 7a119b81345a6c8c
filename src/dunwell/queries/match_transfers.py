"""What transfers announced in the portal are for, found by the RF reference a payment quotes."""

from collections.abc import Collection, Mapping

import polars as pl

from dunwell.engine.matching.check_digits import structured_references
from dunwell.models import Company, TransferItem

LONGEST_TEXT = 2_000
FIRST_KEY = -1_000_000_000
"""Lines of remittances have keys above 0, those of bank entries from -1,000,000 on."""


def announced_lines(
    company: Company, payments: pl.DataFrame, *, besides: Collection[str]
) -> list[tuple[int, str, str, int, str]]:
    """Return a row for each item of the transfers that payments quote, with what was announced.

    (key, payment_id, item number, minor units, memo) as `match_remittances` reads them; payments
    in `besides` have an advice of their own. One query, none where nothing is quoted.
    """
    quoted: dict[str, str] = {}
    columns = ["payment_id", "reference", "text", "end_to_end_id"]
    for payment_id, *texts in payments.select(columns).iter_rows():
        if payment_id in besides:
            continue
        for one in structured_references(" ".join(texts)[:LONGEST_TEXT].upper()):
            if one.standard == "rf":
                quoted.setdefault(payment_id, one.whole)
    if not quoted:
        return []
    found: dict[str, list[tuple[str, str, int]]] = {}
    rows = TransferItem.objects.filter(
        transfer__company=company, transfer__reference__in=set(quoted.values())
    )
    for reference, currency, number, amount in rows.order_by("pk").values_list(
        "transfer__reference", "transfer__currency", "item__number", "amount_minor"
    ):
        found.setdefault(reference, []).append((currency, number, amount))
    currencies: Mapping[str, str] = dict(payments.select("payment_id", "currency").iter_rows())
    lines = [
        (payment_id, number, amount)
        for payment_id, reference in quoted.items()
        for currency, number, amount in found.get(reference, ())
        if currency == currencies[payment_id]
    ]
    return [
        (FIRST_KEY + place, payment_id, number, amount, "")
        for place, (payment_id, number, amount) in enumerate(lines)
    ]
