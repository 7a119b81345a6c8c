"""What forbids a contact while: recorded words, missing consents, missing facts, missing notices.

Every function returns rows in columns `tables.DENIED`, one or more per candidate, channel, rule
and, where local days matter, time zone.
"""

from dataclasses import dataclass
from datetime import date

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.contact_rules.local_time import day_begins, in_zones, local_days, local_hours
from dunwell.engine.contact_rules.scope import Binding
from dunwell.engine.contact_rules.tables import DAY_SECONDS, DENIED, FOREVER, ContactFacts

KEYS = ("customer_id", "channel")
REFUSED = "refused"
"""Outcome of a contact that was not made."""

COMMUNICATED = ("conversation", "voicemail", "written")
"""Outcomes by which the customer learned of the debt."""

_PHONES = ("call", "sms", "")
_DISPUTED = "validation"

SLACK_DAYS = 2
"""So many days our calendar may be ahead of the customer's, and one more."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Moment:
    """When is asked: the second, our own day, and up to which second attempts are known."""

    second: int
    as_of: date
    known_until: int


def denied_by_word(
    bound: nw.LazyFrame, binding: Binding, facts: ContactFacts, moment: Moment
) -> nw.LazyFrame:
    """Return the candidates a recorded word forbids, until its last day where it has one.

    An inconvenient hour is not here: it forbids hours, see `inconvenient_hours`.
    """
    params = binding.rule.params
    told = _words_in_force(facts, moment).filter(
        nw.col("kind").is_in(list(params.restrictions)),
        nw.col("minute_from").is_null() | nw.col("minute_until").is_null(),
    )
    rows = _matched(bound, told, binding)
    return clipped(_while_told(rows, facts, moment), binding, facts, is_hold=False)


def denied_by_dispute(
    bound: nw.LazyFrame, binding: Binding, facts: ContactFacts, moment: Moment
) -> nw.LazyFrame:
    """Return the candidates whose debt was disputed within its validation period, as holds.

    The period ends `days` after the receipt of the notice, which counts as received
    `receipt_business_days` business days after it was sent. Without a notice there is no end.
    """
    params = binding.rule.params
    told = _words_in_force(facts, moment).filter(nw.col("kind") == _DISPUTED)
    sent = _first_notices(facts, moment, ("validation",))
    ends = _period_ends(bound, sent, facts, receipt=params.receipt_business_days, days=params.days)
    rows = _matched(bound, told, binding).join(ends, on="customer_id", how="left")
    timely = rows.filter(nw.col("end_day").is_null() | (nw.col("from_day") <= nw.col("end_day")))
    return clipped(_while_told(timely, facts, moment), binding, facts, is_hold=True)


def denied_without_consent(
    bound: nw.LazyFrame, binding: Binding, facts: ContactFacts, moment: Moment
) -> nw.LazyFrame:
    """Return the candidates without a consent in force for the channel and purpose."""
    rows = after_consent(bound, facts, moment).with_columns(end_second=nw.lit(FOREVER))
    return clipped(rows, binding, facts, is_hold=False)


def denied_by_content(
    bound: nw.LazyFrame, binding: Binding, facts: ContactFacts, moment: Moment
) -> nw.LazyFrame:
    """Return the candidates whose message, address or debt does not have what the rule needs.

    What is known to be wrong is denied; what is not known is held for a person.
    """
    params = binding.rule.params
    is_right = {
        "in_time": ~nw.col("is_time_barred"),
        "own_address": ~nw.col("is_work_address"),
        "opt_out_text": nw.col("has_opt_out"),
        "country": nw.when(~nw.col("country").is_null()).then(nw.lit(value=True)),
    }[params.needs]
    rows = bound.with_columns(is_right=is_right).filter(
        nw.col("is_right").is_null() | ~nw.col("is_right")
    )
    found = after_consent(rows, facts, moment) if params.or_consent else _for_good(rows)
    held = found.with_columns(is_hold=nw.col("is_right").is_null(), end_second=nw.lit(FOREVER))
    return clipped(held, binding, facts, is_hold=None)


def denied_without_notice(
    bound: nw.LazyFrame, binding: Binding, facts: ContactFacts, moment: Moment
) -> nw.LazyFrame:
    """Return the candidates first contacted more than `within_days` ago without the notice."""
    params = binding.rule.params
    first = (
        made(facts, moment)
        .filter(nw.col("outcome").is_in(list(COMMUNICATED)))
        .group_by("customer_id")
        .agg(first_second=nw.col("at_second").min())
    )
    sent = _first_notices(facts, moment, params.notices)
    rows = (
        bound.filter(~nw.col("purpose").is_in(list(params.notices)))
        .join(first, on="customer_id", how="inner")
        .join(sent, on="customer_id", how="anti")
    )
    due = local_days(rows, facts.zones, second="first_second").with_columns(
        day=nw.col("local_day") + (params.within_days + 1)
    )
    started = day_begins(due, facts.zones, name="start_second", missing=0)
    return clipped(started.with_columns(end_second=nw.lit(FOREVER)), binding, facts, is_hold=False)


def denied_before_notice(
    bound: nw.LazyFrame, binding: Binding, facts: ContactFacts, moment: Moment
) -> nw.LazyFrame:
    """Return the candidates until `wait_days` after the notice that has to come first."""
    params = binding.rule.params
    others = bound.filter(~nw.col("purpose").is_in(list(params.notices)))
    sent = _first_notices(facts, moment, params.notices)
    without = others.join(sent, on="customer_id", how="anti")
    waiting = local_days(
        others.join(sent, on="customer_id", how="inner"), facts.zones, second="notice_second"
    ).with_columns(day=nw.col("local_day") + params.wait_days)
    ended = day_begins(waiting, facts.zones, name="end_second", missing=0).with_columns(
        start_second=nw.lit(0, nw.Int64)
    )
    return nw.concat(
        [
            clipped(_for_good(without), binding, facts, is_hold=False),
            clipped(ended, binding, facts, is_hold=False),
        ],
        how="vertical",
    )


def inconvenient_hours(
    bound: nw.LazyFrame, binding: Binding, facts: ContactFacts, moment: Moment
) -> nw.LazyFrame:
    """Return the inconvenient hours of every coming day; from after until runs over midnight."""
    told = _words_in_force(facts, moment).filter(
        nw.col("kind").is_in(list(binding.rule.params.restrictions)),
        ~nw.col("minute_from").is_null(),
        ~nw.col("minute_until").is_null(),
    )
    today = day_number(moment.as_of)
    rows = in_zones(_matched(bound, told, binding), facts.zones)
    length = nw.col("minute_until") - nw.col("minute_from")
    wrapped = nw.when(length > 0).then(length).otherwise(length + 24 * 60)
    midnight = nw.col("day").cast(nw.Int64) * DAY_SECONDS
    daily = (
        rows.join(facts.zones.starts.select("zone", "day"), on="zone", how="inner")
        .filter(
            nw.col("until_day").is_null() | (nw.col("day") <= nw.col("until_day")),
            nw.col("lifted_day").is_null() | (nw.col("day") < nw.col("lifted_day")),
            (nw.col("from_day") <= today) | (nw.col("day") >= nw.col("from_day")),
        )
        .with_columns(local_start=midnight + nw.col("minute_from").cast(nw.Int64) * 60)
        .with_columns(local_end=nw.col("local_start") + wrapped.cast(nw.Int64) * 60)
    )
    return clipped(local_hours(daily, facts.zones), binding, facts, is_hold=False)


def after_consent(bound: nw.LazyFrame, facts: ContactFacts, moment: Moment) -> nw.LazyFrame:
    """Return the candidates per zone with `start_second`: when no consent of theirs holds on.

    0 for those without one; who consented without an end has no row.
    """
    today = day_number(moment.as_of)
    given = facts.consents.filter(
        nw.col("given_day") <= today,
        nw.col("withdrawn_day").is_null() | (nw.col("withdrawn_day") > today),
    ).select(
        "customer_id",
        "consented_channel",
        "consented_purpose",
        nw.col("contact_id").alias("for_contact_id"),
        day="withdrawn_day",
    )
    zoned = in_zones(bound, facts.zones)
    matched = zoned.join(given, on="customer_id", how="inner").filter(
        nw.col("consented_channel") == nw.col("channel"),
        nw.col("consented_purpose").is_in([""])
        | (nw.col("consented_purpose") == nw.col("purpose")),
        # a consent for one person is none for another, nor for one that is not known
        nw.col("for_contact_id").is_null()
        | (nw.col("for_contact_id") == nw.col("contact_id")).fill_null(value=False),
    )
    return from_free(zoned, day_begins(matched, facts.zones, name="free_second", missing=FOREVER))


def from_free(zoned: nw.LazyFrame, free: nw.LazyFrame) -> nw.LazyFrame:
    """Return the candidates per zone, denied from the latest `free_second` of theirs on."""
    until = free.group_by(*KEYS, "zone").agg(start_second=nw.col("free_second").max())
    return (
        zoned.join(until, on=[*KEYS, "zone"], how="left")
        .with_columns(start_second=nw.col("start_second").fill_null(0))
        .filter(nw.col("start_second") < FOREVER)
    )


def made(facts: ContactFacts, moment: Moment) -> nw.LazyFrame:
    """Return our own contacts that were made and are known."""
    return facts.attempts.filter(
        ~nw.col("is_inbound"),
        nw.col("outcome") != REFUSED,
        nw.col("at_second") <= moment.known_until,
    )


def clipped(
    rows: nw.LazyFrame, binding: Binding, facts: ContactFacts, *, is_hold: bool | None
) -> nw.LazyFrame:
    """Return rows with a start and an end as DENIED, cut to the days on which the rule holds.

    `is_hold` None: the rows say it themselves.
    """
    found = rows if is_hold is None else rows.with_columns(is_hold=nw.lit(value=is_hold))
    if binding.first is not None or binding.last is not None:
        found = _in_force(found, binding, facts)
    return (
        found.filter(nw.col("end_second") > nw.col("start_second"))
        .with_columns(rule_no=nw.lit(binding.rule_no, nw.Int32))
        .select(*DENIED)
    )


def _in_force(rows: nw.LazyFrame, binding: Binding, facts: ContactFacts) -> nw.LazyFrame:
    found = in_zones(rows, facts.zones)
    if binding.first is not None:
        begins = _starts_of(facts, binding.first, "begins")
        found = found.join(begins, on="zone", how="left").with_columns(
            start_second=nw.max_horizontal(nw.col("start_second"), nw.col("begins").fill_null(0))
        )
    if binding.last is not None:
        ends = _starts_of(facts, date.fromordinal(binding.last.toordinal() + 1), "ends")
        found = found.join(ends, on="zone", how="left").with_columns(
            end_second=nw.min_horizontal(nw.col("end_second"), nw.col("ends").fill_null(FOREVER))
        )
    return found


def _starts_of(facts: ContactFacts, day: date, name: str) -> nw.LazyFrame:
    return facts.zones.starts.filter(nw.col("day") == day_number(day)).select(
        "zone", nw.col("start_second").alias(name)
    )


def _for_good(rows: nw.LazyFrame) -> nw.LazyFrame:
    return rows.with_columns(start_second=nw.lit(0, nw.Int64), end_second=nw.lit(FOREVER))


def _while_told(rows: nw.LazyFrame, facts: ContactFacts, moment: Moment) -> nw.LazyFrame:
    """Return rows per zone, denied from the first to the last day of their word, or for good.

    What holds today on our own calendar holds at once, wherever the customer is.
    """
    today = day_number(moment.as_of)
    found = in_zones(rows, facts.zones)
    for name, day in (
        ("told_second", nw.when(nw.col("from_day") > today).then(nw.col("from_day"))),
        ("last_second", nw.col("until_day") + 1),
        ("lifted_second", nw.col("lifted_day")),
    ):
        missing = 0 if name == "told_second" else FOREVER
        dated = found.with_columns(day=day.cast(nw.Int32))
        found = day_begins(dated, facts.zones, name=name, missing=missing)
    return found.with_columns(
        start_second=nw.col("told_second"),
        end_second=nw.min_horizontal("last_second", "lifted_second"),
    )


def _words_in_force(facts: ContactFacts, moment: Moment) -> nw.LazyFrame:
    """Return the words that may not have ended; one of a later day is told of too.

    Whether the last day is over is a matter of the customer's own zones.
    """
    today = day_number(moment.as_of)
    return facts.restrictions.filter(
        nw.col("until_day").is_null() | (nw.col("until_day") >= today - SLACK_DAYS),
        nw.col("lifted_day").is_null() | (nw.col("lifted_day") > today),
    ).rename({"contact_id": "for_contact_id"})


def _matched(bound: nw.LazyFrame, told: nw.LazyFrame, binding: Binding) -> nw.LazyFrame:
    """Return the candidates with the words that concern them under the rule."""
    params = binding.rule.params
    limits = [
        ~nw.col("purpose").is_in(list(params.except_purposes)),
        # a word for one person holds for whoever is not known to be another
        nw.col("for_contact_id").is_null()
        | (nw.col("for_contact_id") == nw.col("contact_id")).fill_null(value=True),
    ]
    if params.channel == "same":
        limits.append(
            nw.col("restricted_channel").is_in([""])
            | (nw.col("restricted_channel") == nw.col("channel"))
        )
    elif params.channel == "phones":
        limits.append(nw.col("restricted_channel").is_in(list(_PHONES)))
    if params.purpose == "same":
        limits.append(
            nw.col("restricted_purpose").is_in([""])
            | (nw.col("restricted_purpose") == nw.col("purpose"))
        )
    if params.except_roles:
        limits.append(~nw.col("role").is_in(list(params.except_roles)).fill_null(value=False))
    return bound.join(told, on="customer_id", how="inner").filter(*limits)


def _first_notices(facts: ContactFacts, moment: Moment, purposes: tuple[str, ...]) -> nw.LazyFrame:
    """Return customer_id, notice_second of the first notice for one of the purposes."""
    return (
        made(facts, moment)
        .filter(
            nw.col("purpose").is_in(list(purposes)),
            nw.col("outcome").is_in(["conversation", "written"]),
        )
        .group_by("customer_id")
        .agg(notice_second=nw.col("at_second").min())
    )


def _period_ends(
    bound: nw.LazyFrame, sent: nw.LazyFrame, facts: ContactFacts, *, receipt: int, days: int
) -> nw.LazyFrame:
    """Return customer_id, end_day: the last day of the validation period, the latest of zones."""
    noticed = local_days(
        bound.join(sent, on="customer_id", how="inner"), facts.zones, second="notice_second"
    )
    counted = facts.days.select("calendar", nw.col("day").alias("local_day"), "business_no")
    open_days = facts.days.filter(nw.col("is_business")).select(
        "calendar", nw.col("business_no").alias("receipt_no"), nw.col("day").alias("receipt_day")
    )
    return (
        noticed.join(counted, on=["calendar", "local_day"], how="inner")
        .with_columns(receipt_no=(nw.col("business_no") + receipt).cast(nw.Int32))
        .join(open_days, on=["calendar", "receipt_no"], how="inner")
        .group_by("customer_id")
        .agg(end_day=(nw.col("receipt_day") + days).max())
    )
