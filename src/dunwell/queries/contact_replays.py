"""What the contact rules said on days gone by: words, consents and contacts as they were known.

Of the contacts of a replayed course those count that the course made itself. Where a message of
that day was really sent to the customer, its own moment and outcome are taken; else the contact
counts as made at the first allowed moment of the day, a call as a conversation.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.calendars import day_number
from dunwell.engine.contact_rules.tables import ATTEMPTS
from dunwell.engine.items import open_items
from dunwell.engine.ledger import Ledger, known_ledger
from dunwell.engine.schema import Column, Frame
from dunwell.models import Company
from dunwell.queries import frames
from dunwell.queries.contact_facts import (
    barred_claims,
    consents_facts,
    customer_facts,
    restrictions_facts,
    seconds,
    with_places,
)
from dunwell.queries.contact_judging import ContactBook, ContactRecords, judged
from dunwell.queries.contact_rules import clear_that_day, contact_book, day_moments

PAST_ATTEMPTS: Frame = {
    **ATTEMPTS,
    "message_day": Column(nw.Int32, "day of the cycle its message is of", nullable=True),
}
MESSAGE_DAYS: Frame = {
    "customer_id": Column(nw.Int64, "to whom"),
    "contacted_day": Column(nw.Int32, "day of the cycle that wrote it"),
}
_EVERYBODY = range(1_000_000)
"""More customers than are asked for by key: the whole company is read."""


@dataclass(frozen=True, kw_only=True, slots=True)
class PastRules:
    """The contact rules of a company on the days of a replay; its records are read once."""

    company: Company
    ledger: Ledger
    first: date
    customers: pl.DataFrame
    restrictions: pl.DataFrame
    consents: pl.DataFrame
    attempts: pl.DataFrame
    messages: pl.DataFrame
    _books: dict[date, ContactBook] = field(default_factory=dict)
    _places: dict[str, tuple[pl.DataFrame, Mapping[str, tuple[str, ...]]]] = field(
        default_factory=dict
    )

    def verdicts(self, contacts: nw.LazyFrame, own: nw.LazyFrame, on: date) -> nw.LazyFrame:
        """Return what the rules said to the contacts of a day, as `chase.gate_facts` takes it.

        `own` are the contacts of the course so far, in columns `engine.replay.OWN`.
        """
        start, end = day_moments(self.company, on)
        asked = contacts.select("customer_id", "channel").collect("polars").to_native()
        rows = judged(
            self.company,
            asked,
            self._records(asked, own.collect("polars").to_native(), on, end),
            book=self._book(on),
            as_of=on,
            at=start,
            known_until=end,
        )
        return clear_that_day(rows, end)

    def _book(self, on: date) -> ContactBook:
        if on not in self._books:
            self._books[on] = contact_book(self.company, as_of=on)
        return self._books[on]

    def _records(
        self, asked: pl.DataFrame, own: pl.DataFrame, on: date, end: datetime
    ) -> ContactRecords:
        policy = self._book(on).policy
        if policy.customers_are not in self._places:
            self._places[policy.customers_are] = with_places(self.customers, self.company, policy)
        customers, sets = self._places[policy.customers_are]
        attempts = self._attempts(own)
        return ContactRecords(
            customers=customers.join(asked, on="customer_id", how="semi"),
            sets=sets,
            restrictions=_lazy(self._known_restrictions(asked, on, end)),
            consents=_lazy(self.consents.filter(_recorded_by(int(end.timestamp())))),
            attempts=lambda *, since: _since(attempts, since),
            debts=lambda *, keys: debts_on(self.ledger, keys, on=on),
            barred=partial(barred_claims, self.company, as_of=on),
        )

    def _known_restrictions(self, asked: pl.DataFrame, on: date, end: datetime) -> pl.DataFrame:
        """Return the words known when the day's message went out, or by the end of the day."""
        went = (
            self.attempts.filter(pl.col("message_day") == day_number(on))
            .group_by("customer_id")
            .agg(went_second=pl.col("at_second").min())
        )
        return (
            self.restrictions.join(asked, on="customer_id", how="semi")
            .join(went, on="customer_id", how="left")
            .filter(
                pl.col("recorded_second") < pl.col("went_second").fill_null(int(end.timestamp()))
            )
            .drop("went_second")
        )

    def _attempts(self, own: pl.DataFrame) -> pl.DataFrame:
        """Return the contacts a course has seen: those of others, and its own."""
        day = pl.col("message_day")
        others = self.attempts.filter(day.is_null() | (day < day_number(self.first)))
        key = ["customer_id", "contacted_day"]
        sent = self.attempts.join(
            own.select("customer_id", message_day="contacted_day"),
            on=["customer_id", "message_day"],
            how="semi",
        ).filter(day >= day_number(self.first))
        new = own.join(self.messages, on=key, how="anti").filter(pl.col("at_second").is_not_null())
        is_call = pl.col("channel").is_in(["call", "visit"])
        made = new.select(
            "customer_id",
            item_id=pl.lit(None, pl.Int64),
            channel="channel",
            purpose=pl.lit("collection"),
            role=pl.lit(None, pl.String),
            is_inbound=pl.lit(value=False),
            outcome=pl.when(is_call).then(pl.lit("conversation")).otherwise(pl.lit("written")),
            at_second="at_second",
        )
        names = list(ATTEMPTS)
        return pl.concat([others.select(names), sent.select(names), made.select(names)])


def past_rules(company: Company, ledger: Ledger, *, first: date) -> PastRules:
    """Return the contact rules for a replay from a day on: five queries, and one per day.

    Customers are those of now: their past is not kept.
    """
    return PastRules(
        company=company,
        ledger=ledger,
        first=first,
        customers=customer_facts(company, keys=_EVERYBODY),
        restrictions=_native(restrictions_facts(company, keys=_EVERYBODY)),
        consents=_native(consents_facts(company, keys=_EVERYBODY)),
        attempts=_native(_past_attempts(company)),
        messages=_native(_message_days(company, first)),
    )


def debts_on(ledger: Ledger, keys: Collection[int], *, on: date) -> pl.DataFrame:
    """Return what customers owed on a day as far as it was known, as `contact_facts.DEBTS`.

    What is owed in another currency leaves the sum empty: not known.
    """
    then = known_ledger(ledger, on=on)
    opened = _native(open_items(then.items, then.allocations, as_of=on))
    rows = opened.filter(
        pl.col("customer_id").is_in(sorted(keys)), pl.col("open_minor") > 0
    ).group_by("customer_id")
    in_dollars = (pl.col("currency") == "USD").all()
    return rows.agg(
        debt_usd_minor=pl.when(in_dollars).then(pl.col("open_minor").sum()),
        debt_day=pl.col("issued_day").max().cast(pl.Int32),
    )


def _past_attempts(company: Company) -> nw.LazyFrame:
    return frames.read_frame(
        "SELECT a.customer_id, a.item_id, a.channel, a.purpose, t.role, a.is_inbound, "  # noqa: S608
        f"a.outcome, {seconds('a.at')}, {frames.day('m.as_of')} FROM dunwell_contactattempt a "
        "LEFT JOIN dunwell_contact t ON t.id = a.contact_id "
        "LEFT JOIN dunwell_message m ON m.id = a.message_id "
        "WHERE a.company_id = %s AND a.outcome <> 'refused'",
        [company.pk],
        PAST_ATTEMPTS,
    )


def _message_days(company: Company, first: date) -> nw.LazyFrame:
    return frames.read_frame(
        f"SELECT DISTINCT m.customer_id, {frames.day('m.as_of')} FROM dunwell_message m "  # noqa: S608
        "WHERE m.company_id = %s AND m.as_of >= %s "
        "AND m.template NOT IN ('debit_notice', 'account_statement')",
        [company.pk, first],
        MESSAGE_DAYS,
    )


def _since(attempts: pl.DataFrame, since: datetime | None) -> nw.LazyFrame:
    if since is None:
        return _lazy(attempts)
    return _lazy(attempts.filter(pl.col("at_second") >= int(since.timestamp())))


def _recorded_by(second: int) -> pl.Expr:
    return pl.col("recorded_second") < second


def _lazy(frame: pl.DataFrame) -> nw.LazyFrame:
    return nw.from_native(frame.lazy())


def _native(frame: nw.LazyFrame) -> pl.DataFrame:
    rows: pl.DataFrame = frame.collect(backend="polars").to_native()
    return rows
