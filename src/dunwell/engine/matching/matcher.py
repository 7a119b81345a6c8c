"""Cash application: which open items payments pay, with measured certainty.

Set-based where the book is large (finding the items and names a batch can be about), plain
Python inside one payment's few candidates, where sums are searched.
"""

from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.matching.allowance import Allowance
from dunwell.engine.matching.answers import Matching
from dunwell.engine.matching.book import Marks
from dunwell.engine.matching.foreign import read_rates
from dunwell.engine.matching.inputs import (
    ACCOUNT_COLUMNS,
    ALIAS_COLUMNS,
    AnyFrame,
    lazy,
    read_aliases,
    read_payments,
    read_relations,
    read_remittances,
)
from dunwell.engine.matching.loading import Loader
from dunwell.engine.matching.outcomes import Teller
from dunwell.engine.matching.payers import PayerBook
from dunwell.engine.matching.policy import MatchPolicy
from dunwell.engine.matching.precision import SHIPPED, Precision
from dunwell.engine.matching.rounds import Rounds
from dunwell.engine.matching.settling import Case, Desk
from dunwell.engine.matching.shortlist import FrameItems, ItemSource, normalised_texts

STANDARD = MatchPolicy()
BATCH = 2_000
"""Payments for which the book is looked up at once; what bounds memory."""


def match(
    payments: AnyFrame,
    items: AnyFrame | ItemSource,
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
    allowance: Allowance | None = None,
    batch: int = BATCH,
) -> Matching:
    """Return what the payments pay: allocations, unapplied cash, held, ranked proposals.

    Frames are Narwhals frames of any engine; columns: `inputs` says which, keys are whole numbers
    or texts; `items` may be any book that can be asked. Amounts are minor units, days are days
    since 1970-01-01. `rates` and `home` are needed only for payments in another currency than
    their item; without an `allowance` small differences are given up as the policy has it. Never
    puts more on an item than is open, nor takes more from a payment than it
    holds. Neither the rows' order nor the size of a batch matters. Raises SchemaError for a
    missing column or a payment key that comes twice.
    """
    money = nw.from_native(lazy(payments).collect().to_native(), eager_only=True)
    read = read_payments(money)
    known, related = read_aliases(aliases, ALIAS_COLUMNS), read_relations(relations)
    texts = {name for name, _ in known} | {one.payer for one in related}
    texts |= {*policy.sanctioned_names}
    source = FrameItems(items) if isinstance(items, AnyFrame) else items
    plain = normalised_texts(texts, money)
    payers = PayerBook(
        names=source.names(),
        texts=plain,
        aliases=known,
        accounts=read_aliases(accounts, ACCOUNT_COLUMNS),
        relations=related,
    )
    netted = {
        one.customer_id: one.amount_minor
        for one in related
        if one.kind == "netting" and one.amount_minor is not None
    }
    loader = Loader(
        source=source,
        payers=payers,
        lines=read_remittances(remittances),
        policy=policy,
        netted=netted,
        marks=Marks(),
        texts=plain,
        like=money,
    )
    desk = Desk(
        precision=precision,
        rates=read_rates(rates, home),
        as_of_day=None if as_of is None else day_number(as_of),
        allowance=allowance,
    )
    rounds = Rounds(
        loader=loader,
        desk=desk,
        teller=Teller(precision=precision, alternatives=policy.alternatives),
        batch=batch,
    )
    return rounds.settle([Case(one, place=place) for place, one in enumerate(read)])
