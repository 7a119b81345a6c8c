"""A draft of the credit policy with a replay that is done, for calls of the API."""

from io import BytesIO

from dunwell.actions.credit_ratings import rate_customers
from dunwell.actions.gate import system
from dunwell.actions.policies_by_kind import draft_document
from dunwell.actions.uploads import keep_bytes
from dunwell.engine.credit_decision import Subject, decide
from dunwell.engine.credit_replay import Change
from dunwell.models import Replay
from dunwell.queries.credit_policies import standard_credit_policy
from dunwell.queries.credit_ratings import RatingDue, RatingsDue
from dunwell.queries.credit_replays import changes_frame, month_ends
from dunwell.queries.policy_documents import standard_text
from tests.conftest import add_customer


def keep_credit_policy(company, tag="", *, today, at):
    """Add them; return the keys that calls need."""
    actor = system(company)
    customer = add_customer(company, f"RATED{tag}", party="company")
    text = standard_text("credit").replace("2026-01-01", today.isoformat(), 1)
    text = text.replace("2027-01-01", f"{today.year + 1}-12-31", 1)
    version = draft_document(actor=actor, kind="credit", text=text, at=at)
    policy = standard_credit_policy()
    facts = {"own_days_late": 3, "own_share_late_ppm": 0, "own_months_known": 40}
    (one,) = decide({1: Subject(facts=facts)}, policy, policy.card).values()
    due = RatingDue(customer_id=customer.pk, decision=one, facts=facts, digest="x")
    rate_customers(
        actor=actor,
        due=RatingsDue(
            rows=(due,), rated=1, version_id=version.pk, scorecard="by_hand", scorecard_id=None
        ),
        as_of=today, at=at,
    )  # fmt: skip
    ends = month_ends(today)
    rows = BytesIO()
    changes_frame(
        [
            Change(on=ends[-1], kind="class", customer_id=customer.pk, before="A", after="B"),
            Change(on=ends[-1], kind="loss", customer_id=customer.pk, before="approve",
                   after="decline", amount_minor=12_00, reference="R1"),
        ]
    ).write_parquet(rows)  # fmt: skip
    replay = Replay.objects.create(
        company=company, version=version, from_on=ends[0], to_on=ends[-1], all_days=len(ends),
        done_days=len(ends), status=Replay.Status.DONE, by=actor.name, recorded_at=at,
        finished_at=at, rows_sha256=keep_bytes(rows.getvalue()),
        summary={"changes": 2, "sides": {"approve": [3, 2], "limit_minor": [10_00, 5_00]}},
    )  # fmt: skip
    return {
        "credit_version_id": version.pk,
        "credit_replay_id": replay.pk,
        "rated_customer_id": customer.pk,
    }
