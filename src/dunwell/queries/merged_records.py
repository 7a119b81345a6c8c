"""Where merged records lead, for statements that count what was said to them for the survivor."""

MERGED_INTO = (
    "WITH RECURSIVE led (from_id, to_id) AS ("
    "SELECT g.merged_id, g.survivor_id FROM dunwell_customermerge g "
    "WHERE g.company_id = %s AND g.status = 'merged' "
    "UNION SELECT l.from_id, g.survivor_id FROM led l "
    "JOIN dunwell_customermerge g ON g.merged_id = l.to_id AND g.status = 'merged') "
)
"""Every closed record with every record it was merged into, by one parameter: the company."""
