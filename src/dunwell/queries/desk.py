"""The desk at a glance after a cycle: what is open, comes first, goes out, and does not."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.db.models import Count, Model, Q, QuerySet, Sum

from dunwell.models import (
    Company,
    Customer,
    Dispute,
    Habit,
    Item,
    KpiValue,
    Message,
    OpenItem,
    Promise,
    Task,
    WorklistEntry,
)


@dataclass(frozen=True, slots=True)
class CurrencyOpen:
    """Open and overdue money of one currency in minor units, and its DSO in days if it applies."""

    currency: str
    open_minor: int
    overdue_minor: int
    items: int
    dso_days: Decimal | None


@dataclass(frozen=True, slots=True)
class Ranked:
    """One of the first customers of the worklist, amounts in the company's currency."""

    rank: int
    number: str
    name: str
    to_collect_minor: int
    expected_extra_minor: int
    oldest_days: int


@dataclass(frozen=True, slots=True)
class DeskSummary:
    """Counts by the words of the records; `blocked` by reason of the chase gate."""

    as_of: date
    customers: int
    items: int
    currencies: tuple[CurrencyOpen, ...]
    first: tuple[Ranked, ...]
    messages: dict[str, int]
    tasks: dict[str, int]
    blocked: dict[str, int]
    promises: dict[str, int]
    habits: dict[str, int]
    disputes_open: int


def desk_summary(company: Company, *, as_of: date, first: int = 5) -> DeskSummary:
    """Return the desk as the last cycle left it; `messages` are those of the day by status."""
    return DeskSummary(
        as_of=as_of,
        customers=Customer.objects.filter(company=company).count(),
        items=Item.objects.filter(company=company).count(),
        currencies=_currencies(company, as_of),
        first=_first(company, first),
        messages=_counts(Message.objects.filter(company=company, as_of=as_of), "status"),
        tasks=_counts(Task.objects.filter(company=company, status=Task.Status.OPEN), "kind"),
        blocked=_blocked(company),
        promises=_counts(Promise.objects.filter(company=company), "outcome"),
        habits=_counts(Habit.objects.filter(company=company), "label"),
        disputes_open=Dispute.objects.filter(company=company, closed_on=None).count(),
    )


def _currencies(company: Company, as_of: date) -> tuple[CurrencyOpen, ...]:
    dso = dict(
        KpiValue.objects.filter(company=company, as_of=as_of, kpi="dso").values_list(
            "currency", "value"
        )
    )
    rows = (
        OpenItem.objects.filter(company=company)
        .values_list("currency")
        .annotate(
            total=Sum("open_minor"),
            late=Sum("open_minor", filter=Q(due_on__lt=as_of)),
            items=Count("item"),
        )
        .order_by("currency")
    )
    return tuple(
        CurrencyOpen(
            currency=currency,
            open_minor=total,
            overdue_minor=late or 0,
            items=items,
            dso_days=Decimal(dso[currency]) if dso.get(currency) else None,
        )
        for currency, total, late, items in rows
    )


def _first(company: Company, most: int) -> tuple[Ranked, ...]:
    rows = (
        WorklistEntry.objects.filter(company=company)
        .order_by("rank")
        .values_list(
            "rank",
            "customer__number",
            "customer__name",
            "to_collect_minor",
            "expected_extra_minor",
            "oldest_days",
        )[:most]
    )
    return tuple(Ranked(*row) for row in rows)


def _blocked(company: Company) -> dict[str, int]:
    reasons: Counter[str] = Counter()
    found = WorklistEntry.objects.filter(company=company).values_list("blocked", flat=True)
    for blocked in found.iterator():
        reasons.update(row["reason"] for row in blocked)
    return dict(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0])))


def _counts(rows: QuerySet[Model], field: str) -> dict[str, int]:
    return {
        str(key): number
        for key, number in rows.values_list(field).annotate(n=Count("id")).order_by(field)
    }
