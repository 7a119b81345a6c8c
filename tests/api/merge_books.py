"""Merges, one that waits and one that is done, and a pair nobody decided about, to be named."""

from dunwell.actions.customer_merges import merge_customers, propose_merge
from dunwell.actions.gate import Actor, system
from tests.conftest import add_customer


def keep_merge(company, tag="", *, today, at):
    """Add them; return path parameter -> key. Other people than the callers proposed them."""
    merged, survivor, other, spare, gone = (
        add_customer(company, f"MRG{tag}{n}", f"Merger {tag}{n}") for n in range(5)
    )
    rights, on = system(company).rights, {"as_of": today, "at": at}
    peer, second = (Actor(company=company, name=name, rights=rights) for name in ("peer", "pit"))
    merge = propose_merge(actor=peer, merged=merged, survivor=survivor, reason="moved", **on)
    done = propose_merge(actor=peer, merged=gone, survivor=other, reason="moved", **on)
    merge_customers(actor=second, merge=done, **on)
    return {
        "merge_id": merge.pk,
        "merged_merge_id": done.pk,
        "spare_twin_id": spare.pk,
        "survivor_id": other.pk,
        "other_id": other.pk,
    }
