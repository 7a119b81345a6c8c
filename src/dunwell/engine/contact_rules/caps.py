"""How often a customer may be contacted: caps in rolling days or hours, and after a conversation.

A cap of n within d days forbids a contact until the n-th latest counted one lies d local days
back: its day plus d is the first day on which fewer than n are inside. The days are those of
every zone the customer may be in.
"""

from collections.abc import Sequence

import narwhals.stable.v2 as nw

from dunwell.engine.calendars import day_number
from dunwell.engine.contact_rules.denials import (
    KEYS,
    SLACK_DAYS,
    Moment,
    clipped,
    from_free,
    made,
)
from dunwell.engine.contact_rules.local_time import day_begins, in_zones, local_days
from dunwell.engine.contact_rules.rules import ContactRule
from dunwell.engine.contact_rules.scope import Binding
from dunwell.engine.contact_rules.tables import ContactFacts

HOUR_SECONDS = 3_600
LATEST_DAY = 100_000
"""A day number later than any."""


def denied_by_cap(
    bound: nw.LazyFrame,
    binding: Binding,
    facts: ContactFacts,
    moment: Moment,
    *,
    exclusions: Sequence[ContactRule] = (),
) -> nw.LazyFrame:
    """Return the candidates whose cap is used up, or who have just been spoken to, as DENIED."""
    params = binding.rule.params
    others = bound
    for exclusion in exclusions:
        others = _without_roles(others, exclusion)
    counted = _counted(others, binding, facts, moment, exclusions)
    order = ["since", "at_second"]
    ranked = counted.with_columns(
        since=moment.known_until - nw.col("at_second"), one=nw.lit(1, nw.Int64)
    ).with_columns(place=nw.col("one").cum_sum().over(*KEYS, order_by=order))
    full = ranked.filter(nw.col("place") == params.most)
    if params.window_hours:
        ended = full.with_columns(
            start_second=nw.lit(0, nw.Int64),
            end_second=nw.col("at_second") + params.window_hours * HOUR_SECONDS,
        )
    else:
        ended = _denied_until(full, facts, days=params.window_days)
    found = [_after_free(ended, binding, facts, moment, exclusions)]
    if params.after_conversation_days:
        talked = (
            counted.filter(nw.col("outcome") == "conversation")
            .group_by(*KEYS, "zones")
            .agg(at_second=nw.col("at_second").max())
        )
        after = _denied_until(talked, facts, days=params.after_conversation_days)
        found.append(_after_free(after, binding, facts, moment, exclusions))
    return nw.concat(found, how="vertical")


def _denied_until(rows: nw.LazyFrame, facts: ContactFacts, *, days: int) -> nw.LazyFrame:
    """Return the rows per zone, denied until so many days after the day of `at_second`."""
    zoned = local_days(rows, facts.zones, second="at_second").with_columns(
        day=(nw.col("local_day") + days).cast(nw.Int32)
    )
    return day_begins(zoned, facts.zones, name="end_second", missing=0).with_columns(
        start_second=nw.lit(0, nw.Int64)
    )


def _counted(
    bound: nw.LazyFrame,
    binding: Binding,
    facts: ContactFacts,
    moment: Moment,
    exclusions: Sequence[ContactRule],
) -> nw.LazyFrame:
    """Return (candidate, zones, at_second, outcome) of each contact the cap counts."""
    params = binding.rule.params
    told = made(facts, moment).filter(nw.col("channel").is_in(list(params.counts)))
    if params.outcomes:
        told = told.filter(nw.col("outcome").is_in(list(params.outcomes)))
    for exclusion in exclusions:
        told = _counts(told, exclusion)
    contacts = told.select(
        "customer_id",
        nw.col("channel").alias("by_channel"),
        nw.col("item_id").alias("about_item_id"),
        "outcome",
        "at_second",
    )
    rows = bound.select(*KEYS, "zones", "item_id").join(contacts, on="customer_id", how="inner")
    if params.per_debt:
        same = nw.col("item_id") == nw.col("about_item_id")
        rows = rows.filter(nw.col("item_id").is_null() | nw.col("about_item_id").is_null() | same)
    if params.from_first_conversation:
        rows = _since_conversation(rows, facts, moment)
    for exclusion in exclusions:
        if exclusion.params.consent_days:
            rows = _without_consented(rows, facts, days=exclusion.params.consent_days)
    return rows.select(*KEYS, "zones", "outcome", "at_second")


def _counts(told: nw.LazyFrame, exclusion: ContactRule) -> nw.LazyFrame:
    """Return the contacts without those an exclusion names by outcome or role."""
    found = _without_roles(told, exclusion)
    if exclusion.params.outcomes:
        found = found.filter(~nw.col("outcome").is_in(list(exclusion.params.outcomes)))
    return found


def _since_conversation(rows: nw.LazyFrame, facts: ContactFacts, moment: Moment) -> nw.LazyFrame:
    """Return the contacts after the customer's first conversation."""
    first = (
        made(facts, moment)
        .filter(nw.col("outcome") == "conversation")
        .group_by("customer_id")
        .agg(first_second=nw.col("at_second").min())
    )
    return rows.join(first, on="customer_id", how="inner").filter(
        nw.col("at_second") > nw.col("first_second")
    )


def _without_roles(rows: nw.LazyFrame, exclusion: ContactRule) -> nw.LazyFrame:
    """Return the rows without those whose role is not counted."""
    roles = list(exclusion.params.roles)
    if not roles:
        return rows
    return rows.filter(~nw.col("role").is_in(roles).fill_null(value=False))


def _after_free(
    rows: nw.LazyFrame,
    binding: Binding,
    facts: ContactFacts,
    moment: Moment,
    exclusions: Sequence[ContactRule],
) -> nw.LazyFrame:
    """Return the rows as DENIED, from the end of the days after a fresh consent on."""
    days = max((one.params.consent_days for one in exclusions), default=0)
    if not days:
        return clipped(rows, binding, facts, is_hold=False)
    today = day_number(moment.as_of)
    fresh = _consents(facts).filter(
        nw.col("given_day") <= today,
        nw.col("given_day") > today - days - SLACK_DAYS,
        nw.col("withdrawn_day").is_null() | (nw.col("withdrawn_day") > today),
    )
    ended = (nw.col("given_day") + days).cast(nw.Int32)
    until = fresh.select(
        "customer_id",
        channel="consented_channel",
        day=nw.min_horizontal(ended, nw.col("withdrawn_day").fill_null(LATEST_DAY)),
    )
    zoned = in_zones(rows.drop("start_second"), facts.zones)
    matched = zoned.drop("day", strict=False).join(until, on=list(KEYS), how="inner")
    free = day_begins(matched, facts.zones, name="free_second", missing=0)
    return clipped(from_free(zoned, free), binding, facts, is_hold=False)


def _without_consented(rows: nw.LazyFrame, facts: ContactFacts, *, days: int) -> nw.LazyFrame:
    """Return the contacts that were not made within so many days of a consent to their channel."""
    given = _consents(facts).select("customer_id", "consented_channel", "given_day")
    dated = local_days(rows, facts.zones, second="at_second")
    answered = (
        dated.join(given, on="customer_id", how="inner")
        .filter(
            nw.col("consented_channel") == nw.col("by_channel"),
            nw.col("local_day") >= nw.col("given_day"),
            nw.col("local_day") < nw.col("given_day") + days,
        )
        .select(*KEYS, "at_second", "by_channel")
        .unique()
    )
    return rows.join(answered, on=[*KEYS, "at_second", "by_channel"], how="anti")


def _consents(facts: ContactFacts) -> nw.LazyFrame:
    """Return the consents of customers as a whole; one for a single person excuses no other."""
    return facts.consents.filter(nw.col("contact_id").is_null())
