"""Runs the replay of a credit policy: each month's customers under the old one and the new."""

import logging
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from io import BytesIO

from dunwell import clock
from dunwell.actions.gate import Actor, system
from dunwell.actions.replays import begin_replay, finish_replay, tell_replay
from dunwell.actions.uploads import keep_bytes
from dunwell.engine.credit_classes import OUTCOMES
from dunwell.engine.credit_decision import Decision, decide, number_of
from dunwell.engine.credit_fact_names import NUMBER
from dunwell.engine.credit_policy import CreditPolicy
from dunwell.engine.credit_replay import (
    LOSS,
    SALES,
    Change,
    changed_decisions,
    changed_items,
    changed_order,
)
from dunwell.engine.documents import DocumentError
from dunwell.formats.policies import PolicyError
from dunwell.jobs.background import begin
from dunwell.models import Company, Replay
from dunwell.queries.credit_policies import card_in_force, credit_policy_in_force, policy_of_text
from dunwell.queries.credit_replays import (
    billed_items,
    changes_frame,
    lost_items,
    month_ends,
    past_checks,
)
from dunwell.queries.credit_subjects import subjects_of
from dunwell.queries.ledgers import Books

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Month:
    """One month's last day: what the policy of the day and the new one make of everybody."""

    on: date
    old: dict[int, Decision]
    new: dict[int, Decision]
    open_minor: dict[int, int]


def start_credit_replay(found: Replay) -> bool:
    """Begin a replay in the background unless this process is at it; return whether it was."""
    return begin(partial(run_credit_replay, found.pk), key=f"credit replay {found.pk}")


def run_credit_replay(replay_id: int) -> None:
    """Run a replay to its end; killed anywhere, the next call begins it anew.

    It reads the ledger once and writes nothing of a customer.
    """
    found = Replay.objects.select_related("company", "version").get(pk=replay_id)
    actor = system(found.company)
    begin_replay(actor=actor, replay=found)
    try:
        policy = policy_of_text(found.version.text)
        changes, sides = _replayed(actor, found, policy)
    except (DocumentError, PolicyError) as refusal:
        finish_replay(actor=actor, replay=found, at=clock.now(), error=str(refusal))
        return
    except Exception:
        log.exception("credit replay %s failed", replay_id)
        error = "The replay failed; what happened is in the server's log. Nothing has changed."
        finish_replay(actor=actor, replay=found, at=clock.now(), error=error)
        return
    kept_as = BytesIO()
    changes_frame(changes).write_parquet(kept_as)
    finish_replay(
        actor=actor,
        replay=found,
        at=clock.now(),
        summary={"changes": len(changes), "sides": sides},
        rows_sha256=keep_bytes(kept_as.getvalue()),
    )


def _replayed(
    actor: Actor, found: Replay, policy: CreditPolicy
) -> tuple[list[Change], dict[str, list[int]]]:
    """Return what would have been otherwise, and figures of the last day on both sides."""
    company = found.company
    ends = month_ends(found.to_on + timedelta(days=1))
    days = [day for day in ends if day >= found.from_on]
    lost = lost_items(company, from_on=days[0], to_on=found.to_on)
    changes: list[Change] = []
    months: list[_Month] = []
    for done, month in enumerate(_months(company, policy, days), 1):
        months.append(month)
        changes += changed_decisions(month.on, month.old, month.new, open_minor=month.open_minor)
        until = days[done] if done < len(days) else found.to_on
        billed = billed_items(company, from_on=month.on, to_on=until)
        changes += changed_items(SALES, month.on, month.old, month.new, billed)
        sold = [item for item in lost if month.on < item.issued_on <= until]
        changes += changed_items(LOSS, month.on, month.old, month.new, sold)
        tell_replay(actor=actor, replay=found, done_days=done)
    changes += _orders(company, policy, months, found)
    return changes, _sides(months[-1])


def _months(company: Company, policy: CreditPolicy, days: list[date]) -> Iterator[_Month]:
    books = Books(company)
    for day in days:
        before = credit_policy_in_force(company, as_of=day).policy
        cards = [card_in_force(company, one, as_of=day).card for one in (before, policy)]
        names = {**before.kinds(cards[0]), **policy.kinds(cards[1]), "own_open_minor": NUMBER}
        subjects = subjects_of(company, names, as_of=day, books=books)
        sides = [
            decide(subjects, one, card, with_reasons=False)
            for one, card in zip((before, policy), cards, strict=True)
        ]
        open_minor = {
            key: number_of(subject.facts, "own_open_minor") or 0
            for key, subject in subjects.items()
        }
        yield _Month(on=day, old=sides[0], new=sides[1], open_minor=open_minor)


def _orders(
    company: Company, policy: CreditPolicy, months: list[_Month], found: Replay
) -> list[Change]:
    """Return the recorded checks that would have come out otherwise under the new rules."""
    ends = [month.on for month in months]
    changes = []
    for check, home_minor in past_checks(company, from_on=found.from_on, to_on=found.to_on):
        month = months[max(0, bisect_right(ends, check.on) - 1)]
        decision = month.new.get(check.customer.customer_id)
        customer = replace(
            check.customer, risk_class=decision.risk_class if decision is not None else ""
        )
        changed = changed_order(
            replace(check, customer=customer), policy.orders, home_minor=home_minor
        )
        if changed is not None:
            changes.append(changed)
    return changes


def _sides(month: _Month) -> dict[str, list[int]]:
    """Return figures of one day under the old policy and the new."""
    both = (month.old, month.new)
    found = {
        outcome: [sum(one.outcome == outcome for one in side.values()) for side in both]
        for outcome in reversed(OUTCOMES)
    }
    found["limit_minor"] = [sum(one.limit_minor for one in side.values()) for side in both]
    found["expected_loss_minor"] = [
        sum(one.worth.expected_loss_minor for one in side.values()) for side in both
    ]
    return found
