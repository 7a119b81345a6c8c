"""Cash application: which open items a batch of payments pays, with measured certainty.

Set-based where the book is large (finding the items and names a batch can be about), plain
Python inside one payment's few candidates, where sums are searched.
"""

from collections.abc import Mapping
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.matching.answers import Matching
from dunwell.engine.matching.book import Book
from dunwell.engine.matching.claims import read_claims, said_keys
from dunwell.engine.matching.foreign import read_rates
from dunwell.engine.matching.inputs import (
    ACCOUNT_COLUMNS,
    ALIAS_COLUMNS,
    AnyFrame,
    Key,
    Payment,
    RemittanceLine,
    lazy,
    read_aliases,
    read_payments,
    read_relations,
    read_remittances,
)
from dunwell.engine.matching.payers import PayerBook, PayerGrade, PayerMatch
from dunwell.engine.matching.policy import MatchPolicy
from dunwell.engine.matching.precision import SHIPPED, Precision
from dunwell.engine.matching.settling import Case, settle
from dunwell.engine.matching.shortlist import (
    customer_names,
    item_rows,
    items_about,
    normalised_texts,
)

STANDARD = MatchPolicy()


def match(
    payments: AnyFrame,
    items: AnyFrame,
    *,
    remittances: AnyFrame | None = None,
    aliases: AnyFrame | None = None,
    accounts: AnyFrame | None = None,
    relations: AnyFrame | None = None,
    rates: AnyFrame | None = None,
    home: str = "EUR",
    policy: MatchPolicy = STANDARD,
    precision: Precision = SHIPPED,
    as_of: date | None = None,
) -> Matching:
    """Return what a batch of payments pays: allocations, unapplied cash, held, ranked proposals.

    Frames are Narwhals frames of any engine; columns: `inputs` says which, keys are whole numbers
    or texts. Amounts are minor units, days are days since 1970-01-01. `rates` and `home` are
    needed only for payments in another currency than their item. Never puts more on an item than
    is open, nor takes more from a payment than it holds. The rows' order never matters. Raises
    SchemaError for a missing column or a payment key that comes twice.
    """
    batch = nw.from_native(lazy(payments).collect().to_native(), eager_only=True)
    read = read_payments(batch)
    lines = read_remittances(remittances)
    rows = item_rows(items)
    payers = _payer_book(
        read,
        rows,
        batch,
        aliases=aliases,
        accounts=accounts,
        relations=relations,
        policy=policy,
    )
    possible = {one.payment_id: payers.payers(one) for one in read}
    keys = said_keys(_texts(read, lines))
    found = items_about(
        rows,
        keys=keys,
        customers=_likely(possible),
        amounts=_amounts(read, lines),
    )
    netted = {
        one.customer_id: one.amount_minor
        for one in payers.relations
        if one.kind == "netting" and one.amount_minor is not None
    }
    book = Book(
        items=found.items, can_be_named=found.named, payers=payers, policy=policy, netted=netted
    )
    cases = [
        Case(
            one,
            read_claims(one, lines.get(one.payment_id, ()), book.numbers),
            possible[one.payment_id],
        )
        for one in read
    ]
    return settle(
        cases,
        book,
        precision=precision,
        rates=read_rates(rates, home),
        as_of_day=None if as_of is None else day_number(as_of),
    )


def _likely(possible: Mapping[Key, Mapping[Key, PayerMatch]]) -> set[Key]:
    """Return the customers whose whole open balance may be paid.

    A mere hint is not enough, nor a likeness when somebody else surely is the payer: items of
    such customers are found only by their number or amount.
    """
    likely: set[Key] = set()
    for one in possible.values():
        is_known = any(match.grade == PayerGrade.KNOWN for match in one.values())
        least = PayerGrade.RELATED if is_known else PayerGrade.LOOSE
        likely.update(key for key, match in one.items() if match.grade >= least)
    return likely


def _payer_book(
    payments: list[Payment],
    rows: nw.LazyFrame,
    like: nw.DataFrame,
    *,
    aliases: AnyFrame | None,
    accounts: AnyFrame | None,
    relations: AnyFrame | None,
    policy: MatchPolicy,
) -> PayerBook:
    known = read_aliases(aliases, ALIAS_COLUMNS)
    related = read_relations(relations)
    texts = {text for one in payments for text in (one.payer, one.reference, one.text) if text}
    texts |= {name for name, _ in known}
    texts |= {one.payer for one in related}
    texts |= set(policy.sanctioned_names)
    return PayerBook(
        names=customer_names(rows),
        texts=normalised_texts(texts, like),
        aliases=known,
        accounts=read_aliases(accounts, ACCOUNT_COLUMNS),
        relations=related,
    )


def _texts(
    payments: list[Payment], lines: dict[Key, list[RemittanceLine]]
) -> dict[Key, list[str]]:
    return {
        one.payment_id: [
            *(text for text in (one.reference, one.text, one.end_to_end_id) if text),
            *(
                text
                for line in lines.get(one.payment_id, ())
                for text in (line.item_ref, line.memo)
            ),
        ]
        for one in payments
    }


def _amounts(payments: list[Payment], lines: dict[Key, list[RemittanceLine]]) -> set[int]:
    said = {line.amount_minor for one in lines.values() for line in one}
    return {one.amount_minor for one in payments} | {one for one in said if one is not None}
