"""What the contact rules answer to records that were read: of now, or of a day gone by."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.contact_rules.policy import ContactPolicy
from dunwell.engine.contact_rules.rules import RulePack
from dunwell.engine.contact_rules.scope import Binding, any_inside, bindings, settled_facts
from dunwell.engine.contact_rules.tables import (
    CANDIDATES,
    HORIZON_DAYS,
    VERDICTS,
    ContactFacts,
)
from dunwell.engine.contact_rules.verdicts import contact_verdicts, tables_span
from dunwell.engine.contact_rules.zones import days_table, zone_key, zone_tables
from dunwell.models import Company
from dunwell.queries.contact_facts import attempts_wanted, oldest_day

AUTOMATED = ("sms",)
"""Channels by which a machine writes; calls are made by people."""

_DTYPES = {nw.Int64: pl.Int64, nw.Int32: pl.Int32, nw.String: pl.String, nw.Boolean: pl.Boolean}


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactBook:
    """The rules that bind a company on a day, its own among them, and where they come from."""

    policy: ContactPolicy
    pack: RulePack
    version_id: int | None


class Attempts(Protocol):
    """Reads the contacts made since a moment, or all of them, in columns ATTEMPTS."""

    def __call__(self, *, since: datetime | None) -> nw.LazyFrame:
        """Return them."""


class Debts(Protocol):
    """Reads about what customers owe, `contact_facts.DEBTS` or `contact_facts.barred_claims`."""

    def __call__(self, *, keys: Collection[int]) -> pl.DataFrame:
        """Return it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactRecords:
    """What the records say about customers; `sets` names the zones of each key of `customers`.

    `barred` reads the claims with a limitation period: item_id, customer_id, is_barred.
    """

    customers: pl.DataFrame
    sets: Mapping[str, tuple[str, ...]]
    restrictions: nw.LazyFrame
    consents: nw.LazyFrame
    attempts: Attempts
    debts: Debts
    barred: Debts


def no_verdicts() -> pl.DataFrame:
    """Return no verdict on nobody, in columns VERDICTS."""
    return pl.DataFrame(schema={name: _DTYPES[one.dtype] for name, one in VERDICTS.items()})


def judged(
    company: Company,
    asked: pl.DataFrame,
    records: ContactRecords,
    *,
    book: ContactBook,
    as_of: date,
    at: datetime,
    known_until: datetime | None = None,
) -> pl.DataFrame:
    """Return the verdicts on (customer_id, channel) rows by records that were read already."""
    if asked.is_empty():
        return no_verdicts()
    customers, sets, restrictions = records.customers, records.sets, records.restrictions
    words = set(restrictions.select("kind").collect("polars").to_native()["kind"].to_list())
    candidates = _candidates(company, asked, records, book)
    bound_by = _binding_anybody(
        candidates,
        bindings(
            book.pack,
            book.policy,
            countries=set(candidates["country"].unique().to_list()),
            at=as_of,
            until=as_of + timedelta(days=HORIZON_DAYS),
            words=words,
        ),
    )
    since = attempts_wanted(bound_by, at=at)
    attempts = records.attempts(since=since).collect("polars").lazy()
    first, last = tables_span(at, oldest=oldest_day(attempts) if since is None else None)
    distinct = {key: zone_key(zones, first=first, last=last) for key, zones in sets.items()}
    facts = ContactFacts(
        candidates=nw.from_native(candidates.lazy()),
        attempts=attempts,
        restrictions=restrictions,
        consents=records.consents,
        zones=zone_tables(distinct, first=first, last=last),
        days=days_table(set(customers["calendar"].to_list()), first=first, last=last),
    )
    found = contact_verdicts(
        facts, book.pack, bound_by, as_of=as_of, at=at, known_until=known_until, keep=_kept
    )
    rows: pl.DataFrame = found.collect(backend="polars", engine="in-memory").to_native()
    return rows


def _binding_anybody(candidates: pl.DataFrame, bound_by: Sequence[Binding]) -> tuple[Binding, ...]:
    """Return the rules some candidate is bound by; one that binds nobody forbids nothing."""
    found = any_inside(nw.from_native(candidates.lazy()), bound_by).collect("polars").to_native()
    said: dict[str, bool] = found.row(0, named=True)
    return tuple(binding for at, binding in enumerate(bound_by) if said.get(str(at), True))


def _candidates(
    company: Company, asked: pl.DataFrame, records: ContactRecords, book: ContactBook
) -> pl.DataFrame:
    known = records.customers.drop("stated_zones")
    rows = asked.join(known, on="customer_id", how="inner")
    named = set(rows.columns)
    blank = {
        "purpose": pl.lit("collection"),
        "item_id": pl.lit(None, pl.Int64),
    }
    rows = rows.with_columns(
        **{name: value for name, value in blank.items() if name not in named},
        is_automated=pl.col("channel").is_in(list(AUTOMATED)),
        has_opt_out=pl.lit(None, pl.Boolean),
        is_work_address=pl.lit(None, pl.Boolean),
    )
    if "asked_contact" in named:
        rows = rows.with_columns(
            contact_id=pl.coalesce("asked_contact", "contact_id"),
            role=pl.coalesce("asked_role", "role"),
        )
    rows = _with_limitation(_with_debts(company, rows, records, book.policy), records)
    settled = settled_facts(nw.from_native(rows.lazy()), book.policy, home_country=company.country)
    frame: pl.DataFrame = settled.select(*CANDIDATES).collect("polars").to_native()
    return frame


def _with_debts(
    company: Company, rows: pl.DataFrame, records: ContactRecords, policy: ContactPolicy
) -> pl.DataFrame:
    """Return the rows with what is owed, read only where a person in the US may owe it."""
    may_be_person = pl.col("party").fill_null("company" if policy.is_business else "person")
    american = rows.filter(
        pl.col("country").fill_null(company.country if policy.is_business else "US") == "US",
        may_be_person == "person",
    )["customer_id"]
    if american.is_empty():
        return rows.with_columns(
            debt_usd_minor=pl.lit(None, pl.Int64), debt_day=pl.lit(None, pl.Int32)
        )
    debts = records.debts(keys=set(american.to_list()))
    return rows.join(debts, on="customer_id", how="left")


def _with_limitation(rows: pl.DataFrame, records: ContactRecords) -> pl.DataFrame:
    """Return the rows with whether the debt is time-barred, read only where a suit is meant.

    About all of a customer's debts: whether any is, unless not all of them are known.
    """
    if not rows["purpose"].eq("legal").any():
        return rows.with_columns(is_time_barred=pl.lit(None, pl.Boolean))
    claims = records.barred(keys=set(rows["customer_id"].to_list()))
    of_item = claims.select("item_id", item_barred="is_barred")
    of_customer = claims.group_by("customer_id").agg(
        any_barred=pl.when(pl.col("is_barred").any())
        .then(pl.lit(value=True))
        .when(pl.col("is_barred").is_null().any())
        .then(None)
        .otherwise(pl.lit(value=False))
    )
    return (
        rows.join(of_item, on="item_id", how="left")
        .join(of_customer, on="customer_id", how="left")
        .with_columns(
            is_time_barred=pl.when(pl.col("item_id").is_null())
            .then("any_barred")
            .otherwise("item_barred")
        )
        .drop("item_barred", "any_barred")
    )


def _kept(frame: nw.LazyFrame) -> nw.LazyFrame:
    return frame.collect("polars", engine="in-memory").lazy()
