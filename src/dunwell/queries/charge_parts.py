"""The parts of interest as a record keeps them, and interest with monthly rests."""

import json
from collections.abc import Sequence

import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.charges.compounding import Stretch, compound_sums
from dunwell.engine.charges.terms import ChargeTerms
from dunwell.engine.money import part
from dunwell.queries.charge_terms import TermsBook

PPM = 1_000_000
MONTHS = {
    "item_id": pl.Int64,
    "terms_no": pl.Int32,
    "month_no": pl.Int32,
    "from_day": pl.Int32,
    "until_day": pl.Int32,
    "days": pl.Int64,
    "base_minor": pl.Int64,
    "amount_minor": pl.Int64,
}
"""As `interest.INTEREST`."""


def interest_parts(segments: pl.DataFrame, terms: Sequence[ChargeTerms]) -> pl.DataFrame:
    """Return item_id, month_no and `parts`: a JSON list of days, rate, amount and source.

    `segments` in columns `interest.SEGMENTS`. Each part: from_on, until_on (the last day), days,
    rate_ppm, base_minor, source.
    """
    spans = pl.DataFrame(
        [
            (number, day_number(span.from_on), json.dumps(span.source, ensure_ascii=False))
            for number, one in enumerate(terms)
            for span in one.spans
        ],
        schema={"terms_no": pl.Int32, "from_day": pl.Int32, "source": pl.String},
        orient="row",
    ).sort("from_day")
    dated = segments.sort("from_day").join_asof(
        spans, on="from_day", by="terms_no", check_sortedness=False
    )
    texts = dated.select(
        "item_id",
        "month_no",
        part=pl.concat_str(
            pl.lit('{"from_on": "'),
            pl.col("from_day").cast(pl.Date).cast(pl.String),
            pl.lit('", "until_on": "'),
            (pl.col("until_day") - 1).cast(pl.Date).cast(pl.String),
            pl.lit('", "days": '),
            pl.col("days").cast(pl.String),
            pl.lit(', "rate_ppm": '),
            pl.col("rate_ppm").cast(pl.String),
            pl.lit(', "base_minor": '),
            pl.col("base_minor").cast(pl.String),
            pl.lit(', "source": '),
            pl.col("source"),
            pl.lit("}"),
        ),
    )
    return (
        texts.group_by("item_id", "month_no", maintain_order=True)
        .agg(pl.col("part").str.join(", "))
        .select("item_id", "month_no", parts=pl.lit("[") + pl.col("part") + pl.lit("]"))
    )


def compound_months(
    segments: pl.DataFrame, subjects: pl.DataFrame, book: TermsBook
) -> pl.DataFrame:
    """Return the interest of items with monthly rests by calendar month, in columns MONTHS.

    Item by item, as exact fractions need whole numbers without bound.
    """
    rests = [number for number, one in enumerate(book.terms) if one.rule.has_monthly_rests]
    chosen = segments.filter(pl.col("terms_no").is_in(rests)).sort("item_id", "from_day")
    about = {
        item: (start, amount)
        for item, start, amount in subjects.select(
            "item_id", "start_day", "amount_minor"
        ).iter_rows()
    }
    rows: list[tuple[int, int, int, int, int, int, int, int]] = []
    for (item_id, terms_no), group in chosen.group_by("item_id", "terms_no", maintain_order=True):
        stretches = [
            Stretch(month_no=month, from_day=first, until_day=stop, rate_ppm=rate, base_minor=base)
            for month, first, stop, rate, base in group.select(
                "month_no", "from_day", "until_day", "rate_ppm", "base_minor"
            ).iter_rows()
        ]
        start, amount = about[int(item_id)]
        cap = book.terms[int(terms_no)].cap_ppm
        most = None if cap is None else part(amount, cap, PPM)
        before = 0
        for month, total in sorted(compound_sums(stretches, start_day=start).items()):
            capped = total if most is None else min(total, most)
            mine = [one for one in stretches if one.month_no == month]
            rows.append(
                (
                    int(item_id),
                    int(terms_no),
                    month,
                    mine[0].from_day,
                    mine[-1].until_day,
                    sum(one.until_day - one.from_day for one in mine),
                    max(one.base_minor for one in mine),
                    capped - before,
                )
            )
            before = capped
    return pl.DataFrame(rows, schema=MONTHS, orient="row")
