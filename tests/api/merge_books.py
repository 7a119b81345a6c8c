"""A merge that waits and a pair nobody decided about, for calls that need one to name."""

from dunwell.actions.customer_merges import propose_merge
from dunwell.actions.gate import Actor, system
from tests.conftest import add_customer


def keep_merge(company, tag="", *, today, at):
    """Add one; return path parameter -> key. Another person than the callers proposed it."""
    merged, survivor, other = (
        add_customer(company, f"MRG{tag}{n}", f"Merger {tag}{n}") for n in range(3)
    )
    peer = Actor(company=company, name="peer", rights=system(company).rights)
    merge = propose_merge(
        actor=peer, merged=merged, survivor=survivor, reason="moved", as_of=today, at=at
    )
    return {"merge_id": merge.pk, "survivor_id": other.pk, "other_id": other.pk}
