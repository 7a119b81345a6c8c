"""Proofs about merged customers: rows are whose their moves say, and a closed record is empty."""

from dunwell.queries.proofs.check import Check

MERGES = (
    Check(
        id="I26.owner",
        proves="An item or payment that a merge or split moved is whose its newest move says, or "
        "whoever was found to have paid since.",
        query="""
SELECT 'item' AS found_in, i.id AS row_key, i.customer_id AS customer, v.after_id AS moved_to
FROM dunwell_customermove v JOIN dunwell_item i ON i.id = v.row_id
WHERE v.company_id = %(company)s AND v.place = 'item' AND i.customer_id <> v.after_id
  AND NOT EXISTS (SELECT 1 FROM dunwell_customermove n
                  WHERE n.place = v.place AND n.row_id = v.row_id AND n.id > v.id)
UNION ALL
SELECT 'payment', p.id, p.customer_id, v.after_id
FROM dunwell_customermove v JOIN dunwell_payment p ON p.id = v.row_id
WHERE v.company_id = %(company)s AND v.place = 'payment'
  AND COALESCE(p.customer_id, 0) <> v.after_id
  AND NOT EXISTS (SELECT 1 FROM dunwell_customermove n
                  WHERE n.place = v.place AND n.row_id = v.row_id AND n.id > v.id)
  AND NOT EXISTS (SELECT 1 FROM dunwell_payerassignment x
                  WHERE x.payment_id = p.id AND x.recorded_at > v.recorded_at)
ORDER BY 1, 2
""",
    ),
    Check(
        id="I26.closed",
        proves="A record that was merged into another one owns no item, payment or entry line.",
        query="""
SELECT g.id AS merge, g.merged_id AS customer, r.found_in, r.rows_left
FROM dunwell_customermerge g JOIN (
    SELECT 'item' AS found_in, customer_id, COUNT(*) AS rows_left FROM dunwell_item
    WHERE company_id = %(company)s GROUP BY customer_id
    UNION ALL
    SELECT 'payment', customer_id, COUNT(*) FROM dunwell_payment
    WHERE company_id = %(company)s GROUP BY customer_id
    UNION ALL
    SELECT 'entryline', customer_id, COUNT(*) FROM dunwell_entryline
    WHERE company_id = %(company)s GROUP BY customer_id
) r ON r.customer_id = g.merged_id
WHERE g.company_id = %(company)s AND g.status = 'merged'
ORDER BY g.id, r.found_in
""",
    ),
    Check(
        id="I26.moves",
        proves="Every move begins at the customer that the move before it ended at.",
        query="""
SELECT v.id AS move, v.place, v.row_id, v.before_id AS begins_at, b.after_id AS ended_at
FROM dunwell_customermove v JOIN dunwell_customermove b
  ON b.place = v.place AND b.row_id = v.row_id
WHERE v.company_id = %(company)s AND v.place = 'item' AND b.after_id <> v.before_id
  AND b.id = (SELECT MAX(x.id) FROM dunwell_customermove x
              WHERE x.place = v.place AND x.row_id = v.row_id AND x.id < v.id)
ORDER BY v.id
""",
    ),
)
