"""What a message to one customer says of its items in words, and what the ledger holds of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.conf import settings

from dunwell.engine.calendars import next_business_day
from dunwell.engine.stated_amounts import Ledger, LedgerItem, possible_numbers
from dunwell.engine.wording import Facts
from dunwell.models import (
    Company,
    Contact,
    Customer,
    Item,
    OpenItem,
    Payment,
    Promise,
    PromiseItem,
)
from dunwell.queries.charges_told import accrued_charges, charge_texts
from dunwell.queries.portal_links import told_door
from dunwell.queries.texts import DAYS_TO_PAY
from dunwell.queries.wordings import HOW_TO_PAY, KINDS, day_text, language_of, money_text

KEYS_AT_ONCE = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class NamedItem:
    """An item a message names, with what is open on it now in minor units, 0 when settled."""

    item: Item
    open_minor: int


def named_items(items: Sequence[Item]) -> tuple[NamedItem, ...]:
    """Return items with what is open on them now, the oldest due first; one query."""
    opened = dict(
        OpenItem.objects.filter(item__in=[item.pk for item in items]).values_list(
            "item_id", "open_minor"
        )
    )
    ordered = sorted(items, key=lambda item: (item.due_on, item.pk))
    return tuple(NamedItem(item=item, open_minor=opened.get(item.pk, 0)) for item in ordered)


def open_sums(named: Sequence[NamedItem]) -> dict[str, int]:
    """Return what is open on some items together, by currency; credits lower it."""
    sums: dict[str, int] = {}
    for one in named:
        sums[one.item.currency] = sums.get(one.item.currency, 0) + one.open_minor
    return sums


def spoken_to(company: Company, customer: Customer, contact: Contact | None) -> str:
    """Return the language a contact is written to in."""
    return language_of(contact.language if contact else "", customer.language, company.language)


def message_facts(
    customer: Customer,
    named: Sequence[NamedItem],
    *,
    contact: Contact | None,
    writer: str,
    language: str,
    as_of: date,
    promise: tuple[date, int, str] | None = None,
) -> Facts:
    """Return the facts of a message to a customer about some items, formatted in the language.

    Credits among the items are listed as such and lower what is asked for. `promise` is the day,
    the amount in minor units and its currency. Two queries at most.
    """
    company = customer.company
    debits = [one for one in named if one.open_minor >= 0]
    totals = {code: amount for code, amount in open_sums(named).items() if amount > 0}
    pay_by = next_business_day(as_of + timedelta(days=DAYS_TO_PAY), country=company.country)
    late = max(((as_of - one.item.due_on).days for one in debits), default=0)
    listed = {one.item.pk for one in named}
    accrued = charge_texts(
        [
            row
            for row in accrued_charges(company, customer_id=customer.pk)
            .sort("due_day", "number", "item_id")
            .iter_rows(named=True)
            if row["item_id"] in listed
        ]
        if listed
        else [],
        demand=totals,
        language=language,
    )
    values = {
        "customer_name": customer.name,
        "contact_name": (contact.name if contact else "") or customer.name,
        "company_name": company.name,
        "collector_name": writer or company.name,
        "reply_to": company.reply_to or settings.DEFAULT_FROM_EMAIL,
        "how_to_pay": company.pay_to or HOW_TO_PAY[language],
        "reference": customer.number,
        "today": day_text(as_of, language),
        "pay_by": day_text(pay_by, language),
        "item_count": str(len(debits)),
        "oldest_days_late": str(max(late, 0)),
        **accrued.values,
        "pay_link": told_door(),
    }
    if promise is not None:
        day, amount, currency = promise
        values |= {
            "promise_day": day_text(day, language),
            "promise_amount": money_text(amount, currency, language),
        }
    return Facts(
        values=values,
        items=[_line(one, language=language, as_of=as_of) for one in debits],
        credits=[
            _line(one, language=language, as_of=as_of) for one in named if one.open_minor < 0
        ],
        totals={code: money_text(amount, code, language) for code, amount in totals.items()},
        charges=accrued.lines,
        charge_totals=accrued.totals,
    )


def open_promises(customer: Customer) -> tuple[tuple[date, int, str], ...]:
    """Return day, amount and currency of what the customer has promised, the soonest first."""
    found: dict[tuple[int, date, str], int] = {}
    rows = PromiseItem.objects.filter(
        promise__customer=customer, promise__outcome=Promise.Outcome.OPEN
    ).values_list("promise_id", "promise__due_on", "item__currency", "amount_minor")
    for key, due_on, currency, amount in rows:
        place = (key, due_on, currency)
        found[place] = found.get(place, 0) + amount
    whole = Promise.objects.filter(
        customer=customer, outcome=Promise.Outcome.OPEN, level=Promise.Level.CUSTOMER
    ).values_list("id", "due_on", "currency", "amount_minor")
    found |= {(key, due_on, currency): amount or 0 for key, due_on, currency, amount in whole}
    return tuple(
        (due_on, amount, currency)
        for (_, due_on, currency), amount in sorted(found.items(), key=lambda one: one[0][1])
    )


def message_ledger(customer: Customer, text: str, named: Sequence[NamedItem]) -> Ledger:
    """Return what a text to a customer is compared with: its items, totals, charges and promise.

    `named` are the items the message is about; those it only mentions by number are looked up.
    Seven queries, whatever the text and the customer's items.
    """
    company_id = customer.company_id
    known = {one.item.number: one for one in named}
    mentioned = [number for number in possible_numbers(text) if number not in known]
    found: list[NamedItem] = list(named)
    foreign: set[str] = set()
    for start in range(0, len(mentioned), KEYS_AT_ONCE):
        rows = Item.objects.filter(
            company=company_id, number__in=mentioned[start : start + KEYS_AT_ONCE]
        ).select_related("open_now")
        for item in rows:
            if item.customer_id != customer.pk:
                foreign.add(item.number)
                continue
            now = getattr(item, "open_now", None)
            found.append(NamedItem(item=item, open_minor=now.open_minor if now else 0))
    mine = {one.item.number for one in found}
    return Ledger(
        items=_ledger_items(customer, found),
        foreign=frozenset(foreign - mine),
        totals=_totals(customer, named),
    )


def _ledger_items(customer: Customer, found: Sequence[NamedItem]) -> tuple[LedgerItem, ...]:
    """Return the items; of two with one number (an invoice and its fee) the amounts are both."""
    charges: dict[int, set[int]] = {}
    for row in accrued_charges(customer.company, customer_id=customer.pk).iter_rows(named=True):
        interest, fees = int(row["interest_minor"]), int(row["fees_minor"])
        charges[int(row["item_id"])] = {interest, fees, interest + fees}
    by_number: dict[str, list[NamedItem]] = {}
    for one in found:
        by_number.setdefault(one.item.number, []).append(one)
    items = []
    for number, several in by_number.items():
        first = several[0]
        others = {
            amount
            for one in several
            for amount in (
                abs(one.item.amount_minor),
                abs(one.open_minor),
                *charges.get(one.item.pk, ()),
            )
        }
        items.append(
            LedgerItem(
                number=number,
                currency=first.item.currency,
                amount_minor=first.item.amount_minor,
                open_minor=first.open_minor,
                others=tuple(sorted(others)),
            )
        )
    return tuple(items)


def _totals(customer: Customer, named: Sequence[NamedItem]) -> dict[str, frozenset[int]]:
    """Return amounts that may stand alone: sums, single amounts, payments, charges, promises."""
    found: dict[str, set[int]] = {}

    def allow(currency: str, *amounts: int) -> None:
        found.setdefault(currency, set()).update(abs(amount) for amount in amounts)

    balances: dict[str, int] = {}
    debits: dict[str, int] = {}
    for currency, amount in OpenItem.objects.filter(customer=customer).values_list(
        "currency", "open_minor"
    ):
        balances[currency] = balances.get(currency, 0) + amount
        debits[currency] = debits.get(currency, 0) + max(amount, 0)
        allow(currency, amount)
    payments = Payment.objects.filter(customer=customer).order_by("-id")
    for currency, amount in payments.values_list("currency", "amount_minor")[:KEYS_AT_ONCE]:
        allow(currency, amount)
    for _, amount, currency in open_promises(customer):
        allow(currency, amount)
    accrued: dict[str, int] = {}
    for row in accrued_charges(customer.company, customer_id=customer.pk).iter_rows(named=True):
        due = int(row["interest_minor"]) + int(row["fees_minor"])
        code = str(row["currency"])
        accrued[code] = accrued.get(code, 0) + due
        allow(code, due, int(row["interest_minor"]), int(row["fees_minor"]))
    for table in (open_sums(named), balances, debits):
        for currency, amount in table.items():
            allow(currency, amount, amount + accrued.get(currency, 0))
    for currency, amount in accrued.items():
        allow(currency, amount)
    return {currency: frozenset(amounts) for currency, amounts in found.items()}


def _line(one: NamedItem, *, language: str, as_of: date) -> dict[str, str]:
    late = (as_of - one.item.due_on).days
    return {
        "kind": KINDS[language].get(one.item.kind, one.item.kind),
        "number": one.item.number,
        "issued_on": day_text(one.item.issued_on, language),
        "due_on": day_text(one.item.due_on, language),
        "days_late": str(late) if late > 0 and one.open_minor > 0 else "",
        "open": money_text(one.open_minor, one.item.currency, language),
        "currency": one.item.currency,
    }
