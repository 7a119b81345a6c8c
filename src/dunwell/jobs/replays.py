"""Runs a replay: the past as it was decided, and as the strategy in question would have."""

import logging
from datetime import timedelta
from functools import partial
from io import BytesIO

import polars as pl

from dunwell import clock
from dunwell.actions.gate import Actor, Refused, system
from dunwell.actions.replays import begin_replay, finish_replay, tell_replay
from dunwell.actions.uploads import keep_bytes, upload_path
from dunwell.engine.replay import REPLAYED, replay
from dunwell.engine.strategy import StrategyError, read_strategy
from dunwell.formats.frames import kept
from dunwell.formats.policies import read_policy
from dunwell.jobs.background import begin
from dunwell.models import Company, Replay
from dunwell.queries.contact_replays import past_rules
from dunwell.queries.reminders import gate_policy, native
from dunwell.queries.replays import past_of, published_strategies, strategies_on

log = logging.getLogger(__name__)


def start_replay(found: Replay) -> bool:
    """Begin a replay in the background unless this process is at it; return whether it was."""
    return begin(partial(run_replay, found.pk), key=f"replay {found.pk}")


def run_replay(replay_id: int) -> None:
    """Run a replay to its end; killed anywhere, the next call begins it anew.

    It reads the ledger once and writes nothing of a customer: no message, task or event.
    """
    found = Replay.objects.select_related("company", "version").get(pk=replay_id)
    actor = system(found.company)
    begin_replay(actor=actor, replay=found)
    try:
        rows = _rows(actor, found)
    except StrategyError as refusal:
        finish_replay(actor=actor, replay=found, at=clock.now(), error=str(refusal))
        return
    except Exception:
        log.exception("replay %s failed", replay_id)
        error = "The replay failed; what happened is in the server's log. Nothing has changed."
        finish_replay(actor=actor, replay=found, at=clock.now(), error=error)
        return
    kept_as = BytesIO()
    rows.write_parquet(kept_as)
    counts = dict(rows["side"].value_counts().iter_rows())
    finish_replay(
        actor=actor,
        replay=found,
        at=clock.now(),
        summary={side: counts.get(side, 0) for side in ("before", "after")},
        rows_sha256=keep_bytes(kept_as.getvalue()),
    )


def replayed_bytes(found: Replay) -> bytes:
    """Return the rows a replay kept; raise Refused when their file is gone."""
    path = upload_path(found.rows_sha256)
    if not found.rows_sha256 or not path.exists():
        raise Refused("What this replay found is gone from the disk; order it again.")
    return path.read_bytes()


def _rows(actor: Actor, found: Replay) -> pl.DataFrame:
    """Return the contacts of both courses, told apart by `side`."""
    company: Company = found.company
    draft = read_strategy(read_policy(found.version.text).document)
    published = published_strategies(company)
    days = [
        found.from_on + timedelta(days=n) for n in range((found.to_on - found.from_on).days + 1)
    ]
    past = past_of(company, first=found.from_on, last=found.to_on)
    rules = past_rules(company, past.ledger, first=found.from_on)
    courses: list[pl.DataFrame] = []
    done = 0
    for side, tried in (("before", None), ("after", draft)):
        course = replay(
            past,
            strategies_on=partial(strategies_on, published, draft=tried),
            days=days,
            policy=gate_policy(company),
            keep=kept,
            verdicts=rules.verdicts,
        )
        for contacts in course:
            done += 1
            courses.append(native(contacts.lazy()).with_columns(side=pl.lit(side)))
            tell_replay(actor=actor, replay=found, done_days=done)
    schema = {**dict.fromkeys(REPLAYED), "side": None}
    return pl.concat(courses).select(*schema)
