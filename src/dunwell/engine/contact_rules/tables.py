"""Frames the contact rules take and give, and the tables of local days they are reckoned with."""

from dataclasses import dataclass

import narwhals.stable.v2 as nw

from dunwell.engine.schema import Column, Frame

FOREVER = 9_000_000_000_000
"""A second that never comes: the end of what ends only when somebody changes a fact."""

DAY_SECONDS = 86_400
HORIZON_DAYS = 92
"""How far ahead the next allowed moment is looked for."""

CANDIDATES: Frame = {
    "customer_id": Column(nw.Int64, "who would be contacted"),
    "channel": Column(nw.String, "by what; one row per customer and channel"),
    "purpose": Column(nw.String, "what for, see rules.PURPOSES"),
    "contact_id": Column(nw.Int64, "which person or mailbox", nullable=True),
    "role": Column(nw.String, "its role; legal is an attorney", nullable=True),
    "item_id": Column(nw.Int64, "the debt, empty for all of them", nullable=True),
    "country": Column(nw.String, "ISO 3166-1 code", nullable=True),
    "region": Column(nw.String, "ISO 3166-2 code or a city below it", nullable=True),
    "party": Column(nw.String, "company, person or public", nullable=True),
    "debt_use": Column(nw.String, "business or personal", nullable=True),
    "zones": Column(nw.String, "key of the time zones it may be in, see ZoneTables.sets"),
    "calendar": Column(nw.String, "calendar of its holidays"),
    "is_automated": Column(nw.Boolean, "dialled or texted by a machine", nullable=True),
    "has_opt_out": Column(nw.Boolean, "the message says how to opt out", nullable=True),
    "is_work_address": Column(nw.Boolean, "an address of the employer", nullable=True),
    "is_time_barred": Column(nw.Boolean, "the limitation period has run out", nullable=True),
    "debt_usd_minor": Column(nw.Int64, "all its debts together, US cents", nullable=True),
    "debt_day": Column(nw.Int32, "day the newest of them was made", nullable=True),
}
ATTEMPTS: Frame = {
    "customer_id": Column(nw.Int64, "who was contacted"),
    "item_id": Column(nw.Int64, "about which debt, empty for all of them", nullable=True),
    "channel": Column(nw.String, "by what"),
    "purpose": Column(nw.String, "what for"),
    "role": Column(nw.String, "role of the person reached", nullable=True),
    "is_inbound": Column(nw.Boolean, "the customer contacted us"),
    "outcome": Column(nw.String, "how it went; refused: it was not made"),
    "at_second": Column(nw.Int64, "when, seconds since 1970 in UTC"),
}
RESTRICTIONS: Frame = {
    "customer_id": Column(nw.Int64, "whose word it is"),
    "contact_id": Column(nw.Int64, "for which person alone", nullable=True),
    "kind": Column(nw.String, "see params.RESTRICTIONS"),
    "restricted_channel": Column(nw.String, "which channel, empty for all"),
    "restricted_purpose": Column(nw.String, "which purpose, empty for all"),
    "minute_from": Column(nw.Int32, "first inconvenient minute of the day", nullable=True),
    "minute_until": Column(nw.Int32, "first minute after it", nullable=True),
    "from_day": Column(nw.Int32, "first day"),
    "until_day": Column(nw.Int32, "last day, empty without an end", nullable=True),
    "lifted_day": Column(nw.Int32, "day from which it holds no more", nullable=True),
}
CONSENTS: Frame = {
    "customer_id": Column(nw.Int64, "who said yes"),
    "contact_id": Column(nw.Int64, "for which person alone", nullable=True),
    "consented_channel": Column(nw.String, "to which channel"),
    "consented_purpose": Column(nw.String, "for which purpose, empty for all"),
    "given_day": Column(nw.Int32, "first day"),
    "withdrawn_day": Column(nw.Int32, "day from which it holds no more", nullable=True),
}
VERDICTS: Frame = {
    "customer_id": Column(nw.Int64, "who would be contacted"),
    "channel": Column(nw.String, "by what"),
    "decision": Column(nw.String, "allow, deny, or hold: a person must find out first"),
    "rule_id": Column(nw.String, "the rule that forbids it, empty if allowed", nullable=True),
    "next_second": Column(
        nw.Int64,
        "first allowed moment, seconds since 1970 in UTC: now if allowed; empty if none comes by "
        "itself within HORIZON_DAYS",
        nullable=True,
    ),
}
DENIED: Frame = {
    "customer_id": Column(nw.Int64, "who"),
    "channel": Column(nw.String, "by what"),
    "rule_no": Column(nw.Int32, "place of the rule in its pack"),
    "start_second": Column(nw.Int64, "first forbidden moment"),
    "end_second": Column(nw.Int64, "first moment after it, FOREVER without an end"),
    "is_hold": Column(nw.Boolean, "a person must find out first"),
}
"""What forbids a contact while: every kind of rule but hours gives rows of this form."""

ZONE_SETS: Frame = {
    "zones": Column(nw.String, "key of a set of zones"),
    "zone": Column(nw.String, "one zone of it"),
}
OFFSETS: Frame = {
    "zone": Column(nw.String, "IANA name"),
    "from_second": Column(nw.Int64, "first second in which the offset holds"),
    "until_second": Column(nw.Int64, "first second after it"),
    "offset_seconds": Column(nw.Int64, "local time less UTC"),
}
DAY_STARTS: Frame = {
    "zone": Column(nw.String, "IANA name"),
    "day": Column(nw.Int32, "local day number"),
    "start_second": Column(nw.Int64, "the moment it begins, UTC"),
}
DAYS: Frame = {
    "calendar": Column(nw.String, "calendar"),
    "day": Column(nw.Int32, "day number"),
    "weekday": Column(nw.Int32, "1 = Monday to 7 = Sunday"),
    "is_holiday": Column(nw.Boolean, "public holiday"),
    "is_business": Column(nw.Boolean, "neither a holiday nor a weekend"),
    "business_no": Column(nw.Int32, "business days so far, this one included"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class ZoneTables:
    """Local time as frames: which zones a customer may be in, their offsets and days."""

    sets: nw.LazyFrame
    offsets: nw.LazyFrame
    starts: nw.LazyFrame


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactFacts:
    """What the rules are asked of; frames in the columns of the same name."""

    candidates: nw.LazyFrame
    attempts: nw.LazyFrame
    restrictions: nw.LazyFrame
    consents: nw.LazyFrame
    zones: ZoneTables
    days: nw.LazyFrame
