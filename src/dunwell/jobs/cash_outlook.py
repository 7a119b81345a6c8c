"""The outlook of cash in the day's cycle: from the scored book, its claims and past forecasts."""

import io
from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl

from dunwell.actions.cash_outlook import OutlookOfDay
from dunwell.jobs.score import replayed
from dunwell.ml.cash_claims import DELIVERED, NEW, RECURRING
from dunwell.ml.cash_naive import OF_BOOK, cash_came
from dunwell.ml.cash_outlook import (
    ALL,
    KNOWN,
    Book,
    Outlook,
    cash_outlook,
    lever_columns,
    lever_targets,
)
from dunwell.ml.cash_periods import cash_periods, cash_spans, period_ends
from dunwell.ml.cash_ranges import PastCash, replayed_cash
from dunwell.ml.history import History
from dunwell.ml.lever_book import item_chances, lever_file, lever_spans, looked_at, parts_file
from dunwell.ml.lever_effects import (
    CALL,
    DEBIT,
    DISCOUNT,
    DISPUTE,
    PLAN,
    PROMISE,
    REMIND,
    LeverItem,
    LeverPlan,
    item_levers,
    plan_lever,
)
from dunwell.ml.levers import Lever
from dunwell.models import Company, ModelVersion
from dunwell.queries.cash_claims import CashClaims, cash_claims
from dunwell.queries.cash_invoices import foreseen_items
from dunwell.queries.cash_past import past_cash, periods_to_tell
from dunwell.queries.dated_rates import rates_on
from dunwell.queries.lever_facts import LeverFacts, lever_facts

SOON_DAYS = 7
"""An item due within so many days may be reminded of."""

LeverRow = tuple[str, str, int, int, Lever]


def outlook_of_day(
    company: Company,
    version: ModelVersion,
    history: History,
    book: Book,
    *,
    as_of: date,
    has_levers: bool = True,
) -> OutlookOfDay:
    """Return what the cycle keeps of a day's outlook.

    Without `has_levers` what could be done is left out: nobody asks that of a day gone by.
    """
    found = cash_claims(company, book.items, as_of=as_of)
    looked = looked_at(book, found.planned)
    looked = looked if has_levers else looked.clear()
    facts = lever_facts(
        company,
        items=looked["item_id"].to_list(),
        customers=looked["customer_id"].unique().to_list(),
        as_of=as_of,
    )
    currencies = {*book.items["currency"], *found.claims["currency"]}
    rates = {
        code: rate.rate_ppm for code, rate in rates_on(company, currencies, as_of=as_of).items()
    }
    came = _came(company, history, as_of)
    past = _past(company, version, as_of, dict(came.iter_rows()))
    outlook = cash_outlook(
        history,
        book,
        found.claims,
        planned=found.planned,
        past=past,
        home=company.currency,
        rates_ppm=rates,
        named=frozenset(looked["customer_id"]),
    )
    known = {company.currency, *rates}
    targets = _targets(outlook, past) if has_levers else {}
    return OutlookOfDay(
        rows=outlook.rows.with_columns(
            starts_on=pl.col("first_day").cast(pl.Date), ends_on=pl.col("last_day").cast(pl.Date)
        ),
        naive=_naive(outlook),
        claims=_parquet(outlook.claims),
        parts=parts_file(outlook, lever_columns(outlook.as_of)),
        levers=lever_file(_levers(outlook, book, looked, found, facts)),
        missing_rates=sorted({one.currency for one in outlook.sums} - known),
        figures={**outlook.figures, **found.figures, "targets": targets},
        came=came,
    )


def _past(
    company: Company, version: ModelVersion, as_of: date, told: Mapping[int, int]
) -> dict[str, list[PastCash]]:
    """Return the kept forecasts that are over, after what the training replayed."""
    kept = past_cash(company, as_of=as_of, told=told)
    first = replayed_cash(replayed(version))
    return {scope: [*first, *kept[scope]] for scope in (KNOWN, ALL)}


def _naive(outlook: Outlook) -> dict[tuple[str, str, str, int], dict[str, int]]:
    """Return what the simple rules say, by scope; those of the book get what ours adds to it.

    The others forecast all cash, so that they have no word on what is known alone.
    """
    found: dict[tuple[str, str, str, int], dict[str, int]] = {}
    for sums in outlook.sums:
        for scope, beyond in ((KNOWN, (RECURRING, DELIVERED)), (ALL, (RECURRING, DELIVERED, NEW))):
            added = sums.components.select(pl.sum_horizontal(*beyond)).to_series()
            for place, period in enumerate(cash_periods(outlook.as_of)):
                found[scope, sums.currency, period.kind, period.number] = {
                    rule: values[place] + (int(added[place]) if rule in OF_BOOK else 0)
                    for rule, values in sums.naive.items()
                    if scope == ALL or rule in OF_BOOK
                }
    return found


def _targets(
    outlook: Outlook, past: Mapping[str, Sequence[PastCash]]
) -> dict[str, list[list[object]]]:
    return {key: [list(row) for row in rows] for key, rows in lever_targets(outlook, past).items()}


def _came(company: Company, history: History, as_of: date) -> pl.DataFrame:
    """Return what earlier periods brought, where it is not kept like that."""
    asked = periods_to_tell(company, as_of=as_of)
    told = cash_came(history, foreseen_items(company), asked)
    came = (
        pl.when(pl.col("scope") == KNOWN)
        .then(pl.col("came_known_minor"))
        .otherwise(pl.col("came_all_minor"))
    )
    return (
        told.with_columns(told=came)
        .filter(pl.col("came_minor").is_null() | (pl.col("came_minor") != pl.col("told")))
        .select("id", came_minor="told")
    )


def _levers(
    outlook: Outlook, book: Book, looked: pl.DataFrame, claims: CashClaims, facts: LeverFacts
) -> list[LeverRow]:
    """Return what could be done about the items looked at, and the plans that wait."""
    ends = period_ends(outlook.as_of)
    spans = lever_spans(
        cash_periods(outlook.as_of), cash_spans(outlook.as_of), lever_columns(outlook.as_of)
    )
    promised = set(outlook.claims.filter(pl.col("component") == "promises")["item_id"])
    items: dict[int, LeverItem] = {}
    rows: list[LeverRow] = []
    for row in looked.iter_rows(named=True):
        item = _lever_item(
            row, book, outlook, claims, facts, is_promised=row["item_id"] in promised
        )
        items[item.item] = item
        for lever in item_levers(item, as_of=outlook.as_of, ends=ends, spans=spans):
            kind = lever.key.split(":")[0]
            subject = (facts.disputes[item.item][0] or 0) if kind == DISPUTE else item.item
            rows.append((kind, row["currency"], subject, item.open_minor, lever))
    for plan in facts.plans:
        own = tuple(items[one] for one in plan.items if one in items)
        if len(own) == len(plan.items) and own:
            made = LeverPlan(
                plan.id,
                plan.customer_id,
                own,
                plan.instalments,
                claims.figures["instalments_kept_ppm"],
            )
            lever = plan_lever(made, as_of=outlook.as_of, ends=ends, spans=spans)
            rows.append((PLAN, plan.currency, plan.id, sum(one.open_minor for one in own), lever))
    return rows


def _lever_item(
    row: Mapping[str, int],
    book: Book,
    outlook: Outlook,
    claims: CashClaims,
    facts: LeverFacts,
    *,
    is_promised: bool,
) -> LeverItem:
    """Return an item with the actions it allows."""
    item, ahead = row["item_id"], row["due_day"] - outlook.as_of
    _, disputed, won = facts.disputes.get(item, (None, 0, None))
    kinds: set[str] = set()
    if disputed:
        kinds.add(DISPUTE)
    elif not is_promised and item not in facts.in_debit:
        if row["customer_id"] in facts.mandates:
            kinds.add(DEBIT)
        if ahead <= SOON_DAYS:
            kinds |= {CALL, REMIND}
        if ahead < 0:
            kinds.add(PROMISE)
        if ahead > SOON_DAYS and facts.discount_ppm:
            kinds.add(DISCOUNT)
    return LeverItem(
        item=item,
        customer=row["customer_id"],
        open_minor=row["open_minor"],
        due_day=row["due_day"],
        paid=item_chances(item, row["row"], book, outlook),
        kinds=frozenset(kinds),
        disputed_minor=min(disputed, row["open_minor"]),
        won_ppm=claims.figures["disputes_won_ppm"] if won is None else won,
        kept_ppm=claims.figures["promises_kept_ppm"],
        discount_ppm=facts.discount_ppm,
    )


def _parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out, compression="zstd", statistics=False)
    return out.getvalue()
