"""What matching is given: unapplied payments, items, and what is known of payers, as frames.

Set-based reads like `queries.frames`, as many queries for one payment as for a thousand.
Payments are keyed by their number, so that every reason can be shown to a person as it is.
"""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import repeat

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Count

from dunwell.engine.calendars import day_number
from dunwell.engine.cash_policy import CashPolicy
from dunwell.engine.matching.policy import MatchPolicy
from dunwell.engine.matching.precision import SHIPPED, Precision, with_outcomes
from dunwell.engine.matching.readings import Cell
from dunwell.engine.money import from_minor
from dunwell.models import Company, Customer, MatchOutcome
from dunwell.queries import frames
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.frames import day, read_rows
from dunwell.queries.match_payers import accounts_of_payers, names_of_payers, who_pays_for
from dunwell.queries.match_remittances import remitted_lines

SETTLED_DAYS = 400
"""Items settled within so many days are still recognised: as paid already, or paid twice."""

KNOWN = "customer "
"""Stands before the customer's key where a payment's customer is known for sure."""

_PAYMENTS = """
SELECT p.id, p.number, p.value_day, p.amount_minor,
       p.amount_minor - CAST(COALESCE(p.used, 0) AS bigint), p.currency,
       COALESCE(NULLIF(e.counterparty, ''), NULLIF(p.payer, ''), k.name, ''),
       COALESCE(e.counterparty_account, ''),
       COALESCE(NULLIF(e.reference, ''), p.reference), COALESCE(e.text, ''),
       COALESCE(e.end_to_end, ''), p.payer, p.customer_id, c.id, COALESCE(c.status, ''),
       COALESCE(c.version, 0), p.used IS NOT NULL, e.id,
       COALESCE(e.charges_minor, 0), e.original_minor, COALESCE(e.original_currency, '')
FROM (SELECT p.id, p.number, {value_day} AS value_day, p.amount_minor, p.currency, p.payer,
             p.reference, p.customer_id,
             (SELECT SUM(COALESCE(a.paid_minor, a.amount_minor))
              FROM dunwell_allocation a WHERE a.payment_id = p.id) AS used
      FROM dunwell_payment p
      WHERE p.company_id = %s AND p.amount_minor > 0 AND p.reverses_id IS NULL
        AND {value_day} <= %s
        AND NOT EXISTS (SELECT 1 FROM dunwell_payment r WHERE r.reverses_id = p.id)) p
LEFT JOIN dunwell_customer k ON k.id = p.customer_id
LEFT JOIN dunwell_matchcase c ON c.payment_id = p.id
LEFT JOIN dunwell_bankentry e ON e.payment_id = p.id AND e.treatment = 'payment'
WHERE p.amount_minor > COALESCE(p.used, 0)
  AND (c.id IS NULL OR c.status IN ('exception', 'held'))
ORDER BY p.id, e.id
"""
"""What is used of a payment is looked up by its key: joined as a sum of all, SQLite would scan
those sums for every payment."""
_PAYMENT_TYPES: Mapping[str, type[pl.DataType]] = {
    "id": pl.Int64,
    "payment_id": pl.String,
    "value_day": pl.Int32,
    "whole_minor": pl.Int64,
    "amount_minor": pl.Int64,
    "currency": pl.String,
    "payer": pl.String,
    "account": pl.String,
    "reference": pl.String,
    "text": pl.String,
    "end_to_end_id": pl.String,
    "told_payer": pl.String,
    "customer_id": pl.Int64,
    "case_id": pl.Int64,
    "status": pl.String,
    "version": pl.Int64,
    "is_used": pl.Boolean,
    "entry_id": pl.Int64,
    "charges_minor": pl.Int64,
    "original_minor": pl.Int64,
    "original_currency": pl.String,
}
_ITEMS = """
SELECT i.id, i.customer_id, k.name, i.number, i.reference, {issued_day}, {due_day},
       i.amount_minor, COALESCE(o.open_minor, 0), i.currency, k.terms,
       CASE WHEN i.id IN (SELECT item_id FROM dunwell_dispute
                          WHERE company_id = %s AND closed_on IS NULL) THEN 'disputed'
            WHEN i.id IN (SELECT item_id FROM dunwell_hold WHERE {stops} AND item_id IS NOT NULL)
              OR i.customer_id IN (SELECT customer_id FROM dunwell_hold
                                   WHERE {stops} AND item_id IS NULL) THEN 'legal_hold'
            ELSE '' END
FROM dunwell_item i
JOIN dunwell_customer k ON k.id = i.customer_id
LEFT JOIN dunwell_openitem o ON o.item_id = i.id
WHERE i.company_id = %s AND i.kind <> 'refund' AND {issued_day} <= %s
  AND (o.item_id IS NOT NULL OR i.id IN (SELECT item_id FROM dunwell_allocation
                                         WHERE company_id = %s AND {applied_day} > %s))
"""
_STOPS = """
company_id = %s AND reason IN ('legal', 'insolvency') AND released_on IS NULL
AND {from_day} <= %s AND (until_on IS NULL OR {until_day} >= %s)
"""
"""Holds that stop posting. The others (an agreement, a plan) only stop chasing: what is paid
under them is just what was agreed."""
_ITEM_TYPES: Mapping[str, type[pl.DataType]] = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "customer": pl.String,
    "number": pl.String,
    "reference": pl.String,
    "issued_day": pl.Int32,
    "due_day": pl.Int32,
    "amount_minor": pl.Int64,
    "open_minor": pl.Int64,
    "currency": pl.String,
    "terms": pl.String,
    "status": pl.String,
}
_ENGINE_PAYMENT = (
    *("payment_id", "value_day", "amount_minor", "currency"),
    *("payer", "account", "reference", "text", "end_to_end_id"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentSeen:
    """A payment as it was when the frames were read, to notice what changed since.

    `left_minor` of `currency` was unapplied; `status` and `version` are those of its case, empty
    and 0 where it had none. `earlier` is an earlier payment that looks the same, or empty.
    """

    id: int
    number: str
    left_minor: int
    currency: str
    customer_id: int | None
    case_id: int | None
    status: str
    version: int
    earlier: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchFrames:
    """The input of `engine.matching.match`, and what its answer is checked against."""

    company: Company
    as_of: date
    payments: nw.LazyFrame
    items: nw.LazyFrame
    remittances: nw.LazyFrame
    aliases: nw.LazyFrame
    accounts: nw.LazyFrame
    relations: nw.LazyFrame
    rates: nw.LazyFrame
    cash: CashPolicy
    policy: MatchPolicy
    precision: Precision
    seen: Mapping[str, PaymentSeen]

    def open_minor(self, items: Sequence[int]) -> dict[int, int]:
        """Return what was open on the items when the frames were read."""
        wanted: pl.LazyFrame = nw.to_native(self.items)
        rows = wanted.filter(pl.col("item_id").is_in(list(items))).collect()
        return dict(zip(rows["item_id"], rows["open_minor"], strict=True))


def match_frames(
    company: Company, *, as_of: date, payment_ids: Sequence[int] | None = None
) -> MatchFrames:
    """Return what is to be matched as of a day, for all payments that wait or for those named.

    A payment waits when it has unapplied cash, its value day has come, it was not returned, and
    nobody decided it. One that was partly applied by other ways is on account, and read only
    when named. Items are those open, or settled in the last SETTLED_DAYS.
    """
    cash = cash_policy_in_force(company, as_of=as_of)
    policy = _own_policy(company, cash.matching)
    found = _payments(company, as_of)
    if payment_ids is None:
        found = found.filter(pl.col("case_id").is_not_null() | ~pl.col("is_used"))
    else:
        found = found.filter(pl.col("id").is_in(list(payment_ids)))
    items = _items(company, as_of)
    return MatchFrames(
        company=company,
        as_of=as_of,
        payments=_lazy(found.select(_ENGINE_PAYMENT)),
        items=_lazy(items),
        remittances=_lazy(remitted_lines(company, found)),
        aliases=_lazy(names_of_payers(company)),
        accounts=_lazy(accounts_of_payers(company, found)),
        relations=_lazy(who_pays_for(company, items)),
        rates=frames.fx_frame(company),
        cash=cash,
        policy=policy,
        precision=_precision(company),
        seen=_seen(found, _earlier(company, found, days=policy.duplicate_days)),
    )


def _lazy(rows: pl.DataFrame) -> nw.LazyFrame:
    return nw.from_native(rows.lazy())


def _own_policy(company: Company, policy: MatchPolicy) -> MatchPolicy:
    """Return the policy with our own name, and held customers by key where it has numbers."""
    wanted = [str(number) for number in policy.held_customers]
    held = Customer.objects.filter(company=company, number__in=wanted).order_by("pk")
    return replace(
        policy,
        own_names=tuple(dict.fromkeys((company.name, *policy.own_names))),
        held_customers=tuple(held.values_list("pk", flat=True)) if wanted else (),
    )


def _payments(company: Company, as_of: date) -> pl.DataFrame:
    """Return the payments with the words of their bank entry; of several the first rules."""
    query = _PAYMENTS.format(value_day=day("p.value_on"))
    rows = read_rows(query, [company.pk, day_number(as_of)], _PAYMENT_TYPES)
    told = [_told(*row) for row in rows.select(_TOLD).iter_rows()]
    known = pl.format(KNOWN + "{}", pl.col("customer_id"))
    return rows.with_columns(
        account=pl.when(pl.col("customer_id").is_null()).then("account").otherwise(known),
        text=pl.Series(told, dtype=pl.String),
    ).unique("id", keep="first", maintain_order=True)


_TOLD = ("text", "currency", "charges_minor", "original_minor", "original_currency")


def _told(text: str, currency: str, charges: int, original: int | None, other: str) -> str:
    """Return the text, with what the bank says of charges and of another currency in words."""
    if charges:
        text = f"{text} bank charges {from_minor(abs(charges), currency)} {currency}"
    if original and other and other != currency:
        text = f"{text} {other} {from_minor(abs(original), other)}"
    return text.strip()


def _items(company: Company, as_of: date) -> pl.DataFrame:
    today = day_number(as_of)
    stops = _STOPS.format(from_day=day("from_on"), until_day=day("until_on"))
    query = _ITEMS.format(
        issued_day=day("i.issued_on"),
        due_day=day("i.due_on"),
        applied_day=day("applied_on"),
        stops=stops,
    )
    stopped = [company.pk, today, today]
    parameters = [company.pk, *stopped, *stopped, company.pk, today, company.pk]
    return read_rows(query, [*parameters, today - SETTLED_DAYS], _ITEM_TYPES)


def _precision(company: Company) -> Precision:
    """Return the shipped precision with the company's own judged outcomes counted in."""
    judged = (
        MatchOutcome.objects.filter(company=company, is_current=True)
        .order_by()
        .values_list("evidence", "is_right")
        .annotate(times=Count("pk"))
    )
    outcomes = [
        one
        for evidence, is_right, times in judged
        for one in repeat((Cell(*evidence), is_right), times)
    ]
    return with_outcomes(SHIPPED, outcomes)


def _earlier(company: Company, payments: pl.DataFrame, *, days: int) -> Mapping[int, str]:
    """Return, by payment, an earlier one of the same payer, amount and currency, within days."""
    if not payments.height:
        return {}
    first = int(payments["value_day"].min())  # type: ignore[arg-type]  # a day, for there are rows
    value_day = day("p.value_on")
    known = read_rows(
        f"SELECT p.id, p.number, {value_day}, p.amount_minor, p.currency, p.payer, p.customer_id "
        "FROM dunwell_payment p LEFT JOIN dunwell_payment r ON r.reverses_id = p.id "
        f"WHERE p.company_id = %s AND {value_day} >= %s AND p.reverses_id IS NULL "
        "AND r.id IS NULL",
        [company.pk, first - days],
        {
            "other": pl.Int64,
            "earlier": pl.String,
            "other_day": pl.Int32,
            "whole_minor": pl.Int64,
            "currency": pl.String,
            "told_payer": pl.String,
            "customer_id": pl.Int64,
        },
    ).filter(~pl.col("other").is_in(payments["id"].to_list()))
    # both sides are told apart by what they share: the payer's name, else the customer
    share = (
        pl.when(pl.col("told_payer") != "")
        .then("told_payer")
        .otherwise(pl.format(KNOWN + "{}", pl.col("customer_id")))
    )
    mine = payments.select("id", "value_day", "whole_minor", "currency", payer=share)
    apart = pl.col("value_day") - pl.col("other_day")
    found = (
        mine.join(known.with_columns(payer=share), on=["whole_minor", "currency", "payer"])
        .filter(apart.is_between(0, days))
        .sort("other_day", "other")
    )
    return dict(zip(found["id"], found["earlier"], strict=True))


def _seen(payments: pl.DataFrame, earlier: Mapping[int, str]) -> Mapping[str, PaymentSeen]:
    rows = payments.select(
        *("id", "payment_id", "amount_minor", "currency", "customer_id"),
        *("case_id", "status", "version"),
    )
    return {
        number: PaymentSeen(
            id=key,
            number=number,
            left_minor=left,
            currency=currency,
            customer_id=customer_id,
            case_id=case_id,
            status=status,
            version=version,
            earlier=earlier.get(key, ""),
        )
        for key, number, left, currency, customer_id, case_id, status, version in rows.iter_rows()
    }
