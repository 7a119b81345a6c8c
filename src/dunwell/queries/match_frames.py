"""What matching is given: unapplied payments, items, and what is known of payers, as frames.

Set-based reads like `queries.frames`, as many queries for one payment as for a thousand.
Payments are keyed by their number, so that every reason can be shown to a person as it is.
"""

# every value is a parameter; what is put together here are our own pieces of SQL

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import repeat

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Count, Q

from dunwell.engine.calendars import day_number
from dunwell.engine.cash_policy import CashPolicy
from dunwell.engine.matching.allowance import Allowance
from dunwell.engine.matching.holds import STATUS_HOLDS
from dunwell.engine.matching.policy import MatchPolicy
from dunwell.engine.matching.precision import SHIPPED, Precision, with_outcomes
from dunwell.engine.matching.readings import Cell
from dunwell.engine.money import from_minor
from dunwell.models import Company, Customer, MatchOutcome
from dunwell.queries import frames
from dunwell.queries.cash_policies import cash_policy_in_force
from dunwell.queries.frames import date_of, day, listed, read_rows
from dunwell.queries.match_items import MatchItems
from dunwell.queries.match_payers import accounts_of_payers, names_of_payers, who_pays_for
from dunwell.queries.match_remittances import remitted_lines
from dunwell.queries.match_repeats import Money, Repeats, repeats
from dunwell.queries.small_differences import allowance

_PAYMENTS = """
SELECT p.id, p.number, p.value_day, p.amount_minor,
       p.amount_minor - CAST(COALESCE(p.used, 0) AS bigint), p.currency,
       COALESCE(NULLIF(e.counterparty, ''), p.payer),
       COALESCE(e.counterparty_account, ''),
       COALESCE(NULLIF(e.reference, ''), p.reference), COALESCE(e.text, ''),
       COALESCE(e.end_to_end, ''), p.payer, p.customer_id, c.id, COALESCE(c.status, ''),
       COALESCE(c.version, 0), COALESCE(c.reason, ''), COALESCE(c.decided_by, ''),
       p.used IS NOT NULL, e.id,
       COALESCE(e.charges_minor, 0), e.original_minor, COALESCE(e.original_currency, '')
FROM (SELECT p.id, p.number, {value_day} AS value_day, p.amount_minor, p.currency, p.payer,
             p.reference, p.customer_id,
             (SELECT SUM(COALESCE(a.paid_minor, a.amount_minor))
              FROM dunwell_allocation a WHERE a.payment_id = p.id) AS used
      FROM ({wanted}) w CROSS JOIN dunwell_payment p
      WHERE p.id = w.id AND +p.company_id = %(company)s AND p.amount_minor > 0
        AND p.reverses_id IS NULL AND p.value_on <= {today}
        AND NOT EXISTS (SELECT 1 FROM dunwell_payment r WHERE r.reverses_id = p.id)) p
LEFT JOIN dunwell_matchcase c ON c.payment_id = p.id
LEFT JOIN dunwell_bankentry e ON e.payment_id = p.id AND e.treatment = 'payment'
WHERE p.amount_minor > COALESCE(p.used, 0)
  AND (c.id IS NULL OR c.status IN ('exception', 'held'))
ORDER BY p.id, e.id
"""
"""What is used of a payment is looked up by its key: joined as a sum of all, SQLite would scan
those sums for every payment."""
_WAITING = """
SELECT p.id FROM dunwell_payment p WHERE p.company_id = %(company)s AND p.value_on <= {today}
  AND NOT EXISTS (SELECT 1 FROM dunwell_allocation a WHERE a.payment_id = p.id)
UNION SELECT c.payment_id FROM dunwell_matchcase c
WHERE c.company_id = %(company)s AND c.status IN ('exception', 'held')
"""
"""The keys of payments nobody used yet, and of those that wait with a case."""
_NAMED = "SELECT id FROM dunwell_payment WHERE id IN {keys}"
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
    "reason": pl.String,
    "decided_by": pl.String,
    "is_used": pl.Boolean,
    "entry_id": pl.Int64,
    "charges_minor": pl.Int64,
    "original_minor": pl.Int64,
    "original_currency": pl.String,
}
_ENGINE_PAYMENT = (
    *("payment_id", "value_day", "amount_minor", "currency"),
    *("payer", "account", "reference", "text", "end_to_end_id", "held", "customer_id"),
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentSeen:
    """A payment as it was when the frames were read, to notice what changed since.

    `left_minor` of `currency` was unapplied; `status` and `version` are those of its case, empty
    and 0 where it had none; `is_waiting` says that a person is to decide it.
    """

    id: int
    number: str
    left_minor: int
    currency: str
    customer_id: int | None
    case_id: int | None
    status: str
    version: int
    is_waiting: bool
    money: Money


@dataclass(frozen=True, kw_only=True, slots=True)
class MatchFrames:
    """The input of `engine.matching.match`, and what its answer is checked against."""

    company: Company
    as_of: date
    payments: nw.LazyFrame
    items: MatchItems
    remittances: nw.LazyFrame
    aliases: nw.LazyFrame
    accounts: nw.LazyFrame
    relations: nw.LazyFrame
    rates: nw.LazyFrame
    cash: CashPolicy
    policy: MatchPolicy
    precision: Precision
    allowance: Allowance
    repeats: Repeats
    seen: Mapping[str, PaymentSeen]


def match_frames(
    company: Company, *, as_of: date, payment_ids: Sequence[int] | None = None
) -> MatchFrames:
    """Return what is to be matched as of a day, for all payments that wait or for those named.

    A payment waits when it has unapplied cash, its value day has come, it was not returned, and
    nobody decided it. One that was partly applied by other ways is on account, and read only
    when named. Items are read as matching asks for them.
    """
    cash = cash_policy_in_force(company, as_of=as_of)
    policy = _own_policy(company, cash.matching)
    found = _payments(company, as_of, payment_ids)
    items = MatchItems(company, as_of=as_of)
    return MatchFrames(
        company=company,
        as_of=as_of,
        payments=_lazy(found.select(_ENGINE_PAYMENT)),
        items=items,
        remittances=_lazy(remitted_lines(company, found)),
        aliases=_lazy(names_of_payers(company)),
        accounts=_lazy(accounts_of_payers(company)),
        relations=_lazy(who_pays_for(company, items.customers())),
        rates=frames.fx_frame(company),
        cash=cash,
        policy=policy,
        precision=_precision(company, as_of=as_of),
        allowance=allowance(company, cash.write_off, as_of=as_of),
        repeats=repeats(company, found, days=policy.duplicate_days),
        seen=_seen(found),
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


def _payments(company: Company, as_of: date, keys: Sequence[int] | None) -> pl.DataFrame:
    """Return the payments that wait, or those named, with the words of their bank entry.

    Of several entries the first rules.
    """
    wanted = _WAITING if keys is None else _NAMED
    today = date_of("today")
    query = _PAYMENTS.format(
        value_day=day("p.value_on"),
        wanted=wanted.format(today=today, keys=listed("keys")),
        today=today,
    )
    given: dict[str, int | str] = {
        "company": company.pk,
        "today": day_number(as_of),
        "keys": json.dumps(list(keys or ())),
    }
    rows = read_rows(query, given, _PAYMENT_TYPES)
    told = [_told(*row) for row in rows.select(_TOLD).iter_rows()]
    waits = (pl.col("decided_by") != "") | ~pl.col("reason").is_in(STATUS_HOLDS)
    is_waiting = (pl.col("status") == "held") & waits
    return rows.with_columns(
        is_waiting=is_waiting,
        held=pl.when(is_waiting).then("reason").otherwise(pl.lit("")),
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


def _precision(company: Company, *, as_of: date) -> Precision:
    """Return the shipped precision with the company's own judged outcomes counted in.

    What matching itself posted counts from the next day on, when people have looked at it: a
    run must not change what the next one of its day thinks.
    """
    fresh = Q(was_auto=True, is_right=True, judged_on__gte=as_of)
    judged = (
        MatchOutcome.objects.filter(~fresh, company=company, is_current=True)
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


def _seen(payments: pl.DataFrame) -> Mapping[str, PaymentSeen]:
    rows = payments.select(
        *("id", "payment_id", "amount_minor", "currency", "customer_id", "case_id", "status"),
        *("version", "is_waiting", "value_day", "told_payer", "whole_minor"),
    )
    return {
        row["payment_id"]: PaymentSeen(
            id=row["id"],
            number=row["payment_id"],
            left_minor=row["amount_minor"],
            currency=row["currency"],
            customer_id=row["customer_id"],
            case_id=row["case_id"],
            status=row["status"],
            version=row["version"],
            is_waiting=row["is_waiting"],
            money=Money(
                id=row["id"],
                number=row["payment_id"],
                value_day=row["value_day"],
                payer=row["told_payer"],
                customer_id=row["customer_id"],
                whole_minor=row["whole_minor"],
                currency=row["currency"],
            ),
        )
        for row in rows.iter_rows(named=True)
    }
