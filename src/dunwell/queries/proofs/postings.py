"""Proofs that the double entry balances and says what the ledger rows say."""

from dunwell.queries.proofs.check import Check

# `company_id + 0` keeps SQLite, which has no statistics of a young database, from searching the
# lines of the whole company for every allocation.
POSTINGS = (
    Check(
        id="I1",
        proves="Every posting balances, per currency.",
        query="""
SELECT source, source_id, currency, SUM(amount_minor) AS off_by_minor
FROM dunwell_entryline WHERE company_id = %(company)s
GROUP BY source, source_id, currency HAVING SUM(amount_minor) <> 0
""",
    ),
    Check(
        id="I2.items",
        proves="Every item has its two entry lines, with its amount, days and customer.",
        query="""
SELECT i.id AS item, i.number, COUNT(e.id) AS right_lines
FROM dunwell_item i LEFT JOIN dunwell_entryline e
  ON e.source = 'item' AND e.source_id = i.id AND e.company_id = i.company_id
 AND e.customer_id = i.customer_id AND e.currency = i.currency
 AND e.posted_on = i.issued_on AND e.recorded_on = i.recorded_on
 AND ((e.account = 'receivable' AND e.amount_minor = i.amount_minor)
   OR (e.account = CASE i.kind WHEN 'invoice' THEN 'sales' WHEN 'credit_note' THEN 'sales'
                               WHEN 'opening' THEN 'opening' WHEN 'refund' THEN 'refunds'
                               ELSE 'charges' END
       AND e.amount_minor = -i.amount_minor))
WHERE i.company_id = %(company)s
GROUP BY i.id, i.number HAVING COUNT(e.id) <> 2
""",
    ),
    Check(
        id="I2.payments",
        proves="Every payment has its two entry lines, with its amount, days and payer.",
        query="""
SELECT p.id AS payment, p.number, COUNT(e.id) AS right_lines
FROM dunwell_payment p LEFT JOIN dunwell_entryline e
  ON e.source = 'payment' AND e.source_id = p.id AND e.company_id = p.company_id
 AND COALESCE(e.customer_id, 0) = COALESCE(p.customer_id, 0) AND e.currency = p.currency
 AND e.posted_on = p.value_on AND e.recorded_on = p.recorded_on
 AND ((e.account = CASE p.method WHEN 'netting' THEN 'offset'
                               WHEN 'checkout' THEN 'provider' ELSE 'bank' END
       AND e.amount_minor = p.amount_minor)
   OR (e.account = 'unapplied' AND e.amount_minor = -p.amount_minor))
WHERE p.company_id = %(company)s
GROUP BY p.id, p.number HAVING COUNT(e.id) <> 2
""",
    ),
    Check(
        id="I2.allocations",
        proves="Every allocation has its two entry lines, across currencies its four, with its "
        "amounts and days.",
        query="""
SELECT a.id AS allocation, a.item_id AS item, COUNT(e.id) AS right_lines
FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id
LEFT JOIN dunwell_payment p ON p.id = a.payment_id
LEFT JOIN dunwell_adjustment j ON j.id = a.adjustment_id
LEFT JOIN dunwell_entryline e
  ON e.source = 'allocation' AND e.source_id = a.id AND e.company_id + 0 = a.company_id
 AND e.posted_on = a.applied_on AND e.recorded_on = a.recorded_on
 AND ((e.currency = i.currency
   AND ((e.account = 'receivable' AND e.amount_minor = -a.amount_minor
         AND e.customer_id = i.customer_id)
     OR (e.amount_minor = a.amount_minor AND e.account =
         CASE WHEN a.paid_minor IS NOT NULL THEN 'fx'
              WHEN a.source = 'payment' THEN 'unapplied' WHEN a.source = 'credit' THEN 'netting'
              WHEN j.kind IN ('discount', 'fx', 'concession', 'recovery', 'commission')
              THEN j.kind
              WHEN j.kind = 'rebate' THEN 'concession' ELSE 'write_off' END)))
  OR (a.paid_minor IS NOT NULL AND e.currency = p.currency
   AND ((e.account = 'unapplied' AND e.amount_minor = a.paid_minor)
     OR (e.account = 'fx' AND e.amount_minor = -a.paid_minor))))
WHERE a.company_id = %(company)s
GROUP BY a.id, a.item_id, a.paid_minor
HAVING COUNT(e.id) <> CASE WHEN a.paid_minor IS NULL THEN 2 ELSE 4 END
""",
    ),
    Check(
        id="I2.orphans",
        proves="No entry line stands without its ledger row.",
        query="""
SELECT e.id AS line, e.source, e.source_id, e.account, e.amount_minor
FROM dunwell_entryline e
LEFT JOIN dunwell_item i ON e.source = 'item' AND i.id = e.source_id
LEFT JOIN dunwell_payment p ON e.source = 'payment' AND p.id = e.source_id
LEFT JOIN dunwell_allocation a ON e.source = 'allocation' AND a.id = e.source_id
LEFT JOIN dunwell_providerpayout o ON e.source = 'payout' AND o.id = e.source_id
LEFT JOIN dunwell_provisionrun r ON e.source IN ('provision', 'reversal') AND r.id = e.source_id
LEFT JOIN dunwell_financingmove f ON e.source = 'financing' AND f.id = e.source_id
WHERE e.company_id = %(company)s AND i.id IS NULL AND p.id IS NULL AND a.id IS NULL
  AND o.id IS NULL AND r.id IS NULL AND f.id IS NULL
""",
    ),
    Check(
        id="I3",
        proves="The trial balance is 0 in every currency.",
        query="""
SELECT currency, SUM(amount_minor) AS off_by_minor
FROM dunwell_entryline WHERE company_id = %(company)s
GROUP BY currency HAVING SUM(amount_minor) <> 0
""",
    ),
    Check(
        id="I4.receivable",
        proves="On every day the receivables account equals the open items, "
        "per customer and currency.",
        query="""
SELECT customer_id AS customer, currency, moved_on, SUM(control) AS account_minor,
       SUM(ledger) AS items_minor
FROM (
    SELECT customer_id, currency, posted_on AS moved_on, amount_minor AS control, 0 AS ledger
    FROM dunwell_entryline WHERE company_id = %(company)s AND account = 'receivable'
    UNION ALL
    SELECT customer_id, currency, issued_on, 0, amount_minor
    FROM dunwell_item WHERE company_id = %(company)s
    UNION ALL
    SELECT i.customer_id, i.currency, a.applied_on, 0, -a.amount_minor
    FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id
    WHERE a.company_id = %(company)s
) moves
GROUP BY customer_id, currency, moved_on HAVING SUM(control) <> SUM(ledger)
""",
    ),
    Check(
        id="I4.unapplied",
        proves="On every day the unapplied-cash account equals payments less what was applied, "
        "per payer and currency.",
        query="""
SELECT customer_id AS customer, currency, moved_on, SUM(control) AS account_minor,
       SUM(ledger) AS payments_minor
FROM (
    SELECT customer_id, currency, posted_on AS moved_on, -amount_minor AS control, 0 AS ledger
    FROM dunwell_entryline WHERE company_id = %(company)s AND account = 'unapplied'
    UNION ALL
    SELECT customer_id, currency, value_on, 0, amount_minor
    FROM dunwell_payment WHERE company_id = %(company)s
    UNION ALL
    SELECT p.customer_id, p.currency, a.applied_on, 0, -COALESCE(a.paid_minor, a.amount_minor)
    FROM dunwell_allocation a JOIN dunwell_payment p ON p.id = a.payment_id
    WHERE a.company_id = %(company)s
) moves
GROUP BY customer_id, currency, moved_on HAVING SUM(control) <> SUM(ledger)
""",
    ),
)
