"""Who may merge records of one customer and part them: the part of the matrix for that."""

RIGHTS_MERGES = {
    "customer_merges.decline_merge": "MKN",
    "customer_merges.mark_distinct": "MKN",
    "customer_merges.merge_customers": "M",
    "customer_merges.propose_merge": "MKN",
    "customer_merges.split_customers": "M",
}
"""By action: the roles that may, by their letters."""
