"""Proofs about closed periods and journals: nothing came in late, everything went out once."""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from dunwell.queries.proofs.check import Check

_BOOKED = " UNION ALL ".join(
    f"SELECT '{table}' AS found_in, t.id AS row_key, t.{day} AS booked_on, t.recorded_at "
    f"FROM dunwell_{table} t WHERE t.company_id = %(company)s "
    f"AND t.{day} <= (SELECT MAX(until_on) FROM locks) "
    "AND t.recorded_at >= (SELECT MIN(decided_at) FROM locks)"
    for table, day in (
        ("item", "issued_on"),
        ("payment", "value_on"),
        ("allocation", "applied_on"),
    )
)
_LINES = """
SELECT r.journal_id, j.number, COUNT(*) AS rows, SUM(r.home_minor) AS home_minor
FROM dunwell_journalline r JOIN dunwell_journal j ON j.id = r.journal_id
WHERE j.company_id = %(company)s GROUP BY r.journal_id, j.number
"""
_HELD = """
SELECT '{what}' AS what, {key} AS row_key, SUM(r.amount_minor) AS amount_minor,
       SUM(r.home_minor) AS home_minor
FROM dunwell_journalline r JOIN dunwell_journal j ON j.id = r.journal_id
JOIN dunwell_entryline e ON e.id = r.line_id
LEFT JOIN dunwell_allocation a ON e.source = 'allocation' AND a.id = e.source_id
LEFT JOIN dunwell_payment p ON p.id = CASE WHEN e.source = 'payment' THEN e.source_id
                                           ELSE a.payment_id END
WHERE j.company_id = %(company)s AND e.account = '{account}'
GROUP BY {key}
"""
_TIED = " UNION ALL ".join(
    _HELD.format(what=what, account=account, key=key)
    for what, account, key in (
        (
            "item",
            "receivable",
            "CASE WHEN e.source = 'item' THEN e.source_id ELSE a.item_id END",
        ),
        # a return carries what its payment brought, with the other sign
        ("payment", "unapplied", "COALESCE(p.reverses_id, p.id)"),
    )
)

CLOSING = (
    Check(
        id="I12",
        proves="Nothing was booked on a day of a closed period while it was closed.",
        # events come one after another, so their order says what was first
        query=f"""
WITH locks AS (
    SELECT l.until_on, l.decided_at, MIN(e.seq) AS seq
    FROM dunwell_periodlock l JOIN dunwell_event e
      ON e.company_id = l.company_id AND e.subject = 'periodlock' AND e.subject_id = l.id
     AND e.verb IN ('period.locked', 'period.unlocked')
    WHERE l.company_id = %(company)s AND l.status = 'in_force'
    GROUP BY l.id, l.until_on, l.decided_at
),
moments AS (
    SELECT at, MIN(seq) AS seq FROM dunwell_event WHERE company_id = %(company)s GROUP BY at
),
booked AS ({_BOOKED}),
placed AS (
    SELECT b.found_in, b.row_key, b.booked_on,
           COALESCE(m.seq, (SELECT MAX(e.seq) + 1 FROM dunwell_event e
                            WHERE e.company_id = %(company)s AND e.at <= b.recorded_at)) AS seq
    FROM booked b LEFT JOIN moments m ON m.at = b.recorded_at
)
SELECT b.found_in, b.row_key, b.booked_on, l.until_on AS closed_until
FROM placed b JOIN locks l ON l.seq < b.seq AND b.booked_on <= l.until_on
WHERE NOT EXISTS (SELECT 1 FROM locks n WHERE n.seq > l.seq AND n.seq < b.seq)
""",
    ),
    Check(
        id="I32.lines",
        proves="Every line of a journal says what its entry line says, of days it covers.",
        query="""
SELECT j.number AS journal, r.place, r.account, r.amount_minor, e.amount_minor AS entry_minor
FROM dunwell_journalline r JOIN dunwell_journal j ON j.id = r.journal_id
LEFT JOIN dunwell_entryline e ON e.id = r.line_id
WHERE j.company_id = %(company)s AND (
    r.posted_on > j.until_on
 OR (e.id IS NULL AND (r.allocation_id IS NULL OR r.account <> 'fx' OR r.amount_minor <> 0))
 OR (e.id IS NOT NULL AND (e.company_id <> j.company_id OR e.account <> r.account
     OR e.currency <> r.currency OR e.amount_minor <> r.amount_minor
     OR e.posted_on <> r.posted_on)))
""",
    ),
    Check(
        id="I32.whole",
        proves="Every journal has the lines it noted, and takes a posting with all its lines.",
        query=f"""
SELECT j.number AS journal, 'lines' AS what, j.lines AS noted, COALESCE(s.rows, 0) AS found
FROM dunwell_journal j LEFT JOIN ({_LINES}) s ON s.journal_id = j.id
WHERE j.company_id = %(company)s AND j.lines <> COALESCE(s.rows, 0)
UNION ALL
SELECT MIN(j.number), e.source, e.source_id, COUNT(DISTINCT j.id)
FROM dunwell_journalline r JOIN dunwell_journal j ON j.id = r.journal_id
JOIN dunwell_entryline e ON e.id = r.line_id
WHERE j.company_id = %(company)s
GROUP BY e.source, e.source_id
HAVING COUNT(DISTINCT j.id) > 1 OR SUM(e.amount_minor) <> 0
""",
    ),
    Check(
        id="I32.balance",
        proves="Every journal balances in each currency and in the company's own.",
        query=f"""
SELECT number AS journal, 'home' AS currency, home_minor AS off_by_minor
FROM ({_LINES}) s WHERE home_minor <> 0
UNION ALL
SELECT j.number, r.currency, SUM(r.amount_minor)
FROM dunwell_journalline r JOIN dunwell_journal j ON j.id = r.journal_id
WHERE j.company_id = %(company)s
GROUP BY j.number, r.currency HAVING SUM(r.amount_minor) <> 0
""",
    ),
    Check(
        id="I32.numbers",
        proves="Journals are numbered without a gap.",
        query="""
SELECT MAX(number) AS last, COUNT(*) AS journals FROM dunwell_journal
WHERE company_id = %(company)s HAVING MAX(number) <> COUNT(*)
""",
    ),
    Check(
        id="I8.fx",
        proves="What is settled is worth nothing any more: of every settled item and used payment "
        "the journals' values in the company's currency sum to 0.",
        query=f"""
SELECT what, row_key, home_minor AS off_by_minor FROM ({_TIED}) held
WHERE amount_minor = 0 AND home_minor <> 0
""",
    ),
)
