"""Sums of the ledger that no change of tables may touch, read by plain SQL.

The columns are there since the first version, so that a database of any version can be asked.
"""

from django.db import connection

from dunwell import walls

TOTALS = (
    ("dunwell_item", "company_id, currency", "SUM(amount_minor)"),
    ("dunwell_openitem", "company_id, currency", "SUM(open_minor)"),
    ("dunwell_payment", "company_id, currency", "SUM(amount_minor)"),
    ("dunwell_allocation", "company_id, source", "SUM(amount_minor)"),
    ("dunwell_entryline", "company_id, account, currency", "SUM(amount_minor)"),
    ("dunwell_chainhead", "company_id, seq", "MIN(hash)"),
)
"""Tables, by what their rows are grouped, and what is told of each group beside their number."""


@walls.everything()
def control_totals() -> dict[str, list[tuple[str, ...]]]:
    """Return by table its groups with rows and sums (minor); of the chains of events the ends."""
    found = {}
    with connection.cursor() as cursor:
        for table, groups, told in TOTALS:
            # names are our own
            cursor.execute(f"SELECT {groups}, COUNT(*), {told} FROM {table} GROUP BY {groups}")  # noqa: S608
            found[table] = sorted(tuple(str(value) for value in row) for row in cursor.fetchall())
    return found
