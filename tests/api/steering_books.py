"""What replays and overrides need in the API's books: one of each."""

from datetime import timedelta

from dunwell.actions.overrides import set_override
from dunwell.actions.replays import order_replay
from dunwell.actions.workforce import record_absence
from dunwell.jobs.replays import run_replay
from dunwell.models import Promise


def keep_steering(actor, customer, person, version, *, today, at):
    """A finished replay of yesterday and an override; their keys."""
    yesterday = today - timedelta(days=1)
    replay = order_replay(
        actor=actor, version=version, from_on=yesterday, to_on=yesterday, as_of=today, at=at
    )
    run_replay(replay.pk)
    override = set_override(
        actor=actor, customer=customer, kind="skip", level=1, reason="agreed", as_of=today, at=at
    )
    failed = Promise.objects.create(
        company=customer.company, customer=customer, made_on=today - timedelta(days=9),
        due_on=today - timedelta(days=5), outcome="broken", settled_on=yesterday, recorded_at=at,
    )  # fmt: skip
    absence = record_absence(
        actor=actor, user=person, kind="sick", from_on=today, until_on=today, as_of=today, at=at
    )
    return {
        "absence_id": absence.pk,
        "failed_promise_id": failed.pk,
        "replay_id": replay.pk,
        "override_id": override.pk,
    }
