"""Proofs that interest and fees are charged at most once, and billed as they were worked out."""

from dunwell.queries.proofs.check import Check

CHARGES = (
    Check(
        id="I17.once",
        proves=(
            "Interest of a month, a fee of a level and a compensation are charged once an item."
        ),
        query="""
SELECT c.item_id AS item, c.kind, c.period, COUNT(*) AS charges
FROM dunwell_charge c
WHERE c.company_id = %(company)s
GROUP BY c.item_id, c.kind, c.period
HAVING SUM(CASE WHEN c.status <> 'waived' THEN 1 ELSE 0 END) > 1
ORDER BY 1, 2, 3
""",
    ),
    Check(
        id="I17.bills",
        proves=(
            "Every bill of interest or fees is the sum of its charges, booked, or reversed whole."
        ),
        query="""
SELECT i.number AS bill, i.kind, i.amount_minor, s.minor AS charged_minor, s.waived,
       m.id AS reversed_by
FROM dunwell_item i
JOIN (
    SELECT c.billed_item_id, SUM(c.amount_minor) AS minor,
           SUM(CASE WHEN c.status = 'waived' THEN 1 ELSE 0 END) AS waived,
           SUM(CASE WHEN c.status = 'billed' THEN 1 ELSE 0 END) AS billed,
           SUM(CASE WHEN (c.kind = 'interest') THEN 1 ELSE 0 END) AS interest, COUNT(*) AS charges
    FROM dunwell_charge c
    WHERE c.company_id = %(company)s AND c.billed_item_id IS NOT NULL
    GROUP BY c.billed_item_id
) s ON s.billed_item_id = i.id
LEFT JOIN dunwell_item m ON m.reverses_id = i.id
WHERE (m.id IS NULL AND (s.billed <> s.charges OR s.minor <> i.amount_minor))
   OR (m.id IS NOT NULL AND s.billed > 0)
   OR (i.kind = 'interest' AND s.interest <> s.charges)
   OR (i.kind = 'fee' AND s.interest > 0)
   OR i.kind NOT IN ('interest', 'fee')
ORDER BY i.id
""",
    ),
    Check(
        id="I17.items",
        proves="A charge is on a debt of the same customer and currency, and a bill of them too.",
        query="""
SELECT c.id AS charge, c.kind, c.period, c.status
FROM dunwell_charge c JOIN dunwell_item i ON i.id = c.item_id
LEFT JOIN dunwell_item b ON b.id = c.billed_item_id
WHERE c.company_id = %(company)s AND (
    i.amount_minor <= 0 OR i.kind NOT IN ('invoice', 'opening')
 OR i.company_id <> c.company_id OR i.customer_id <> c.customer_id OR i.currency <> c.currency
 OR (c.status = 'billed' AND b.id IS NULL)
 OR (c.status = 'accrued' AND b.id IS NOT NULL)
 OR (c.status = 'waived' AND (c.waived_by = '' OR c.waived_reason = ''))
 OR b.company_id <> c.company_id OR b.customer_id <> c.customer_id OR b.currency <> c.currency)
ORDER BY c.id
""",
    ),
    Check(
        id="I17.rates",
        proves=(
            "Every official rate in force was approved, and a replaced one is replaced for its "
            "day."
        ),
        query="""
SELECT r.id AS rate, r.name, r.from_on, r.approver
FROM dunwell_referencerate r LEFT JOIN dunwell_referencerate n ON n.id = r.replaced_by_id
WHERE r.company_id = %(company)s AND r.replaced_by_id IS NOT NULL AND (
    r.approver = '' OR n.approver = '' OR n.name <> r.name OR n.from_on <> r.from_on
 OR n.company_id <> r.company_id)
ORDER BY r.id
""",
    ),
)
