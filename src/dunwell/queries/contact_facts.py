"""Records as the facts contact rules are asked of: customers, contacts made, words, consents."""

# put together from our own pieces of SQL; values are parameters
# ruff: noqa: S608

import json
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, timedelta

import narwhals.stable.v2 as nw
import polars as pl
from django.db import connection

from dunwell.engine.contact_rules.policy import ContactPolicy
from dunwell.engine.contact_rules.scope import Binding
from dunwell.engine.contact_rules.tables import ATTEMPTS, CONSENTS, RESTRICTIONS
from dunwell.engine.contact_rules.zones import holiday_calendar, plausible_zones
from dunwell.engine.schema import Column, Frame
from dunwell.models import Company
from dunwell.queries import frames
from dunwell.queries.limitation_frames import BARRED, UNKNOWN, limitation_frame
from dunwell.queries.merged_records import MERGED_INTO

FEW = 500
"""So many customers are asked for by key; of more the whole company is read."""

SHORTEST = timedelta(days=3)
"""Contacts are read back to the longest window that may bind somebody, and a little more."""

RECORDED = Column(nw.Int64, "when it was written down, seconds since 1970 in UTC")
KNOWN_RESTRICTIONS: Frame = {**RESTRICTIONS, "recorded_second": RECORDED}
KNOWN_CONSENTS: Frame = {**CONSENTS, "recorded_second": RECORDED}

CUSTOMERS = {
    "customer_id": pl.Int64,
    "contact_id": pl.Int64,
    "role": pl.String,
    "country": pl.String,
    "region": pl.String,
    "party": pl.String,
    "debt_use": pl.String,
    "stated_zones": pl.String,
}
DEBTS = {
    "customer_id": pl.Int64,
    "debt_usd_minor": pl.Int64,
    "debt_day": pl.Int32,
}
PLACES = {
    "country": pl.String,
    "region": pl.String,
    "party": pl.String,
    "stated_zones": pl.String,
    "zones": pl.String,
    "calendar": pl.String,
}


def customer_facts(company: Company, *, keys: Collection[int]) -> pl.DataFrame:
    """Return what is known of customers, in columns CUSTOMERS; empty is not known.

    The contact is the primary one of accounts payable: whom reminders go to.
    """
    which, chosen = _of(keys, "c.id")
    rows = frames.read_rows(
        "SELECT c.id, t.id, t.role, c.country, c.region, c.party, c.debt_use, "
        "CAST(c.zones AS text) FROM dunwell_customer c LEFT JOIN dunwell_contact t "
        "ON t.customer_id = c.id AND t.role = 'payables' AND t.is_primary "
        f"WHERE c.company_id = %s {which}",
        [company.pk, *chosen],
        CUSTOMERS,
    )
    texts = ("country", "region", "party", "debt_use")
    return rows.with_columns(
        pl.when(pl.col(name) != "").then(pl.col(name)).alias(name) for name in texts
    )


def with_places(
    customers: pl.DataFrame, company: Company, policy: ContactPolicy
) -> tuple[pl.DataFrame, dict[str, tuple[str, ...]]]:
    """Return the customers with `zones` and `calendar`, and the zones of each key."""
    names = ["country", "region", "party", "stated_zones"]
    sets: dict[str, tuple[str, ...]] = {}
    rows: list[tuple[object, ...]] = []
    for country, region, party, stated in customers.select(names).unique().iter_rows():
        # an unknown country of a business is taken to be the company's own
        place = country or (company.country if policy.is_business else "")
        zones = plausible_zones(
            place,
            region or "",
            [str(zone) for zone in json.loads(stated or "[]")],
            home_zone=company.zone,
            is_business=policy.is_business and party != "person",
        )
        key = ",".join(zones)
        sets[key] = zones
        calendar = holiday_calendar(place, region or "") or company.country
        rows.append((country, region, party, stated, key, calendar))
    places = pl.DataFrame(rows, schema=PLACES, orient="row")
    return customers.join(places, on=names, how="left", nulls_equal=True), sets


def debts_facts(company: Company, *, keys: Collection[int]) -> pl.DataFrame:
    """Return the open debts of customers in US cents and the day of the newest, as DEBTS.

    What is owed in another currency leaves the sum empty: not known.
    """
    which, chosen = _of(keys, "o.customer_id")
    return frames.read_rows(
        "SELECT o.customer_id, CASE WHEN MIN(o.currency) = 'USD' AND MAX(o.currency) = 'USD' "
        f"THEN CAST(SUM(o.open_minor) AS BIGINT) END, MAX({frames.day('i.issued_on')}) "
        "FROM dunwell_openitem o JOIN dunwell_item i ON i.id = o.item_id "
        f"WHERE o.company_id = %s AND o.open_minor > 0 {which} GROUP BY o.customer_id",
        [company.pk, *chosen],
        DEBTS,
    )


def barred_claims(company: Company, *, as_of: date, keys: Collection[int]) -> pl.DataFrame:
    """Return item_id, customer_id, is_barred of every claim by the earliest reading of its law.

    Empty where no limitation period is known for it.
    """
    bucket = pl.col("bucket")
    one = next(iter(keys)) if len(keys) == 1 else None
    return limitation_frame(company, as_of=as_of, customer_id=one).select(
        "item_id",
        "customer_id",
        is_barred=pl.when(bucket != UNKNOWN).then(bucket == BARRED),
    )


def attempts_since(
    company: Company, *, since: datetime | None, keys: Collection[int]
) -> nw.LazyFrame:
    """Return the contacts that were made, ours and theirs, in columns ATTEMPTS.

    Since a moment, or all of them.
    """
    which, chosen = _of(keys, "a.customer_id")
    theirs, _ = _of(keys, "l.to_id")
    lately = "" if since is None else f"AND {seconds('a.at')} >= %s"
    moment = [] if since is None else [int(since.timestamp())]
    columns = (
        "a.item_id, a.channel, a.purpose, t.role, a.is_inbound, a.outcome, "
        f"{seconds('a.at')} FROM dunwell_contactattempt a "
        "LEFT JOIN dunwell_contact t ON t.id = a.contact_id "
    )
    made = "WHERE a.company_id = %s AND a.outcome <> 'refused'"
    values = [company.pk, *chosen, *moment]
    return frames.read_frame(
        f"{MERGED_INTO} SELECT a.customer_id, {columns} {made} {which} {lately} "
        # what a merged record was told counts for the one it went into
        f"UNION ALL SELECT l.to_id, {columns} JOIN led l ON l.from_id = a.customer_id "
        f"{made} {theirs} {lately}",
        [company.pk, *values, *values],
        ATTEMPTS,
    )


def restrictions_facts(company: Company, *, keys: Collection[int]) -> nw.LazyFrame:
    """Return the restrictions of customers, in columns KNOWN_RESTRICTIONS."""
    which, chosen = _of(keys, "r.customer_id")
    return frames.read_frame(
        "SELECT r.customer_id, r.contact_id, r.kind, r.channel, r.purpose, r.minute_from, "
        f"r.minute_until, {frames.day('r.from_on')}, {frames.day('r.until_on')}, "
        f"{frames.day('r.lifted_on')}, {seconds('r.recorded_at')} "
        f"FROM dunwell_contactrestriction r WHERE r.company_id = %s {which}",
        [company.pk, *chosen],
        KNOWN_RESTRICTIONS,
    )


def consents_facts(company: Company, *, keys: Collection[int]) -> nw.LazyFrame:
    """Return the consents of customers, in columns KNOWN_CONSENTS."""
    which, chosen = _of(keys, "s.customer_id")
    return frames.read_frame(
        "SELECT s.customer_id, s.contact_id, s.channel, s.purpose, "
        f"{frames.day('s.given_on')}, {frames.day('s.withdrawn_on')}, "
        f"{seconds('s.recorded_at')} FROM dunwell_consent s WHERE s.company_id = %s {which}",
        [company.pk, *chosen],
        KNOWN_CONSENTS,
    )


def attempts_wanted(bound_by: Sequence[Binding], *, at: datetime) -> datetime | None:
    """Return since when contacts matter to rules; None: since ever."""
    params = [binding.rule.params for binding in bound_by]
    kinds = {binding.rule.kind for binding in bound_by}
    if kinds & {"notice", "notice_first", "dispute"}:
        return None
    if any(one.from_first_conversation for one in params):
        return None
    days = (
        max(
            (max(one.window_days, one.window_hours // 24, one.after_conversation_days))
            for one in params
        )
        if params
        else 0
    )
    return at - timedelta(days=days) - SHORTEST


def oldest_day(attempts: nw.LazyFrame) -> date | None:
    """Return the UTC day of the oldest contact, None without one."""
    second = attempts.select(nw.col("at_second").min()).collect("polars").to_native().item()
    return None if second is None else datetime.fromtimestamp(second, UTC).date()


def seconds(column: str) -> str:
    """Return SQL for the seconds since 1970 of a moment, on either database."""
    if connection.vendor == "postgresql":
        return f"CAST(FLOOR(EXTRACT(EPOCH FROM {column})) AS BIGINT)"
    return f"CAST(strftime('%%s', {column}) AS INTEGER)"


def _of(keys: Collection[int], column: str) -> tuple[str, list[int]]:
    """Return the condition on few customers, or none; and its parameters."""
    if len(keys) > FEW:
        return "", []
    marks = ", ".join(["%s"] * len(keys)) or "NULL"
    return f"AND {column} IN ({marks})", sorted(keys)
