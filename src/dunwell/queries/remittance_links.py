"""Which payment a remittance advice speaks of, where total, payer or reference say so uniquely."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import F, Q, Sum

from dunwell.engine.matching.names import Likeness, likeness
from dunwell.engine.matching.words import folded
from dunwell.formats.bank.references import plain
from dunwell.models import BankEntry, Company, Payment, Remittance

BEFORE, AFTER = timedelta(days=15), timedelta(days=45)
"""How long before and after the advice's day its payment may reach us."""
SHORTEST_REFERENCE = 4
"""Shorter references name nothing for sure."""
UNLINKED = "unlinked"
"""Code of the finding that a person took a payment off an advice; it is not linked again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Claim:
    """What an advice says of its payment; `total_minor` is stated, else the sum of its lines."""

    id: int
    payer: str
    currency: str
    total_minor: int | None
    on: date
    references: frozenset[str]
    refused: frozenset[int]


@dataclass(frozen=True, kw_only=True, slots=True)
class Money:
    """A payment an advice may speak of; `references` are plain letters and digits."""

    id: int
    number: str
    payer: str
    currency: str
    amount_minor: int
    value_on: date
    references: frozenset[str]
    is_advised: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """How a payment fits an advice, best first: by reference, then payer, then amount.

    `is_other_payer`: both tell a payer, and the names are not alike.
    """

    money: Money
    has_reference: bool
    has_payer: bool
    has_total: bool
    is_other_payer: bool = False

    @property
    def rank(self) -> tuple[bool, bool, bool]:
        """Return a key that is larger for the better fit."""
        return self.has_reference, self.has_total and self.has_payer, self.has_total


def open_claims(company: Company, *, ids: Collection[int] | None = None) -> list[Claim]:
    """Return the advices without a payment, or those of `ids`, with what they say of one."""
    found = Remittance.objects.filter(company=company)
    found = found.filter(payment=None) if ids is None else found.filter(pk__in=ids)
    rows = found.annotate(sum_minor=Sum("lines__paid_minor"), unpriced=_unpriced())
    return [
        Claim(
            id=row.pk,
            payer=row.payer,
            currency=row.currency,
            total_minor=_total(row),
            on=row.paid_on or row.recorded_at.date(),
            references=_plain(row.reference.split("; ")),
            refused=frozenset(
                int(one["payment"]) for one in row.findings if one["code"] == UNLINKED
            ),
        )
        for row in rows.order_by("pk")
    ]


def money_near(company: Company, claims: Sequence[Claim]) -> list[Money]:
    """Return the payments that still stand and reached us around the days of the advices."""
    if not claims:
        return []
    first = min(claim.on for claim in claims) - BEFORE
    last = max(claim.on for claim in claims) + AFTER
    found = (
        Payment.objects.filter(
            company=company,
            amount_minor__gt=0,
            reverses=None,
            reversed_by=None,
            value_on__range=(first, last),
        )
        .annotate(advice=F("remittances__id"))
        .order_by("pk")
    )
    told: dict[int, list[str]] = defaultdict(list)
    entries = BankEntry.objects.filter(
        company=company, treatment=BankEntry.Treatment.PAYMENT, payment__in=found.values("pk")
    )
    for payment_id, *texts in entries.values_list(
        "payment_id", "reference", "end_to_end", "bank_reference"
    ):
        told[payment_id].extend(texts)
    once = {payment.pk: payment for payment in found}
    return [
        Money(
            id=payment.pk,
            number=payment.number,
            payer=payment.payer,
            currency=payment.currency,
            amount_minor=payment.amount_minor,
            value_on=payment.value_on,
            references=_plain([payment.number, payment.reference, *told[payment.pk]]),
            is_advised=getattr(payment, "advice", None) is not None,
        )
        for payment in once.values()
    ]


def fits(claim: Claim, payments: Iterable[Money]) -> list[Fit]:
    """Return the payments that fit an advice in reference or amount, the best first."""
    found = []
    for money in payments:
        if claim.currency not in {"", money.currency} or money.id in claim.refused:
            continue
        if not claim.on - BEFORE <= money.value_on <= claim.on + AFTER:
            continue
        fit = Fit(
            money=money,
            has_reference=bool(claim.references & money.references),
            has_payer=_alike(claim.payer, money.payer),
            is_other_payer=_differ(claim.payer, money.payer),
            has_total=claim.total_minor == money.amount_minor,
        )
        if fit.has_reference or fit.has_total:
            found.append(fit)
    return sorted(found, key=lambda fit: (fit.rank, fit.money.id), reverse=True)


def links(claims: Sequence[Claim], payments: Sequence[Money]) -> dict[int, int]:
    """Return advice -> payment for those that fit exactly one payment, and it exactly them.

    A reference decides where the amount does not speak against it; then amount and payer; the
    amount alone only where one side tells no payer. By amount a payment that has an advice gets
    no second one.
    """
    found = {claim.id: key for claim in claims if (key := _only(fits(claim, payments)))}
    wanted = Counter(key for key, _ in found.values())
    return {
        claim: key
        for claim, (key, by_reference) in found.items()
        if by_reference or wanted[key] == 1
    }


def _only(found: Sequence[Fit]) -> tuple[int, bool] | None:
    """Return the one payment that fits, and whether its reference said so."""
    referred = [fit for fit in found if fit.has_reference]
    if referred:
        best = [fit for fit in referred if fit.has_total] or [f for f in referred if f.has_payer]
        if len(best) == 1:
            return best[0].money.id, True
        return None
    free = [fit for fit in found if not fit.money.is_advised]
    by_payer = [fit for fit in free if fit.has_payer]
    best = by_payer or [fit for fit in free if not fit.is_other_payer]
    if len(best) != 1:
        return None
    return best[0].money.id, False


def _alike(one: str, other: str) -> bool:
    if not one or not other:
        return False
    return likeness(folded(one), folded(other)) >= Likeness.CLOSE


def _differ(one: str, other: str) -> bool:
    return bool(one) and bool(other) and not _alike(one, other)


def _plain(texts: Iterable[str]) -> frozenset[str]:
    short = SHORTEST_REFERENCE
    return frozenset(code for text in texts if len(code := plain(text)) >= short)


def _total(row: Remittance) -> int | None:
    """Return the total an advice states, else the sum of its lines where each has an amount."""
    if row.total_minor is not None:
        return row.total_minor
    extra: Mapping[str, int | None] = vars(row)
    return None if extra["unpriced"] else extra["sum_minor"]


def _unpriced() -> Sum:
    return Sum(1, filter=Q(lines__paid_minor=None))
