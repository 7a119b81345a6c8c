"""A cost of collecting, for the calls about it."""

from dunwell.actions.collection_costs import record_collection_cost
from dunwell.actions.gate import system


def keep_kpis(company, tag="", *, today, at):
    """Type in a cost; return path parameter -> key."""
    cost = record_collection_cost(
        actor=system(company),
        kind="staff",
        on=today,
        currency="EUR",
        amount_minor=4_200,
        reference=f"K{tag}-1",
        as_of=today,
        at=at,
    )
    return {"collection_cost_id": cost.pk}
