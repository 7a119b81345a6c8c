"""How good matching is week by week, and how old the cash is that nobody has used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count, F, Q, Sum
from django.db.models.functions import Coalesce

from dunwell.engine.proportions import wilson
from dunwell.models import Allocation, Company, MatchCase, MatchOutcome, Payment
from dunwell.queries.kept_sums import of_large

PPM = 1_000_000
Z = 1.96
"""Two-sided 95 % confidence."""
AGES: Sequence[tuple[str, int, int | None]] = (
    ("0-7", 0, 7),
    ("8-30", 8, 30),
    ("31-60", 31, 60),
    ("61-90", 61, 90),
    ("91+", 91, None),
)
"""Buckets of unapplied cash by days since its value day: name, first and last day."""
Status = MatchCase.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedShare:
    """`right` of `judged` as ppm, with Wilson's interval at 95 % confidence; empty without any."""

    judged: int
    right: int

    @property
    def ppm(self) -> int | None:
        """Return the share, rounded down."""
        return self.right * PPM // self.judged if self.judged else None

    @property
    def low_ppm(self) -> int | None:
        """Return the lower end of the interval."""
        return self._bound(0)

    @property
    def high_ppm(self) -> int | None:
        """Return the upper end of the interval."""
        return self._bound(1)

    def _bound(self, place: int) -> int | None:
        ends = wilson(self.right, self.judged, z=Z)
        return round(ends[place] * PPM) if self.judged else None


@dataclass(frozen=True, kw_only=True, slots=True)
class QualityRow:
    """One week and tier, or a sum of them, by the day the payment was first matched.

    `posted` by itself and still so, `decided` by people (left on account included), `waiting`
    still. `posting` judges what was posted, `proposing` what was ranked first for a person.
    `seconds` people spent on the `decided`. `matched` is money put on items, in minor units by
    currency.
    """

    week_on: date | None
    tier: str
    payments: int
    posted: int
    decided: int
    waiting: int
    seconds: int
    posting: JudgedShare
    proposing: JudgedShare
    matched: Mapping[str, int]

    @property
    def straight_ppm(self) -> int | None:
        """Return the straight-through rate: posted of all payments, rounded down."""
        return self.posted * PPM // self.payments if self.payments else None

    @property
    def seconds_each(self) -> int | None:
        """Return the seconds people spent per payment they decided, rounded."""
        return round(self.seconds / self.decided) if self.decided else None

    @property
    def minutes_each(self) -> float | None:
        """Return the minutes people spent per payment they decided, to a tenth."""
        return round(self.seconds / 60 / self.decided, 1) if self.decided else None


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchQuality:
    """Rows by week and tier, newest week first; their sums by week, by tier, and over all."""

    rows: tuple[QualityRow, ...]
    weeks: tuple[QualityRow, ...]
    tiers: tuple[QualityRow, ...]
    whole: QualityRow


@dataclass(slots=True)
class _Sum:
    payments: int = 0
    posted: int = 0
    decided: int = 0
    seconds: int = 0
    posting: list[int] = field(default_factory=lambda: [0, 0])
    proposing: list[int] = field(default_factory=lambda: [0, 0])
    matched: dict[str, int] = field(default_factory=dict)

    def row(self, week_on: date | None, tier: str) -> QualityRow:
        """Return the sums as a row."""
        return QualityRow(
            week_on=week_on,
            tier=tier,
            payments=self.payments,
            posted=self.posted,
            decided=self.decided,
            waiting=self.payments - self.posted - self.decided,
            seconds=self.seconds,
            posting=JudgedShare(judged=self.posting[0], right=self.posting[1]),
            proposing=JudgedShare(judged=self.proposing[0], right=self.proposing[1]),
            matched=dict(sorted(self.matched.items())),
        )


_Key = tuple[date | None, str]


def match_quality(company: Company, *, from_on: date, to_on: date) -> MatchQuality:
    """Return how good matching was for payments first matched from a day to a day, inclusive.

    Weeks begin on Monday. A tier is that of the best reading, `none` where there was none.
    """
    sums: dict[_Key, _Sum] = {}
    within = Q(company=company, opened_on__gte=from_on, opened_on__lte=to_on)
    for on, tier, status, cases, seconds in (
        MatchCase.objects.filter(within)
        .order_by()
        .values_list("opened_on", "tier", "status")
        .annotate(cases=Count("pk"), spent=Sum("seconds"))
    ):
        for one in _meant(sums, on, tier):
            one.payments += cases
            one.posted += cases if status == Status.POSTED else 0
            if status in {Status.DECIDED, Status.PARKED}:
                one.decided += cases
                one.seconds += seconds
    _count_outcomes(company, sums, from_on, to_on)
    _count_money(company, sums, from_on, to_on)
    rows = [sums[key].row(*key) for key in sums]
    newest = sorted(rows, key=lambda row: row.tier)
    newest.sort(key=lambda row: row.week_on or date.min, reverse=True)
    return MatchQuality(
        rows=tuple(row for row in newest if row.week_on and row.tier),
        weeks=tuple(row for row in newest if row.week_on and not row.tier),
        tiers=tuple(row for row in newest if row.tier and not row.week_on),
        whole=sums.get((None, ""), _Sum()).row(None, ""),
    )


def _meant(sums: dict[_Key, _Sum], on: date, tier: str) -> list[_Sum]:
    """Return the four sums that a case of a day and tier counts in."""
    week, name = on - timedelta(days=on.weekday()), tier or "none"
    keys: list[_Key] = [(week, name), (week, ""), (None, name), (None, "")]
    return [sums.setdefault(key, _Sum()) for key in keys]


def _count_outcomes(company: Company, sums: dict[_Key, _Sum], from_on: date, to_on: date) -> None:
    judged = (
        MatchOutcome.objects.filter(
            company=company,
            is_current=True,
            case__opened_on__gte=from_on,
            case__opened_on__lte=to_on,
        )
        .order_by()
        .values_list("case__opened_on", "case__tier", "was_auto", "is_right")
        .annotate(times=Count("pk"))
    )
    for on, tier, was_auto, is_right, times in judged:
        for one in _meant(sums, on, tier):
            counted = one.posting if was_auto else one.proposing
            counted[0] += times
            counted[1] += times if is_right else 0


def _count_money(company: Company, sums: dict[_Key, _Sum], from_on: date, to_on: date) -> None:
    put = (
        Allocation.objects.filter(
            company=company,
            payment__match_case__opened_on__gte=from_on,
            payment__match_case__opened_on__lte=to_on,
        )
        .order_by()
        .values_list(
            "payment__match_case__opened_on", "payment__match_case__tier", "payment__currency"
        )
        .annotate(minor=Sum(Coalesce("paid_minor", "amount_minor")))
    )
    for on, tier, currency, minor in put:
        for one in _meant(sums, on, tier):
            one.matched[currency] = one.matched.get(currency, 0) + int(minor)


@dataclass(frozen=True, kw_only=True, slots=True)
class UnappliedPayment:
    """A payment with unapplied cash; `bucket` is one of AGES."""

    id: int
    number: str
    value_on: date
    age_days: int
    bucket: str
    amount_minor: int
    unapplied_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class UnappliedRow:
    """Unapplied cash of a customer (or of nobody known) in a currency, by age, in minor units.

    `buckets` has an amount for each of AGES; they sum to `unapplied_minor`, as do `payments`.
    """

    customer_id: int | None
    customer_number: str
    customer_name: str
    currency: str
    unapplied_minor: int
    buckets: tuple[int, ...]
    oldest_days: int
    payments: tuple[UnappliedPayment, ...]


@of_large
def unapplied_aging(company: Company, *, as_of: date) -> tuple[UnappliedRow, ...]:
    """Return unapplied cash as of a day by currency and customer, largest first, with payments.

    Returned payments and their returns cancel each other and are left out.
    """
    used = Sum(
        Coalesce("allocations__paid_minor", "allocations__amount_minor"),
        filter=Q(allocations__applied_on__lte=as_of),
    )
    alive = Q(reverses=None) & (Q(reversed_by=None) | Q(reversed_by__value_on__gt=as_of))
    found = (
        Payment.objects.filter(alive, company=company, value_on__lte=as_of)
        .annotate(left=F("amount_minor") - Coalesce(used, 0))
        .exclude(left=0)
        .select_related("customer")
        .order_by("value_on", "id")
    )
    grouped: dict[tuple[str, int | None], list[Payment]] = {}
    for payment in found:
        grouped.setdefault((payment.currency, payment.customer_id), []).append(payment)
    rows = [_unapplied(payments, as_of) for payments in grouped.values()]
    rows.sort(key=lambda row: (row.currency, -row.unapplied_minor, row.customer_number))
    return tuple(rows)


def _unapplied(payments: Sequence[Payment], as_of: date) -> UnappliedRow:
    listed = tuple(_aged(payment, as_of) for payment in payments)
    customer = payments[0].customer
    return UnappliedRow(
        customer_id=customer.pk if customer else None,
        customer_number=customer.number if customer else "",
        customer_name=customer.name if customer else "",
        currency=payments[0].currency,
        unapplied_minor=sum(one.unapplied_minor for one in listed),
        buckets=tuple(
            sum(one.unapplied_minor for one in listed if one.bucket == name) for name, _, _ in AGES
        ),
        oldest_days=max(one.age_days for one in listed),
        payments=listed,
    )


def _aged(payment: Payment, as_of: date) -> UnappliedPayment:
    age = (as_of - payment.value_on).days
    return UnappliedPayment(
        id=payment.pk,
        number=payment.number,
        value_on=payment.value_on,
        age_days=age,
        bucket=next(name for name, first, last in AGES if last is None or first <= age <= last),
        amount_minor=payment.amount_minor,
        unapplied_minor=int(getattr(payment, "left", 0)),
    )
