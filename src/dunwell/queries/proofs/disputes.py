"""Proofs about disputes: parts stand in cases, ends are carried out, credits are answered."""

from dunwell.queries.proofs.check import Check

DISPUTES = (
    Check(
        id="D7.parts",
        proves="A disputed part is its case's customer's, is open only while the case is, and "
        "goes on only from a part of the same item that was closed.",
        query="""
SELECT d.id AS dispute, c.number AS case_number, c.status, i.number AS item, d.amount_minor
FROM dunwell_dispute d JOIN dunwell_disputecase c ON c.id = d.case_id
JOIN dunwell_item i ON i.id = d.item_id
LEFT JOIN dunwell_dispute p ON p.id = d.split_from_id
WHERE d.company_id = %(company)s AND (
    d.customer_id <> c.customer_id OR d.company_id <> c.company_id
 OR (d.closed_on IS NULL AND c.status IN ('closed', 'withdrawn', 'merged'))
 OR p.item_id <> d.item_id
 OR (p.id IS NOT NULL AND (p.closed_on IS NULL OR p.closed_on > d.opened_on)))
ORDER BY d.id
""",
    ),
    Check(
        id="D7.resolutions",
        proves="A decided resolution asks for exactly what it credits, is done once no note is "
        "on its way, and one that waits keeps its case waiting.",
        query="""
SELECT r.id AS resolution, c.number AS case_number, r.status, r.credit_minor,
       COALESCE(q.minor, 0) AS asked_minor
FROM dunwell_disputeresolution r JOIN dunwell_disputecase c ON c.id = r.case_id
LEFT JOIN (SELECT resolution_id, SUM(amount_minor) AS minor,
                  SUM(CASE WHEN status IN ('open', 'exported') THEN 1 ELSE 0 END) AS waiting
           FROM dunwell_creditrequest GROUP BY resolution_id) q ON q.resolution_id = r.id
WHERE c.company_id = %(company)s AND (
    (r.status IN ('approved', 'done') AND r.credit_minor <> COALESCE(q.minor, 0))
 OR (r.status = 'approved' AND COALESCE(q.waiting, 0) = 0)
 OR (r.status = 'done' AND COALESCE(q.waiting, 0) > 0)
 OR (r.status = 'pending' AND c.status <> 'pending_approval')
 OR (r.status = 'proposed' AND c.status <> 'proposed')
 OR r.credit_minor < 0 OR r.denied_minor < 0 OR r.written_off_minor < 0)
ORDER BY r.id
""",
    ),
    Check(
        id="D7.requests",
        proves="A credit request is done by one note of the same customer and currency, over at "
        "least its amount; its part stays disputed until then.",
        query="""
SELECT q.id AS request, q.number, q.status, q.amount_minor, i.number AS note
FROM dunwell_creditrequest q JOIN dunwell_dispute d ON d.id = q.dispute_id
LEFT JOIN dunwell_item i ON i.id = q.credit_item_id
WHERE q.company_id = %(company)s AND (
    (q.status = 'done') <> (i.id IS NOT NULL)
 OR i.customer_id <> d.customer_id OR i.currency <> q.currency
 OR -i.amount_minor < q.amount_minor
 OR (q.status IN ('open', 'exported') AND d.closed_on IS NOT NULL)
 OR (q.status = 'done' AND d.closed_on IS NULL)
 OR EXISTS (SELECT 1 FROM dunwell_creditrequest o
            WHERE o.credit_item_id = q.credit_item_id AND o.id <> q.id))
ORDER BY q.id
""",
    ),
)
