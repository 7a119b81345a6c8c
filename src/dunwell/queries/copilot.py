"""What the copilot may say of one customer on a day, gathered once from the records that stand."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Max

from dunwell.engine.copilot_facts import (
    BalanceFact,
    CopilotFacts,
    DisputeFact,
    HabitFact,
    HoldFact,
    ItemFact,
    PaymentFact,
    PointFact,
    PromiseFact,
    RankFact,
    ScoreFact,
    WayFact,
)
from dunwell.models import Company, OpenItem, Promise, PromiseItem, Run, WorklistEntry
from dunwell.queries.cards import CustomerCard, customer_card
from dunwell.queries.contact_rules import customer_verdicts
from dunwell.queries.disputes import DisputeRow, dispute_rows
from dunwell.queries.holds import HoldRow
from dunwell.queries.promises import PromiseRow, promise_rows
from dunwell.queries.runs import CYCLE
from dunwell.queries.scores import ScoreRow, customer_score
from dunwell.queries.worklist import suggestion_of

MOST_ITEMS = 100
"""So many open items are looked at, the oldest due first; a statement has the rest."""

WAYS = ("call", "email")
"""Channels whose rules are told."""

FAILED = (Promise.Outcome.BROKEN, Promise.Outcome.PARTIALLY_KEPT)


def copilot_facts(
    company: Company, customer_id: int, *, as_of: date, at: datetime
) -> CopilotFacts | None:
    """Return what is known of a customer of the company, None where there is no such one.

    The number of queries does not depend on how much there is.
    """
    card = customer_card(company, customer_id, as_of=as_of)
    if card is None:
        return None
    disputes = dispute_rows(company, as_of=as_of, customer_id=customer_id).rows
    promises = promise_rows(company, as_of=as_of, customer_id=customer_id, outcome="open").rows
    verdicts = customer_verdicts(company, customer_id, as_of=as_of, at=at, channels=WAYS)
    zone = ZoneInfo(company.zone)
    return CopilotFacts(
        customer_id=card.id,
        number=card.number,
        name=card.name,
        as_of=as_of,
        balances=_balances(card),
        items=_items(company, customer_id, disputes, card.holds, promises, as_of=as_of),
        open_promises=tuple(_promise(row) for row in promises),
        failed_promise=_failed(company, customer_id, as_of=as_of),
        disputes=tuple(_dispute(row) for row in disputes),
        holds=tuple(_hold(row) for row in card.holds if row.is_active),
        payment=None
        if card.last_payment is None
        else PaymentFact(
            number=card.last_payment.number,
            currency=card.last_payment.currency,
            amount_minor=card.last_payment.amount_minor,
            value_on=card.last_payment.value_on,
        ),
        habit=None
        if card.habit is None
        else HabitFact(
            label=card.habit.label,
            usual_days=card.habit.expected_days_late,
            late_ppm=card.habit.share_late_ppm,
            settled=card.habit.settled,
        ),
        last_contact_on=None
        if card.last_contact is None
        else card.last_contact.at.astimezone(zone).date(),
        score=_score(customer_score(company, customer_id)),
        rank=_rank(company, customer_id),
        cycle_on=_cycle_on(company),
        ways=tuple(
            WayFact(
                channel=one.channel,
                is_allowed=one.is_allowed,
                rule=one.rule_id,
                text=one.text,
                next_on=None if one.next_at is None else one.next_at.astimezone(zone).date(),
            )
            for one in verdicts
        ),
        is_opted_out=card.is_opted_out,
    )


def _balances(card: CustomerCard) -> tuple[BalanceFact, ...]:
    return tuple(
        BalanceFact(
            currency=one.currency,
            open_minor=one.open_minor,
            overdue_minor=one.overdue_minor,
            unapplied_minor=one.unapplied_minor,
            items=one.items,
            oldest_days=one.oldest_days,
        )
        for one in card.balances
    )


def _items(
    company: Company,
    customer_id: int,
    disputes: Sequence[DisputeRow],
    holds: Sequence[HoldRow],
    promises: Sequence[PromiseRow],
    *,
    as_of: date,
) -> tuple[ItemFact, ...]:
    """Return the open debits; one of which a part is disputed, promised or held is not free.

    A promise of an amount covers the oldest items first, as far as it reaches.
    """
    rows = (
        OpenItem.objects.filter(company=company, customer=customer_id, open_minor__gt=0)
        .select_related("item")
        .order_by("due_on", "item_id")[:MOST_ITEMS]
    )
    named = {row.id for row in promises}
    taken = set(
        PromiseItem.objects.filter(promise__in=named).values_list("item_id", flat=True)
    ) | {row.item_id for row in disputes}
    active = [hold for hold in holds if hold.is_active]
    taken |= {hold.item_id for hold in active if hold.item_id is not None}
    is_held = any(hold.item_id is None for hold in active)
    left: dict[str, int] = {}
    for told in promises:
        if told.level == Promise.Level.CUSTOMER:
            left[told.currency] = left.get(told.currency, 0) + told.promised_minor
    found = []
    for row in rows:
        is_covered = left.get(row.currency, 0) > 0 and row.item_id not in taken
        if is_covered:
            left[row.currency] -= row.open_minor
        found.append(
            ItemFact(
                id=row.item_id,
                number=row.item.number,
                currency=row.currency,
                open_minor=row.open_minor,
                amount_minor=row.item.amount_minor,
                due_on=row.due_on,
                days_late=(as_of - row.due_on).days,
                is_free=not (is_held or is_covered or row.item_id in taken),
            )
        )
    return tuple(found)


def _promise(row: PromiseRow) -> PromiseFact:
    return PromiseFact(
        id=row.id,
        currency=row.currency,
        amount_minor=row.promised_minor,
        due_on=row.due_on,
        outcome=row.outcome,
    )


def _failed(company: Company, customer_id: int, *, as_of: date) -> PromiseFact | None:
    """Return the promise judged last where it failed and was not forgiven, else None."""
    last = (
        Promise.objects.filter(company=company, customer=customer_id, settled_on__lte=as_of)
        .order_by("-settled_on", "-id")
        .first()
    )
    if last is None or last.outcome not in FAILED or last.forgiven_on is not None:
        return None
    rows = promise_rows(
        company,
        as_of=as_of,
        customer_id=customer_id,
        outcome=last.outcome,
        due_from=last.due_on,
        due_until=last.due_on,
    ).rows
    return next((_promise(row) for row in rows if row.id == last.pk), None)


def _dispute(row: DisputeRow) -> DisputeFact:
    return DisputeFact(
        case_id=row.case_id,
        case=row.case_number,
        item=row.item,
        currency=row.currency,
        amount_minor=row.amount_minor,
        reason=row.reason,
        opened_on=row.opened_on,
    )


def _hold(row: HoldRow) -> HoldFact:
    return HoldFact(
        id=row.id,
        reason=row.reason,
        item=row.item,
        note=row.note,
        from_on=row.from_on,
        until_on=row.until_on,
    )


def _score(row: ScoreRow | None) -> ScoreFact | None:
    if row is None:
        return None
    return ScoreFact(
        on=row.as_of,
        score=row.score,
        base=row.base,
        band=row.band,
        is_thin=row.is_thin,
        change=row.change,
        points=tuple(
            PointFact(
                reason=str(one["reason"]),
                unit=str(one["unit"]),
                measured=None if one["measured"] is None else int(str(one["measured"])),
                neutral=int(str(one["neutral"])),
                evidence=int(str(one["evidence"])),
                points=int(str(one["points"])),
            )
            for one in row.points
        ),
        warnings=tuple(str(one["code"]) for one in row.warnings),
    )


def _cycle_on(company: Company) -> date | None:
    last: date | None = Run.objects.filter(company=company, kind=CYCLE).aggregate(
        last=Max("as_of")
    )["last"]
    return last


def _rank(company: Company, customer_id: int) -> RankFact | None:
    entry = WorklistEntry.objects.filter(company=company, customer=customer_id).first()
    if entry is None:
        return None
    suggested = suggestion_of(entry.reasons)
    return RankFact(
        rank=entry.rank,
        of=WorklistEntry.objects.filter(company=company).count(),
        currency=entry.currency,
        due_minor=entry.due_minor,
        promised_minor=entry.promised_minor,
        disputed_minor=entry.disputed_minor,
        collect_minor=entry.to_collect_minor,
        extra_minor=entry.expected_extra_minor,
        minutes=entry.minutes,
        score_minor=entry.score,
        action="" if suggested is None else suggested.action,
        blocked=tuple(
            str(one["reason"]) if isinstance(one, dict) else str(one) for one in entry.blocked
        ),
    )
