"""Proofs that rows are only added, corrections are linked, and every row has its cause."""

# put together from our own table names; the company is a parameter
# ruff: noqa: S608

from dunwell.queries.proofs.check import Check

_PROTECTED = ("item", "payment", "adjustment", "allocation", "entryline", "event", "note")
_KEPT = ("predictionlog", "actionchoice", "modelversion")
"""Logs and what was trained: protected like the ledger, but no part of it."""
_TRIGGERS = " UNION ALL ".join(
    f"SELECT 'dunwell_{table}_no_{verb}' AS name"
    for table in (*_PROTECTED, *_KEPT)
    for verb in ("update", "delete")
)
_MONEY_COLUMNS = {
    "item": ("amount_minor",),
    "payment": ("amount_minor",),
    "allocation": ("amount_minor",),
    "adjustment": ("amount_minor",),
    "entryline": ("amount_minor",),
    "openitem": ("open_minor",),
    "dispute": ("amount_minor",),
    "refund": ("amount_minor",),
    "itemprediction": ("open_minor", "loss_minor"),
}
_BY_ITEM = {"openitem", "itemprediction"}
"""Tables whose key is the item's."""
_NOT_WHOLE = " UNION ALL ".join(
    f"SELECT '{table}' AS found_in, {'item_id' if table in _BY_ITEM else 'id'} AS row_key, "
    f"typeof({column}) AS stored_as FROM dunwell_{table} "
    f"WHERE company_id = %(company)s AND typeof({column}) <> 'integer'"
    for table, columns in _MONEY_COLUMNS.items()
    for column in columns
)
_ROWS = " UNION ALL ".join(
    f"SELECT '{table}' AS found_in, t.id AS row_key, t.recorded_at FROM dunwell_{table} t "
    "WHERE t.company_id = %(company)s AND NOT EXISTS (SELECT 1 FROM events_at e "
    "WHERE e.at = t.recorded_at)"
    for table in ("item", "payment", "allocation", "adjustment")
)

HISTORY = (
    Check(
        id="I10",
        proves="The database refuses to change or delete ledger rows: its triggers stand.",
        sqlite=f"""
SELECT wanted.name AS missing_trigger FROM ({_TRIGGERS}) wanted
LEFT JOIN sqlite_master t ON t.type = 'trigger' AND t.name = wanted.name
WHERE t.name IS NULL AND %(company)s > 0
""",
        postgresql=f"""
SELECT wanted.name AS missing_trigger FROM ({_TRIGGERS}) wanted
LEFT JOIN pg_trigger t ON t.tgname = wanted.name AND t.tgenabled <> 'D'
WHERE t.tgname IS NULL AND %(company)s > 0
""",
    ),
    Check(
        id="I11.items",
        proves="A reversed item is offset by exactly its amount, for the same customer, once.",
        query="""
SELECT m.id AS mirror, m.number, o.number AS original, m.amount_minor, o.amount_minor AS of_minor
FROM dunwell_item m JOIN dunwell_item o ON o.id = m.reverses_id
WHERE m.company_id = %(company)s
  AND (m.amount_minor <> -o.amount_minor OR m.customer_id <> o.customer_id
    OR m.currency <> o.currency OR o.reverses_id IS NOT NULL
    OR (SELECT COUNT(*) FROM dunwell_item x WHERE x.reverses_id = o.id) <> 1)
""",
    ),
    Check(
        id="I11.payments",
        proves="A returned payment is offset by exactly its amount, once.",
        query="""
SELECT r.id AS returned, r.number, p.number AS original, r.amount_minor, p.amount_minor AS of_minor
FROM dunwell_payment r JOIN dunwell_payment p ON p.id = r.reverses_id
WHERE r.company_id = %(company)s
  AND (r.amount_minor <> -p.amount_minor OR r.currency <> p.currency
    OR COALESCE(r.customer_id, 0) <> COALESCE(p.customer_id, 0)
    OR p.reverses_id IS NOT NULL OR r.value_on < p.value_on
    OR (SELECT COUNT(*) FROM dunwell_payment x WHERE x.reverses_id = p.id) <> 1)
""",
    ),
    Check(
        id="I11.allocations",
        proves="A row that takes an allocation back has its amount with the other sign, once.",
        query="""
SELECT r.id AS reversal, a.id AS original, r.amount_minor, a.amount_minor AS of_minor
FROM dunwell_allocation r JOIN dunwell_allocation a ON a.id = r.reverses_id
WHERE r.company_id = %(company)s
  AND (r.amount_minor <> -a.amount_minor OR r.item_id <> a.item_id OR r.source <> a.source
    OR COALESCE(r.paid_minor, 0) <> -COALESCE(a.paid_minor, 0)
    OR COALESCE(r.payment_id, 0) <> COALESCE(a.payment_id, 0)
    OR COALESCE(r.counter_item_id, 0) <> COALESCE(a.counter_item_id, 0)
    OR a.reverses_id IS NOT NULL OR r.applied_on < a.applied_on
    OR (SELECT COUNT(*) FROM dunwell_allocation x WHERE x.reverses_id = a.id) <> 1)
""",
    ),
    Check(
        id="I11.signs",
        proves="Only reversals, and recoveries of what was written off, carry the sign against "
        "their item.",
        query="""
SELECT a.id AS allocation, i.number, a.amount_minor, i.amount_minor AS item_minor
FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id
LEFT JOIN dunwell_adjustment j ON j.id = a.adjustment_id
WHERE a.company_id = %(company)s AND (
    ((a.reverses_id IS NULL) = (COALESCE(j.kind, '') <> 'recovery')
     AND (a.amount_minor > 0) <> (i.amount_minor > 0))
 OR ((a.reverses_id IS NULL) = (COALESCE(j.kind, '') = 'recovery')
     AND (a.amount_minor > 0) = (i.amount_minor > 0)))
""",
    ),
    Check(
        id="I11.adjustments",
        proves="Every adjustment is booked once, in full, on its own item.",
        query="""
SELECT j.id AS adjustment, j.kind, j.amount_minor, COUNT(a.id) AS right_rows
FROM dunwell_adjustment j LEFT JOIN dunwell_allocation a
  ON a.adjustment_id = j.id AND a.item_id = j.item_id AND a.amount_minor = j.amount_minor
LEFT JOIN dunwell_adjustment o ON o.id = j.reverses_id
WHERE j.company_id = %(company)s
GROUP BY j.id, j.kind, j.amount_minor, o.amount_minor
HAVING COUNT(a.id) <> 1 OR COALESCE(o.amount_minor, -j.amount_minor) <> -j.amount_minor
""",
    ),
    Check(
        id="I24",
        proves="One number of a payment, or of a customer's item of a kind, stands once.",
        query="""
SELECT 'payment' AS found_in, MIN(id) AS row_key, number, COUNT(*) AS times
FROM dunwell_payment WHERE company_id = %(company)s GROUP BY number HAVING COUNT(*) > 1
UNION ALL
SELECT 'item', MIN(id), number, COUNT(*)
FROM dunwell_item WHERE company_id = %(company)s
GROUP BY customer_id, kind, number HAVING COUNT(*) > 1
""",
    ),
    Check(
        id="I24.bank",
        proves="Money of a bank statement is one payment of its amount and currency, and no "
        "other entry's.",
        query="""
SELECT e.id AS entry, e.booked_on, e.currency, e.amount_minor, p.number AS payment,
       p.currency AS payment_currency, p.amount_minor AS payment_minor
FROM dunwell_bankentry e LEFT JOIN dunwell_payment p ON p.id = e.payment_id
WHERE e.company_id = %(company)s AND e.treatment = 'payment' AND (
    p.id IS NULL OR p.amount_minor <> e.amount_minor OR p.currency <> e.currency
 OR EXISTS (SELECT 1 FROM dunwell_bankentry o WHERE o.payment_id = e.payment_id
            AND o.treatment = 'payment' AND o.id <> e.id))
ORDER BY e.id
""",
    ),
    Check(
        id="I29",
        proves="Every money row was written by an action that left an event at that moment.",
        query=f"""
WITH events_at AS (SELECT DISTINCT at FROM dunwell_event WHERE company_id = %(company)s)
{_ROWS}
""",
    ),
    Check(
        id="I34",
        proves="Amounts are stored as whole minor units.",
        sqlite=_NOT_WHOLE,
        postgresql="""
SELECT table_name AS found_in, column_name, data_type AS stored_as
FROM information_schema.columns
WHERE table_schema = current_schema() AND table_name LIKE 'dunwell%%'
  AND column_name LIKE '%%minor' AND data_type <> 'bigint' AND %(company)s > 0
""",
    ),
)
