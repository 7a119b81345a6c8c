"""Proofs about payment plans: sums that add up, never beyond the debt, one plan per item."""

from dunwell.queries.proofs.check import Check

_ACCEPTED = "('active', 'defaulted', 'accelerated', 'completed', 'renegotiated')"
"""Statuses that only an accepted plan has."""

PLANS = (
    Check(
        id="I19.plans",
        proves="The instalments of a plan are covered + interest + fee - concession, "
        "and its items are what it covers.",
        query="""
SELECT p.id AS plan, p.number, p.status, COALESCE(n.due_minor, 0) AS instalments_minor,
       p.covered_minor + p.interest_minor + p.fee_minor - p.concession_minor AS agreed_minor,
       COALESCE(l.covered_minor, 0) AS items_minor
FROM dunwell_paymentplan p
LEFT JOIN (SELECT plan_id, SUM(amount_minor) AS due_minor, SUM(interest_minor) AS interest_minor,
                  SUM(fee_minor) AS fee_minor
           FROM dunwell_planinstalment GROUP BY plan_id) n ON n.plan_id = p.id
LEFT JOIN (SELECT plan_id, SUM(amount_minor) AS covered_minor
           FROM dunwell_planitem GROUP BY plan_id) l ON l.plan_id = p.id
WHERE p.company_id = %(company)s AND (
    COALESCE(n.due_minor, 0)
        <> p.covered_minor + p.interest_minor + p.fee_minor - p.concession_minor
 OR COALESCE(n.interest_minor, 0) <> p.interest_minor OR COALESCE(n.fee_minor, 0) <> p.fee_minor
 OR COALESCE(l.covered_minor, 0) <> p.covered_minor
        + CASE WHEN p.accepted_on IS NULL THEN 0 ELSE p.interest_minor + p.fee_minor END)
ORDER BY p.id
""",
    ),
    Check(
        id="I19.plan_debt",
        proves="A plan covers at most what its items are, of its customer and currency.",
        query="""
SELECT p.id AS plan, p.number, i.number AS item, l.amount_minor, i.amount_minor AS item_minor
FROM dunwell_planitem l JOIN dunwell_paymentplan p ON p.id = l.plan_id
JOIN dunwell_item i ON i.id = l.item_id
WHERE p.company_id = %(company)s AND (
    l.amount_minor > i.amount_minor OR i.customer_id <> p.customer_id
 OR i.currency <> p.currency OR i.company_id <> p.company_id)
ORDER BY l.id
""",
    ),
    Check(
        id="I19.plan_items",
        proves="A running plan binds and holds its items, one plan an item; another binds none.",
        query=f"""
SELECT p.id AS plan, p.number, p.status, i.number AS item, l.is_live,
       (SELECT COUNT(*) FROM dunwell_planitem o WHERE o.item_id = l.item_id
        AND o.is_live) AS bound_by
FROM dunwell_planitem l JOIN dunwell_paymentplan p ON p.id = l.plan_id
JOIN dunwell_item i ON i.id = l.item_id
WHERE p.company_id = %(company)s AND (
    (l.is_live AND p.status NOT IN ('active', 'defaulted'))
 OR (NOT l.is_live AND p.status IN ('active', 'defaulted'))
 OR (l.is_live AND 1 < (SELECT COUNT(*) FROM dunwell_planitem o
                        WHERE o.item_id = l.item_id AND o.is_live))
 OR (p.status = 'active' AND NOT EXISTS (
        SELECT 1 FROM dunwell_hold h WHERE h.item_id = l.item_id AND h.reason = 'plan'
        AND h.note = p.number))
 OR (p.status <> 'active' AND EXISTS (
        SELECT 1 FROM dunwell_hold h WHERE h.item_id = l.item_id AND h.reason = 'plan'
        AND h.note = p.number AND h.released_on IS NULL))
 OR (p.status IN {_ACCEPTED} AND (p.accepted_on IS NULL OR p.terms_sha256 = '')))
ORDER BY l.id
""",  # noqa: S608 -- our own words
    ),
)
