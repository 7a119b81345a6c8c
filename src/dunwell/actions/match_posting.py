"""What matching answered, written at once: postings, the queue of exceptions, and proposals.

Matching read the books some time ago, outside any transaction. Here payments and items are
locked, compared with what was read, and a payment whose picture changed meanwhile is left for
the next run. The same answer again changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import cached_property
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, Sum
from django.db.models.functions import Coalesce

from dunwell.actions.allocations import LockedItem
from dunwell.actions.events import Fact, record_event, record_events
from dunwell.actions.gate import Actor, Refused
from dunwell.actions.match_answers import BUDGETED, Answer, decision_of, read_answers
from dunwell.actions.match_budget import Budget, small_differences
from dunwell.actions.match_decisions import (
    check_decision,
    chunks,
    lock_disputed,
    locked_by_key,
    write_decisions,
)
from dunwell.actions.match_moves import CASE, Status
from dunwell.actions.match_outcomes import posted_outcomes
from dunwell.actions.match_queue import Entry, write_queue
from dunwell.actions.payers import write_payers
from dunwell.engine.matching import Matching
from dunwell.models import Allocation, Dispute, Item, MatchCase, Payment
from dunwell.queries.match_frames import MatchFrames
from dunwell.queries.periods import closed_until


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchCounts:
    """What a run did: payments posted, cases opened or changed, payments left as they were."""

    posted: int = 0
    exceptions: int = 0
    held: int = 0
    unchanged: int = 0

    @property
    def changed(self) -> int:
        """Return how many payments it changed something of."""
        return self.posted + self.exceptions + self.held

    def plus(self, other: "MatchCounts") -> "MatchCounts":
        """Return what both did together."""
        return MatchCounts(
            posted=self.posted + other.posted,
            exceptions=self.exceptions + other.exceptions,
            held=self.held + other.held,
            unchanged=self.unchanged + other.unchanged,
        )


@transaction.atomic
def record_matching(
    *, actor: Actor, matching: Matching, frames: MatchFrames, as_of: date, at: datetime
) -> MatchCounts:
    """Write what matching answered on these frames; return what was done.

    Readings sure enough post by themselves, with discounts, small differences and deductions;
    the others open or renew cases with ranked proposals. What a person said of a case stands.
    On a day of a closed period nothing is written.
    """
    actor.require("match.decide")
    until = closed_until(actor.company)
    if not frames.seen or (until is not None and as_of <= until):
        return MatchCounts(unchanged=len(frames.seen))
    run = _Run(actor=actor, matching=matching, frames=frames, as_of=as_of, at=at)
    run.lock()
    entries = [one for one in map(run.entry, read_answers(matching, frames)) if one is not None]
    entries = run.with_decisions(entries)
    run.name_payers(entries)
    written = write_decisions(
        company=actor.company,
        decisions=[one.decision for one in entries if one.decision],
        items={key: one.item for key, one in run.items.items()},
        as_of=as_of,
        at=at,
    )
    changed = write_queue(actor.company, entries, as_of=as_of, at=at, by=actor.name)
    posted = [one for one in changed if one.case.status == Status.POSTED]
    posted_outcomes(actor, [one.case for one in posted], as_of=as_of, at=at)
    facts = [run.fact(one, written[one.payment.pk].data()) for one in posted]
    facts += [run.moved(one) for one in changed if one.is_moved]
    record_events(actor, facts, at=at)
    counts = MatchCounts(
        posted=len(posted),
        exceptions=sum(one.case.status == Status.EXCEPTION for one in changed),
        held=sum(one.case.status == Status.HELD for one in changed),
        unchanged=len(frames.seen) - len(changed),
    )
    if counts.changed:
        record_event(
            actor,
            "cash.matched",
            actor.company,
            at=at,
            as_of=as_of.isoformat(),
            posted=counts.posted,
            exceptions=counts.exceptions,
            held=counts.held,
        )
    return counts


@dataclass
class _Run:
    """One run under locks: what is true now, beside what the frames said."""

    actor: Actor
    matching: Matching
    frames: MatchFrames
    as_of: date
    at: datetime
    payments: dict[int, Payment] = field(default_factory=dict)
    cases: dict[int, MatchCase] = field(default_factory=dict)
    used: dict[int, tuple[int, date | None]] = field(default_factory=dict)
    gone: set[int] = field(default_factory=set)
    items: dict[int, LockedItem] = field(default_factory=dict)
    disputed: set[int] = field(default_factory=set)

    def lock(self) -> None:
        """Lock cases, then payments, in the order of their keys, and read what is true now."""
        company, seen = self.actor.company, self.frames.seen.values()
        for chunk in chunks(sorted(one.case_id for one in seen if one.case_id)):
            list(
                MatchCase.objects.select_for_update(no_key=True, of=("self",))
                .filter(company=company, pk__in=chunk)
                .order_by("pk")
            )
        for chunk in chunks(sorted(one.id for one in seen)):
            found = (
                Payment.objects.select_for_update(no_key=True, of=("self",))
                .filter(company=company, pk__in=chunk)
                .order_by("pk")
            )
            self.payments |= {row.pk: row for row in found}
            returned = Payment.objects.filter(reverses__in=chunk)
            self.gone |= set(returned.values_list("reverses_id", flat=True))
            # a case opened since the frames were read is found too, and its payment left alone
            for case in MatchCase.objects.filter(company=company, payment__in=chunk):
                self.cases[case.payment_id] = case
            for key, minor, back_on in (
                Allocation.objects.filter(payment__in=chunk)
                .order_by()
                .values_list("payment_id")
                .annotate(
                    minor=Sum(Coalesce("paid_minor", "amount_minor")),
                    back_on=Max("applied_on", filter=Q(reverses__isnull=False)),
                )
            ):
                self.used[key] = (int(minor), back_on)

    def entry(self, answer: Answer) -> Entry | None:
        """Return what is to be written of an answer; None where it is left as it is."""
        seen = answer.seen
        payment, case = self.payments.get(seen.id), self.cases.get(seen.id)
        if payment is None or not self._is_as_seen(answer, payment, case):
            return None
        if seen.is_waiting:
            return None
        if case is not None and case.status == Status.HELD:
            if answer.status != Status.HELD:
                answer = answer.doubted("hold_ended", why=f"It was held: {case.why}")
        elif case is not None and case.decided_by:
            # what a person said stands; only the proposals are new
            answer = replace(answer.doubted(case.reason, why=case.why), payer_id=None)
        return Entry(answer=answer, payment=payment, found=case)

    def _is_as_seen(self, answer: Answer, payment: Payment, case: MatchCase | None) -> bool:
        seen = answer.seen
        minor, back_on = self.used.get(payment.pk, (0, None))
        known = (case.pk, case.status, case.version) if case else (None, "", 0)
        return (
            payment.pk not in self.gone
            and payment.amount_minor - minor == seen.left_minor
            and payment.customer_id == seen.customer_id
            and known == (seen.case_id, seen.status, seen.version)
            and self.as_of >= max(payment.value_on, back_on or payment.value_on)
        )

    def with_decisions(self, entries: Sequence[Entry]) -> list[Entry]:
        """Return the entries, those that post with their checked decision.

        One that cannot post so goes to a person; one whose items changed is left out.
        """
        keys = {key for one in entries if one.is_posted for key in one.answer.amounts}
        keys |= {
            int(short.item_id)
            for one in entries
            if one.is_posted
            for short in one.answer.proposals[0].shortfalls
        }
        self.items = locked_by_key(company=self.actor.company, keys=keys)
        models = {key: one.item for key, one in self.items.items()}
        planned = []
        for entry in entries:
            if entry.is_posted:
                try:
                    entry.decision = decision_of(entry.answer, items=models, payment=entry.payment)
                except Refused as refusal:
                    entry.answer = entry.answer.doubted("unsure", why=str(refusal))
            planned.append(entry)
        self._lock_disputed(planned)
        left = {key: one.open_minor for key, one in self.items.items()}
        return [one for one in planned if not one.decision or self._fits(one, left)]

    def _lock_disputed(self, entries: Sequence[Entry]) -> None:
        refused = [gone for one in entries if one.decision for gone in one.decision.deductions]
        lock_disputed(company=self.actor.company, deductions=refused)
        for chunk in chunks(sorted(self.items)):
            disputed = Dispute.objects.filter(
                company=self.actor.company, item__in=chunk, closed_on=None
            )
            self.disputed |= set(disputed.values_list("item_id", flat=True))

    @cached_property
    def _budget(self) -> Budget:
        return small_differences(
            company=self.actor.company, policy=self.frames.cash.write_off, as_of=self.as_of
        )

    def _fits(self, entry: Entry, left: dict[int, int]) -> bool:
        """Return whether the entry is to be written; without its decision when over budget."""
        decision = entry.decision
        if decision is None:
            return True
        for key in decision.item_ids():
            is_same = self.items[key].open_minor == self.matching.open_minor.get(key)
            if not is_same or key in self.disputed:
                return False
        small = [
            (self._item(gone.item_id), gone.amount_minor)
            for gone in decision.given_up
            if gone.kind in BUDGETED
        ]
        if small:
            try:
                self._budget.take(small)
            except Refused as refusal:
                entry.answer = entry.answer.doubted("over_budget", why=str(refusal))
                entry.decision = None
                return True
        try:
            check_decision(decision, self.items, left, as_of=self.as_of)
        except Refused:
            return False
        return True

    def _item(self, key: int) -> Item:
        return self.items[key].item

    def name_payers(self, entries: Sequence[Entry]) -> None:
        """Write whose payments these surely are, where nobody knew."""
        payers: dict[Payment, int | None] = {
            one.payment: one.answer.payer_id
            for one in entries
            if one.answer.payer_id is not None and one.payment.customer_id is None
        }
        if payers:
            reason = "The payer was recognised by name or account"
            write_payers(self.actor, payers, reason=reason, as_of=self.as_of, at=self.at)

    def fact(self, entry: Entry, written: dict[str, Any]) -> Fact:
        """Return the event of a posting, with all it wrote."""
        answer, payment, decision = entry.answer, entry.payment, entry.decision
        if decision is None:
            raise ValueError(f"payment {payment.number} was posted without a decision")
        amounts = sorted(answer.amounts.items())
        owner = payment.customer_id or self._item(amounts[0][0]).customer_id
        return Fact(
            verb="cash.posted",
            subject=CASE,
            subject_id=entry.case.pk,
            customer_id=owner,
            data={
                "payment": payment.number,
                "currency": payment.currency,
                "amount_minor": decision.used_minor,
                "left_minor": answer.seen.left_minor - decision.used_minor,
                "tier": entry.case.tier,
                "amounts": {self._item(key).number: amount for key, amount in amounts},
                "items": [[key, amount] for key, amount in amounts],
                "payer": payment.customer_id,
                "payer_before": answer.seen.customer_id,
                **written,
            },
        )

    def moved(self, entry: Entry) -> Fact:
        """Return the event of a case that matching held, or gave back to the queue."""
        is_held = entry.case.status == Status.HELD
        return Fact(
            verb="cash.held" if is_held else "cash.released",
            subject=CASE,
            subject_id=entry.case.pk,
            customer_id=entry.payment.customer_id,
            data={"payment": entry.payment.number, "reason": entry.answer.why},
        )
