"""Companies of ours that make one contact together: who of their customers is which of ours, and
what each of them was told. Only the fact of a contact is read, never what it was about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import narwhals.stable.v2 as nw
import polars as pl

from dunwell.engine.contact_rules.policy import ContactPolicy, read_contact_policy
from dunwell.engine.contact_rules.tables import ATTEMPTS
from dunwell.engine.number_forms import plain_text
from dunwell.engine.schema import Column, Frame
from dunwell.models import Company, ContactAttempt, Customer
from dunwell.queries import frames
from dunwell.queries.contact_facts import seconds
from dunwell.queries.policy_documents import document_in_force
from dunwell.queries.runs import is_finished, last_finished_day

WRITING_STEP = "write_reminders"
"""The step of the day's cycle that makes contacts."""

TOLD = ("reached", "left_message", "call_back", "refuses", "says_paid")
"""Call results after which the customer knows: the call counts as a contact."""

SHOWN = 10
MOST_TWINS = 500

CONTACT_LOG: Frame = {
    "customer_id": Column(nw.Int64, "who was contacted"),
    "contacted_day": Column(nw.Int32, "day of the contact, by whatever team"),
}
DEBTORS = {"company_id": pl.Int64, "customer_id": pl.Int64, "vat_id": pl.String}
"""Whose customer it is, its key, and its VAT number as recorded."""
SAID: Frame = {
    "company_id": Column(nw.Int64, "which company"),
    "customer_id": Column(nw.Int64, "to whom"),
    "said_day": Column(nw.Int32, "day of its last message"),
}
CALLED = ", ".join(f"'{result}'" for result in TOLD)


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactGroup:
    """The companies that contact together with one, and which debtors they share.

    `others` in order of key. `twins` has customer_id (ours), twin_id and company_id (theirs) and
    `debtor`, the VAT number in letters and digits, which is the same for both.
    """

    company: Company
    others: tuple[Company, ...]
    twins: pl.DataFrame

    @property
    def reference(self) -> Company:
        """Return the company whose rates and currency amounts are compared in: the oldest."""
        return min((self.company, *self.others), key=lambda one: one.pk)

    def ours(self, rows: nw.LazyFrame) -> nw.LazyFrame:
        """Return rows about their customers as rows about ours."""
        twins = nw.from_native(self.twins.lazy()).select(
            nw.col("customer_id").alias("our_id"), nw.col("twin_id").alias("customer_id")
        )
        names = rows.collect_schema().names()
        joined = rows.join(twins, on="customer_id", how="inner").drop("customer_id")
        return joined.rename({"our_id": "customer_id"}).select(*names)


@dataclass(frozen=True, kw_only=True, slots=True)
class OtherContact:
    """A contact another company of ours made with the same debtor."""

    company: str
    channel: str
    at: datetime


def contact_group(
    company: Company, *, as_of: date, policy: ContactPolicy | None = None
) -> ContactGroup | None:
    """Return the group of a company on a day, None where it has none; then one query at most.

    Both sides must name each other in the contact policy in force. `policy` is the company's own
    where it was read already.
    """
    own = _policy(company, as_of) if policy is None else policy
    if not own.one_contact_with:
        return None
    named = Company.objects.filter(name__in=own.one_contact_with).exclude(pk=company.pk)
    others = tuple(
        other
        for other in named.order_by("id")
        if company.name in _policy(other, as_of).one_contact_with
    )
    if not others:
        return None
    return ContactGroup(company=company, others=others, twins=_twins(company, others))


def group_log(group: ContactGroup | None, *, sending: bool = False) -> nw.LazyFrame | None:
    """Return the days on which the others told our customers something, as CONTACT_LOG.

    None without a group: one query with one. While `sending`, what waits in a company that was
    made later does not count: of two that wait for each other the older one goes first.
    """
    if group is None:
        return None
    companies = [other.pk for other in group.others]
    waiting = "AND (m.status NOT IN ('draft', 'ready') OR m.company_id < %s) " if sending else ""
    marks = ", ".join(["%s"] * len(companies))
    called = frames.day('n."on"')
    rows = frames.read_frame(
        f"SELECT m.customer_id, {frames.day('m.as_of')} FROM dunwell_message m "  # noqa: S608
        f"WHERE m.company_id IN ({marks}) "
        "AND m.template NOT IN ('debit_notice', 'account_statement') AND m.status IN "
        f"('draft', 'ready', 'claimed', 'sent', 'delivered', 'bounced', 'failed') {waiting}"
        f"UNION ALL SELECT n.customer_id, {called} FROM dunwell_note n "
        f"WHERE n.company_id IN ({marks}) AND n.kind = 'call' AND n.result IN ({CALLED})",
        [*companies, *([group.company.pk] if sending else []), *companies],
        CONTACT_LOG,
    )
    return group.ours(rows)


def group_attempts(group: ContactGroup | None, *, since: datetime | None) -> nw.LazyFrame | None:
    """Return the contacts the others made with our customers, as ATTEMPTS; None without a group.

    About which debt is left empty: it is none of ours.
    """
    if group is None:
        return None
    companies = [other.pk for other in group.others]
    marks = ", ".join(["%s"] * len(companies))
    lately = "" if since is None else f"AND {seconds('a.at')} >= %s"
    rows = frames.read_frame(
        "SELECT a.customer_id, NULL, a.channel, a.purpose, t.role, a.is_inbound, "  # noqa: S608
        f"a.outcome, {seconds('a.at')} FROM dunwell_contactattempt a "
        "LEFT JOIN dunwell_contact t ON t.id = a.contact_id "
        f"WHERE a.company_id IN ({marks}) AND a.outcome <> 'refused' {lately}",
        [*companies, *([] if since is None else [int(since.timestamp())])],
        ATTEMPTS,
    )
    return group.ours(rows)


def may_write_today(company: Company, *, as_of: date) -> bool:
    """Return whether a company's cycle of the day is still to come: it ran on the day before."""
    if is_finished(company, as_of, last_step=WRITING_STEP):
        return False
    last = last_finished_day(company, last_step=WRITING_STEP)
    return last == as_of - timedelta(days=1)


def last_speakers(group: ContactGroup, *, as_of: date) -> pl.DataFrame:
    """Return debtor, speaker_id: which company wrote to a shared debtor last before a day."""
    companies = [group.company.pk, *(other.pk for other in group.others)]
    marks = ", ".join(["%s"] * len(companies))
    said: pl.DataFrame = (
        frames.read_frame(
            f"SELECT m.company_id, m.customer_id, MAX({frames.day('m.as_of')}) "  # noqa: S608
            f"FROM dunwell_message m WHERE m.company_id IN ({marks}) AND m.as_of < %s "
            "AND m.template NOT IN ('debit_notice', 'account_statement') "
            "AND m.status IN "
            "('draft', 'ready', 'claimed', 'sent', 'delivered', 'bounced', 'failed') "
            "GROUP BY m.company_id, m.customer_id",
            [*companies, as_of],
            SAID,
        )
        .collect("polars")
        .to_native()
    )
    debtors = pl.concat(
        [
            group.twins.select("debtor", "customer_id"),
            group.twins.select("debtor", customer_id="twin_id"),
        ]
    ).unique()
    return (
        said.join(debtors, on="customer_id", how="inner")
        .sort("debtor", "said_day", "company_id", descending=[False, True, False])
        .unique("debtor", keep="first", maintain_order=True)
        .select("debtor", speaker_id="company_id")
    )


def companies_of(group: ContactGroup | None, customer_id: int) -> tuple[str, ...]:
    """Return the names of the other companies a customer of ours owes to, by age."""
    if group is None:
        return ()
    theirs = set(group.twins.filter(pl.col("customer_id") == customer_id)["company_id"].to_list())
    return tuple(other.name for other in group.others if other.pk in theirs)


def contacts_by_others(
    group: ContactGroup | None, customer_id: int, *, limit: int = SHOWN
) -> tuple[OtherContact, ...]:
    """Return the newest contacts the others made with a customer of ours: who, when, by what.

    One query with a group, none without. What was said is not read.
    """
    if group is None:
        return ()
    names = {other.pk: other.name for other in group.others}
    twins = group.twins.filter(pl.col("customer_id") == customer_id)["twin_id"].to_list()
    made = (
        ContactAttempt.objects.filter(customer__in=twins[:MOST_TWINS], is_inbound=False)
        .exclude(outcome=ContactAttempt.Outcome.REFUSED)
        .order_by("-at", "-id")
        .values_list("company_id", "channel", "at")[:limit]
    )
    return tuple(
        OtherContact(company=names[company], channel=channel, at=at)
        for company, channel, at in made
    )


def _policy(company: Company, as_of: date) -> ContactPolicy:
    return read_contact_policy(document_in_force(company, "contact", as_of=as_of).document)


def _twins(company: Company, others: Sequence[Company]) -> pl.DataFrame:
    """Return which customers are the same debtor: those whose VAT numbers agree."""
    keys = [company.pk, *(other.pk for other in others)]
    marks = ", ".join(["%s"] * len(keys))
    rows = frames.read_rows(
        "SELECT c.company_id, c.id, c.vat_id FROM dunwell_customer c "  # noqa: S608
        f"WHERE c.company_id IN ({marks}) AND c.vat_id <> ''",
        keys,
        DEBTORS,
    )
    told = nw.from_native(frames.opened_column(rows, Customer, "vat_id").lazy()).with_columns(
        debtor=plain_text(nw.col("vat_id"))
    )
    known: pl.DataFrame = (
        told.filter(nw.col("debtor") != "").collect("polars").to_native().drop("vat_id")
    )
    theirs = known.filter(pl.col("company_id") != company.pk)
    ours = known.filter(pl.col("company_id") == company.pk)
    return (
        ours.select("customer_id", "debtor")
        .join(
            theirs.select("debtor", "company_id", twin_id="customer_id"), on="debtor", how="inner"
        )
        .select("customer_id", "twin_id", "company_id", "debtor")
        .sort("customer_id", "twin_id")
    )
