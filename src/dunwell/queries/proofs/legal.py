"""Proofs about placements, legal matters, recoveries and VAT: what is given up, held, put back
and claimed is right."""

from dunwell.queries.proofs.check import Check

LEGAL = (
    Check(
        id="D12.commissions",
        proves="What an agency kept of money that reached our bank is given up on the items of "
        "its placement, to the cent.",
        query="""
SELECT p.id AS placement, p.number, p.currency, COALESCE(r.kept_minor, 0) AS kept_minor,
       COALESCE(g.given_minor, 0) AS given_minor
FROM dunwell_placement p
LEFT JOIN (SELECT placement_id, SUM(commission_minor) AS kept_minor FROM dunwell_agencyreport
           WHERE kind = 'remitted' AND payment_id IS NOT NULL GROUP BY placement_id) r
  ON r.placement_id = p.id
LEFT JOIN (SELECT l.placement_id, SUM(j.amount_minor) AS given_minor
           FROM dunwell_adjustment j JOIN dunwell_placementitem l ON l.item_id = j.item_id
           JOIN dunwell_placement o ON o.id = l.placement_id
           WHERE j.company_id = %(company)s AND j.kind = 'commission'
             AND j.reason LIKE o.number || ': %%' GROUP BY l.placement_id) g
  ON g.placement_id = p.id
WHERE p.company_id = %(company)s AND COALESCE(r.kept_minor, 0) <> COALESCE(g.given_minor, 0)
ORDER BY p.id
""",
    ),
    Check(
        id="D12.recoveries",
        proves="No more of an item was recovered than was written off.",
        query="""
SELECT i.id AS item, i.number,
       SUM(CASE WHEN j.kind = 'write_off' THEN j.amount_minor ELSE 0 END) AS lost_minor,
       -SUM(CASE WHEN j.kind = 'recovery' THEN j.amount_minor ELSE 0 END) AS back_minor
FROM dunwell_adjustment j JOIN dunwell_item i ON i.id = j.item_id
WHERE j.company_id = %(company)s AND j.kind IN ('write_off', 'recovery') AND i.amount_minor > 0
GROUP BY i.id, i.number
HAVING SUM(j.amount_minor) < 0
    OR SUM(CASE WHEN j.kind = 'recovery' THEN j.amount_minor ELSE 0 END) > 0
ORDER BY i.id
""",
    ),
    Check(
        id="D12.matters",
        proves="A matter's lines sum to its claim and interest, are bound while it runs, and what "
        "it is about is held.",
        query="""
SELECT m.id AS matter, m.kind, m.status, m.claim_minor, l.claim_minor AS lines_minor,
       m.interest_minor, l.interest_minor AS lines_interest_minor, l.live, l.rows
FROM dunwell_legalmatter m
JOIN (SELECT matter_id, SUM(amount_minor) AS claim_minor, SUM(interest_minor) AS interest_minor,
             SUM(CASE WHEN is_live THEN 1 ELSE 0 END) AS live, COUNT(*) AS rows
      FROM dunwell_legalmatteritem GROUP BY matter_id) l ON l.matter_id = m.id
WHERE m.company_id = %(company)s AND (
    l.claim_minor <> m.claim_minor OR l.interest_minor <> m.interest_minor
 OR (m.status = 'closed' AND l.live > 0) OR (m.status <> 'closed' AND l.live <> l.rows)
 OR (m.status <> 'closed' AND NOT EXISTS (
        SELECT 1 FROM dunwell_hold h WHERE h.customer_id = m.customer_id
        AND h.reason IN ('legal', 'insolvency') AND h.released_on IS NULL)))
ORDER BY m.id
""",
    ),
    Check(
        id="D12.dividends",
        proves="A dividend is one payment of the matter's currency, put on its items.",
        query="""
SELECT e.id AS entry, e.matter_id AS matter, e.amount_minor, p.currency
FROM dunwell_legalentry e JOIN dunwell_legalmatter m ON m.id = e.matter_id
JOIN dunwell_payment p ON p.id = e.payment_id
WHERE m.company_id = %(company)s AND (
    p.currency <> m.currency OR e.amount_minor > p.amount_minor OR p.company_id <> m.company_id)
ORDER BY e.id
""",
    ),
    Check(
        id="D12.vat",
        proves="VAT claimed back is the VAT within the lost amount, and no more than that is "
        "repaid.",
        query="""
SELECT v.id AS relief, v.item_id AS item, v.vat_minor, v.base_minor, v.rate_ppm, v.repaid_minor
FROM dunwell_vatrelief v
WHERE v.company_id = %(company)s AND (
    v.repaid_minor < 0 OR v.repaid_minor > v.vat_minor
 OR ABS(v.vat_minor * (1000000.0 + v.rate_ppm) - v.base_minor * 1.0 * v.rate_ppm)
    > (1000000.0 + v.rate_ppm))
ORDER BY v.id
""",
    ),
)
