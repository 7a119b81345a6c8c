"""What is owed for late payment by now: interest by month, compensation, fees, with their parts.

Reads the records, asks the engine, and returns rows in the form of `Charge`. Writes nothing:
`actions.charges` brings the stored charges in line.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta

import narwhals.stable.v2 as nw
import polars as pl
from django.db.models import Max

from dunwell.engine.calendars import add_business_days, day_date, day_number
from dunwell.engine.charges.compensation import FEE_LEVELS, claims, compensated, reminder_fees
from dunwell.engine.charges.interest import interest_segments, monthly_interest
from dunwell.engine.charges.subjects import charge_subjects, late_subjects, moves
from dunwell.engine.charges.terms import ChargeTerms, Timetable, timetable
from dunwell.engine.charges_policy import ChargesPolicy
from dunwell.engine.matching.foreign import read_rates
from dunwell.models import Company, ReferenceRate, Run
from dunwell.queries.charge_frames import ChargeRecords, ChargeScope, charge_records
from dunwell.queries.charge_law import charges_in_force, company_tables
from dunwell.queries.charge_parts import compound_months, interest_parts
from dunwell.queries.charge_terms import TermsBook, terms_book
from dunwell.queries.frames import fx_frame

STEP = "accrue_charges"
"""The step of the day's cycle that writes charges."""

CHARGE_ROWS: dict[str, type[pl.DataType]] = {
    "item_id": pl.Int64,
    "customer_id": pl.Int64,
    "kind": pl.String,
    "rule": pl.String,
    "period": pl.String,
    "currency": pl.String,
    "base_minor": pl.Int64,
    "amount_minor": pl.Int64,
    "days": pl.Int64,
    "from_on": pl.Date,
    "until_on": pl.Date,
    "parts": pl.String,
}
"""One row per charge; `until_on` is the last day that counts, `parts` a JSON text."""


@dataclass(frozen=True, kw_only=True, slots=True)
class UnknownRate:
    """An official rate that is not known from a day on, so that nothing accrues under a rule."""

    rule: str
    reference: str
    from_on: date


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargesDue:
    """Charges by now of the items looked at; `item_ids` are all of those, charged or not.

    `unpriced` counts compensations that have no amount for want of an exchange rate.
    """

    rows: pl.DataFrame
    item_ids: pl.Series
    unknown: tuple[UnknownRate, ...] = ()
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class _Engine:
    """The lazy frames of one calculation."""

    subjects: nw.LazyFrame
    moved: nw.LazyFrame
    table: Timetable
    reminders: nw.LazyFrame
    book: TermsBook = field(repr=False)


def charges_due(
    company: Company, *, as_of: date, customer_id: int | None = None
) -> ChargesDue | None:
    """Return what is charged by a day, None where the policy charges nobody; one query then.

    Of all customers, the items that may have changed since the step ran last are looked at; all
    of them when the policy or an official rate has changed since, and on the first of a month.
    """
    found = charges_in_force(company, as_of=as_of)
    policy = found.policy
    if policy.is_off:
        return None
    since = min((group.since for group in policy.groups), default=as_of)
    if customer_id is None:
        since = _looked_at_since(company, found.version_id, since, as_of=as_of)
    scope = ChargeScope(as_of=as_of, recorded_since=since, customer_id=customer_id)
    return charges_of(company, policy, scope)


def charges_of(company: Company, policy: ChargesPolicy, scope: ChargeScope) -> ChargesDue:
    """Return what is charged on the items of a scope by its day."""
    as_of = scope.as_of
    records = charge_records(company, scope, with_reminders=_asks_reminders(policy))
    book = terms_book(records.customers, policy, company_tables(company), as_of=as_of)
    item_ids = records.items.get_column("item_id")
    if not book.terms or not records.items.height:
        return ChargesDue(rows=pl.DataFrame(schema=CHARGE_ROWS), item_ids=item_ids)
    engine = _engine(company, records, book, as_of=as_of)
    compensation, unpriced = _compensation(company, engine)
    rows = pl.concat([_interest(engine), compensation, _fees(engine)])
    return ChargesDue(
        rows=rows.filter(pl.col("amount_minor") > 0),
        item_ids=item_ids,
        unknown=unknown_rates(book.terms),
        unpriced=unpriced,
    )


def unknown_rates(terms: tuple[ChargeTerms, ...]) -> tuple[UnknownRate, ...]:
    """Return which official rates are not known to the end of the time looked at."""
    found = {
        (one.rule.id, one.rule.interest.reference, one.unknown_from)
        for one in terms
        if one.unknown_from is not None
    }
    return tuple(
        UnknownRate(rule=rule, reference=reference, from_on=from_on)
        for rule, reference, from_on in sorted(found)
        if from_on is not None
    )


def _asks_reminders(policy: ChargesPolicy) -> bool:
    """Return whether reminders matter: a rule may ask for one wherever a group charges by law."""
    return any(group.fees or group.rule != "contract" for group in policy.groups)


def _looked_at_since(
    company: Company, version_id: int | None, since: date, *, as_of: date
) -> date:
    """Return the day from which records may not have been looked at yet."""
    last = (
        Run.objects.filter(company=company, step=STEP, as_of__lt=as_of)
        .order_by("-as_of")
        .values_list("as_of", "finished_at")
        .first()
    )
    if last is None or as_of.day == 1:
        return since
    before, finished_at = last
    changed = ReferenceRate.objects.filter(company=company).exclude(approver="")
    newest = changed.aggregate(at=Max("recorded_at"))["at"]
    is_same = charges_in_force(company, as_of=before).version_id == version_id
    if not is_same or (newest is not None and newest >= finished_at):
        return since
    return before if before > since else since


def _engine(company: Company, records: ChargeRecords, book: TermsBook, *, as_of: date) -> _Engine:
    first = min(one.since_on for one in book.terms)
    table = timetable(book.terms, first=first, last=as_of)
    items = records.items.filter(~pl.col("is_reversed")).drop("is_reversed")
    candidates = items.join(book.in_force.select("customer_id").unique(), on="customer_id")
    # the frames are joined more than once: what is small by now is worked out once
    subjects = charge_subjects(
        _lazy(candidates),
        _lazy(book.in_force),
        table.terms,
        _lazy(_notices(company, records, candidates, book)),
        as_of=as_of,
    )
    subjects = _kept(subjects)
    moved = _kept(
        moves(
            subjects,
            _lazy(records.allocations),
            _lazy(records.disputes),
            table.terms,
            as_of=as_of,
        )
    )
    late = _kept(late_subjects(subjects, moved, table.terms))
    return _Engine(late, moved, table, _lazy(records.reminders.drop("channel")), book)


def _interest(engine: _Engine) -> pl.DataFrame:
    """Return the rows of interest, one per item and month."""
    segments = _kept(interest_segments(engine.subjects, engine.moved, engine.table))
    months = _collected(monthly_interest(segments, engine.subjects, engine.table))
    if any(one.rule.has_monthly_rests for one in engine.book.terms):
        compound = compound_months(_collected(segments), _collected(engine.subjects), engine.book)
        months = pl.concat([months, compound])
    months = months.filter(pl.col("amount_minor") > 0)
    parts = interest_parts(_collected(segments), engine.book.terms)
    first = pl.date(1970 + pl.col("month_no") // 12, pl.col("month_no") % 12 + 1, 1)
    return (
        _named(months, engine)
        .join(parts, on=["item_id", "month_no"], how="left")
        .with_columns(
            kind=pl.lit("interest"),
            period=first.dt.strftime("%Y-%m"),
            from_on=pl.col("from_day").cast(pl.Date),
            until_on=(pl.col("until_day") - 1).cast(pl.Date),
            parts=pl.col("parts").fill_null("[]"),
        )
        .select(_as_rows())
    )


def _compensation(company: Company, engine: _Engine) -> tuple[pl.DataFrame, int]:
    """Return the rows of compensation, and how many have no amount for want of a rate."""
    owed = _collected(claims(engine.subjects, engine.moved, engine.table.terms))
    schedules = {
        number: one.rule.compensation
        for number, one in enumerate(engine.book.terms)
        if one.rule.compensation is not None
    }
    rates = None
    if any(
        {currency} != {schedules[number].currency, schedules[number].base_currency}
        for currency, number in owed.select("currency", "terms_no").unique().iter_rows()
    ):
        rates = read_rates(fx_frame(company), company.currency)

    def changed(amount: str, here: str, there: str) -> list[int | None]:
        columns = owed.select(amount, here, there, "claim_day").iter_rows()
        return [
            minor
            if minor is None or source == target or rates is None
            else rates.convert(minor, source, to=target, day=day)
            for minor, source, target, day in columns
        ]

    owed = owed.with_columns(
        base_currency=pl.col("terms_no").replace_strict(
            {n: s.base_currency for n, s in schedules.items()}, return_dtype=pl.String
        ),
        schedule_currency=pl.col("terms_no").replace_strict(
            {n: s.currency for n, s in schedules.items()}, return_dtype=pl.String
        ),
    )
    owed = owed.with_columns(
        rated_minor=pl.Series(changed("base_minor", "currency", "base_currency"), dtype=pl.Int64)
    )
    amounts = _collected(compensated(_lazy(owed), engine.book.terms))
    owed = owed.join(amounts, on="item_id", how="left")
    owed = owed.with_columns(
        amount_minor=pl.Series(
            changed("compensation_minor", "schedule_currency", "currency"), dtype=pl.Int64
        )
    )
    unpriced = owed.filter(
        pl.col("amount_minor").is_null() | pl.col("rated_minor").is_null()
    ).height
    rules = {number: one.rule.id for number, one in enumerate(engine.book.terms)}
    rows = owed.filter(pl.col("rated_minor").is_not_null()).with_columns(
        kind=pl.lit("compensation"),
        rule=pl.col("terms_no").replace_strict(rules, return_dtype=pl.String),
        period=pl.lit("once"),
        days=pl.lit(0, pl.Int64),
        from_on=pl.col("claim_day").cast(pl.Date),
        until_on=pl.col("claim_day").cast(pl.Date),
        parts=pl.lit("[]"),
    )
    return rows.select(_as_rows()), unpriced


def _fees(engine: _Engine) -> pl.DataFrame:
    """Return the rows of reminder fees, one per item and level."""
    levels = [
        (
            number,
            fee.currency,
            fee.level,
            min(fee.fee_minor, bound.most_minor)
            if bound and bound.currency == fee.currency
            else fee.fee_minor,
            bound.free_reminders if bound else 0,
        )
        for number, (one, group) in enumerate(
            zip(engine.book.terms, engine.book.groups, strict=True)
        )
        for bound in [one.rule.fees]
        for fee in group.fees
    ]
    if not levels:
        return pl.DataFrame(schema=CHARGE_ROWS)
    types = (pl.Int32, pl.String, pl.Int32, pl.Int64, pl.Int32)
    frame = pl.DataFrame(levels, schema=dict(zip(FEE_LEVELS, types, strict=True)), orient="row")
    found = _collected(
        reminder_fees(engine.subjects, engine.reminders, _lazy(frame), engine.table.terms)
    )
    return (
        _named(found, engine)
        .with_columns(
            kind=pl.lit("fee"),
            period=pl.format("level {}", "level"),
            base_minor=pl.col("owed_minor"),
            days=pl.lit(0, pl.Int64),
            from_on=pl.col("sent_day").cast(pl.Date),
            until_on=pl.col("sent_day").cast(pl.Date),
            parts=pl.lit("[]"),
        )
        .select(_as_rows())
    )


def _notices(
    company: Company, records: ChargeRecords, items: pl.DataFrame, book: TermsBook
) -> pl.DataFrame:
    """Return the reminders that count as notice or letter under some terms, as NOTICES."""
    rows = (
        records.reminders.join(items.select("item_id", "customer_id"), on="item_id")
        .join(book.in_force.select("customer_id", "terms_no").unique(), on="customer_id")
        .select("item_id", "terms_no", "level", "sent_day", "channel")
    )
    levels = {number: group.notice_level for number, group in enumerate(book.groups)}
    counted = [
        (number, day, channel, _counts_day(company, book.terms[number], day, channel))
        for number, day, channel in rows.select("terms_no", "sent_day", "channel")
        .unique()
        .iter_rows()
    ]
    days = pl.DataFrame(
        counted,
        schema={
            "terms_no": pl.Int32,
            "sent_day": pl.Int32,
            "channel": pl.String,
            "counts_day": pl.Int32,
        },
        orient="row",
    )
    return (
        rows.filter(
            pl.col("level") >= pl.col("terms_no").replace_strict(levels, return_dtype=pl.Int32)
        )
        .join(days, on=["terms_no", "sent_day", "channel"])
        .select("item_id", "terms_no", "sent_day", "counts_day")
    )


def _counts_day(company: Company, terms: ChargeTerms, day: int, channel: str) -> int:
    """Return the first day of the waiting period of a letter sent on a day."""
    letter = terms.rule.letter
    if letter is None:
        return day + 1
    sent = day_date(day)
    if channel == "letter":
        return day_number(
            add_business_days(sent, letter.post_business_days, country=company.country)
        )
    return day_number(sent + timedelta(days=letter.email_days))


def _named(rows: pl.DataFrame, engine: _Engine) -> pl.DataFrame:
    """Return the rows with customer, currency and what was owed at first, and the rule's id."""
    about = _collected(engine.subjects).select(
        "item_id", "customer_id", "currency", owed_minor="amount_minor"
    )
    rules = {number: one.rule.id for number, one in enumerate(engine.book.terms)}
    return rows.join(about, on="item_id").with_columns(
        rule=pl.col("terms_no").replace_strict(rules, return_dtype=pl.String)
    )


def _as_rows() -> list[pl.Expr]:
    return [pl.col(name).cast(dtype) for name, dtype in CHARGE_ROWS.items()]


def _lazy(frame: pl.DataFrame) -> nw.LazyFrame:
    return nw.from_native(frame.lazy())


def _collected(frame: nw.LazyFrame) -> pl.DataFrame:
    native: pl.LazyFrame = nw.to_native(frame)
    return native.collect()


def _kept(frame: nw.LazyFrame) -> nw.LazyFrame:
    """Return the frame worked out, for frames that several others start from."""
    return _lazy(_collected(frame))
