"""Proofs that predictions are complete, consistent, and made by what may make them."""

from dunwell.queries.proofs.check import Check

_LAST = """
SELECT as_of, version_id, recorded_at FROM dunwell_predictionlog
WHERE company_id = %(company)s ORDER BY as_of DESC LIMIT 1
"""
_TAKEN = """
SELECT a.item_id, SUM(CASE WHEN a.applied_on <= l.as_of THEN a.amount_minor ELSE 0 END) AS minor,
       MAX(CASE WHEN b.finished_at > a.recorded_at THEN b.finished_at ELSE a.recorded_at END)
       AS latest
FROM dunwell_allocation a CROSS JOIN last l LEFT JOIN dunwell_importbatch b ON b.id = a.batch_id
WHERE a.company_id = %(company)s GROUP BY a.item_id
"""

PREDICTIONS = (
    Check(
        id="P1",
        proves="Every debit item that was open on the last scored day, refunds left out, has one "
        "prediction, of what was open, and no other item has one.",
        # what was written during or after the scoring says nothing about it
        query=f"""
WITH last AS ({_LAST}), taken AS ({_TAKEN})
SELECT i.id AS item, i.number, i.amount_minor - COALESCE(t.minor, 0) AS open_minor,
       p.open_minor AS predicted_minor, p.as_of
FROM dunwell_item i CROSS JOIN last l
LEFT JOIN taken t ON t.item_id = i.id
LEFT JOIN dunwell_importbatch b ON b.id = i.batch_id
LEFT JOIN dunwell_itemprediction p ON p.item_id = i.id
WHERE i.company_id = %(company)s AND i.recorded_at < l.recorded_at
  AND (b.finished_at IS NULL OR b.finished_at < l.recorded_at)
  AND (t.latest IS NULL OR t.latest < l.recorded_at)
  AND (((i.amount_minor > 0 AND i.kind <> 'refund' AND i.issued_on <= l.as_of
         AND i.amount_minor > COALESCE(t.minor, 0)) <> (p.item_id IS NOT NULL))
    OR p.open_minor <> i.amount_minor - COALESCE(t.minor, 0)
    OR p.as_of <> l.as_of OR p.version_id <> l.version_id)
ORDER BY i.id
""",  # noqa: S608  our own pieces of SQL
    ),
    Check(
        id="P2",
        proves="Of a prediction a longer delay is never likelier than a shorter one, "
        "and its days come in the order of their chances.",
        query="""
SELECT item_id AS item, p_late_ppm, p_late_7_ppm, p_late_30_ppm, q10_on, q50_on, q90_on
FROM dunwell_itemprediction
WHERE company_id = %(company)s AND (
    p_late_ppm > 1000000 OR p_late_ppm < p_late_7_ppm OR p_late_7_ppm < p_late_30_ppm
    OR p_late_30_ppm < 0 OR p_loss_ppm NOT BETWEEN 0 AND 1000000
    OR q10_on <= as_of OR q10_on > q50_on OR q50_on > q90_on)
ORDER BY item_id
""",
    ),
    Check(
        id="P3",
        proves="At most one version of the pay-date model serves, and none serves undecided.",
        query="""
SELECT v.number, v.status, v.decided_by FROM dunwell_modelversion v
WHERE v.company_id = %(company)s AND v.status = 'serving' AND (v.decided_by = ''
    OR EXISTS (SELECT 1 FROM dunwell_modelversion o WHERE o.company_id = v.company_id
               AND o.status = 'serving' AND o.id <> v.id))
ORDER BY v.number
""",
    ),
    Check(
        id="P4",
        proves="An action was chosen only where it was permitted, and by a chance above 0.",
        query="""
SELECT id AS choice, customer_id, as_of, action, permitted, propensity_ppm
FROM dunwell_actionchoice
WHERE company_id = %(company)s AND (propensity_ppm NOT BETWEEN 1 AND 1000000
    OR ',' || permitted || ',' NOT LIKE '%%,' || action || ',%%')
ORDER BY id
""",
    ),
)
"""P of prediction; the list goes on with P5, the hashes of what is kept as bytes."""
