"""What a batch of payments needs of the book, looked up together: claims, payers, items."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import narwhals.stable.v2 as nw

from dunwell.engine.matching.book import MOST_OF_CUSTOMER, Book, Marks
from dunwell.engine.matching.claims import Claims, read_claims, said_keys
from dunwell.engine.matching.inputs import Item, Key, Payment, RemittanceLine
from dunwell.engine.matching.payers import PayerBook, PayerMatch
from dunwell.engine.matching.policy import MatchPolicy
from dunwell.engine.matching.references import Grade, NumberIndex, numbers_in
from dunwell.engine.matching.shortlist import Amount, Hint, ItemSource, normalised_texts

MOST_NAMED = 8
"""Items one number may mean whose customers' other items are looked at."""
NOTHING = Claims((), "", is_remittance=False)


@dataclass(slots=True)
class Asked:
    """A payment with what it says, who may have sent it, and what it may see of the book.

    `whole`: customers all of whose open items may be meant; `said`: items its numbers may mean;
    `is_plain`: what it names surely is open with just its amount, so that no other item of the
    customers will be asked for; `is_read`: its claims are read, `is_met`: its payers are.
    """

    payment: Payment
    claims: Claims = NOTHING
    payers: Mapping[Key, PayerMatch] = field(default_factory=dict)
    whole: frozenset[Key] = frozenset()
    said: frozenset[Key] = frozenset()
    is_plain: bool = False
    is_read: bool = False
    is_met: bool = False

    def amounts(self) -> set[Amount]:
        """Return the amounts of which items are looked for."""
        minors = {claim.amount_minor for claim in self.claims.claims}
        minors.add(self.payment.amount_minor)
        return {(self.payment.currency, minor) for minor in minors if minor}

    def clear(self) -> None:
        """Forget what can be read again."""
        self.claims, self.payers = NOTHING, {}
        self.whole = self.said = frozenset()
        self.is_read = self.is_met = False


@dataclass(slots=True)
class Loader:
    """Reads claims and payers of payments, and the items they can be about; nothing is kept.

    `texts` are normalised texts that are needed for all payments, `like` any frame of the
    engine that normalises.
    """

    source: ItemSource
    payers: PayerBook
    lines: Mapping[Key, Sequence[RemittanceLine]]
    policy: MatchPolicy
    netted: Mapping[Key, int]
    marks: Marks
    texts: Mapping[str, str]
    like: nw.DataFrame

    def read_claims(self, cases: Sequence[Asked]) -> None:
        """Read what the payments say, of all items at once."""
        texts = {text for one in cases for text in self._texts(one.payment)}
        numbers = {text: numbers_in(text) for text in texts}
        items = {one.item_id: one for one in self.source.named(said_keys(numbers.values()))}
        index = NumberIndex(items.values(), numbers)
        for one in cases:
            lines = self.lines.get(one.payment.payment_id, ())
            one.claims = read_claims(one.payment, lines, index)
            mentions = [m for claim in one.claims.claims for m in claim.mentions]
            one.said = frozenset(m.item_id for m in mentions)
            named = [
                m
                for claim in one.claims.claims
                for m in claim.mentions[:MOST_NAMED]
                if m.grade == claim.best
            ]
            one.whole = frozenset(items[m.item_id].customer_id for m in named)
            one.is_plain = _is_plain(one, items)
            one.is_read = True

    def _texts(self, payment: Payment) -> list[str]:
        lines = self.lines.get(payment.payment_id, ())
        told = (payment.reference, payment.text, payment.end_to_end_id)
        return [
            *(text for text in told if text),
            *(text for line in lines for text in (line.item_ref, line.memo)),
        ]

    def hear(self, cases: Sequence[Asked]) -> None:
        """Make the texts of the payments known to those who compare names."""
        told = {
            text
            for one in cases
            for text in (one.payment.payer, one.payment.reference, one.payment.text)
            if text
        }
        new = normalised_texts(told - self.texts.keys(), self.like)
        self.payers.hear({**self.texts, **new}, told)

    def read_payers(self, cases: Sequence[Asked]) -> None:
        """Read who may have sent the payments; they have been heard, and their claims read."""
        for one in cases:
            one.payers = self.payers.payers(one.payment)
            one.whole = one.whole | self.payers.likely(one.payers)
            one.is_met = True

    def book(self, cases: Sequence[Asked]) -> Book:
        """Return the book as far as these payments can be about it."""
        amounts = {one for case in cases for one in case.amounts()}
        book = Book(
            payers=self.payers,
            policy=self.policy,
            netted=self.netted,
            marks=self.marks,
            fetch=self._of_customer,
            equal=self.source.equal(amounts),
        )
        book.count()
        moved = self.marks.moved()
        keys = {key for case in cases for key in case.said}
        keys.update(key for one in amounts for key in moved.get(one, ()))
        is_first = not self.marks.base
        customers = {
            key for case in cases if not (case.is_plain and is_first) for key in case.whole
        }
        found = self.source.items(
            keys=keys,
            customers=customers,
            most=self._most(customers),
            amounts=amounts - book.common,
            hinted=_hints(cases, book.common),
        )
        book.add(found, customers=customers)
        return book

    def tell(self, book: Book, cases: Sequence[Asked]) -> None:
        """Bring a book up to what was told since, for payments it was read for."""
        before = book.common
        book.tell()
        amounts = {one for case in cases for one in case.amounts()}
        # what still is as it was said will not be sought among the customer's other items
        open_ones = [case for case in cases if not _is_plain(case, book.items)]
        customers = book.lacks(key for case in open_ones for key in case.whole)
        found = self.source.items(
            keys=(),
            customers=customers,
            most=self._most(customers),
            amounts=(before - book.common) & amounts,
            hinted=_hints(cases, book.common - before),
        )
        book.add(found, customers=customers)

    def _most(self, customers: Collection[Key]) -> int:
        """Return how many open items to ask of customers, for some have been settled since."""
        settled = self.marks.settled()
        return MOST_OF_CUSTOMER + max((settled.get(key, 0) for key in customers), default=0)

    def _of_customer(self, customer_id: Key) -> list[Item]:
        """Return the open items of a customer that nobody expected to be asked for."""
        customers = [customer_id]
        most = self._most(customers)
        return self.source.items(keys=(), customers=customers, most=most, amounts=(), hinted=())


def _hints(cases: Sequence[Asked], common: Collection[Amount]) -> set[Hint]:
    """Return whose items of common amounts are looked for: those of the possible payers."""
    return {
        (key, *amount)
        for case in cases
        for amount in case.amounts()
        if amount in common
        for key in case.payers
    }


def _is_plain(case: Asked, items: Mapping[Key, Item]) -> bool:
    """Return whether the items a payment surely names are open with just its amount."""
    first = [one for claim in case.claims.claims for one in claim.mentions[:1]]
    is_sure = len(first) == len(case.claims.claims) and all(
        one.grade >= Grade.STRIPPED for one in first
    )
    total = sum(items[key].open_minor for key in {one.item_id for one in first})
    return bool(first) and is_sure and total == case.payment.amount_minor
