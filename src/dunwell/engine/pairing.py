"""Pairs of rows with one amount, near in time: what duplicates are looked for among.

A party's rows of one amount form a bucket. Rows of a bucket are paired within
NEAR_DAYS; where too many lie together (a parking fee every day) only neighbours with
the same key are paired, and `crowded` says so.
"""

import narwhals.stable.v2 as nw

NEAR_DAYS = 60
"""Rows further apart are never paired."""

SPAN_ROWS = 30
"""A bucket with more rows than this in one span of NEAR_DAYS is crowded."""

OFFSET_DAYS = 45
"""A row of opposite sign so many days after a pair still takes it back."""

SHORTEST_GAP_DAYS = 5
"""Nothing recurs faster; smaller gaps are copies, not a rhythm."""

RHYTHM_GAPS, RHYTHM_PERCENT = 2, 66
"""A bucket has a rhythm when it has so many gaps, and so many in a hundred are alike."""

FAR_DAY = 10_000_000
"""Day of what never comes."""

ORDER = ("day", "id")
COUNTS = ("backs", "alikes", "back_day")
"""Rows of the opposite amount so far, of the same amount so far, next opposite row's day."""

Keys = tuple[str, ...]


def shared_rows(rows: nw.LazyFrame, party: Keys, *, also: nw.Expr) -> nw.LazyFrame:
    """Return the rows whose amount the party has again, whatever the sign, with COUNTS.

    Needs `id`, `day`, `amount_minor` and the columns `party`; keeps the rows `also` as well.
    """
    one, nothing = nw.lit(1, nw.Int64), nw.lit(0, nw.Int64)
    by, order = (*party, "size"), [*ORDER]
    is_debit = nw.col("amount_minor") > 0
    far = nw.lit(FAR_DAY, nw.Int32)
    sized = (
        rows.with_columns(size=nw.col("amount_minor").abs(), one=one)
        .with_columns(rows_of_size=nw.col("one").sum().over(*by))
        .filter((nw.col("rows_of_size") > 1) | also)
        .with_columns(
            debit=nw.when(is_debit).then(one).otherwise(nothing),
            credit=nw.when(is_debit).then(nothing).otherwise(one),
            debit_day=nw.when(is_debit).then(nw.col("day")).otherwise(far),
            credit_day=nw.when(is_debit).then(far).otherwise(nw.col("day")),
        )
        .with_columns(
            debits=nw.col("debit").cum_sum().over(*by, order_by=order),
            credits=nw.col("credit").cum_sum().over(*by, order_by=order),
            next_debit=nw.col("debit_day").cum_min(reverse=True).over(*by, order_by=order),
            next_credit=nw.col("credit_day").cum_min(reverse=True).over(*by, order_by=order),
        )
    )
    return sized.with_columns(
        backs=nw.when(is_debit).then(nw.col("credits")).otherwise(nw.col("debits")),
        alikes=nw.when(is_debit).then(nw.col("debits")).otherwise(nw.col("credits")),
        back_day=nw.when(is_debit).then(nw.col("next_credit")).otherwise(nw.col("next_debit")),
    )


def with_crowds(rows: nw.LazyFrame, by: Keys) -> nw.LazyFrame:
    """Return the rows with `bucket_rows` in all, their `span`, and `crowd`: rows in that span."""
    one = nw.lit(1, nw.Int64)
    return (
        rows.with_columns(span=nw.col("day") // NEAR_DAYS, one=one)
        .with_columns(bucket_rows=nw.col("one").sum().over(*by))
        .with_columns(crowd=nw.col("one").sum().over(*by, "span"))
    )


def pairs(shared: nw.LazyFrame, by: Keys) -> nw.LazyFrame:
    """Return the pairs (`by`, id, id_before) of the buckets that are not crowded.

    At most NEAR_DAYS apart, the later row first.
    """
    plain = shared.filter(nw.col("crowd") <= SPAN_ROWS, nw.col("bucket_rows") > 1)
    plain = plain.select(*by, "id", "day", "span")
    earlier = plain.rename({"id": "id_before", "day": "day_before"})
    # a pair can reach over the border of two spans
    reached = nw.concat([earlier, earlier.with_columns(span=nw.col("span") + 1)], how="vertical")
    gap = nw.col("day") - nw.col("day_before")
    is_after = (gap > 0) | ((gap == 0) & (nw.col("id") > nw.col("id_before")))
    return (
        plain.join(reached, on=[*by, "span"], how="inner")
        .filter(is_after, gap <= NEAR_DAYS)
        .select(*by, "id", "id_before")
    )


def chained(rows: nw.LazyFrame, by: Keys, chain: str) -> nw.LazyFrame:
    """Return the pairs (`by`, id, id_before) of neighbours with the same value of `chain`.

    At most NEAR_DAYS apart; rows with an empty value are left out. Never more pairs than rows.
    """
    keys, order = (*by, chain), [*ORDER]
    return (
        rows.filter(nw.col(chain) != "")
        .with_columns(
            id_before=nw.col("id").shift(1).over(*keys, order_by=order),
            day_before=nw.col("day").shift(1).over(*keys, order_by=order),
        )
        .filter(~nw.col("id_before").is_null(), nw.col("day") - nw.col("day_before") <= NEAR_DAYS)
        .select(*by, "id", "id_before")
    )


def rhythms(shared: nw.LazyFrame, by: Keys) -> nw.LazyFrame:
    """Return `rhythm_days` of each bucket whose rows come at regular distances.

    The rhythm is the median distance; two in three distances lie within 15 % of it, or
    three days. A copy beside a regular row does not break the rhythm.
    """
    gaps = (
        shared.with_columns(before=nw.col("day").shift(1).over(*by, order_by=[*ORDER]))
        .with_columns(gap=nw.col("day") - nw.col("before"))
        .filter(nw.col("gap") >= SHORTEST_GAP_DAYS)
        .select(*by, "gap")
    )
    usual = gaps.group_by(*by).agg(usual=nw.col("gap").median(), gaps=nw.len().cast(nw.Int64))
    alike = nw.when(is_near(nw.col("gap"), nw.col("usual"))).then(nw.lit(1, nw.Int64)).otherwise(0)
    return (
        gaps.join(usual.filter(nw.col("gaps") >= RHYTHM_GAPS), on=[*by], how="inner")
        .with_columns(alike=alike)
        .group_by(*by)
        .agg(
            alike=nw.col("alike").sum(),
            gaps=nw.col("gaps").max(),
            rhythm_days=nw.col("usual").max(),
        )
        .filter(nw.col("alike") * 100 >= nw.col("gaps") * RHYTHM_PERCENT)
        .select(*by, "rhythm_days")
    )


def is_near(gap: nw.Expr, usual: nw.Expr) -> nw.Expr:
    """Return whether a distance is the usual one: within 15 %, or three days."""
    return (gap - usual).abs() <= nw.max_horizontal(usual * 0.15, nw.lit(3.0))


def is_taken_back() -> nw.Expr:
    """Return whether rows of opposite sign answer for a pair; needs COUNTS of both rows.

    Invoice, credit note, new invoice; payment, return, payment again; or a copy that was
    taken back within OFFSET_DAYS.
    """
    backs = nw.col("backs") - nw.col("backs_before")
    alikes = nw.col("alikes") - nw.col("alikes_before")
    is_between = (backs > 0) & (backs >= alikes)
    return is_between | (nw.col("back_day") - nw.col("day") <= OFFSET_DAYS)
