"""What order checks look at, read for one customer or for all with the same statements.

The exposure, the limits and their parts are those of `queries.exposures` and `queries.limits`.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from dunwell.engine.exposure import CoverPart, ExposureRate, Part, exchanged
from dunwell.engine.limits import LimitInForce
from dunwell.engine.order_facts import GROUP, GUARANTOR, OWN, PARENT, Account, CreditFacts
from dunwell.engine.risk_conditions import PROMISE_DAYS
from dunwell.formats.terms import read_terms
from dunwell.models import Company
from dunwell.queries import order_sql as sql
from dunwell.queries.dated_rates import day_of, rates_on
from dunwell.queries.exposures import (
    REDUCES,
    Scope,
    covers_in_force,
    exposures,
    parts_of,
)
from dunwell.queries.fetched_rows import fetched
from dunwell.queries.limits import limits_in_force
from dunwell.queries.order_family import Family, families
from dunwell.queries.order_held import Held, held_orders

LONGEST_MONTH = 31

Flags = dict[int, dict[str, list[tuple[str, int, date | None]]]]
"""Of each customer what is known of it by kind: text, number, day."""


@dataclass(frozen=True, slots=True)
class OrderBook:
    """The facts of the customers asked about, and the holds that may be on their orders."""

    customers: Mapping[int, CreditFacts]
    held: Held


def order_facts(
    company: Company,
    *,
    as_of: date,
    customer_ids: Collection[int] | None = None,
    currencies: Iterable[str] = (),
) -> OrderBook:
    """Return what is known of the customers asked for, of all when None.

    `currencies` of the orders to come are valued too. Customers of another company are left
    out. The same number of queries for one and for all, and a few more for whom a customer
    belongs to.
    """
    only = Scope(company, customer_ids)
    rows = {row[0]: row for row in _of(only, [(sql.CUSTOMERS, ())], column="id")}
    found = families(company, rows, only=only, as_of=as_of)
    limits = _limits(company, only, found, as_of)
    opened = only.rows(sql.OPENED, before=[as_of])
    parts = parts_of(only, opened=[(row[0], row[1], row[3]) for row in opened])
    covers = covers_in_force(only, effect=REDUCES, as_of=as_of)
    late = [row for row in opened if row[2] is not None or row[4]]
    rates = rates_on(company, _currencies(currencies, parts, covers, late), as_of=as_of)
    debts, notes = _debts(company.currency, late, rates)
    flags = _flags(only, as_of)
    held = held_orders(only, as_of=as_of)
    others = _others(company, found, as_of)
    age = _feed_age(company, as_of)
    return OrderBook(
        customers={
            key: _facts(
                company,
                row,
                accounts=_accounts(key, row[2], found, limits, others),
                parts=parts.get(key, ()),
                covers=tuple(covers.get(key, ())),
                rates=rates,
                debts=debts.get(key, ()),
                credit_minor=notes.get(key, 0),
                flags=flags.get(key, {}),
                held=held,
                feed_age=age,
            )
            for key, row in rows.items()
        },
        held=held,
    )


def expected_payments(
    company: Company, customer_ids: Collection[int], *, as_of: date
) -> dict[int, tuple[tuple[date, int], ...]]:
    """Return what the model expects each customer to pay by day, the earliest first.

    In the company's currency. Amounts whose rate is missing are left out: nobody can say what
    they free.
    """
    rows = _of(Scope(company, customer_ids), [(sql.EXPECTED, ())])
    rates = rates_on(company, {row[3] for row in rows}, as_of=as_of)
    home = company.currency
    found: dict[int, list[tuple[date, int]]] = {}
    for customer, day, total, code in rows:
        if code == home or code in rates:
            amount = exchanged(int(total), code, rates, to=home)
            found.setdefault(customer, []).append((day_of(day), amount))
    return {key: tuple(sorted(some)) for key, some in found.items()}


def _of(
    only: Scope, queries: list[tuple[str, tuple[Any, ...]]], *, column: str = "customer_id"
) -> list[tuple[Any, ...]]:
    """Return the rows of several queries as one statement: of the customers asked for."""
    if not only.customers:
        return []
    named = only.named
    whose = f"{column} IN ({', '.join(['%s'] * len(named))})" if named else "company_id = %s"
    first = [*named] if named else [only.company.pk]
    statement = " UNION ALL ".join(query.format(whose=whose) for query, _ in queries)
    values = [value for _, after in queries for value in (*first, *after)]
    rows = fetched(statement, values)
    if named:
        return rows
    wanted = {row[0] for row in only.customers}
    place = 1 if queries[0][0] is sql.INSOLVENCY else 0
    return [row for row in rows if row[place] in wanted]


def _limits(company: Company, only: Scope, found: Family, as_of: date) -> dict[int, LimitInForce]:
    """Return the limits of the customers asked for and of those they belong to."""
    asked = {row[0] for row in only.customers}
    above = found.above() - asked
    if not above:
        return limits_in_force(company, as_of=as_of, only=only)
    return limits_in_force(company, as_of=as_of, customer_ids=asked | above)


def _currencies(
    asked: Iterable[str],
    parts: Mapping[int, tuple[Part, ...]],
    covers: Mapping[int, list[CoverPart]],
    late: list[tuple[Any, ...]],
) -> set[str]:
    return {
        *asked,
        *(line.currency for lines in parts.values() for line in lines),
        *(cover.currency for some in covers.values() for cover in some),
        *(row[1] for row in late),
    }


def _debts(
    home: str, rows: list[tuple[Any, ...]], rates: Mapping[str, ExposureRate]
) -> tuple[dict[int, tuple[tuple[date, int], ...] | None], dict[int, int]]:
    """Return the overdue amounts by day and the open credits of each customer."""
    debts: dict[int, dict[date, int] | None] = {}
    credit_notes: dict[int, int] = defaultdict(int)
    for customer, code, due_on, total, credit in rows:
        is_known = code == home or code in rates
        told = int(credit if due_on is None else total)
        amount = exchanged(told, code, rates, to=home) if is_known else 0
        if due_on is None:
            credit_notes[customer] -= amount
            continue
        days = debts.setdefault(customer, {})
        if not is_known:
            debts[customer] = None
        elif days is not None:
            day = day_of(due_on)
            days[day] = days.get(day, 0) + amount
    return (
        {
            key: None if days is None else tuple(sorted(days.items()))
            for key, days in debts.items()
        },
        credit_notes,
    )


def _flags(only: Scope, as_of: date) -> Flags:
    since = as_of - timedelta(days=PROMISE_DAYS)
    queries: list[tuple[str, tuple[Any, ...]]] = [
        (sql.INSOLVENCY, ()),
        (sql.LEGAL, ()),
        (sql.WRITE_OFF, ()),
        (sql.FREEZE, ()),
        (sql.PROMISE, (since, as_of)),
        (sql.LEVEL, (as_of,)),
        (sql.REVIEW, ()),
        (sql.RATING, (as_of,)),
        (sql.COVER, (as_of, as_of)),
        (sql.COVER_ENDED, (as_of,)),
    ]
    found: Flags = {}
    for kind, customer, text, number, day in _of(only, queries):
        one = found.setdefault(customer, {}).setdefault(kind, [])
        one.append((text, number, None if day is None else day_of(day)))
    return found


def _others(company: Company, found: Family, as_of: date) -> dict[int, int | None]:
    """Return the exposure of everybody the customers share an account with."""
    wanted = found.shared()
    if not wanted:
        return {}
    return {
        key: one.exposure_minor
        for key, one in exposures(company, as_of=as_of, customer_ids=wanted).items()
    }


def _accounts(
    key: int,
    name: str,
    found: Family,
    limits: Mapping[int, LimitInForce],
    others: Mapping[int, int | None],
) -> tuple[Account, ...]:
    limit = limits[key]
    accounts = [
        replace(
            _account(f"customer/{key}", OWN, name, limit, 0),
            until_on=limit.until_on,
            is_ended=_is_ended(limit),
            is_suspended=limit.is_suspended,
        )
    ]
    if (group := limit.group) is not None:
        rest = _without(found.group_total(group.id, others), others, key)
        shared = f"group/{group.id}"
        accounts.append(
            Account(
                key=shared,
                kind=GROUP,
                name=group.name,
                limit_minor=group.limit_minor,
                others_minor=rest,
            )
        )
    accounts += [
        _account(
            f"below/{parent}",
            PARENT,
            found.name(parent),
            limits[parent],
            _without(found.below_total(parent, others), others, key),
        )
        for parent in found.parents(key)
        if parent in limits
    ]
    accounts += [
        replace(
            _account(
                f"customer/{one}", GUARANTOR, found.name(one), limits[one], others.get(one, 0)
            ),
            most_minor=most,
        )
        for one, most in found.guarantors.get(key, ())
        if one in limits
    ]
    return tuple(accounts)


def _account(
    key: str, kind: str, name: str, limit: LimitInForce, others_minor: int | None
) -> Account:
    return Account(
        key=key,
        kind=kind,
        name=name,
        limit_minor=None if _is_ended(limit) else limit.limit_minor,
        others_minor=others_minor,
    )


def _is_ended(limit: LimitInForce) -> bool:
    """Return whether what was granted has run out, and nothing else holds in its place."""
    return limit.is_expired and not limit.is_suspended and not limit.limit_minor


def _without(total: int | None, others: Mapping[int, int | None], key: int) -> int | None:
    """Return what everybody but one comes to, None where somebody's exposure is not known."""
    return None if total is None else total - (others.get(key) or 0)


def _facts(
    company: Company,
    row: tuple[Any, ...],
    *,
    accounts: tuple[Account, ...],
    parts: tuple[Part, ...],
    covers: tuple[CoverPart, ...],
    rates: Mapping[str, ExposureRate],
    debts: tuple[tuple[date, int], ...] | None,
    credit_minor: int,
    flags: Mapping[str, list[tuple[str, int, date | None]]],
    held: Held,
    feed_age: int | None,
) -> CreditFacts:
    key, number, name, segment, party, country, sector, terms = row
    forced_by, forced_reason = held.forced.get(key, ("", ""))
    ratings = flags.get("class")
    covered = flags.get("cover", [])
    return CreditFacts(
        customer_id=key,
        number=number,
        name=name,
        currency=company.currency,
        accounts=accounts,
        parts=parts,
        covers=covers,
        rates=rates,
        segment=segment,
        party=party,
        country=country,
        sector=sector,
        risk_class=max(ratings, key=lambda one: (one[2] or date.min, one[1]))[0]
        if ratings
        else "",
        debts=debts,
        credit_minor=max(0, credit_minor) + _unapplied(company.currency, parts, rates),
        granted_days=terms_days(terms),
        insolvent_on=_first(flags, "insolvency"),
        legal_on=_first(flags, "legal"),
        written_off_on=_last(flags, "write_off"),
        forced_by=forced_by,
        forced_reason=forced_reason,
        frozen_on=_first(flags, "freeze"),
        review_due_on=_first(flags, "review"),
        dunning_level=max((one[1] for one in flags.get("level", ())), default=0),
        broken_promises=tuple(
            sorted(one[2] for one in flags.get("promise", ()) if one[2] is not None)
        ),
        covers_in_force=len(covered),
        cover_until_on=_last(flags, "cover"),
        cover_ended_on=_last(flags, "cover_ended"),
        feed_age_days=feed_age,
        waivers=held.waivers.get(key, ()),
    )


@lru_cache(maxsize=1_000)
def terms_days(text: str) -> int | None:
    """Return the days that terms give at the most, None where nothing readable is stated."""
    found = read_terms(text) if text.strip() else None
    if found is None:
        return None
    # the end of a month and a day of the next one lie at most so many days later
    months = (1 if found.is_month_end else 0) + found.prox_months
    return found.days + months * LONGEST_MONTH + found.days_after_end


def _unapplied(home: str, parts: tuple[Part, ...], rates: Mapping[str, ExposureRate]) -> int:
    """Return money on account that belongs to no order, as the exposure counts it."""
    total = 0
    for line in parts:
        free = line.unapplied_minor - min(line.prepaid_minor, max(line.unapplied_minor, 0))
        if free > 0 and (line.currency == home or line.currency in rates):
            total += exchanged(free, line.currency, rates, to=home)
    return total


def _days(flags: Mapping[str, list[tuple[str, int, date | None]]], kind: str) -> list[date]:
    return [one[2] for one in flags.get(kind, ()) if one[2] is not None]


def _first(flags: Mapping[str, list[tuple[str, int, date | None]]], kind: str) -> date | None:
    return min(_days(flags, kind), default=None)


def _last(flags: Mapping[str, list[tuple[str, int, date | None]]], kind: str) -> date | None:
    return max(_days(flags, kind), default=None)


def _feed_age(company: Company, as_of: date) -> int | None:
    ((newest,),) = fetched(sql.NEWEST_FEED, [company.pk])
    return None if newest is None else max(0, (as_of - day_of(newest)).days)
