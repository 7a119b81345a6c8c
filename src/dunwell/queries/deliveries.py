"""Whether a message that was decided on may still go out: the chase gate asked once more."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import narwhals.stable.v2 as nw
import polars as pl
from babel.core import get_global
from django.db.models import Exists, OuterRef, Q

from dunwell.engine.chase import GATE_REASONS, gate, gate_facts
from dunwell.engine.collectable import collectable, demands, promised
from dunwell.engine.dunning import CONTACT
from dunwell.engine.fx import rates_in_force
from dunwell.engine.items import balances, open_items, unapplied
from dunwell.engine.strategy import minimums_frame, steps_frame
from dunwell.formats.frames import kept
from dunwell.formats.short_messages import phone_number
from dunwell.models import (
    Allocation,
    Company,
    Contact,
    ContactRestriction,
    Dispute,
    Hold,
    Message,
    MessageItem,
    Payment,
    Promise,
)
from dunwell.queries import frames
from dunwell.queries.composed_deliveries import composed_reasons, is_composed
from dunwell.queries.contact_groups import contact_group
from dunwell.queries.contact_rules import ContactVerdict, delivery_rules
from dunwell.queries.debit_notices import (
    BY_STATEMENT,
    NOTICES,
    debit_holds_frame,
    is_notice,
    notice_reasons,
)
from dunwell.queries.ledgers import Books
from dunwell.queries.policies import strategies_in_force
from dunwell.queries.promise_confirmations import (
    confirmation_reasons,
    is_confirmation,
    open_promises,
)
from dunwell.queries.reminders import (
    business_days,
    contact_log,
    fed_on,
    gate_policy,
    native,
)
from dunwell.queries.steering import steering
from dunwell.queries.suppressions import has_suppressed_address, suppressed_messages
from dunwell.queries.trial_mails import TEST

PASSING = frozenset(
    {
        *("not_business_day", "quiet_hours", "stale_feed", "contacted_recently", "cap_reached"),
        "contact_rule",
    }
)
"""Reasons of the gate that pass by themselves: the message waits. Any other withdraws it."""

OWN_REASONS: Mapping[str, str] = {
    "too_old": "it was written too long ago to be true",
    "amounts_changed": "what it asks for is not what is open any more",
    "address_changed": "the contact has another address now",
    "address_bounced": "mail to the contact came back meanwhile",
    "suppressed": "the address is on the list of those that get nothing",
    "another_first": "another message to the customer goes first",
    "debit_cancelled": "the debit it tells of was taken out of the run",
    "promise_ended": "the promise it confirms was kept, broken, withdrawn or replaced",
    "contact_forbidden": "a contact rule forbids it until somebody changes what stands against it",
}
"""Reasons beside the gate's."""

LONGEST_WAIT = timedelta(days=5)
"""A message that has not gone out by then is written anew: it tells how late things are."""

WIDEST_HOURS = 8
"""Countries whose zones lie further apart have no common office hours; ours are taken then."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do with one message now, and why."""

    act: Literal["send", "wait", "withdraw"]
    reasons: tuple[str, ...] = ()
    contact: ContactVerdict | None = None

    @property
    def text(self) -> str:
        """The reasons in words, a contact rule with its own and with when it allows it."""
        words = {**GATE_REASONS, **OWN_REASONS}
        if self.contact is not None and not self.contact.is_allowed:
            told = self.contact.refusal()
            words |= {"contact_rule": told, "contact_forbidden": told}
        return "; ".join(words[reason] for reason in self.reasons)


def delivery_verdicts(
    company: Company, messages: Sequence[Message], *, as_of: date, at: datetime
) -> dict[int, Verdict]:
    """Return the verdict on each message, by key: the gate of this day and hour.

    Whoever was a draft was approved, else it would not be claimed.
    """
    listed = suppressed_messages(company, messages)
    stopped = {key: Verdict("withdraw", ("suppressed",)) for key in listed}
    messages = [message for message in messages if message.pk not in stopped]
    composed = [message for message in messages if is_composed(message)]
    for key, (found, rule) in composed_reasons(company, composed, as_of=as_of, at=at).items():
        stopped[key] = _verdict(found, rule)
    messages = [message for message in messages if not is_composed(message)]
    notices = [message for message in messages if is_notice(message)]
    told = stopped | {key: _verdict(found) for key, found in notice_reasons(notices).items()}
    confirmations = [message for message in messages if is_confirmation(message)]
    for key, (found, rule) in confirmation_reasons(
        company, confirmations, as_of=as_of, at=at
    ).items():
        told[key] = _verdict(found, rule)
    messages = [m for m in messages if not is_notice(m) and not is_confirmation(m)]
    if not messages:
        return told
    first: dict[int, Message] = {}
    for message in messages:
        first.setdefault(message.customer_id, message)
    reasons = {message.pk: set[str]() for message in messages}
    found_reasons, rules = _gate_reasons(company, first, as_of=as_of, at=at)
    for customer_id, reason in found_reasons:
        reasons[first[customer_id].pk].add(reason)
    for message in messages:
        if message.pk != first[message.customer_id].pk:
            reasons[message.pk] = {"another_first"}
        elif as_of - message.as_of > LONGEST_WAIT:
            reasons[message.pk].add("too_old")
    asked = {first[customer_id].pk: verdict for customer_id, verdict in rules.items()}
    return {
        **told,
        **{key: _verdict(found, asked.get(key)) for key, found in reasons.items()},
    }


def early_messages(company: Company, *, as_of: date, at: datetime) -> Q:
    """Return the condition on messages whose chosen hour has not come where the customer is.

    One query. What has missed its day goes out as soon as it may: waiting longer helps nobody.
    """
    timed = Message.objects.filter(
        company=company,
        status=Message.Status.READY,
        as_of=as_of,
        decision__not_before_minute__isnull=False,
    )
    minutes: dict[int, list[str]] = {}
    for country in timed.values_list("customer__country", flat=True).distinct():
        minute = local_minute(country or company.country, company.zone, at=at)
        minutes.setdefault(minute, []).append(country)
    early = Q(pk__in=())
    for minute, countries in minutes.items():
        early |= Q(
            as_of=as_of,
            customer__country__in=sorted(countries),
            # without it the comparison is unknown for a mail of no hour, and so is its opposite
            decision__has_key="not_before_minute",
            decision__not_before_minute__gt=minute,
        )
    return early


def is_unchanged(message: Message) -> bool:
    """Return whether nothing about the customer was written since the message was claimed.

    Asked right before the hand-over: one query, no frame. What was written makes the
    message wait for the next batch, where the gate looks at it.
    """
    since = {"recorded_at__gte": message.claimed_at}
    customer = {"customer": OuterRef("customer_id")}
    news = Q(customer__is_opted_out=True, in_reply_to="") & ~Q(
        channel__in=(*NOTICES, *BY_STATEMENT, TEST)
    )
    news |= Q(Exists(Allocation.objects.filter(item__customer=OuterRef("customer_id"), **since)))
    for written in (
        *(Payment.objects, Dispute.objects, Promise.objects, Hold.objects),
        ContactRestriction.objects,
    ):
        news |= Q(Exists(written.filter(**customer, **since)))
    news |= Q(has_suppressed_address())
    if is_confirmation(message) and not open_promises([message]):
        return False
    return Message.objects.filter(~news, pk=message.pk).exists()


def _verdict(reasons: set[str], contact: ContactVerdict | None = None) -> Verdict:
    if not reasons:
        return Verdict("send", contact=contact)
    final = sorted(reasons - PASSING - {"another_first"})
    if final:
        return Verdict("withdraw", tuple(final), contact)
    return Verdict("wait", tuple(sorted(reasons)), contact)


def _gate_reasons(
    company: Company, messages: Mapping[int, Message], *, as_of: date, at: datetime
) -> tuple[list[tuple[int, str]], dict[int, ContactVerdict]]:
    """Return (customer, reason) of all that stands against the messages, and the rules' word."""
    chosen = pl.DataFrame({"customer_id": list(messages)}, schema={"customer_id": pl.Int64})
    books = Books(company)
    ledger = books.still_open(as_of=as_of)
    policies = [policy.strategy for policy in strategies_in_force(company, as_of=as_of)]
    # what leads to a message is settled; here only whose strategy it is matters
    steered = steering(company, strategies=(), as_of=as_of)
    customers = _of(steered.assigned(books.customers), chosen)
    rates = kept(rates_in_force(frames.fx_frame(company), as_of=as_of))
    holds = nw.concat([frames.holds_frame(company), debit_holds_frame(company)])
    opened = _of(open_items(ledger.items, ledger.allocations, as_of=as_of), chosen)
    items = kept(
        collectable(
            opened,
            customers,
            steps_frame(policies, as_of=as_of, by_hand=steered.by_hand),
            disputes=ledger.disputes,
            promised=promised(ledger.promises, ledger.allocations, ledger.items, as_of=as_of),
            holds=holds,
            as_of=as_of,
        )
    )
    cash = unapplied(ledger.payments, ledger.allocations, as_of=as_of)
    owed = _of(balances(opened, cash), chosen)
    lines = _lines(messages)
    asked = items.join(_lazy(lines.select("item_id")), on="item_id", how="semi")
    totals = kept(demands(asked, items, owed, rates, home=company.currency))
    contacts = _contacts(company, messages, customers, at)
    verdicts, rules = delivery_rules(company, contacts, as_of=as_of, at=at)
    policy = gate_policy(company)
    facts = gate_facts(
        contacts,
        totals,
        customers,
        holds=holds,
        contact_log=contact_log(
            company,
            besides=[m.pk for m in messages.values()],
            group=contact_group(company, as_of=as_of),
            sending=True,
        ),
        business_days=business_days(company, customers, as_of),
        minimums=minimums_frame(policies, as_of=as_of, by_hand=steered.by_hand),
        policy=policy,
        fed_on=fed_on(company),
        as_of=as_of,
        verdicts=verdicts,
    )
    found = native(gate(facts, policy=policy, stage="deliver")).select("customer_id", "reason")
    told = [
        *found.iter_rows(),
        *((key, "amounts_changed") for key in _changed(messages, lines, items, totals)),
        *((key, "address_changed") for key in _moved(messages)),
        # a rule that no hour and no day lifts takes the message back
        *((key, "contact_forbidden") for key, rule in rules.items() if rule.next_at is None),
    ]
    return told, rules


def _changed(
    messages: Mapping[int, Message], lines: pl.DataFrame, items: nw.LazyFrame, totals: nw.LazyFrame
) -> set[int]:
    """Return the customers whose message does not say what is open now."""
    now = native(items).select("item_id", "open_minor")
    differing = lines.join(now, on=["item_id", "open_minor"], how="anti", nulls_equal=False)
    demanded: dict[int, dict[str, int]] = {}
    for customer_id, currency, amount in (
        native(totals).select("customer_id", "currency", "demand_minor").iter_rows()
    ):
        demanded.setdefault(customer_id, {})[currency] = amount
    other = {
        key
        for key, message in messages.items()
        if _above_zero(message.decision["demand_minor"]) != _above_zero(demanded.get(key, {}))
    }
    return other | set(differing["customer_id"].to_list())


def _above_zero(demand: Mapping[str, int]) -> dict[str, int]:
    return {currency: amount for currency, amount in demand.items() if amount > 0}


def _moved(messages: Mapping[int, Message]) -> set[int]:
    """Return the customers whose primary contact has another address or number by now."""
    sent = {key: message for key, message in messages.items() if message.to}
    current = {
        key: {email, phone_number(phone, country=country or home)}
        for key, email, phone, country, home in Contact.objects.filter(
            customer__in=sent, role=Contact.Role.PAYABLES, is_primary=True
        ).values_list(
            *("customer_id", "email", "phone", "customer__country", "customer__company__country")
        )
    }
    return {key for key, message in sent.items() if message.to not in current.get(key, ())}


def _lines(messages: Mapping[int, Message]) -> pl.DataFrame:
    rows = MessageItem.objects.filter(message__in=[m.pk for m in messages.values()]).values_list(
        "message__customer_id", "item_id", "open_minor"
    )
    schema = dict.fromkeys(("customer_id", "item_id", "open_minor"), pl.Int64)
    return pl.DataFrame(list(rows), schema=schema, orient="row")


def _contacts(
    company: Company, messages: Mapping[int, Message], customers: nw.LazyFrame, at: datetime
) -> nw.LazyFrame:
    """Return the contacts as they were decided, with the hour where each customer is."""
    countries = dict(native(customers).select("customer_id", "country").iter_rows())
    minutes = {
        country: local_minute(country or company.country, company.zone, at=at)
        for country in set(countries.values())
    }
    rows = [
        {
            **message.decision["contact"],
            "customer_id": key,
            "leading_state": "due",
            "local_minute": minutes[countries[key]],
            "is_approved": True,
        }
        for key, message in messages.items()
    ]
    types = {
        **{name: column.dtype() for name, column in CONTACT.items()},
        "local_minute": nw.Int32(),
        "is_approved": nw.Boolean(),
    }
    columns = {name: [row[name] for row in rows] for name in types}
    return nw.from_dict(columns, schema=types, backend="polars").lazy()


def local_minute(country: str, zone: str, *, at: datetime) -> int:
    """Return the minute of the day in a country, of its zones the one furthest from noon.

    A message is in time only when it is in time in every zone the customer may be in.
    """
    zones = _zones(country) or (zone,)
    minutes = [_minute(name, at) for name in zones]
    spread = max(_offset(name, at) for name in zones) - min(_offset(name, at) for name in zones)
    if spread > timedelta(hours=WIDEST_HOURS):
        return _minute(zone, at)
    return max(minutes, key=lambda minute: (abs(minute - 720), minute))


@lru_cache
def _zones(country: str) -> tuple[str, ...]:
    """Return the time zones of a country by the CLDR."""
    found = get_global("territory_zones").get(country, ())
    return tuple(str(name) for name in found)


def _minute(zone: str, at: datetime) -> int:
    local = at.astimezone(ZoneInfo(zone))
    return local.hour * 60 + local.minute


def _offset(zone: str, at: datetime) -> timedelta:
    return at.astimezone(ZoneInfo(zone)).utcoffset() or timedelta()


def _of(frame: nw.LazyFrame, chosen: pl.DataFrame) -> nw.LazyFrame:
    """Return the rows of the chosen customers, computed once."""
    return kept(frame.join(_lazy(chosen), on="customer_id", how="semi"))


def _lazy(frame: pl.DataFrame) -> nw.LazyFrame:
    return nw.from_native(frame.lazy())
