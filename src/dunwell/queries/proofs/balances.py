"""Proofs that nothing is settled beyond what is owed or paid, and that the projection is right."""

from dunwell.queries.proofs.check import Check

BALANCES = (
    Check(
        id="I5",
        proves="On every day what was applied of a payment lies between 0 and its amount; "
        "a returned payment settles nothing.",
        query="""
SELECT payment_id AS payment, applied_on, applied_minor, amount_minor
FROM (
    SELECT s.payment_id, s.applied_on, p.amount_minor, r.id AS returned,
           SUM(s.amount) OVER (PARTITION BY s.payment_id) AS finally_minor,
           SUM(s.amount) OVER (PARTITION BY s.payment_id ORDER BY s.applied_on) AS applied_minor
    FROM (SELECT payment_id, applied_on, SUM(COALESCE(paid_minor, amount_minor)) AS amount
          FROM dunwell_allocation WHERE company_id = %(company)s AND payment_id IS NOT NULL
          GROUP BY payment_id, applied_on) s
    JOIN dunwell_payment p ON p.id = s.payment_id
    LEFT JOIN dunwell_payment r ON r.reverses_id = p.id
) days
WHERE (amount_minor > 0 AND (applied_minor < 0 OR applied_minor > amount_minor))
   OR (amount_minor < 0 AND (applied_minor > 0 OR applied_minor < amount_minor))
   OR (returned IS NOT NULL AND finally_minor <> 0)
""",
    ),
    Check(
        id="I6",
        proves="On every day the open amount of an item lies between 0 and its amount, "
        "credit notes included.",
        query="""
SELECT item_id AS item, number, applied_on, settled_minor, amount_minor
FROM (
    SELECT s.item_id, i.number, s.applied_on, i.amount_minor,
           SUM(s.amount) OVER (PARTITION BY s.item_id ORDER BY s.applied_on) AS settled_minor
    FROM (SELECT item_id, applied_on, SUM(amount_minor) AS amount FROM dunwell_allocation
          WHERE company_id = %(company)s GROUP BY item_id, applied_on) s
    JOIN dunwell_item i ON i.id = s.item_id
) days
WHERE (amount_minor > 0 AND (settled_minor < 0 OR settled_minor > amount_minor))
   OR (amount_minor < 0 AND (settled_minor > 0 OR settled_minor < amount_minor))
""",
    ),
    Check(
        id="I7",
        proves="The stored open items equal amount less allocations, row by row.",
        query="""
SELECT i.id AS item, i.number, i.amount_minor - COALESCE(a.settled, 0) AS derived_minor,
       o.open_minor AS stored_minor
FROM dunwell_item i
LEFT JOIN (SELECT item_id, SUM(amount_minor) AS settled FROM dunwell_allocation
           GROUP BY item_id) a ON a.item_id = i.id
LEFT JOIN dunwell_openitem o ON o.item_id = i.id
WHERE i.company_id = %(company)s
  AND (i.amount_minor - COALESCE(a.settled, 0) <> COALESCE(o.open_minor, 0)
    OR (o.item_id IS NOT NULL AND (o.open_minor = 0 OR o.company_id <> i.company_id
        OR o.customer_id <> i.customer_id OR o.currency <> i.currency OR o.due_on <> i.due_on)))
UNION ALL
SELECT o.item_id, i.number, NULL, o.open_minor
FROM dunwell_openitem o JOIN dunwell_item i ON i.id = o.item_id
WHERE o.company_id = %(company)s AND i.company_id <> o.company_id
""",
    ),
    Check(
        id="I8",
        proves="An allocation stays in one currency, or says its amount in both.",
        query="""
SELECT a.id AS allocation, i.number, i.currency,
       COALESCE(p.currency, c.currency) AS other_currency,
       a.amount_minor, a.paid_minor
FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id
LEFT JOIN dunwell_payment p ON p.id = a.payment_id
LEFT JOIN dunwell_item c ON c.id = a.counter_item_id
WHERE a.company_id = %(company)s
  AND (COALESCE(c.currency, i.currency) <> i.currency
    OR (COALESCE(p.currency, i.currency) <> i.currency) <> (a.paid_minor IS NOT NULL)
    OR (a.paid_minor IS NOT NULL AND (a.paid_minor > 0) <> (a.amount_minor > 0)))
""",
    ),
    Check(
        id="I9",
        proves="A netting takes from the credit what it puts on the debit, of one customer.",
        query="""
SELECT first_item, second_item, SUM(amount_minor) AS off_by_minor
FROM (
    SELECT CASE WHEN a.item_id < a.counter_item_id THEN a.item_id
                ELSE a.counter_item_id END AS first_item,
           CASE WHEN a.item_id < a.counter_item_id THEN a.counter_item_id
                ELSE a.item_id END AS second_item,
           a.amount_minor,
           CASE WHEN a.item_id = a.counter_item_id THEN 1
                WHEN i.customer_id = c.customer_id THEN 0
                -- what was taken back may be of two records that were one meanwhile
                WHEN a.reverses_id IS NOT NULL THEN 0
                WHEN EXISTS (SELECT 1 FROM dunwell_allocation r WHERE r.reverses_id = a.id)
                THEN 0 ELSE 1 END AS is_foreign
    FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id
    JOIN dunwell_item c ON c.id = a.counter_item_id
    WHERE a.company_id = %(company)s
) pairs
GROUP BY first_item, second_item HAVING SUM(amount_minor) <> 0 OR SUM(is_foreign) > 0
""",
    ),
    Check(
        id="I14",
        proves="Nothing is booked before its item is issued or its money has reached us.",
        query="""
SELECT a.id AS allocation, i.number, a.applied_on, i.issued_on, p.value_on
FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id
LEFT JOIN dunwell_payment p ON p.id = a.payment_id
WHERE a.company_id = %(company)s AND (a.applied_on < i.issued_on OR a.applied_on < p.value_on)
""",
    ),
    Check(
        id="I15",
        proves="The ageing buckets sum to the open amount, per currency.",
        sqlite="""
SELECT currency, SUM(bucketed) AS buckets_minor, SUM(open_minor) AS open_minor
FROM (
    SELECT o.currency, o.open_minor,
           CASE WHEN late <= 0 THEN open_minor ELSE 0 END
         + CASE WHEN late >= 1 AND late <= 30 THEN open_minor ELSE 0 END
         + CASE WHEN late >= 31 AND late <= 60 THEN open_minor ELSE 0 END
         + CASE WHEN late >= 61 AND late <= 90 THEN open_minor ELSE 0 END
         + CASE WHEN late >= 91 THEN open_minor ELSE 0 END AS bucketed
    FROM (SELECT currency, open_minor,
                 CAST(julianday((SELECT MAX(recorded_on) FROM dunwell_item
                                 WHERE company_id = %(company)s)) - julianday(due_on) AS INTEGER)
                 AS late
          FROM dunwell_openitem WHERE company_id = %(company)s) o
) aged
GROUP BY currency HAVING SUM(bucketed) <> SUM(open_minor)
""",
        postgresql="""
SELECT currency, SUM(bucketed) AS buckets_minor, SUM(open_minor) AS open_minor
FROM (
    SELECT o.currency, o.open_minor,
           CASE WHEN late <= 0 THEN open_minor ELSE 0 END
         + CASE WHEN late >= 1 AND late <= 30 THEN open_minor ELSE 0 END
         + CASE WHEN late >= 31 AND late <= 60 THEN open_minor ELSE 0 END
         + CASE WHEN late >= 61 AND late <= 90 THEN open_minor ELSE 0 END
         + CASE WHEN late >= 91 THEN open_minor ELSE 0 END AS bucketed
    FROM (SELECT currency, open_minor,
                 (SELECT MAX(recorded_on) FROM dunwell_item
                  WHERE company_id = %(company)s) - due_on AS late
          FROM dunwell_openitem WHERE company_id = %(company)s) o
) aged
GROUP BY currency HAVING SUM(bucketed) <> SUM(open_minor)
""",
    ),
)
