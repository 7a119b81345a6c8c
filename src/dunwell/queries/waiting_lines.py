"""What waiting messages ask for, all of them at once."""

from collections.abc import Sequence

import polars as pl

from dunwell.models import Company
from dunwell.queries.frames import read_rows

_LINES = """
SELECT l.message_id, l.item_id
FROM dunwell_message m JOIN dunwell_messageitem l ON l.message_id = m.id
WHERE m.company_id = %(company)s AND m.status IN ({statuses}) AND l.open_minor > 0
"""


def waiting_lines(company: Company, *, statuses: Sequence[str]) -> pl.DataFrame:
    """Return the claims named in the company's messages of some statuses.

    Columns `message_id` and `item_id`, in no order: hundreds of thousands wait where reminders
    are looked through before they go.
    """
    named = {f"s{place}": str(status) for place, status in enumerate(statuses)}
    query = _LINES.format(statuses=", ".join(f"%({name})s" for name in named))
    types = {"message_id": pl.Int64, "item_id": pl.Int64}
    return read_rows(query, {"company": company.pk, **named}, types)
