"""Entries that tell money told before: they point to the payment of the first telling."""

from collections.abc import Mapping

import polars as pl
from django.db import connection

from dunwell.actions.bulk import staged
from dunwell.models import Company

_LINK = """
UPDATE dunwell_bankentry SET payment_id = f.payment_id
FROM {staged} s JOIN dunwell_bankentry f ON f.company_id = %s AND f.entry_id = s.first
WHERE dunwell_bankentry.company_id = %s AND dunwell_bankentry.entry_id = s.entry_id
"""


def link_repeats(*, company: Company, repeats: Mapping[str, str]) -> None:
    """Give each repeating entry the payment of the entry that told its money first, if any."""
    if not repeats:
        return
    frame = pl.DataFrame(
        {"entry_id": list(repeats), "first": list(repeats.values())},
        schema={"entry_id": pl.String, "first": pl.String},
    )
    with staged("bank_repeats", frame) as table, connection.cursor() as cursor:
        cursor.execute(_LINK.format(staged=table), [company.pk, company.pk])
