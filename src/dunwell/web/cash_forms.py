"""What a clerk typed on a case: amounts, discounts, write-offs and deductions per item."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from django.http import QueryDict
from django.utils.translation import gettext

from dunwell.actions.match_answers import DEDUCTED, GIVEN_UP
from dunwell.actions.match_cases import Deduction
from dunwell.models import Adjustment, Company, Customer, Dispute
from dunwell.queries.match_cards import CardItem, CardProposal
from dunwell.templatetags.money import money_input, read_money
from dunwell.web.keys import read_key

FIELDS = ("amount", "paid", "discount", "off", "deduct")
"""Amount fields of a row; `paid` in the payment's currency, the others in the item's."""
MOST_SECONDS = 3_600
MOST_ROWS = 400


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """One item of the table with the texts of its fields; `why` is a deduction's reason."""

    item: CardItem
    is_foreign: bool
    amount: str = ""
    paid: str = ""
    discount: str = ""
    off: str = ""
    deduct: str = ""
    why: str = ""
    note: str = ""

    @property
    def is_open(self) -> bool:
        """Return whether the fields beyond the amount hold anything."""
        return bool(self.discount or self.off or self.deduct)


@dataclass(frozen=True, kw_only=True, slots=True)
class Typed:
    """A decision as `settle_case` takes it."""

    amounts: dict[int, int] = field(default_factory=dict)
    paid: dict[int, int] = field(default_factory=dict)
    discounts: dict[int, int] = field(default_factory=dict)
    write_offs: dict[int, int] = field(default_factory=dict)
    deductions: list[Deduction] = field(default_factory=list)


def proposed_texts(proposal: CardProposal | None) -> dict[str, dict[int, str]]:
    """Return the texts of the fields a proposal fills, by field and item key."""
    texts: dict[str, dict[int, str]] = {name: {} for name in (*FIELDS, "why")}
    if proposal is None:
        return texts
    for one in proposal.items:
        texts["amount"][one.item.id] = money_input(one.amount_minor, one.item.currency)
        if one.paid_minor is not None:
            # the payment's own currency is known to the page alone; it writes these itself
            texts["paid"][one.item.id] = str(one.paid_minor)
    for short in proposal.shortfalls:
        key, text = short.item.id, money_input(short.amount_minor, short.item.currency)
        if short.kind in DEDUCTED:
            texts["deduct"][key], texts["why"][key] = text, DEDUCTED[short.kind]
        elif short.kind in GIVEN_UP:
            kind = GIVEN_UP[short.kind][0]
            texts["discount" if kind == Adjustment.Kind.DISCOUNT else "off"][key] = text
    return texts


def table_rows(
    items: Sequence[CardItem],
    *,
    currency: str,
    proposal: CardProposal | None,
    typed: QueryDict | None,
) -> tuple[Row, ...]:
    """Return the rows of the table: what was typed, else what the proposal says."""
    proposed = proposed_texts(proposal)
    rows = []
    for item in items:
        if typed is not None:
            texts = {name: typed.get(f"{name}-{item.id}", "") for name in FIELDS}
            told = {name: typed.get(f"{name}-{item.id}", "") for name in ("why", "note")}
        else:
            texts = {name: proposed[name].get(item.id, "") for name in FIELDS}
            if texts["paid"]:
                texts["paid"] = money_input(int(texts["paid"]), currency)
            told = {"why": proposed["why"].get(item.id, ""), "note": ""}
        rows.append(Row(item=item, is_foreign=item.currency != currency, **texts, **told))
    return tuple(rows)


def read_decision(data: QueryDict, items: Mapping[int, CardItem], *, currency: str) -> Typed:
    """Return what was typed, in minor units; raise ValueError naming the item that is wrong."""
    typed = Typed()
    targets = {
        "amount": typed.amounts,
        "paid": typed.paid,
        "discount": typed.discounts,
        "off": typed.write_offs,
    }
    for key, item in items.items():
        for name, target in targets.items():
            amount = _read(data, name, item, currency=currency)
            if amount:
                target[key] = amount
        deducted = _read(data, "deduct", item, currency=currency)
        if deducted:
            typed.deductions.append(
                Deduction(
                    item_id=key,
                    amount_minor=deducted,
                    reason=data.get(f"why-{key}", "") or Dispute.Reason.OTHER,
                    note=data.get(f"note-{key}", "")[:500],
                )
            )
    return typed


def _read(data: QueryDict, name: str, item: CardItem, *, currency: str) -> int:
    text = data.get(f"{name}-{item.id}", "").strip()
    if not text:
        return 0
    try:
        return read_money(text, currency if name == "paid" else item.currency)
    except ValueError as error:
        raise ValueError(f"{item.number}: {error}") from error


def read_customer(company: Company, text: str) -> int | None:
    """Return the key of the customer with a number, None when left empty.

    Raises ValueError when there is no such customer.
    """
    number = text.strip()
    if not number:
        return None
    found = Customer.objects.filter(company=company, number=number).values_list("pk", flat=True)
    if not found:
        raise ValueError(gettext("There is no customer %(number)s.") % {"number": number})
    return int(found[0])


def read_seconds(text: str) -> int:
    """Return the seconds a script counted, 0 when it says none that can be."""
    seconds = read_key(text) or 0
    return min(seconds, MOST_SECONDS)


def named_keys(data: QueryDict) -> list[int]:
    """Return the items whose amount field came with the form, in the form's order."""
    keys = [read_key(name.removeprefix("amount-")) for name in data if name.startswith("amount-")]
    return [key for key in keys if key is not None][:MOST_ROWS]
