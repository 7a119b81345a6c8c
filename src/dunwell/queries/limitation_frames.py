"""Claims with their last day, worked out by the engine from items, events and part payments."""

# every value is a parameter; what is put together here are our own pieces of SQL
# ruff: noqa: S608

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.limitation import (
    EFFECT_ROWS,
    RULE_ROWS,
    effect_rows,
    first_last_days,
    last_days,
    limitation_events,
    limitation_steps,
    rule_rows,
    suspended_spans,
)
from dunwell.engine.limitation_rules import (
    LimitationRule,
    limitation_rules_for,
    read_limitation_rules,
)
from dunwell.formats.policies import read_policy
from dunwell.models import Company
from dunwell.queries.frames import day, read_rows
from dunwell.queries.kept_sums import MANY_ITEMS

BARRED, STOPPED, UNKNOWN = "barred", "stopped", "unknown"
BOUNDS = (30, 90, 180, 365)
BUCKETS = (BARRED, *(str(bound) for bound in BOUNDS), "later", STOPPED, UNKNOWN)
"""Time left: over, so many days at most, more; nothing lapses for now; the law is not known."""

_TYPES: Mapping[type[nw.dtypes.DType], type[pl.DataType]] = {
    nw.Int32: pl.Int32,
    nw.Int64: pl.Int64,
    nw.String: pl.String,
    nw.Boolean: pl.Boolean,
}
_CLAIM_TYPES: Mapping[str, type[pl.DataType]] = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "country": pl.String,
    "region": pl.String,
    "party": pl.String,
    "currency": pl.String,
    "due_day": pl.Int32,
    "open_minor": pl.Int64,
    "written_off_minor": pl.Int64,
}
EVENT_TYPES: Mapping[str, type[pl.DataType]] = {
    "item_id": pl.Int64,
    "kind": pl.String,
    "day": pl.Int32,
    "until_day": pl.Int32,
    "event_id": pl.Int64,
}
_LIKE = ["group_no", "due_day", "kind", "day", "until_day"]
_OPENED = ("item_id", "customer_id", "currency", "due_day", "open_minor")
_ALL = 2**62
_LOST = """
SELECT j.item_id, SUM(j.amount_minor) AS lost_minor FROM dunwell_adjustment j
WHERE j.company_id = %s AND j.kind IN ('write_off', 'recovery')
GROUP BY j.item_id HAVING SUM(j.amount_minor) > 0
"""
"""What is written off of an item and has not come in since."""
_TOUCHED = """
SELECT item_id FROM dunwell_adjustment WHERE company_id = %s AND kind IN ('write_off', 'recovery')
"""
"""Items of which something was ever written off."""
_CLAIMED = f"""
SELECT i.id AS item_id, COALESCE(o.open_minor, 0) AS open_minor,
       COALESCE(l.lost_minor, 0) AS lost_minor
FROM dunwell_item i LEFT JOIN dunwell_openitem o ON o.item_id = i.id
LEFT JOIN ({_LOST}) l ON l.item_id = i.id
WHERE i.company_id = %s AND i.amount_minor > 0
  AND (o.open_minor > 0 OR l.lost_minor > 0)
"""

_IS_CLAIMED = f"""AND (
    EXISTS (SELECT 1 FROM dunwell_openitem o WHERE o.item_id = a.item_id AND o.open_minor > 0)
    OR a.item_id IN (SELECT item_id FROM ({_LOST}) k))
"""
_NOTHING = {
    "group_no": pl.lit(None, pl.Int32),
    "rule_no": pl.lit(None, pl.Int32),
    "first_last_day": pl.lit(None, pl.Int32),
    "last_day": pl.lit(None, pl.Int32),
    "latest_day": pl.lit(None, pl.Int32),
    "readings": pl.lit(None, pl.Int32),
    "days_left": pl.lit(None, pl.Int32),
    "bucket": pl.lit(None, pl.String),
}
"""The further columns of a frame without claims."""


@cache
def limitation_rules() -> tuple[LimitationRule, ...]:
    """Return the shipped rules of law."""
    path = files("dunwell").joinpath("policies", "limitation.yaml")
    return read_limitation_rules(read_policy(path.read_text(encoding="utf-8")).document)


def limitation_frame(
    company: Company,
    *,
    as_of: date,
    customer_id: int | None = None,
    due_until: date | None = None,
    written_off: bool = False,
    item_ids: Sequence[int] | None = None,
) -> pl.DataFrame:
    """Return one row per claim with rule_no, last_day, latest_day, days_left and bucket.

    Claims are debit items that are open, and those of which something written off is still
    owed; with `due_until` only those due by then, with `written_off` only those of which
    something was ever written off, with `item_ids` only those. Two queries, one where there is
    none; four more for the whole of a large book.
    """
    which = "AND i.customer_id = %s" if customer_id is not None else ""
    keys: list[int | date] = [] if customer_id is None else [customer_id]
    if due_until is not None:
        which, keys = f"{which} AND i.due_on <= %s", [*keys, due_until]
    if written_off:
        which, keys = f"{which} AND i.id IN ({_TOUCHED})", [*keys, company.pk]
    if item_ids is not None:
        named = sorted(item_ids) or [0]
        which, keys = f"{which} AND i.id IN ({', '.join(['%s'] * len(named))})", [*keys, *named]
    claims = read_rows(
        f"SELECT i.id, i.customer_id, c.country, c.region, c.party, i.currency, "
        f"{day('i.due_on')}, g.open_minor, g.lost_minor FROM ({_CLAIMED} {which}) g "
        "JOIN dunwell_item i ON i.id = g.item_id JOIN dunwell_customer c ON c.id = i.customer_id "
        f"LIMIT {MANY_ITEMS if not keys else _ALL}",
        [company.pk, company.pk, *keys],
        _CLAIM_TYPES,
    )
    if not keys and claims.height == MANY_ITEMS:
        claims = _many_claims(company)
    if claims.is_empty():
        return claims.with_columns(**_NOTHING)
    groups = (
        claims.select("country", "region", "party").unique().sort("country", "region", "party")
    )
    groups = groups.with_columns(group_no=pl.int_range(pl.len(), dtype=pl.Int32))
    claims = claims.join(groups, on=["country", "region", "party"], how="left")
    events = _events(company, which, keys, as_of=as_of)
    found = _last_days(claims, groups, events, as_of=as_of)
    left = pl.col("last_day") - day_number(as_of)
    bucket = pl.lit("later")
    for bound in reversed(BOUNDS):
        bucket = pl.when(left <= bound).then(pl.lit(str(bound))).otherwise(bucket)
    bucket = pl.when(left < 0).then(pl.lit(BARRED)).otherwise(bucket)
    bucket = pl.when(left.is_null()).then(pl.lit(STOPPED)).otherwise(bucket)
    return claims.join(found, on="item_id", how="left").with_columns(
        days_left=left,
        bucket=pl.when(pl.col("rule_no").is_null()).then(pl.lit(UNKNOWN)).otherwise(bucket),
    )


def _many_claims(company: Company) -> pl.DataFrame:
    """Return all claims of a large book, columns _CLAIM_TYPES: its open items row after row.

    A query that looks up item and customer of each of a million takes three times as long.
    """
    opened = read_rows(
        # what is unary is not looked for in an index, which would walk the table to and fro
        f"SELECT o.item_id, o.customer_id, o.currency, {day('o.due_on')}, o.open_minor "
        "FROM dunwell_openitem o WHERE +o.company_id = %s AND +o.open_minor > 0",
        [company.pk],
        {name: _CLAIM_TYPES[name] for name in _OPENED},
    )
    credit_notes = read_rows(
        "SELECT id FROM dunwell_item WHERE company_id = %s AND amount_minor < 0",
        [company.pk],
        {"item_id": pl.Int64},
    )
    opened = opened.join(credit_notes, on="item_id", how="anti")
    lost = read_rows(
        f"SELECT i.id, i.customer_id, i.currency, {day('i.due_on')}, l.lost_minor "
        f"FROM ({_LOST}) l JOIN dunwell_item i ON i.id = l.item_id WHERE i.amount_minor > 0",
        [company.pk],
        {name: _CLAIM_TYPES[name] for name in (*_OPENED[:-1], "written_off_minor")},
    )
    customers = read_rows(
        "SELECT id, country, region, party FROM dunwell_customer WHERE company_id = %s",
        [company.pk],
        {name: _CLAIM_TYPES[name] for name in ("customer_id", "country", "region", "party")},
    )
    nothing = pl.lit(0, pl.Int64)
    claims = pl.concat(
        [
            opened.join(lost.select("item_id", "written_off_minor"), on="item_id", how="left"),
            lost.join(opened, on="item_id", how="anti").with_columns(open_minor=nothing),
        ],
        how="diagonal",
    )
    return (
        claims.with_columns(pl.col("written_off_minor").fill_null(0))
        .join(customers, on="customer_id")
        .select(*_CLAIM_TYPES)
    )


def events_of(company: Company, item_ids: Sequence[int], *, as_of: date) -> pl.DataFrame:
    """Return what happened to items, in columns EVENT_TYPES; a payment has the key 0."""
    keys = sorted(item_ids) or [0]
    which = f"AND i.id IN ({', '.join(['%s'] * len(keys))})"
    return _events(company, which, keys, as_of=as_of)


def _events(
    company: Company, which: str, keys: Sequence[int | date], *, as_of: date
) -> pl.DataFrame:
    on, until, value = day('e."on"'), day("e.until_on"), day("a.value_on")
    claimed = "" if "IN (" in which else _IS_CLAIMED
    claims = [] if "IN (" in which else [company.pk]
    query = f"""
SELECT i.id, e.kind, {on}, {until}, e.id
FROM dunwell_limitationevent e JOIN dunwell_item i
  ON i.customer_id = e.customer_id AND (e.item_id IS NULL OR e.item_id = i.id)
WHERE e.company_id = %s AND (e.taken_back_on IS NULL OR e.taken_back_on > %s)
  AND i.amount_minor > 0 {which}
UNION ALL
SELECT i.id, 'part_paid', {value}, {value}, 0
FROM dunwell_allocation a JOIN dunwell_item i ON i.id = a.item_id
LEFT JOIN dunwell_allocation back ON back.reverses_id = a.id
WHERE a.company_id = %s AND a.source = 'payment' AND a.reverses_id IS NULL AND back.id IS NULL
  AND a.amount_minor > 0 AND i.amount_minor > 0 {which} {claimed}
"""
    parameters: list[int | date] = [company.pk, as_of, *keys, company.pk, *keys, *claims]
    return read_rows(query, parameters, EVENT_TYPES)


def _last_days(
    claims: pl.DataFrame, groups: pl.DataFrame, events: pl.DataFrame, *, as_of: date
) -> pl.DataFrame:
    """Return the engine's word on the claims, in columns LAST_DAYS."""
    rules = limitation_rules()
    place = {rule.id: number for number, rule in enumerate(rules)}
    readings = [
        (group["group_no"], place[rule.id])
        for group in groups.iter_rows(named=True)
        for rule in limitation_rules_for(
            rules, country=group["country"], region=group["region"], party=group["party"]
        )
    ]
    each, alike, asked, happened = _alike(claims, events)
    first = _kept(
        first_last_days(
            _lazy(asked),
            _table(readings, {"group_no": nw.Int32, "rule_no": nw.Int32}),
            _table(rule_rows(rules), RULE_ROWS),
        )
    )
    known = _kept(
        limitation_events(
            first,
            _lazy(happened),
            _table(effect_rows(rules), EFFECT_ROWS),
            as_of_day=day_number(as_of),
        )
    )
    steps = _kept(limitation_steps(known, _kept(suspended_spans(known))))
    found = _native(last_days(first, steps))
    told = each.join(alike, on=_LIKE, nulls_equal=True).join(
        found, left_on="kind_id", right_on="item_id"
    )
    return pl.concat([found.filter(pl.col("item_id") >= 0), told.select(found.columns)])


def _alike(
    claims: pl.DataFrame, events: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return claims that are asked of as one of a kind, the kinds, all that is asked, the events.

    To most claims happened nothing or one thing: those alike by law, due day and what happened
    lapse on the same day. They are asked of once, under a `kind_id` that no item has.
    """
    happened = events.drop("event_id").join(claims, on="item_id", how="semi")
    is_single = pl.len().over("item_id") == 1
    several = happened.filter(~is_single)
    bare = claims.select("item_id", "group_no", "due_day")
    each = bare.join(several, on="item_id", how="anti").join(
        happened.filter(is_single), on="item_id", how="left"
    )
    kinds = each.select(_LIKE).unique().with_row_index("kind_id")
    kinds = kinds.with_columns(kind_id=-1 - pl.col("kind_id").cast(pl.Int64))
    named = kinds.rename({"kind_id": "item_id"})
    asked = [bare.join(several, on="item_id", how="semi"), named.select(bare.columns)]
    moved = named.filter(pl.col("kind").is_not_null()).select(happened.columns)
    return each, kinds, pl.concat(asked), pl.concat([several, moved])


def _table(
    rows: Sequence[tuple[object, ...]], columns: Mapping[str, type[nw.dtypes.DType]]
) -> nw.LazyFrame:
    schema = {name: _TYPES[kind] for name, kind in columns.items()}
    return _lazy(pl.DataFrame(rows, schema=schema, orient="row"))


def _lazy(frame: pl.DataFrame) -> nw.LazyFrame:
    return nw.from_native(frame.lazy())


def _native(frame: nw.LazyFrame) -> pl.DataFrame:
    native: pl.LazyFrame = nw.to_native(frame)
    return native.collect()


def _kept(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Return the frame worked out, for frames that several others start from."""
    return _lazy(_native(frame))
