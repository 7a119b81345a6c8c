"""May a customer be contacted, by which channel, under which rule, and when again: the answer
of the contact rules in force to a company's records. Never writes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache, partial
from importlib.resources import files
from zoneinfo import ZoneInfo

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.contact_rules.cases import ContactCaseResult, play_contact_cases
from dunwell.engine.contact_rules.policy import (
    ContactPolicy,
    read_contact_policy,
    rules_of_company,
)
from dunwell.engine.contact_rules.rules import CHANNELS, ContactRule, RulePack, read_contact_rules
from dunwell.formats.policies import read_policy
from dunwell.models import Company
from dunwell.queries.contact_facts import (
    attempts_since,
    barred_claims,
    consents_facts,
    customer_facts,
    debts_facts,
    restrictions_facts,
    with_places,
)
from dunwell.queries.contact_groups import ContactGroup, contact_group, group_attempts
from dunwell.queries.contact_judging import ContactBook, ContactRecords, judged, no_verdicts
from dunwell.queries.policy_documents import document_in_force


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactVerdict:
    """May this customer be contacted by this channel? `next_at` is the first allowed moment.

    It is now where the decision is allow, and None where none comes by itself within three months.
    """

    channel: str
    decision: str
    rule_id: str
    text: str
    next_at: datetime | None
    pack: str
    policy_version: int | None

    @property
    def is_allowed(self) -> bool:
        """Return whether the contact may be made."""
        return self.decision == "allow"

    def document(self) -> dict[str, object]:
        """Return the verdict as it is stored with a message or an attempt."""
        return {
            "decision": self.decision,
            "rule": self.rule_id,
            "text": self.text,
            "next_at": None if self.next_at is None else self.next_at.isoformat(),
            "pack": self.pack,
            "policy_version": self.policy_version,
        }

    def refusal(self) -> str:
        """Return the sentence for whoever wanted to make the contact."""
        if self.is_allowed:
            return ""
        when = (
            f"Allowed again from {self.next_at:%Y-%m-%d %H:%M} UTC."
            if self.next_at is not None
            else "It does not become allowed by itself: find out what is missing, or let the "
            "customer lift it."
        )
        return f"{self.text} Rule {self.rule_id}. {when}"


@cache
def shipped_rules() -> RulePack:
    """Return the rules the product ships."""
    text = files("dunwell").joinpath("policies", "contact_rules.yaml").read_text(encoding="utf-8")
    return read_contact_rules(read_policy(text).document)


def contact_book(company: Company, *, as_of: date) -> ContactBook:
    """Return the rules and the policy in force for a company on a day: one query."""
    found = document_in_force(company, "contact", as_of=as_of)
    policy = read_contact_policy(found.document)
    return ContactBook(
        policy=policy,
        pack=rules_of_company(shipped_rules(), policy),
        version_id=found.version_id,
    )


def read_bound_policy(document: Mapping[str, object]) -> ContactPolicy:
    """Return a contact policy that fits the rules the product ships.

    Raises ContactPolicyError for a wrong field, and for a rule of law that it would replace.
    """
    policy = read_contact_policy(document)
    rules_of_company(shipped_rules(), policy)
    return policy


def play_bound_cases(policy: ContactPolicy) -> tuple[ContactCaseResult, ...]:
    """Return what the shipped rules and the policy say to each of its own cases."""
    return play_contact_cases(policy, shipped_rules())


def rules_in_force(company: Company, *, as_of: date) -> tuple[ContactRule, ...]:
    """Return the rules that hold for a company on a day, in the order in which they are told."""
    book = contact_book(company, as_of=as_of)
    return tuple(
        rule
        for rule in book.pack.rules
        if (rule.effective_from is None or rule.effective_from <= as_of)
        and (rule.effective_to is None or rule.effective_to >= as_of)
    )


def customer_verdicts(
    company: Company,
    customer_id: int,
    *,
    as_of: date,
    at: datetime,
    channels: Sequence[str] = CHANNELS,
    purpose: str = "collection",
    item_id: int | None = None,
    role: str | None = None,
    contact_id: int | None = None,
) -> tuple[ContactVerdict, ...]:
    """Return the verdict on each channel for one customer, now.

    Without a contact the primary one of accounts payable is meant.
    """
    asked = pl.DataFrame(
        {"customer_id": [customer_id] * len(channels), "channel": list(channels)},
        schema={"customer_id": pl.Int64, "channel": pl.String},
    ).with_columns(
        purpose=pl.lit(purpose),
        item_id=pl.lit(item_id, pl.Int64),
        asked_role=pl.lit(role, pl.String),
        asked_contact=pl.lit(contact_id, pl.Int64),
    )
    book = contact_book(company, as_of=as_of)
    rows = verdict_rows(company, asked, book=book, as_of=as_of, at=at)
    told = {row["channel"]: row for row in rows.iter_rows(named=True)}
    return tuple(_verdict(told[channel], book) for channel in channels)


def call_verdicts(
    company: Company, customers: Collection[int], *, as_of: date, at: datetime
) -> dict[int, ContactVerdict]:
    """Return whether each of the customers may be called at a moment."""
    asked = pl.DataFrame({"customer_id": list(customers)}, schema={"customer_id": pl.Int64})
    book = contact_book(company, as_of=as_of)
    rows = verdict_rows(
        company,
        asked.with_columns(
            channel=pl.lit("call"),
            purpose=pl.lit("collection"),
            item_id=pl.lit(None, pl.Int64),
            asked_role=pl.lit(None, pl.String),
            asked_contact=pl.lit(None, pl.Int64),
        ),
        book=book,
        as_of=as_of,
        at=at,
    )
    return {int(row["customer_id"]): _verdict(row, book) for row in rows.iter_rows(named=True)}


def verdict_rows(
    company: Company,
    asked: pl.DataFrame,
    *,
    book: ContactBook,
    as_of: date,
    at: datetime,
    known_until: datetime | None = None,
) -> pl.DataFrame:
    """Return the verdicts on (customer_id, channel) rows, in columns VERDICTS.

    `asked` may say purpose, item_id, asked_role and asked_contact. Six queries at most,
    whatever the number of customers.
    """
    if asked.is_empty():
        return no_verdicts()
    keys = set(asked["customer_id"].to_list())
    customers, sets = with_places(customer_facts(company, keys=keys), company, book.policy)
    records = ContactRecords(
        customers=customers,
        sets=sets,
        restrictions=restrictions_facts(company, keys=keys).collect("polars").lazy(),
        consents=consents_facts(company, keys=keys),
        attempts=partial(
            _attempts,
            company,
            keys=keys,
            group=contact_group(company, as_of=as_of, policy=book.policy),
        ),
        debts=partial(debts_facts, company),
        barred=partial(barred_claims, company, as_of=as_of),
    )
    return judged(company, asked, records, book=book, as_of=as_of, at=at, known_until=known_until)


def plan_verdicts(company: Company, contacts: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return what the rules say to the contacts of a day, as `chase.gate_facts` takes it.

    A contact is clear when it is allowed at some moment of our own day; what was done on that
    day is known.
    """
    start, end = day_moments(company, as_of)
    asked = contacts.select("customer_id", "channel").collect("polars").to_native()
    rows = verdict_rows(
        company,
        asked,
        book=contact_book(company, as_of=as_of),
        as_of=as_of,
        at=start,
        known_until=end,
    )
    return clear_that_day(rows, end)


def day_moments(company: Company, on: date) -> tuple[datetime, datetime]:
    """Return when a day begins and when it is over where the company is."""
    zone = ZoneInfo(company.zone)
    return (
        datetime.combine(on, time.min, zone).astimezone(UTC),
        datetime.combine(on + timedelta(days=1), time.min, zone).astimezone(UTC),
    )


def clear_that_day(rows: pl.DataFrame, end: datetime) -> nw.LazyFrame:
    """Return verdicts as `chase.gate_facts` takes them: clear is what is allowed before `end`."""
    return _gate_columns(
        rows, (pl.col("next_second") < int(end.timestamp())).fill_null(value=False)
    )


def delivery_rules(
    company: Company, contacts: nw.LazyFrame, *, as_of: date, at: datetime
) -> tuple[nw.LazyFrame, dict[int, ContactVerdict]]:
    """Return what the rules say to contacts now, for the gate and by customer."""
    asked = contacts.select("customer_id", "channel").collect("polars").to_native()
    book = contact_book(company, as_of=as_of)
    rows = verdict_rows(company, asked, book=book, as_of=as_of, at=at)
    told = {row["customer_id"]: _verdict(row, book) for row in rows.iter_rows(named=True)}
    return _gate_columns(rows, pl.col("decision") == "allow"), told


def _attempts(
    company: Company,
    *,
    since: datetime | None,
    keys: Collection[int],
    group: ContactGroup | None,
) -> nw.LazyFrame:
    """Return the contacts made with customers, those of companies that contact with us too."""
    own = attempts_since(company, since=since, keys=keys)
    others = group_attempts(group, since=since)
    return own if others is None else nw.concat([own, others], how="vertical")


def _gate_columns(rows: pl.DataFrame, clear: pl.Expr) -> nw.LazyFrame:
    columns = rows.select(
        "customer_id",
        is_rule_clear=clear,
        rule_id=pl.when(~clear).then(pl.col("rule_id")),
        rule_decision="decision",
        rule_next_second="next_second",
    )
    return nw.from_native(columns.lazy())


def _verdict(row: Mapping[str, object], book: ContactBook) -> ContactVerdict:
    second, rule_id = row["next_second"], str(row["rule_id"] or "")
    return ContactVerdict(
        channel=str(row["channel"]),
        decision=str(row["decision"]),
        rule_id=rule_id,
        text=book.pack.rule(rule_id).text if rule_id else "",
        next_at=None if second is None else datetime.fromtimestamp(int(str(second)), UTC),
        pack=book.pack.pack,
        policy_version=book.version_id,
    )
