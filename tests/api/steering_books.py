"""What replays and overrides need in the API's books: one of each."""

from datetime import timedelta

from dunwell.actions.overrides import set_override
from dunwell.actions.replays import order_replay
from dunwell.jobs.replays import run_replay


def keep_steering(actor, customer, version, *, today, at):
    """A finished replay of yesterday and an override; their keys."""
    yesterday = today - timedelta(days=1)
    replay = order_replay(
        actor=actor, version=version, from_on=yesterday, to_on=yesterday, as_of=today, at=at
    )
    run_replay(replay.pk)
    override = set_override(
        actor=actor, customer=customer, kind="skip", level=1, reason="agreed", as_of=today, at=at
    )
    return {"replay_id": replay.pk, "override_id": override.pk}
