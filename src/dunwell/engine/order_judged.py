"""An order while it is judged: the exposure without it, with it, and after money came in.

Exposure is asked of `engine.exposure`, which every other figure of the product uses, so that what
a check says is what the ledger of exposure shows a moment later.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from dunwell.engine.exposure import STANDING_ORDERS, Part, exposure, order_parts
from dunwell.engine.money import amount_words
from dunwell.engine.order_book import OwnPlace, Place
from dunwell.engine.order_facts import (
    GUARANTOR,
    PARENT,
    Account,
    CreditFacts,
    OrderAsk,
    OrderFacts,
)
from dunwell.engine.order_rules import OrderRule


@dataclass(slots=True)
class Book:
    """What orders approved earlier in the same run have changed.

    `parts` of customers, the shift of each account (`moved`) and of each customer's own exposure;
    `grown` of parts of the whole book, where the appetite holds orders.
    """

    parts: dict[int, tuple[Part, ...]] = field(default_factory=dict)
    moved: dict[str, int] = field(default_factory=dict)
    own: dict[int, int] = field(default_factory=dict)
    grown: dict[Place, int] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One order, the rows of the rules that are for its customer, the day, what came before it.

    `before_minor` is the customer's own exposure without the order, `after_minor` with it, None
    where a rate is missing.
    """

    order: OrderFacts
    rules: Mapping[str, OrderRule]
    as_of: date
    book: Book
    parts: tuple[Part, ...]
    before_minor: int | None
    after_minor: int | None

    @property
    def facts(self) -> CreditFacts:
        """Return the customer's facts."""
        return self.order.customer

    @property
    def root(self) -> Account | None:
        """Return the account of the topmost parent with all below it, None without a parent."""
        return root_of(self.facts)

    @property
    def place(self) -> OwnPlace:
        """Return where the order counts in the book."""
        return place_of(self.order)

    def money(self, amount_minor: int) -> str:
        """Return an amount of the company's currency as the sentences show it."""
        return amount_words(amount_minor, self.facts.currency)

    def grace(self, row: OrderRule) -> int:
        """Return the days of grace of a row at the order's checkpoint."""
        return row.grace(self.order.ask.checkpoint)

    def others(self, account: Account) -> int | None:
        """Return what the others in an account come to, None when it is not known."""
        if account.others_minor is None:
            return None
        moved = self.book.moved.get(account.key, 0)
        if account.kind == GUARANTOR:
            return account.others_minor + moved
        own = self.book.own.get(self.facts.customer_id, 0)
        return account.others_minor + (moved - own if account.kind != "own" else 0)

    def overdue(self) -> tuple[tuple[date, int], ...]:
        """Return the overdue debts left when unapplied money is put on the oldest."""
        left, credit = [], self.order.customer.credit_minor
        for day, amount in self.order.customer.debts or ():
            used = min(amount, credit)
            credit -= used
            if amount > used:
                left.append((day, amount - used))
        return tuple(left)

    def pay_for(self, room_minor: int) -> int | None:
        """Return the least payment after which the exposure with the order fits into the room.

        None where no payment does, for others alone are over.
        """
        if room_minor < 0 or self.after_minor is None:
            return None
        over = self.after_minor - room_minor
        return _least(lambda paid: self._after(paid=paid) <= room_minor, guess=over)

    def prepay_for(self, room_minor: int) -> int | None:
        """Return the least further prepayment (order's currency) that makes it fit, if any."""
        if room_minor < 0 or self.after_minor is None:
            return None
        ask = self.order.ask
        most = ask.amount_minor - ask.prepaid_minor
        if self._after(prepaid=most) > room_minor:
            return None
        over = self.after_minor - room_minor
        return _least(lambda more: self._after(prepaid=more) <= room_minor, guess=over, most=most)

    def largest_for(self, room_minor: int) -> int | None:
        """Return the largest order (its currency) that fits, None where none larger than what is
        delivered or prepaid does.
        """
        if self.after_minor is None:
            return None
        ask = self.order.ask
        least = max(ask.prepaid_minor, ask.delivered_minor, ask.billed_minor)
        span = ask.amount_minor - least
        if self._after(cut=span) > room_minor:
            return None
        over = self.after_minor - room_minor
        cut = _least(lambda less: self._after(cut=less) <= room_minor, guess=over, most=span)
        return ask.amount_minor - cut if cut < span else None

    def _after(self, *, paid: int = 0, prepaid: int = 0, cut: int = 0) -> int:
        """Return the exposure with the order after money came in, or with a smaller order."""
        ask, parts = self.order.ask, self.parts
        if paid:
            parts = with_money(parts, self.facts.currency, paid)
        if prepaid:
            parts = with_money(parts, ask.currency, prepaid)
        changed = replace(
            ask, amount_minor=ask.amount_minor - cut, prepaid_minor=ask.prepaid_minor + prepaid
        )
        return own_exposure(self.facts, with_order(parts, changed)) or 0


def judged(
    order: OrderFacts, rules: Mapping[str, OrderRule], book: Book, *, as_of: date
) -> Judged:
    """Return an order ready to be judged; what is stored of it is taken out of the exposure."""
    facts = order.customer
    parts = book.parts.get(facts.customer_id, facts.parts)
    if order.stored is not None:
        parts = with_order(parts, order.stored, status=order.stored_status, sign=-1)
    return Judged(
        order=order,
        rules=rules,
        as_of=as_of,
        book=book,
        parts=parts,
        before_minor=own_exposure(facts, parts),
        after_minor=own_exposure(facts, with_order(parts, order.ask)),
    )


def settle(one: Judged, status: str) -> dict[Place, int]:
    """Count the order as it was decided, so that those after it find the limits used by it.

    Return what it adds to parts of the whole book, where the appetite holds orders.
    """
    facts, book, ask = one.facts, one.book, one.order.ask
    is_new, passes = one.order.stored is None, status == STANDING_ORDERS[0]
    if is_new and not passes and not ask.delivered_minor and not ask.prepaid_minor:
        return {}
    was, now = one.before_minor, one.after_minor
    if not is_new:
        was = own_exposure(facts, book.parts.get(facts.customer_id, facts.parts))
    parts = with_order(one.parts, ask, status=status)
    if not passes:
        now = own_exposure(facts, parts)
    book.parts[facts.customer_id] = parts
    grown = (now or 0) - (was or 0)
    if not grown:
        return {}
    added = book_growth(one.order, was or 0, now or 0)
    for place, more in added.items():
        book.grown[place] = book.grown.get(place, 0) + more
    book.own[facts.customer_id] = book.own.get(facts.customer_id, 0) + grown
    for account in facts.accounts:
        # what a guarantor owes itself does not grow with the orders it answers for
        if account.kind != GUARANTOR:
            book.moved[account.key] = book.moved.get(account.key, 0) + grown
    return added


def root_of(facts: CreditFacts) -> Account | None:
    """Return the account of the topmost parent with all below it, None without a parent."""
    parents = [account for account in facts.accounts if account.kind == PARENT]
    return parents[-1] if parents else None


def place_of(order: OrderFacts) -> OwnPlace:
    """Return where an order counts in the book; whoever has no rating is in the unscored class."""
    facts, root = order.customer, root_of(order.customer)
    unscored = "" if order.appetite is None else order.appetite.appetite.unscored
    return OwnPlace(
        customer_id=facts.customer_id,
        group_id=facts.customer_id if root is None else int(root.key.rpartition("/")[2]),
        country=facts.country,
        sector=facts.sector,
        currency=order.ask.currency,
        risk_class=facts.risk_class or unscored,
        is_new=facts.is_new,
    )


def book_growth(order: OrderFacts, was_minor: int, now_minor: int) -> dict[Place, int]:
    """Return what a change of the customer's exposure adds to the book; nothing where unasked."""
    if order.appetite is None:
        return {}
    return place_of(order).growth(was_minor, now_minor, order.appetite.appetite)


def own_exposure(facts: CreditFacts, parts: tuple[Part, ...]) -> int | None:
    """Return the exposure that parts of a customer come to, None where a rate is missing."""
    return exposure(parts, facts.covers, facts.rates, home=facts.currency).exposure_minor


def with_order(
    parts: tuple[Part, ...], ask: OrderAsk, *, status: str = STANDING_ORDERS[0], sign: int = 1
) -> tuple[Part, ...]:
    """Return the parts with an order of a status added, or with `sign` -1 taken out."""
    unbilled, to_come, ahead = order_parts(
        status=status,
        amount_minor=ask.amount_minor,
        prepaid_minor=ask.prepaid_minor,
        delivered_minor=ask.delivered_minor,
        billed_minor=ask.billed_minor,
    )
    return _changed(
        parts,
        ask.currency,
        lambda line: Part(
            line.currency,
            line.open_minor,
            line.unbilled_minor + sign * unbilled,
            line.orders_minor + sign * to_come,
            line.unapplied_minor,
            line.prepaid_minor + sign * ahead,
        ),
    )


def with_money(parts: tuple[Part, ...], currency: str, amount_minor: int) -> tuple[Part, ...]:
    """Return the parts with money that came in and is not applied yet."""
    return _changed(
        parts,
        currency,
        lambda line: replace(line, unapplied_minor=line.unapplied_minor + amount_minor),
    )


def _changed(
    parts: tuple[Part, ...], currency: str, change: Callable[[Part], Part]
) -> tuple[Part, ...]:
    if not any(line.currency == currency for line in parts):
        parts = (*parts, Part(currency))
    return tuple(change(line) if line.currency == currency else line for line in parts)


def _least(fits: Callable[[int], bool], *, guess: int, most: int | None = None) -> int:
    """Return the least number that fits, above 0; more fits as well, and `most` does."""
    if guess >= 1 and (most is None or guess <= most) and fits(guess) and not fits(guess - 1):
        return guess
    low, high = 0, max(1, guess) if most is None else most
    while most is None and not fits(high):
        low, high = high, high * 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(middle) else (middle, high)
    return high
