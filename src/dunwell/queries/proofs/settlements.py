"""Proofs about settlements and incentives: what is given up is what was agreed, and once."""

from dunwell.queries.proofs.check import Check

SETTLEMENTS = (
    Check(
        id="I20.settlements",
        proves="A settlement's open amount is payment + concession, and its lines sum to both.",
        query="""
SELECT s.id AS settlement, s.number, s.status, s.open_minor, s.pay_minor, s.concession_minor,
       COALESCE(l.open_minor, 0) AS lines_minor, COALESCE(l.given_minor, 0) AS given_minor
FROM dunwell_settlement s
LEFT JOIN (SELECT settlement_id, SUM(open_minor) AS open_minor,
                  SUM(concession_minor) AS given_minor
           FROM dunwell_settlementitem GROUP BY settlement_id) l ON l.settlement_id = s.id
WHERE s.company_id = %(company)s AND (
    s.open_minor <> s.pay_minor + s.concession_minor
 OR COALESCE(l.open_minor, 0) <> s.open_minor
 OR COALESCE(l.given_minor, 0) > s.concession_minor
 OR (s.status IN ('pending', 'offered', 'accepted')
     AND COALESCE(l.given_minor, 0) <> s.concession_minor))
ORDER BY s.id
""",
    ),
    Check(
        id="I20.concessions",
        proves="What a completed settlement gives up of an item is one concession on it, and "
        "no other settlement gives anything up.",
        query="""
SELECT s.id AS settlement, s.number, s.status, i.number AS item, l.concession_minor,
       j.amount_minor AS adjusted_minor
FROM dunwell_settlementitem l JOIN dunwell_settlement s ON s.id = l.settlement_id
JOIN dunwell_item i ON i.id = l.item_id
LEFT JOIN dunwell_adjustment j ON j.id = l.adjustment_id
LEFT JOIN dunwell_adjustment back ON back.reverses_id = j.id
WHERE s.company_id = %(company)s AND (
    (s.status = 'completed' AND (COALESCE(j.amount_minor, 0) <> l.concession_minor
                                 OR back.id IS NOT NULL))
 OR (s.status <> 'completed' AND j.id IS NOT NULL AND back.id IS NULL)
 OR (j.id IS NOT NULL AND (j.kind <> 'concession' OR j.item_id <> l.item_id
                           OR j.amount_minor > l.open_minor))
 OR i.customer_id <> s.customer_id OR i.currency <> s.currency OR i.company_id <> s.company_id)
ORDER BY l.id
""",
    ),
    Check(
        id="I20.settlement_items",
        proves="A settlement binds its items while it stands, holds them once accepted, and no "
        "plan binds them then.",
        query="""
SELECT s.id AS settlement, s.number, s.status, i.number AS item, l.is_live
FROM dunwell_settlementitem l JOIN dunwell_settlement s ON s.id = l.settlement_id
JOIN dunwell_item i ON i.id = l.item_id
WHERE s.company_id = %(company)s AND (
    (l.is_live AND s.status NOT IN ('draft', 'pending', 'offered', 'accepted'))
 OR (NOT l.is_live AND s.status IN ('draft', 'pending', 'offered', 'accepted'))
 OR (s.status = 'accepted' AND EXISTS (
        SELECT 1 FROM dunwell_planitem p WHERE p.item_id = l.item_id AND p.is_live))
 OR (s.status = 'accepted' AND NOT EXISTS (
        SELECT 1 FROM dunwell_hold h WHERE h.item_id = l.item_id AND h.reason = 'agreement'
        AND h.note = s.number AND h.released_on IS NULL)))
ORDER BY l.id
""",
    ),
    Check(
        id="I20.approvals",
        proves="Nobody approved a request of their own where somebody else could.",
        query="""
SELECT r.id AS request, r.subject, r.subject_id, r.requested_by, r.decided_by
FROM dunwell_approvalrequest r
WHERE r.company_id = %(company)s AND r.status = 'approved'
  AND (r.decided_by = r.requested_by OR r.decided_by LIKE r.requested_by || ' via %%'
    OR r.requested_by LIKE r.decided_by || ' via %%')
ORDER BY r.id
""",
    ),
    Check(
        id="I20.rebates",
        proves="An incentive's rebates are one rebate per streak, on an item of the customer, and "
        "stay within the budget.",
        query="""
SELECT n.id AS incentive, n.name, n.budget_minor, g.spent_minor, g.wrong
FROM dunwell_incentive n
JOIN (SELECT g.incentive_id, SUM(g.amount_minor) AS spent_minor,
             SUM(CASE WHEN (g.adjustment_id IS NULL AND g.amount_minor <> 0)
                        OR (j.id IS NOT NULL AND (j.kind <> 'rebate'
                            OR j.amount_minor <> g.amount_minor
                            OR (i.customer_id <> g.customer_id AND NOT EXISTS (
                                SELECT 1 FROM dunwell_customermove v WHERE v.place = 'item'
                                AND v.row_id = i.id
                                AND g.customer_id IN (v.before_id, v.after_id)))))
                        OR (g.is_control AND g.amount_minor <> 0)
                      THEN 1 ELSE 0 END) AS wrong
      FROM dunwell_incentivegrant g
      LEFT JOIN dunwell_adjustment j ON j.id = g.adjustment_id
      LEFT JOIN dunwell_item i ON i.id = j.item_id
      GROUP BY g.incentive_id) g ON g.incentive_id = n.id
WHERE n.company_id = %(company)s AND (g.spent_minor > n.budget_minor OR g.wrong > 0)
ORDER BY n.id
""",
    ),
)
