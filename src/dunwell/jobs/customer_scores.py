"""The behavioural scores of a day with reasons, what moved in thirty days, and early warnings."""

from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.actions.scores import SCORE_COLUMNS
from dunwell.engine.calendars import calendar_days
from dunwell.engine.early_warnings import EARLY_WARNINGS, early_warnings
from dunwell.engine.score_moves import migrations
from dunwell.engine.scoring import SCORE_REASONS, behaviour_scores, score_reasons
from dunwell.formats.frames import kept
from dunwell.queries import frames
from dunwell.queries.histories import replies_frame
from dunwell.queries.ledgers import Books
from dunwell.queries.reminders import native

BEFORE_DAYS = 30
"""A score is compared with that of so many days earlier."""

CALENDAR_DAYS = 800
"""How far back promises are judged by business days."""


def customer_scores(books: Books, *, as_of: date) -> pl.DataFrame:
    """Return every customer's score as of a day, in SCORE_COLUMNS, sorted by customer."""
    company, ledger = books.company, books.whole()
    contacts, replies = kept(frames.contacts_frame(company)), kept(replies_frame(company))
    calendar = calendar_days(
        company.country,
        first=as_of - timedelta(days=CALENDAR_DAYS),
        last=as_of.replace(day=1) + timedelta(days=62),
    )

    def scores(day: date) -> nw.LazyFrame:
        return kept(
            behaviour_scores(
                ledger, as_of=day, contacts=contacts, replies=replies, calendar=calendar
            )
        )

    now, before = scores(as_of), scores(as_of - timedelta(days=BEFORE_DAYS))
    moved = native(migrations(now, before)).drop("score", "band")
    warned = native(
        early_warnings(ledger, as_of=as_of, contacts=contacts, replies=replies, calendar=calendar)
    ).with_columns(since_on=pl.col("since_day").cast(pl.Date).cast(pl.String))
    points = native(score_reasons(now))
    return (
        native(now)
        .select("customer_id", "score", "base", "is_thin", "band")
        .join(moved, on="customer_id", how="left")
        .join(_listed(points, "points", POINTS, by="reason"), on="customer_id", how="left")
        .join(_listed(warned, "warnings", WARNINGS, by="code"), on="customer_id", how="left")
        .with_columns(
            pl.col("points", "warnings").fill_null("[]"), pl.col("band_before").fill_null("")
        )
        .sort("customer_id")
        .select(*SCORE_COLUMNS)
    )


POINTS = tuple(name for name in SCORE_REASONS if name != "customer_id")
WARNINGS = (
    *(name for name in EARLY_WARNINGS if name not in {"customer_id", "since_day"}),
    "since_on",
)


def _listed(rows: pl.DataFrame, name: str, columns: tuple[str, ...], *, by: str) -> pl.DataFrame:
    """Return customer_id and the rows of each customer as a JSON list, in a fixed order."""
    return (
        rows.sort("customer_id", by)
        .group_by("customer_id", maintain_order=True)
        .agg(pl.struct(*columns).struct.json_encode())
        .select("customer_id", pl.format("[{}]", pl.col(columns[0]).list.join(", ")).alias(name))
    )
