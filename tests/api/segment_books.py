"""Segments and pools as calls need them: a policy that moves nobody, a draft, a hand, a pool."""

from dunwell.actions.gate import Actor
from dunwell.actions.pools import add_pool
from dunwell.actions.role_rights import ROLE_RIGHTS
from dunwell.actions.segments import set_segment
from tests.actions.segment_desk import policy
from tests.conftest import add_customer

NOBODY = """\
segments:
  name: segments
  valid_from: 2026-01-01
  segments:
    - name: giants
      rules:
        - {name: owes more than there is, owed_minor: {from: 9000000000000000}}
"""


def keep_segments(company, tag="", *, today, at):
    """Add a policy in force, a draft, a customer set by hand and a pool; return keys."""
    author = Actor(
        company=company,
        name="segmenter",
        roles=frozenset({"credit_manager"}),
        rights=ROLE_RIGHTS["credit_manager"],
    )
    on = {"as_of": today, "at": at}
    policy(company, NOBODY, version=1)
    draft = policy(company, NOBODY, status="draft", version=2)
    customer = add_customer(company, f"SEG{tag}", "Segmented")
    set_segment(actor=author, customer=customer, segment="giants", reason="agreed", **on)
    pool = add_pool(actor=author, name="Giants", rule={"segment": ["giants"]}, **on)
    return {"draft_id": draft.pk, "pool_id": pool.pk, "segment_customer_id": customer.pk}
