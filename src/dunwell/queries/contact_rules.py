"""May a customer be contacted, by which channel, under which rule, and when again: the answer
of the contact rules in force to a company's records. Never writes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
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
from dunwell.engine.contact_rules.scope import bindings, settled_facts
from dunwell.engine.contact_rules.tables import (
    CANDIDATES,
    HORIZON_DAYS,
    VERDICTS,
    ContactFacts,
)
from dunwell.engine.contact_rules.verdicts import contact_verdicts, tables_span
from dunwell.engine.contact_rules.zones import days_table, zone_key, zone_tables
from dunwell.formats.policies import read_policy
from dunwell.models import Company
from dunwell.queries.contact_facts import (
    attempts_since,
    attempts_wanted,
    consents_facts,
    customer_facts,
    debts_facts,
    oldest_day,
    restrictions_facts,
    with_places,
)
from dunwell.queries.policy_documents import document_in_force

AUTOMATED = ("sms",)
"""Channels by which a machine writes; calls are made by people."""

_DTYPES = {nw.Int64: pl.Int64, nw.Int32: pl.Int32, nw.String: pl.String, nw.Boolean: pl.Boolean}


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactBook:
    """The rules that bind a company on a day, its own among them, and where they come from."""

    policy: ContactPolicy
    pack: RulePack
    version_id: int | None


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
        return pl.DataFrame(schema={name: _DTYPES[one.dtype] for name, one in VERDICTS.items()})
    keys = set(asked["customer_id"].to_list())
    customers, sets = with_places(customer_facts(company, keys=keys), company, book.policy)
    restrictions = restrictions_facts(company, keys=keys).collect("polars").lazy()
    words = set(restrictions.select("kind").collect("polars").to_native()["kind"].to_list())
    candidates = _candidates(company, asked, customers, book)
    bound_by = bindings(
        book.pack,
        book.policy,
        countries=set(candidates["country"].unique().to_list()),
        at=as_of,
        until=as_of + timedelta(days=HORIZON_DAYS),
        words=words,
    )
    since = attempts_wanted(bound_by, at=at)
    attempts = attempts_since(company, since=since, keys=keys).collect("polars").lazy()
    first, last = tables_span(at, oldest=oldest_day(attempts) if since is None else None)
    distinct = {key: zone_key(zones, first=first, last=last) for key, zones in sets.items()}
    facts = ContactFacts(
        candidates=nw.from_native(candidates.lazy()),
        attempts=attempts,
        restrictions=restrictions,
        consents=consents_facts(company, keys=keys),
        zones=zone_tables(distinct, first=first, last=last),
        days=days_table(set(customers["calendar"].to_list()), first=first, last=last),
    )
    found = contact_verdicts(
        facts, book.pack, bound_by, as_of=as_of, at=at, known_until=known_until, keep=_kept
    )
    rows: pl.DataFrame = found.collect(backend="polars").to_native()
    return rows


def plan_verdicts(company: Company, contacts: nw.LazyFrame, *, as_of: date) -> nw.LazyFrame:
    """Return what the rules say to the contacts of a day, as `chase.gate_facts` takes it.

    A contact is clear when it is allowed at some moment of our own day; what was done on that
    day is known.
    """
    start = datetime.combine(as_of, time.min, ZoneInfo(company.zone)).astimezone(UTC)
    end = datetime.combine(as_of + timedelta(days=1), time.min, ZoneInfo(company.zone)).astimezone(
        UTC
    )
    asked = contacts.select("customer_id", "channel").collect("polars").to_native()
    rows = verdict_rows(
        company,
        asked,
        book=contact_book(company, as_of=as_of),
        as_of=as_of,
        at=start,
        known_until=end,
    )
    clear = (pl.col("next_second") < int(end.timestamp())).fill_null(value=False)
    return _gate_columns(rows, clear)


def delivery_rules(
    company: Company, contacts: nw.LazyFrame, *, as_of: date, at: datetime
) -> tuple[nw.LazyFrame, dict[int, ContactVerdict]]:
    """Return what the rules say to contacts now, for the gate and by customer."""
    asked = contacts.select("customer_id", "channel").collect("polars").to_native()
    book = contact_book(company, as_of=as_of)
    rows = verdict_rows(company, asked, book=book, as_of=as_of, at=at)
    told = {row["customer_id"]: _verdict(row, book) for row in rows.iter_rows(named=True)}
    return _gate_columns(rows, pl.col("decision") == "allow"), told


def _gate_columns(rows: pl.DataFrame, clear: pl.Expr) -> nw.LazyFrame:
    columns = rows.select(
        "customer_id",
        is_rule_clear=clear,
        rule_id=pl.when(~clear).then(pl.col("rule_id")),
        rule_decision="decision",
        rule_next_second="next_second",
    )
    return nw.from_native(columns.lazy())


def _candidates(
    company: Company, asked: pl.DataFrame, customers: pl.DataFrame, book: ContactBook
) -> pl.DataFrame:
    known = customers.drop("stated_zones")
    rows = asked.join(known, on="customer_id", how="inner")
    named = set(rows.columns)
    blank = {
        "purpose": pl.lit("collection"),
        "item_id": pl.lit(None, pl.Int64),
    }
    rows = rows.with_columns(
        **{name: value for name, value in blank.items() if name not in named},
        is_automated=pl.col("channel").is_in(list(AUTOMATED)),
        has_opt_out=pl.lit(None, pl.Boolean),
        is_work_address=pl.lit(None, pl.Boolean),
        is_time_barred=pl.lit(None, pl.Boolean),
    )
    if "asked_contact" in named:
        rows = rows.with_columns(
            contact_id=pl.coalesce("asked_contact", "contact_id"),
            role=pl.coalesce("asked_role", "role"),
        )
    rows = _with_debts(company, rows, book.policy)
    settled = settled_facts(nw.from_native(rows.lazy()), book.policy, home_country=company.country)
    frame: pl.DataFrame = settled.select(*CANDIDATES).collect("polars").to_native()
    return frame


def _with_debts(company: Company, rows: pl.DataFrame, policy: ContactPolicy) -> pl.DataFrame:
    """Return the rows with what is owed, read only where a person in the US may owe it."""
    may_be_person = pl.col("party").fill_null("company" if policy.is_business else "person")
    american = rows.filter(
        pl.col("country").fill_null(company.country if policy.is_business else "US") == "US",
        may_be_person == "person",
    )["customer_id"]
    if american.is_empty():
        return rows.with_columns(
            debt_usd_minor=pl.lit(None, pl.Int64), debt_day=pl.lit(None, pl.Int32)
        )
    debts = debts_facts(company, keys=set(american.to_list()))
    return rows.join(debts, on="customer_id", how="left")


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


def _kept(frame: nw.LazyFrame) -> nw.LazyFrame:
    return frame.collect("polars").lazy()
