"""What somebody chose to pay, read from an address: all due, ticked items, or an amount."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import urlencode

from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext

from dunwell.actions.gate import Refused
from dunwell.actions.portal_payments import Wish
from dunwell.engine.payment_choices import due_parts, less_credit, oldest_first
from dunwell.models import Customer
from dunwell.queries.numbered_pages import NumberedPage, numbered_page
from dunwell.queries.payables import (
    PayableItem,
    Payables,
    currencies_of,
    instalment_amounts,
    payables,
    settlement_amounts,
)
from dunwell.templatetags.money import read_money
from dunwell.templatetags.sentences import spoken

ALL, SELECTED, PART = "all", "selected", "part"
CHOSEN_BY = frozenset({"currency", "mode", "item", "credit", "amount", "instalment", "settlement"})
"""Fields of an address that say what is paid."""
LARGEST_KEY = 2**63 - 1
SHOWN = 100
"""So many items stand on a page of the form, besides those ticked elsewhere."""

MOST_PICKED = 300
"""Items ticked at once: more make an address that servers cut. All due, and an amount, go on any
number."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChosenLine:
    """An item with what is paid on it, what credits settle, and the discount for paying now."""

    row: PayableItem
    amount_minor: int
    credit_minor: int = 0
    discount_minor: int = 0

    @property
    def net_minor(self) -> int:
        """Return what is charged for it."""
        return self.amount_minor - self.discount_minor


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownItem:
    """An item in the form: whether it is ticked, and the amount written beside it."""

    row: PayableItem
    is_picked: bool
    amount: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownItems:
    """The items on the page of the form, and the ticked ones that are not on it."""

    page: NumberedPage[PayableItem]
    items: tuple[ShownItem, ...]
    carried: tuple[ShownItem, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """What was chosen, as the ledger knows it now; `told` are the fields of the address."""

    found: Payables
    currencies: tuple[str, ...]
    mode: str
    told: QueryDict
    picked: frozenset[int]
    lines: tuple[ChosenLine, ...] = ()
    amounts: Mapping[int, int] = field(default_factory=dict)
    credits: tuple[int, ...] = ()
    credit_minor: int = 0
    error: str = ""
    purpose: str = "portal"

    @property
    def currency(self) -> str:
        """Return the currency that is paid in."""
        return self.found.currency

    @property
    def pay_minor(self) -> int:
        """Return what is left to pay: less credits and discounts, before any surcharge."""
        return sum(line.net_minor for line in self.lines)

    @property
    def query(self) -> str:
        """Return the choice as the end of an address."""
        return urlencode(self.hidden)

    @property
    def hidden(self) -> list[tuple[str, str]]:
        """Return the fields of the choice, for a form that goes on with it."""
        return [
            (name, value)
            for name in self.told
            for value in self.told.getlist(name)
            if value and name in CHOSEN_BY | {f"amount_{key}" for key in self.picked}
        ]

    def wish(self, shown_minor: int | None) -> Wish:
        """Return the choice as the action takes it."""
        return Wish(
            currency=self.currency,
            amounts=self.amounts,
            credits=self.credits,
            shown_minor=shown_minor,
        )


def read_choice(request: HttpRequest, customer: Customer, *, as_of: date) -> Choice:
    """Return what an address or a form chose; an error in words where it chose nothing."""
    told = request.POST if request.method == "POST" else request.GET
    currencies = currencies_of(customer)
    wanted = told.get("currency", "")
    own = customer.currency or customer.company.currency
    first = own if own in currencies or not currencies else currencies[0]
    found = payables(customer, currency=wanted if wanted in currencies else first, as_of=as_of)
    picked = _keys(told.getlist("item"))
    mode = told.get("mode", SELECTED if picked else ALL)
    plain = Choice(
        found=found,
        currencies=currencies,
        mode=mode if mode in {ALL, SELECTED, PART} else ALL,
        told=told,
        picked=frozenset(picked),
        credits=tuple(_keys(told.getlist("credit"))),
    )
    try:
        amounts, purpose = _amounts(plain, as_of=as_of)
    except Refused as refusal:
        return _with(plain, error=spoken(refusal))
    return _netted(plain, amounts, purpose, as_of=as_of)


def shown_items(choice: Choice) -> ShownItems:
    """Return what the form shows of the items; what is looked for begins with the first page."""
    told, items = choice.told, choice.found.items
    asked = None if "look" in told else _key(told.get("page", ""))
    page = numbered_page(items, size=SHOWN, find=told.get("find", ""), page=asked)
    others = choice.picked - {row.item_id for row in page.rows}
    return ShownItems(
        page=page,
        items=tuple(_shown(choice, row) for row in page.rows),
        carried=tuple(_shown(choice, row) for row in items if row.item_id in others),
    )


def _shown(choice: Choice, row: PayableItem) -> ShownItem:
    amount = choice.told.get(f"amount_{row.item_id}", "").strip()[:30]
    return ShownItem(row=row, is_picked=row.item_id in choice.picked, amount=amount)


def _amounts(choice: Choice, *, as_of: date) -> tuple[dict[int, int], str]:
    told, found = choice.told, choice.found
    if key := _key(told.get("instalment", "")):
        row = next((one for one in found.instalments if one.instalment.pk == key), None)
        if row is None:
            raise Refused(gettext("This instalment is paid, or not yours."))
        amounts = instalment_amounts(row.instalment, left_minor=row.left_minor)
        return {item.pk: amount for item, amount in amounts.items()}, "plan"
    if key := _key(told.get("settlement", "")):
        settlement = next((one for one in found.settlements if one.pk == key), None)
        if settlement is None:
            raise Refused(gettext("This offer is over, or not yours."))
        amounts = settlement_amounts(settlement)
        return {item.pk: amount for item, amount in amounts.items()}, "portal"
    if choice.mode == PART:
        wanted = _money(told.get("amount", ""), found.currency)
        if wanted <= 0:
            raise Refused(gettext("Write the amount you want to pay."))
        amounts_by_key, left = oldest_first(found.parts, wanted)
        if left:
            raise Refused(gettext("This is more than is open. Write a smaller amount."))
        return amounts_by_key, "portal"
    if choice.mode == SELECTED:
        return _selected(choice), "portal"
    return due_parts(found.parts, as_of=as_of), "portal"


def _selected(choice: Choice) -> dict[int, int]:
    """Return the ticked items, each with its own amount where one was written."""
    amounts = {}
    for row in choice.found.items:
        key = row.item_id
        if key not in choice.picked:
            continue
        written = choice.told.get(f"amount_{key}", "").strip()
        amount = _money(written, choice.currency) if written else row.free_minor or row.open_minor
        if not 0 < amount <= row.open_minor:
            raise Refused(
                gettext("Less than this is open on %(number)s.") % {"number": row.number}
            )
        amounts[key] = amount
    if not amounts:
        raise Refused(gettext("Tick at least one invoice."))
    if len(amounts) > MOST_PICKED:
        most = {"most": MOST_PICKED}
        raise Refused(
            gettext("Tick at most %(most)s invoices, or pay all that is due or an amount.") % most
        )
    return amounts


def _netted(choice: Choice, amounts: dict[int, int], purpose: str, *, as_of: date) -> Choice:
    rows = {row.item_id: row for row in choice.found.items}
    usable = {one.item_id: one.free_minor for one in choice.found.credits}
    left, settled = dict(amounts), dict.fromkeys(amounts, 0)
    for key in choice.credits:
        left, used = less_credit(left, [row.part for row in rows.values()], usable.get(key, 0))
        for item, amount in used.items():
            settled[item] += amount
    lines = tuple(
        ChosenLine(
            row=rows[key],
            amount_minor=left.get(key, 0),
            credit_minor=settled[key],
            discount_minor=_discount(rows[key], left.get(key, 0), as_of),
        )
        for key in amounts
        if key in rows
    )
    credit = sum(settled.values())
    error = ""
    if amounts and not left:
        error = gettext("The credits cover all of it. Untick one to pay the rest.")
    return _with(
        choice,
        lines=lines,
        amounts=amounts,
        credit_minor=credit,
        purpose=purpose,
        error=error,
    )


def _discount(row: PayableItem, amount_minor: int, as_of: date) -> int:
    return row.discount_on(as_of) if amount_minor == row.open_minor else 0


def _with(choice: Choice, **changes: object) -> Choice:
    values = {name: getattr(choice, name) for name in Choice.__slots__}
    return Choice(**{**values, **changes})


def _money(text: str, currency: str) -> int:
    try:
        return read_money(text[:30], currency)
    except ValueError as error:
        raise Refused(str(error)) from error


def _keys(texts: list[str]) -> list[int]:
    return [key for text in texts if (key := _key(text))]


def _key(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) < 20  # noqa: PLR2004  bigint
    return int(text) if is_number and int(text) <= LARGEST_KEY else 0
