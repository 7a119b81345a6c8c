"""Proofs about provisions and financing: lines, roll-forward and accounts say the same."""

from dunwell.queries.proofs.check import Check

PROVISIONS = (
    Check(
        id="I31",
        proves="The lines of every provision sum to its allowance, and so do its moves.",
        query="""
SELECT r.id AS run, r.as_of, r.allowance_minor,
       (SELECT COALESCE(SUM(l.home_allowance_minor), 0) FROM dunwell_provisionline l
        WHERE l.run_id = r.id) AS lines_minor,
       (SELECT COALESCE(SUM(m.closing_minor), 0) FROM dunwell_provisionmove m
        WHERE m.run_id = r.id) AS moves_minor
FROM dunwell_provisionrun r WHERE r.company_id = %(company)s
  AND (r.allowance_minor <> (SELECT COALESCE(SUM(l.home_allowance_minor), 0)
                             FROM dunwell_provisionline l WHERE l.run_id = r.id)
    OR r.allowance_minor <> (SELECT COALESCE(SUM(m.closing_minor), 0)
                             FROM dunwell_provisionmove m WHERE m.run_id = r.id))
""",
    ),
    Check(
        id="I31.ledger",
        proves="The allowance account holds the newest posted provision, to the cent.",
        query="""
SELECT SUM(w.booked) AS account_minor, SUM(w.measured) AS provision_minor
FROM (SELECT -amount_minor AS booked, 0 AS measured FROM dunwell_entryline
      WHERE company_id = %(company)s AND account = 'allowance'
      UNION ALL
      SELECT 0, r.allowance_minor FROM dunwell_provisionrun r
      WHERE r.company_id = %(company)s AND r.status = 'posted' AND NOT EXISTS (
          SELECT 1 FROM dunwell_provisionrun n WHERE n.company_id = r.company_id
          AND n.status = 'posted' AND n.as_of > r.as_of)) w
HAVING SUM(w.booked) <> SUM(w.measured)
""",
    ),
    Check(
        id="I31.opening",
        proves="Every posted provision opens with what the posted one before it closed with.",
        query="""
SELECT r.id AS run, r.as_of, r.opening_minor, COALESCE(p.allowance_minor, 0) AS closed_minor
FROM dunwell_provisionrun r LEFT JOIN dunwell_provisionrun p ON p.id = r.previous_id
WHERE r.company_id = %(company)s AND r.status = 'posted'
  AND (r.opening_minor <> COALESCE(p.allowance_minor, 0)
    OR (p.id IS NOT NULL AND p.status <> 'posted'))
""",
    ),
    Check(
        id="I31.financing",
        proves="What is owed to lenders is what was paid out on items still assigned.",
        query="""
SELECT SUM(w.booked) AS account_minor, SUM(w.assigned) AS assigned_minor
FROM (SELECT -amount_minor AS booked, 0 AS assigned FROM dunwell_entryline
      WHERE company_id = %(company)s AND account = 'loan'
      UNION ALL
      SELECT 0, i.advance_minor FROM dunwell_financingitem i
      JOIN dunwell_financingdraw d ON d.id = i.draw_id
      WHERE d.company_id = %(company)s AND d.status = 'disbursed' AND i.status = 'assigned') w
HAVING SUM(w.booked) <> SUM(w.assigned)
""",
    ),
)
