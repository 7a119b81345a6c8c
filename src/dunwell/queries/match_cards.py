"""One case for the person who decides it: the payment's words, proposals, items, and history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce

from dunwell.engine.money import from_minor
from dunwell.engine.number_forms import letters_and_digits
from dunwell.models import (
    Allocation,
    BankEntry,
    Company,
    Dispute,
    Event,
    Item,
    MatchCase,
    OpenItem,
    PayerAlias,
    Payment,
    RemittanceLine,
)
from dunwell.queries.early_payment import offer_terms
from dunwell.queries.match_payers import plain_name

MOST_CANDIDATES = 200
"""So many open items of the likely customers are offered, the oldest first."""
CASE = "matchcase"


@dataclass(frozen=True, kw_only=True, slots=True)
class CardItem:
    """An item with what is open now; `is_disputed`: it has an open dispute."""

    id: int
    number: str
    kind: str
    reference: str
    customer_id: int
    customer_number: str
    customer_name: str
    terms: str
    issued_on: date
    due_on: date
    days_past_due: int
    currency: str
    amount_minor: int
    open_minor: int
    is_disputed: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Proposed:
    """An item with the amount a proposal puts on it; `paid_minor` where currencies differ."""

    item: CardItem
    amount_minor: int
    paid_minor: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Short:
    """What a proposal leaves open or gives away of an item, and why, in minor units."""

    item: CardItem
    kind: str
    amount_minor: int


@dataclass(frozen=True, kw_only=True, slots=True)
class CardProposal:
    """One way to read the payment; rank 1 is the best. `left_minor` would stay unapplied."""

    rank: int
    tier: str
    is_auto: bool
    confidence_ppm: int
    items: tuple[Proposed, ...]
    shortfalls: tuple[Short, ...]
    left_minor: int
    reasons: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class CardText:
    """One thing the bank says of the payment: its name in plain English, and the words."""

    name: str
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class CardLine:
    """One line of a remittance of the payment; amounts in its currency, empty if untold."""

    remittance: str
    item_ref: str
    paid_minor: int | None
    gross_minor: int | None
    discount_minor: int | None
    deduction_minor: int | None
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Looker:
    """Somebody who opened the case, and when they did last."""

    name: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class CardEvent:
    """A decision on the case: what, by whom, when, and the reason they gave."""

    verb: str
    actor: str
    at: datetime
    reason: str
    data: Mapping[str, object]


@dataclass(frozen=True, kw_only=True, slots=True)
class CaseCard:
    """A case with everything a decision needs; amounts in minor units of the payment."""

    case: MatchCase
    payment: Payment
    customer_id: int | None
    customer_number: str
    customer_name: str
    left_minor: int
    is_returned: bool
    texts: tuple[CardText, ...]
    lines: tuple[CardLine, ...]
    proposals: tuple[CardProposal, ...]
    candidates: tuple[CardItem, ...]
    lookers: tuple[Looker, ...]
    history: tuple[CardEvent, ...]


def case_card(company: Company, case_id: int, *, as_of: date) -> CaseCard | None:
    """Return the card of one case of the company, or None.

    Candidates are the open items of the customers the payment may be of, oldest first: its own,
    those of the proposals, and those its payer's name or account is known to pay for.
    """
    case = (
        MatchCase.objects.filter(company=company, pk=case_id)
        .select_related("payment__customer", "payment__reversed_by")
        .first()
    )
    if case is None:
        return None
    payment = case.payment
    entries = list(BankEntry.objects.filter(payment=payment).order_by("pk"))
    rows = list(case.proposals.order_by("rank"))
    named = {key for row in rows for key, *_ in row.allocations}
    named |= {short["item_id"] for row in rows for short in row.shortfalls}
    items = _items(Item.objects.filter(company=company, pk__in=named), as_of)
    likely = {one.customer_id for one in items.values()} | _known(company, payment, entries)
    found = OpenItem.objects.filter(company=company, customer__in=likely)
    keys = list(found.order_by("due_on", "item").values_list("item", flat=True)[:MOST_CANDIDATES])
    offered = _items(Item.objects.filter(pk__in=keys), as_of)
    used = Allocation.objects.filter(payment=payment).aggregate(
        minor=Sum(Coalesce("paid_minor", "amount_minor"))
    )
    customer = payment.customer
    return CaseCard(
        case=case,
        payment=payment,
        customer_id=payment.customer_id,
        customer_number=customer.number if customer else "",
        customer_name=customer.name if customer else "",
        left_minor=payment.amount_minor - (used["minor"] or 0),
        is_returned=hasattr(payment, "reversed_by"),
        texts=_texts(payment, entries),
        lines=_lines(payment, entries),
        proposals=tuple(_proposal(row, items, payment) for row in rows),
        candidates=tuple(offered[key] for key in keys),
        lookers=tuple(
            Looker(name=view.user.username, at=view.opened_at)
            for view in case.views.select_related("user").order_by("-opened_at", "user")
        ),
        history=_history(company, case),
    )


def found_items(
    company: Company, *, search: str, currency: str = "", as_of: date
) -> tuple[CardItem, ...]:
    """Return open items whose number, reference or customer holds a text, oldest first."""
    text = search.strip().replace("\0", "")
    if not text:
        return ()
    found = OpenItem.objects.filter(company=company).filter(
        Q(item__number__icontains=text)
        | Q(item__reference__icontains=text)
        | Q(customer__number=text)
        | Q(customer__name__icontains=text)
    )
    if currency:
        found = found.filter(currency=currency)
    keys = list(found.order_by("due_on", "item").values_list("item", flat=True)[:MOST_CANDIDATES])
    items = _items(Item.objects.filter(pk__in=keys), as_of)
    return tuple(items[key] for key in keys)


def card_items(company: Company, keys: Sequence[int], *, as_of: date) -> tuple[CardItem, ...]:
    """Return open items of the company by key, oldest first; others are left out."""
    found = OpenItem.objects.filter(company=company, item__in=keys)
    ordered = list(found.order_by("due_on", "item").values_list("item", flat=True))
    items = _items(Item.objects.filter(pk__in=ordered), as_of)
    return tuple(items[key] for key in ordered)


def _known(company: Company, payment: Payment, entries: Sequence[BankEntry]) -> set[int]:
    """Return the payment's customer and those its payer is known to pay for."""
    accounts = {letters_and_digits(entry.counterparty_account) for entry in entries}
    names = {payment.payer, *(entry.counterparty for entry in entries)}
    plain = {plain_name(name) for name in names}
    aliases = PayerAlias.objects.filter(company=company).filter(
        Q(kind=PayerAlias.Kind.ACCOUNT, text__in=accounts - {""})
        | Q(kind=PayerAlias.Kind.NAME, text__in=plain - {""})
    )
    known = set(aliases.values_list("customer_id", flat=True))
    return known | ({payment.customer_id} if payment.customer_id else set())


def _items(found: Any, as_of: date) -> dict[int, CardItem]:
    """Return items by key, with what is open on them and whether it is disputed."""
    rows = list(found.select_related("customer", "open_now"))
    disputed = set(
        Dispute.objects.filter(item__in=rows, closed_on=None).values_list("item_id", flat=True)
    )
    offered = offer_terms([item.pk for item in rows])
    return {
        item.pk: CardItem(
            id=item.pk,
            number=item.number,
            kind=str(Item.Kind(item.kind).label),
            reference=item.reference,
            customer_id=item.customer_id,
            customer_number=item.customer.number,
            customer_name=item.customer.name,
            terms="; ".join(filter(None, (item.customer.terms, offered.get(item.pk, "")))),
            issued_on=item.issued_on,
            due_on=item.due_on,
            days_past_due=(as_of - item.due_on).days,
            currency=item.currency,
            amount_minor=item.amount_minor,
            open_minor=item.open_now.open_minor if hasattr(item, "open_now") else 0,
            is_disputed=item.pk in disputed,
        )
        for item in rows
    }


def _texts(payment: Payment, entries: Sequence[BankEntry]) -> tuple[CardText, ...]:
    told: list[tuple[str, str]] = [("Payer", payment.payer), ("Reference", payment.reference)]
    for entry in entries:
        told += [
            ("Payer", entry.counterparty),
            ("Account", entry.counterparty_account),
            ("Bank", entry.counterparty_bank),
            ("Reference", entry.reference),
            ("Text", entry.text),
            ("End-to-end reference", entry.end_to_end),
            ("Bank reference", entry.bank_reference),
            ("Mandate", entry.mandate),
            ("Charges", _money(entry.charges_minor, entry.currency)),
            ("Original amount", _money(entry.original_minor, entry.original_currency)),
        ]
    return tuple(CardText(name=name, text=text) for name, text in dict.fromkeys(told) if text)


def _money(amount_minor: int | None, currency: str) -> str:
    return f"{from_minor(amount_minor, currency)} {currency}" if amount_minor else ""


def _lines(payment: Payment, entries: Sequence[BankEntry]) -> tuple[CardLine, ...]:
    advised = RemittanceLine.objects.filter(remittance__payment=payment)
    found = [
        CardLine(
            remittance=line.remittance.name,
            item_ref=line.item_ref,
            paid_minor=line.paid_minor,
            gross_minor=line.gross_minor,
            discount_minor=line.discount_minor,
            deduction_minor=line.deduction_minor,
            text=line.text,
        )
        for line in advised.select_related("remittance").order_by("remittance", "place")
    ]
    listed: Iterable[Mapping[str, Any]] = (line for entry in entries for line in entry.remitted)
    found += [
        CardLine(
            remittance="",
            item_ref=str(line.get("reference") or line.get("item_ref") or ""),
            paid_minor=line.get("paid_minor"),
            gross_minor=line.get("gross_minor"),
            discount_minor=line.get("discount_minor"),
            deduction_minor=line.get("deduction_minor"),
            text=str(line.get("text") or ""),
        )
        for line in listed
    ]
    return tuple(found)


def _proposal(row: Any, items: Mapping[int, CardItem], payment: Payment) -> CardProposal:
    amounts = {key: amount for key, amount, *_ in row.allocations}
    paid = _paid(amounts, items, payment, row.left_minor)
    return CardProposal(
        rank=row.rank,
        tier=row.tier.partition(":")[2],
        is_auto=row.tier.startswith("auto:"),
        confidence_ppm=row.confidence_ppm,
        items=tuple(
            Proposed(item=items[key], amount_minor=amount, paid_minor=paid.get(key))
            for key, amount in amounts.items()
        ),
        shortfalls=tuple(
            Short(
                item=items[short["item_id"]],
                kind=short["kind"],
                amount_minor=short["amount_minor"],
            )
            for short in row.shortfalls
        ),
        left_minor=row.left_minor,
        reasons=tuple(row.reasons),
    )


def _paid(
    amounts: Mapping[int, int], items: Mapping[int, CardItem], payment: Payment, left: int
) -> dict[int, int]:
    """Return what of the payment items of another currency use: it is spread by their amounts.

    As `engine.matching.foreign` spreads it: the last one takes what rounding left.
    """
    keys = [key for key in amounts if items[key].currency != payment.currency]
    total, whole, spent = sum(amounts[key] for key in keys), payment.amount_minor - left, 0
    paid = {}
    for key in keys:
        part = whole * amounts[key] // total if total else 0
        paid[key] = whole - spent if key == keys[-1] else part
        spent += paid[key]
    return paid


def _history(company: Company, case: MatchCase) -> tuple[CardEvent, ...]:
    events = Event.objects.filter(company=company, subject=CASE, subject_id=case.pk)
    return tuple(
        CardEvent(
            verb=event.verb,
            actor=event.actor,
            at=event.at,
            reason=str(event.data.get("reason", "")),
            data=event.data,
        )
        for event in events.order_by("-seq")
    )
