"""Proofs about promises, disputes and messages, and that companies stay apart."""

from dunwell.queries.proofs.check import Check

_LINKS = (
    ("item", "customer", "customer_id"),
    ("item", "item", "reverses_id"),
    ("openitem", "item", "item_id"),
    ("openitem", "customer", "customer_id"),
    ("payment", "customer", "customer_id"),
    ("payment", "payment", "reverses_id"),
    ("adjustment", "item", "item_id"),
    ("allocation", "item", "item_id"),
    ("allocation", "payment", "payment_id"),
    ("allocation", "item", "counter_item_id"),
    ("allocation", "adjustment", "adjustment_id"),
    ("entryline", "customer", "customer_id"),
    ("customer", "customer", "parent_id"),
    ("dispute", "item", "item_id"),
    ("dispute", "customer", "customer_id"),
    ("promise", "customer", "customer_id"),
    ("paymentplan", "customer", "customer_id"),
    ("hold", "customer", "customer_id"),
    ("hold", "item", "item_id"),
    ("message", "customer", "customer_id"),
    ("note", "customer", "customer_id"),
    ("task", "customer", "customer_id"),
    ("worklistentry", "customer", "customer_id"),
    ("habit", "customer", "customer_id"),
    ("snooze", "customer", "customer_id"),
    ("itemprediction", "item", "item_id"),
    ("itemprediction", "customer", "customer_id"),
    ("itemprediction", "modelversion", "version_id"),
    ("predictionlog", "modelversion", "version_id"),
    ("modelcheck", "modelversion", "version_id"),
    ("cashforecast", "modelversion", "version_id"),
    ("customerscore", "customer", "customer_id"),
    ("anomaly", "customer", "customer_id"),
    ("anomaly", "item", "item_id"),
    ("anomaly", "payment", "payment_id"),
    ("actionchoice", "customer", "customer_id"),
    ("actionchoice", "experiment", "experiment_id"),
    ("item", "importbatch", "batch_id"),
    ("payment", "importbatch", "batch_id"),
    ("allocation", "importbatch", "batch_id"),
    ("customermerge", "customer", "merged_id"),
    ("customermerge", "customer", "survivor_id"),
    ("customermove", "customermerge", "merge_id"),
    ("customermove", "customer", "before_id"),
    ("customermove", "customer", "after_id"),
    ("distinctcustomers", "customer", "first_id"),
    ("distinctcustomers", "customer", "second_id"),
)
"""Table, table it points to, column: both rows belong to one company."""
_KEYS = {"openitem": "item_id", "itemprediction": "item_id", "customerscore": "customer_id"}
"""Tables whose key is not called id."""
_ACROSS = " UNION ALL ".join(
    f"SELECT '{table}' AS found_in, '{column}' AS link, "  # noqa: S608 -- our own table names
    f"t.{_KEYS.get(table, 'id')} AS row_key, o.company_id AS other_company "
    f"FROM dunwell_{table} t JOIN dunwell_{other} o ON o.id = t.{column} "
    "WHERE t.company_id = %(company)s AND o.company_id <> t.company_id"
    for table, other, column in _LINKS
)

DESK = (
    Check(
        id="I19",
        proves="A promise is kept only with enough money or credit in time, "
        "and broken only without.",
        query="""
SELECT p.id AS promise, p.outcome, p.settled_on, SUM(l.amount_minor) AS promised_minor,
       SUM(CASE WHEN l.any_minor < l.amount_minor THEN l.any_minor ELSE l.amount_minor END)
       AS received_minor
FROM dunwell_promise p JOIN (
    SELECT l.promise_id, l.amount_minor,
           COALESCE(SUM(CASE WHEN a.value_on >= p.made_on AND (a.applied_on < p.settled_on
                              OR (a.applied_on = p.settled_on AND a.amount_minor > 0))
                             THEN a.amount_minor END), 0) AS any_minor,
           COALESCE(SUM(CASE WHEN a.value_on >= p.made_on AND a.value_on <= p.due_on
                              AND (a.applied_on < p.settled_on
                                   OR (a.applied_on = p.settled_on AND a.amount_minor < 0))
                             THEN a.amount_minor END), 0) AS in_time_minor
    FROM dunwell_promiseitem l JOIN dunwell_promise p ON p.id = l.promise_id
    LEFT JOIN dunwell_allocation a ON a.item_id = l.item_id AND a.source <> 'adjustment'
    WHERE p.company_id = %(company)s
    GROUP BY l.id, l.promise_id, l.amount_minor
) l ON l.promise_id = p.id
WHERE p.outcome IN ('kept', 'broken')
GROUP BY p.id, p.outcome, p.settled_on
HAVING (p.outcome = 'kept' AND SUM(CASE WHEN l.any_minor < l.amount_minor
                                        THEN l.any_minor ELSE l.amount_minor END)
                               < SUM(l.amount_minor))
    OR (p.outcome = 'broken' AND SUM(CASE WHEN l.in_time_minor < l.amount_minor
                                          THEN l.in_time_minor ELSE l.amount_minor END)
                                 >= SUM(l.amount_minor))
UNION ALL
SELECT p.id, p.outcome, p.settled_on, p.amount_minor, COALESCE(SUM(a.amount_minor), 0)
FROM dunwell_promise p
LEFT JOIN dunwell_item i ON i.customer_id = p.customer_id AND i.currency = p.currency
LEFT JOIN dunwell_allocation a ON a.item_id = i.id AND a.source = 'payment'
     AND a.value_on > p.made_on AND (a.applied_on < p.settled_on
                                     OR (a.applied_on = p.settled_on AND a.amount_minor > 0))
WHERE p.company_id = %(company)s AND p.level = 'customer' AND p.outcome = 'kept'
GROUP BY p.id, p.outcome, p.settled_on, p.amount_minor
HAVING COALESCE(SUM(a.amount_minor), 0) < p.amount_minor
""",
    ),
    Check(
        id="I20",
        proves="A dispute covers at most its item, an open one what was open when recorded, "
        "and an item has one open dispute.",
        query="""
SELECT d.id AS dispute, i.number, d.amount_minor, i.amount_minor AS item_minor
FROM dunwell_dispute d JOIN dunwell_item i ON i.id = d.item_id
WHERE d.company_id = %(company)s AND (
    d.customer_id <> i.customer_id
    OR d.amount_minor > i.amount_minor
    OR (d.closed_on IS NULL AND d.amount_minor > i.amount_minor - COALESCE(
        (SELECT SUM(a.amount_minor) FROM dunwell_allocation a
         WHERE a.item_id = d.item_id AND a.recorded_at < d.recorded_at), 0))
    OR (d.closed_on IS NULL AND EXISTS (
        SELECT 1 FROM dunwell_dispute x
        WHERE x.item_id = d.item_id AND x.closed_on IS NULL AND x.id <> d.id)))
""",
    ),
    Check(
        id="I22",
        proves="In one cycle an item reaches one level by one channel.",
        query="""
SELECT l.item_id AS item, m.as_of, m.channel, COUNT(DISTINCT l.level) AS levels
FROM dunwell_messageitem l JOIN dunwell_message m ON m.id = l.message_id
WHERE m.company_id = %(company)s AND m.status <> 'cancelled'
GROUP BY l.item_id, m.as_of, m.channel HAVING COUNT(*) > 1
""",
    ),
    Check(
        id="I23",
        proves="A customer gets at most one message per channel and cycle.",
        query="""
SELECT customer_id AS customer, channel, as_of, COUNT(*) AS messages
FROM dunwell_message WHERE company_id = %(company)s
GROUP BY customer_id, channel, as_of HAVING COUNT(*) > 1
""",
    ),
    Check(
        id="I27",
        proves="No row points to a row of another company.",
        query=_ACROSS,
    ),
    Check(
        id="D4",
        proves="Every message that went out carries the decision that allowed it, or its author.",
        query="""
SELECT id AS message, status, as_of FROM dunwell_message
WHERE company_id = %(company)s AND status IN ('sent', 'delivered', 'bounced', 'claimed')
  AND author = '' AND CAST(decision AS text) = '{}'
""",
    ),
    Check(
        id="D5",
        proves="No message asks for more than was open when it was written.",
        query="""
SELECT m.id AS message, i.number, l.open_minor AS stated_minor, i.amount_minor AS item_minor
FROM dunwell_messageitem l JOIN dunwell_message m ON m.id = l.message_id
JOIN dunwell_item i ON i.id = l.item_id
WHERE m.company_id = %(company)s AND i.amount_minor > 0 AND (
    (i.customer_id <> m.customer_id AND NOT EXISTS (
        SELECT 1 FROM dunwell_customermove v WHERE v.place = 'item' AND v.row_id = i.id
        AND m.customer_id IN (v.before_id, v.after_id)))
    OR l.open_minor > i.amount_minor - COALESCE(
        (SELECT SUM(a.amount_minor) FROM dunwell_allocation a
         WHERE a.item_id = l.item_id AND a.recorded_at < m.recorded_at
           AND a.applied_on <= m.as_of), 0))
""",
    ),
    Check(
        id="D6",
        proves="An item has one open promise, of at most what was open when it was recorded.",
        query="""
SELECT l.promise_id AS promise, i.number, l.amount_minor, i.amount_minor AS item_minor
FROM dunwell_promiseitem l JOIN dunwell_promise p ON p.id = l.promise_id
JOIN dunwell_item i ON i.id = l.item_id
WHERE p.company_id = %(company)s AND (
    i.customer_id <> p.customer_id OR i.company_id <> p.company_id
    OR l.amount_minor > i.amount_minor - COALESCE(
        (SELECT SUM(a.amount_minor) FROM dunwell_allocation a
         WHERE a.item_id = l.item_id AND a.recorded_at < p.recorded_at), 0)
    OR (p.outcome = 'open' AND EXISTS (
        SELECT 1 FROM dunwell_promiseitem x JOIN dunwell_promise y ON y.id = x.promise_id
        WHERE x.item_id = l.item_id AND y.outcome = 'open' AND y.id <> p.id)))
""",
    ),
)
