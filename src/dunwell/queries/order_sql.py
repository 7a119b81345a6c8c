"""The statements that order checks read facts with: plain SQL, for one customer or for all.

`{whose}` stands for the customers asked about. Each part of FLAGS has the same columns: what it
is, the customer, a text, a number, a day.
"""

CUSTOMERS = """
SELECT id, number, name, segment, party, country, sector, terms FROM dunwell_customer WHERE {whose}
"""

OPENED = """
SELECT customer_id, currency,
       CASE WHEN open_minor > 0 AND due_on < %s THEN due_on END AS late_on,
       CAST(SUM(open_minor) AS bigint),
       CAST(SUM(CASE WHEN open_minor < 0 THEN open_minor END) AS bigint)
FROM dunwell_openitem WHERE {whose} GROUP BY customer_id, currency, late_on
"""
"""What is open in one pass: what is overdue by day, the rest without one, credits of it beside."""

INSOLVENCY = """
SELECT 'insolvency', customer_id, '', 0, opened_on FROM dunwell_legalmatter
WHERE {whose} AND kind = 'insolvency' AND status <> 'closed'
"""
LEGAL = """
SELECT 'legal', customer_id, '', 0, opened_on FROM dunwell_legalmatter
WHERE {whose} AND kind = 'claim' AND status <> 'closed'
"""
WRITE_OFF = """
SELECT 'write_off', w.customer_id, '', 0, a.effective_on FROM dunwell_adjustment a
JOIN (SELECT id, customer_id FROM dunwell_item WHERE {whose}) w ON w.id = a.item_id
WHERE a.kind = 'write_off' AND a.reverses_id IS NULL
AND NOT EXISTS (SELECT 1 FROM dunwell_adjustment r WHERE r.reverses_id = a.id)
"""
FREEZE = """
SELECT 'freeze', customer_id, '', 0, frozen_on FROM dunwell_exposurefreeze
WHERE {whose} AND status = 'standing'
"""
PROMISE = """
SELECT 'promise', customer_id, '', 0, due_on FROM dunwell_promise
WHERE {whose} AND outcome = 'broken' AND forgiven_on IS NULL AND due_on > %s AND due_on <= %s
"""
LEVEL = """
SELECT 'level', o.customer_id, '', MAX(l.level), NULL
FROM (SELECT item_id, customer_id FROM dunwell_openitem
      WHERE {whose} AND due_on < %s AND open_minor > 0) o
JOIN dunwell_messageitem l ON l.item_id = o.item_id
JOIN dunwell_message m ON m.id = l.message_id
WHERE m.status IN ('sent', 'delivered', 'bounced') GROUP BY o.customer_id
"""
REVIEW = """
SELECT 'review', customer_id, '', 0, due_on FROM dunwell_creditreview
WHERE {whose} AND status IN ('due', 'triggered', 'refreshing', 'recommendation',
                             'pending_approval')
"""
RATING = """
SELECT 'class', customer_id, risk_class, id, as_of FROM dunwell_creditrating
WHERE {whose} AND as_of <= %s
"""
COVER = """
SELECT 'cover', customer_id, '', 0, until_on FROM dunwell_cover
WHERE {whose} AND status = 'granted' AND (from_on IS NULL OR from_on <= %s)
AND (until_on IS NULL OR until_on >= %s)
"""
COVER_ENDED = """
SELECT 'cover_ended', customer_id, '', 0, COALESCE(ended_on, until_on) FROM dunwell_cover
WHERE {whose} AND (status = 'ended' OR (status = 'granted' AND until_on < %s))
"""

HOLDS = """
SELECT h.customer_id, h.order_id, h.kind, h.status, h.raised_by, h.reasons, h.rules, h.scope,
       h.until_on, h.over_minor, h.ended_by
FROM dunwell_credithold h LEFT JOIN dunwell_order o ON o.id = h.order_id
WHERE h.{whose} AND (
    (h.kind = 'forced' AND h.status IN ('raised', 'under_review', 'ready'))
    OR (h.kind = 'auto' AND h.status = 'released' AND (
        (h.scope = 'until' AND h.until_on >= %s)
        OR (h.scope = 'once' AND o.status IN ('approved', 'held')))))
"""

UP = """
SELECT customer_id, other_id, kind, most_minor FROM dunwell_customerlink
WHERE {whose} AND kind IN ('parent', 'guarantor')
AND from_on <= %s AND (until_on IS NULL OR until_on >= %s)
"""
UP_RECORD = """
SELECT c.id, c.parent_id, 'record', NULL FROM dunwell_customer c
WHERE c.{whose} AND c.parent_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM dunwell_customerlink l WHERE l.customer_id = c.id AND l.kind = 'parent')
"""
DOWN = """
SELECT customer_id, other_id, 'parent' FROM dunwell_customerlink
WHERE {whose} AND kind = 'parent' AND from_on <= %s AND (until_on IS NULL OR until_on >= %s)
"""
DOWN_RECORD = """
SELECT c.id, c.parent_id, 'record' FROM dunwell_customer c
WHERE c.{whose} AND NOT EXISTS (
    SELECT 1 FROM dunwell_customerlink l WHERE l.customer_id = c.id AND l.kind = 'parent')
"""
MEMBERS = """
SELECT m.group_id, m.customer_id FROM dunwell_creditgroupmember m
WHERE m.from_on <= %s AND (m.until_on IS NULL OR m.until_on >= %s)
AND m.group_id IN (SELECT id FROM dunwell_creditgroup WHERE company_id = %s) {only}
"""
SAME_GROUPS = """
AND m.group_id IN (SELECT group_id FROM dunwell_creditgroupmember WHERE customer_id IN ({marks}))
"""
NEWEST_FEED = """
SELECT MAX(covers_until_on) FROM dunwell_feed WHERE company_id = %s AND kind = 'bank'
"""
EXPECTED = """
SELECT customer_id, expected_pay_on, SUM(open_minor), currency FROM dunwell_itemprediction
WHERE {whose} GROUP BY customer_id, expected_pay_on, currency
"""
POLICY = """
SELECT id, text FROM dunwell_policyversion
WHERE company_id = %s AND kind = 'credit' AND status = 'published' AND valid_from <= %s
ORDER BY valid_from DESC, id DESC LIMIT 1
"""
KEPT = """
SELECT dimension, key, as_of, exposure_minor + added_minor, loss_minor + added_loss_minor
FROM dunwell_portfoliomeasure WHERE company_id = %s AND as_of = (
    SELECT MAX(as_of) FROM dunwell_portfoliomeasure WHERE company_id = %s AND as_of <= %s)
AND dimension IN ({marks})
"""
OLD_CUSTOMERS = """
SELECT id FROM dunwell_customer c WHERE id IN ({marks}) AND EXISTS (
    SELECT 1 FROM dunwell_item i WHERE i.customer_id = c.id AND i.issued_on < %s)
"""
KNOWN_ORDERS = """
SELECT id FROM dunwell_order WHERE company_id = %s AND number IN ({marks})
"""
