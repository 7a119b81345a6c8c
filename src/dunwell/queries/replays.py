"""Replays: what they rest on, how they stand, and what they found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from io import BytesIO

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import QuerySet

from dunwell.engine.calendars import calendar_days, day_date, day_number
from dunwell.engine.replay import PAST_OVERRIDES, Past
from dunwell.engine.strategy import Strategy, read_strategy
from dunwell.formats.frames import kept
from dunwell.formats.policies import read_policy
from dunwell.models import Company, Customer, Item, PolicyVersion, Replay
from dunwell.queries import frames
from dunwell.queries.contact_groups import CALLED, CONTACT_LOG, contact_group, group_log
from dunwell.queries.ledgers import Books
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.steering import customer_calendars, signals_frame

LONGEST_DAYS = 366
"""So many days are replayed at most at a time."""
ROWS = 200
"""Customers and contacts listed on a page; counts are always of all, the export has every row."""

Counts = tuple[tuple[str, int, int], ...]
"""What, how many contacts before, how many after."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayRow:
    """One replay as lists show it; `done_ppm` says how much of it is done."""

    id: int
    version_id: int
    strategy: str
    version: int
    from_on: date
    to_on: date
    status: str
    status_label: str
    done_ppm: int
    error: str
    by: str
    recorded_at: datetime
    messages_before: int | None
    messages_after: int | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerChange:
    """How many contacts a customer would have had under each."""

    customer_id: int
    number: str
    name: str
    before: int
    after: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactChange:
    """A day on which a customer would have been treated otherwise; empty: no contact."""

    customer_id: int
    number: str
    name: str
    on: date
    before: str
    after: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayAnswer:
    """What a replay found: contacts before and after, by week, channel and step.

    `customers` are those with the largest difference, `changes` the first days that differ;
    both are cut off, `customers_changed` and `days_changed` count all.
    """

    before: int
    after: int
    customers_changed: int
    days_changed: int
    weeks: tuple[tuple[date, int, int], ...]
    channels: Counts
    steps: Counts
    customers: tuple[CustomerChange, ...]
    changes: tuple[ContactChange, ...]


def replay_rows(
    company: Company, *, version_id: int | None = None, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[ReplayRow]:
    """Return one page of replays of strategies, the newest first."""
    found = newest_replays(
        company, PolicyVersion.Kind.STRATEGY, version_id=version_id, cursor=cursor
    )
    limit = page_limit(limit)
    rows = [replay_row(row) for row in found[: limit + 1]]
    return page_of(rows, limit=limit, key=lambda row: (row.id,))


def newest_replays(
    company: Company, kind: str, *, version_id: int | None, cursor: str
) -> QuerySet[Replay]:
    """Return the replays of a kind of policy after a cursor, the newest first, without texts."""
    found = Replay.objects.filter(company=company, version__kind=kind)
    if version_id is not None:
        found = found.filter(version_id=version_id)
    return (
        found.filter(after(cursor, ("-id",), (int,)))
        .select_related("version")
        .defer("version__text", "version__document")
        .order_by("-id")
    )


def replay_row(found: Replay) -> ReplayRow:
    """Return a replay as lists show it."""
    return ReplayRow(
        id=found.pk,
        version_id=found.version_id,
        strategy=found.version.name,
        version=found.version.version,
        from_on=found.from_on,
        to_on=found.to_on,
        status=found.status,
        status_label=str(Replay.Status(found.status).label),
        done_ppm=found.done_days * 1_000_000 // max(found.all_days, 1),
        error=found.error,
        by=found.by,
        recorded_at=found.recorded_at,
        messages_before=found.summary.get("before"),
        messages_after=found.summary.get("after"),
    )


def past_of(company: Company, *, first: date, last: date) -> Past:
    """Return what was written down about the days of a replay, read once.

    Customers, contacts and addresses are those of now: their past is not kept.
    """
    books = Books(company)
    whole = books.whole()
    oldest = Item.objects.filter(company=company).order_by("due_on").values_list("due_on")[:1]
    start = min([first, *(due for (due,) in oldest)])
    customers = kept(books.customers)
    calendars, countries = customer_calendars(
        company, customers, oldest_day=day_number(start), as_of=last
    )
    return Past(
        ledger=whole,
        customers=customers,
        holds=kept(frames.holds_frame(company)),
        rates=kept(frames.fx_frame(company)),
        contacts=kept(
            frames.contacts_frame(company).filter(nw.col("contacted_day") < day_number(first))
        ),
        other_contacts=kept(_other_contacts(company, as_of=last)),
        signals=kept(signals_frame(company)),
        overrides=kept(_overrides(company)),
        calendar=calendar_days(company.country, first=start, last=last + timedelta(days=90)),
        calendars=kept(calendars),
        countries=kept(countries),
        country=company.country,
        home=company.currency,
    )


def published_strategies(company: Company) -> tuple[tuple[date, Strategy], ...]:
    """Return every published strategy with the day it holds from, in that order."""
    versions = PolicyVersion.objects.filter(
        company=company,
        kind=PolicyVersion.Kind.STRATEGY,
        status=PolicyVersion.Status.PUBLISHED,
    ).order_by("valid_from", "id")
    return tuple(
        (version.valid_from, read_strategy(read_policy(version.text).document))
        for version in versions
    )


def strategies_on(
    published: Sequence[tuple[date, Strategy]], day: date, *, draft: Strategy | None = None
) -> tuple[Strategy, ...]:
    """Return the strategies of a day: of each name the latest; the first ones before any held.

    `draft` takes the place of the one of its name, as if it had always held.
    """
    latest: dict[str, Strategy] = {}
    for from_on, strategy in published:
        if from_on <= day or strategy.name not in latest:
            latest[strategy.name] = replace(strategy, valid_from=min(strategy.valid_from, day))
    if draft is not None:
        latest[draft.name] = replace(draft, valid_from=min(draft.valid_from, day))
    return tuple(latest[name] for name in sorted(latest))


def replay_answer(company: Company, data: bytes) -> ReplayAnswer:
    """Return what a replay found, from the rows it kept."""
    rows = pl.read_parquet(BytesIO(data))
    counts = dict(rows["side"].value_counts().iter_rows())
    differing = differing_days(rows)
    per_customer = _side_counts(rows, ["customer_id"]).with_columns(
        apart=(pl.col("after") - pl.col("before")).abs()
    )
    top = per_customer.filter(pl.col("apart") > 0).sort(
        "apart", "customer_id", descending=[True, False]
    )
    shown = differing.sort("contacted_day", "customer_id").head(ROWS)
    names = _names(company, [*top["customer_id"].head(ROWS), *shown["customer_id"]])
    return ReplayAnswer(
        before=counts.get("before", 0),
        after=counts.get("after", 0),
        customers_changed=differing["customer_id"].n_unique(),
        days_changed=differing.height,
        weeks=_weeks(rows),
        channels=_counts(rows, ["channel"]),
        steps=_counts(rows, ["level", "template"]),
        customers=tuple(
            CustomerChange(
                customer_id=row["customer_id"],
                number=names[row["customer_id"]][0],
                name=names[row["customer_id"]][1],
                before=row["before"],
                after=row["after"],
            )
            for row in top.head(ROWS).iter_rows(named=True)
        ),
        changes=changes_of(shown, names),
    )


def differing_days(rows: pl.DataFrame) -> pl.DataFrame:
    """Return customer_id, contacted_day, before, after (in words) where the courses differ."""
    words = pl.format("{} {} {}", pl.col("level"), pl.col("channel"), pl.col("template"))
    keys = ["customer_id", "contacted_day"]
    sides = [
        rows.filter(pl.col("side") == side).select(*keys, words.alias(side))
        for side in ("before", "after")
    ]
    return (
        sides[0]
        .join(sides[1], on=keys, how="full", coalesce=True)
        .filter(pl.col("before").ne_missing(pl.col("after")))
        .with_columns(pl.col("before", "after").fill_null(""))
    )


def changes_of(
    rows: pl.DataFrame, names: Mapping[int, tuple[str, str]]
) -> tuple[ContactChange, ...]:
    """Return the differing days as records."""
    return tuple(
        ContactChange(
            customer_id=row["customer_id"],
            number=names[row["customer_id"]][0],
            name=names[row["customer_id"]][1],
            on=day_date(row["contacted_day"]),
            before=row["before"],
            after=row["after"],
        )
        for row in rows.iter_rows(named=True)
    )


def all_changes(company: Company, data: bytes) -> tuple[ContactChange, ...]:
    """Return every day that differs, for the export, by day and customer."""
    found = differing_days(pl.read_parquet(BytesIO(data))).sort("contacted_day", "customer_id")
    return changes_of(found, _names(company, found["customer_id"].to_list()))


def _side_counts(rows: pl.DataFrame, keys: list[str]) -> pl.DataFrame:
    return rows.group_by(keys).agg(
        before=(pl.col("side") == "before").sum().cast(pl.Int64),
        after=(pl.col("side") == "after").sum().cast(pl.Int64),
    )


def _counts(rows: pl.DataFrame, keys: list[str]) -> Counts:
    found = _side_counts(rows, keys).sort(keys)
    return tuple(
        (" ".join(str(row[key]) for key in keys), row["before"], row["after"])
        for row in found.iter_rows(named=True)
    )


def _weeks(rows: pl.DataFrame) -> tuple[tuple[date, int, int], ...]:
    day = pl.col("contacted_day").cast(pl.Date)
    found = _side_counts(rows.with_columns(week=day.dt.truncate("1w")), ["week"]).sort("week")
    return tuple(found.select("week", "before", "after").iter_rows())


def _names(company: Company, keys: Sequence[int]) -> Mapping[int, tuple[str, str]]:
    wanted = set(keys)
    found = Customer.objects.filter(company=company).values_list("id", "number", "name")
    return {key: (number, name) for key, number, name in found.iterator() if key in wanted}


def _other_contacts(company: Company, *, as_of: date) -> nw.LazyFrame:
    """Return the days on which a call reached a customer, or a company that contacts with us did.

    Those happened whatever the strategy.
    """
    called = frames.day('n."on"')
    own = frames.read_frame(
        f"SELECT n.customer_id, {called} FROM dunwell_note n WHERE n.company_id = %s "  # noqa: S608
        f"AND n.kind = 'call' AND n.result IN ({CALLED})",
        [company.pk],
        CONTACT_LOG,
    )
    others = group_log(contact_group(company, as_of=as_of))
    return own if others is None else nw.concat([own, others], how="vertical")


def _overrides(company: Company) -> nw.LazyFrame:
    """Return every override with the days it held, in columns PAST_OVERRIDES."""
    until, ended = frames.day("o.until_on"), f"{frames.day('o.ended_on')} - 1"
    return frames.read_frame(
        "SELECT o.customer_id, o.item_id, o.kind, NULLIF(o.strategy, ''), o.level, "  # noqa: S608
        f"NULLIF(o.channel, ''), {frames.day('o.from_on')}, "
        f"CASE WHEN o.ended_on IS NULL THEN {until} ELSE {ended} END "
        "FROM dunwell_strategyoverride o WHERE o.company_id = %s",
        [company.pk],
        PAST_OVERRIDES,
    )
