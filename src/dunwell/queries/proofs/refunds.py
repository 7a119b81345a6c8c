"""Proofs that money goes back once, to whom a second person approved, and never without cause."""

from dunwell.queries.proofs.check import Check

REFUNDS = (
    Check(
        id="I9.refunds",
        proves="Every approved refund has its item, settled by what it gives back or taken back.",
        # returned money reopens the item: the customer then owes what was refunded
        query="""
SELECT r.id AS refund, r.number, r.status, r.amount_minor, i.amount_minor AS item_minor,
       COALESCE(s.minor, 0) AS given_back_minor
FROM dunwell_refund r
LEFT JOIN dunwell_item i ON i.id = r.item_id
LEFT JOIN dunwell_item m ON m.reverses_id = i.id
LEFT JOIN (
    SELECT a.item_id, a.payment_id, a.counter_item_id, SUM(a.amount_minor) AS minor
    FROM dunwell_allocation a WHERE a.company_id = %(company)s
    GROUP BY a.item_id, a.payment_id, a.counter_item_id
) s ON s.item_id = r.item_id AND (s.payment_id = r.payment_id OR s.counter_item_id = r.credit_id)
LEFT JOIN dunwell_payment back ON back.reverses_id = r.payment_id
WHERE r.company_id = %(company)s AND (
    (r.status IN ('approved', 'paid', 'failed') AND (
        i.id IS NULL OR i.kind <> 'refund' OR i.amount_minor <> r.amount_minor
     OR i.currency <> r.currency OR i.customer_id <> r.customer_id
     OR i.company_id <> r.company_id))
 OR (r.status IN ('approved', 'paid') AND (m.id IS NOT NULL
     OR (COALESCE(s.minor, 0) <> r.amount_minor AND back.id IS NULL)))
 OR (r.status = 'failed' AND (m.id IS NULL OR COALESCE(s.minor, 0) <> 0))
 OR (r.status IN ('proposed', 'rejected') AND r.item_id IS NOT NULL))
UNION ALL
SELECT NULL, i.number, 'no refund', NULL, i.amount_minor, 0
FROM dunwell_item i LEFT JOIN dunwell_refund r ON r.item_id = i.id
LEFT JOIN dunwell_checkoutrefund f ON f.item_id = i.id
LEFT JOIN dunwell_chargeback c ON c.item_id = i.id
WHERE i.company_id = %(company)s AND i.kind = 'refund' AND i.reverses_id IS NULL
  AND r.id IS NULL AND f.id IS NULL AND c.id IS NULL
ORDER BY 2
""",
    ),
    Check(
        id="I9.payees",
        proves="Every approved refund goes to an approved payee of its customer.",
        query="""
SELECT r.id AS refund, r.number, y.name AS payee, y.status
FROM dunwell_refund r JOIN dunwell_payee y ON y.id = r.payee_id
LEFT JOIN dunwell_payment p ON p.id = r.payment_id
LEFT JOIN dunwell_item c ON c.id = r.credit_id
WHERE r.company_id = %(company)s AND r.status IN ('approved', 'paid', 'failed')
  AND (y.approver = '' OR y.customer_id <> r.customer_id OR y.company_id <> r.company_id
    OR COALESCE(p.currency, c.currency) <> r.currency
    OR COALESCE(p.company_id, c.company_id) <> r.company_id
    OR COALESCE(p.amount_minor, -c.amount_minor) < r.amount_minor)
ORDER BY r.id
""",
    ),
)
