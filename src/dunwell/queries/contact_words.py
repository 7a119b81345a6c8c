"""Restrictions, consents and contacts made, as pages and the API show them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from dunwell.models import Company, Consent, ContactAttempt, ContactRestriction, Customer
from dunwell.queries.contact_groups import (
    OtherContact,
    companies_of,
    contact_group,
    contacts_by_others,
)
from dunwell.queries.contact_quality import counted
from dunwell.queries.contact_rules import ContactVerdict, contact_book, customer_verdicts
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of

MOST_WORDS = 100
"""So many restrictions and consents of one customer are shown, the newest first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptFilter:
    """Which contacts are asked for; empty fields ask for all.

    `figure` names a figure whose contacts are wanted (`contact_quality.counted`), `from_on` and
    `until_on` are days in the company's zone, both included.
    """

    customer_id: int | None = None
    only_refused: bool = False
    by: str = ""
    figure: str = ""
    from_on: date | None = None
    until_on: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class RestrictionRow:
    """One restriction; an empty channel or purpose means every one, hours are minutes of a day."""

    id: int
    kind: str
    kind_label: str
    channel: str
    purpose: str
    contact_id: int | None
    contact: str
    minute_from: int | None
    minute_until: int | None
    note: str
    from_on: date
    until_on: date | None
    lifted_on: date | None
    recorded_by: str
    is_active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class ConsentRow:
    """One consent to a channel."""

    id: int
    channel: str
    purpose: str
    contact_id: int | None
    contact: str
    given_on: date
    withdrawn_on: date | None
    source: str
    recorded_by: str
    is_active: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptRow:
    """One contact that was made, or refused by a rule; `verdict` as it was at that moment."""

    id: int
    customer_id: int
    customer_number: str
    customer_name: str
    channel: str
    purpose: str
    is_inbound: bool
    outcome: str
    outcome_label: str
    message_id: int | None
    verdict: Mapping[str, object]
    by: str
    at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ContactCard:
    """May a customer be contacted now, by what, and what was recorded about it.

    `party`, `debt_use`, `region` and `zones` are as recorded, empty for not known;
    `customers_are` says what unknown counts as. `one_contact_with` are companies of ours the
    debtor owes to as well and which contact it together with us; `others` what they did lately.
    """

    party: str
    debt_use: str
    country: str
    region: str
    zones: tuple[str, ...]
    customers_are: str
    verdicts: tuple[ContactVerdict, ...]
    restrictions: tuple[RestrictionRow, ...]
    consents: tuple[ConsentRow, ...]
    one_contact_with: tuple[str, ...] = ()
    others: tuple[OtherContact, ...] = ()

    @property
    def is_open(self) -> bool:
        """Return whether at least one channel is allowed now."""
        return any(verdict.is_allowed for verdict in self.verdicts)


def contact_card(
    company: Company, customer_id: int, *, as_of: date, at: datetime
) -> ContactCard | None:
    """Return what the contact rules say about a customer now; None for no such customer."""
    customer = Customer.objects.filter(company=company, pk=customer_id).first()
    if customer is None:
        return None
    restrictions = (
        ContactRestriction.objects.filter(company=company, customer=customer_id)
        .select_related("contact")
        .order_by("-id")[:MOST_WORDS]
    )
    consents = (
        Consent.objects.filter(company=company, customer=customer_id)
        .select_related("contact")
        .order_by("-id")[:MOST_WORDS]
    )
    policy = contact_book(company, as_of=as_of).policy
    group = contact_group(company, as_of=as_of, policy=policy)
    return ContactCard(
        party=customer.party,
        debt_use=customer.debt_use,
        country=customer.country,
        region=customer.region,
        zones=tuple(customer.zones),
        customers_are=policy.customers_are,
        verdicts=customer_verdicts(company, customer_id, as_of=as_of, at=at),
        restrictions=tuple(_restriction(row, as_of) for row in restrictions),
        consents=tuple(_consent(row, as_of) for row in consents),
        one_contact_with=companies_of(group, customer_id),
        others=contacts_by_others(group, customer_id),
    )


def attempt_rows(
    company: Company,
    *,
    only: AttemptFilter = AttemptFilter(),
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[AttemptRow]:
    """Return one page of contacts made or refused, the newest first."""
    zone = ZoneInfo(company.zone)
    found = ContactAttempt.objects.filter(counted(only.figure), company=company)
    if only.customer_id is not None:
        found = found.filter(customer=only.customer_id)
    if only.only_refused:
        found = found.filter(outcome=ContactAttempt.Outcome.REFUSED)
    if only.by:
        found = found.filter(by=only.by)
    if only.from_on is not None:
        found = found.filter(at__gte=datetime.combine(only.from_on, time(), zone))
    if only.until_on is not None:
        end = datetime.combine(only.until_on + timedelta(days=1), time(), zone)
        found = found.filter(at__lt=end)
    limit = page_limit(limit)
    rows = (
        found.filter(after(cursor, ("-at", "-id"), (datetime, int)))
        .select_related("customer")
        .order_by("-at", "-id")[: limit + 1]
    )
    return page_of([_attempt(row) for row in rows], limit=limit, key=lambda row: (row.at, row.id))


def _restriction(row: ContactRestriction, as_of: date) -> RestrictionRow:
    is_over = row.until_on is not None and row.until_on < as_of
    is_lifted = row.lifted_on is not None and row.lifted_on <= as_of
    return RestrictionRow(
        id=row.pk,
        kind=row.kind,
        kind_label=str(ContactRestriction.Kind(row.kind).label),
        channel=row.channel,
        purpose=row.purpose,
        contact_id=row.contact_id,
        contact=str(row.contact) if row.contact else "",
        minute_from=row.minute_from,
        minute_until=row.minute_until,
        note=row.note,
        from_on=row.from_on,
        until_on=row.until_on,
        lifted_on=row.lifted_on,
        recorded_by=row.recorded_by,
        is_active=not is_over and not is_lifted,
    )


def _consent(row: Consent, as_of: date) -> ConsentRow:
    return ConsentRow(
        id=row.pk,
        channel=row.channel,
        purpose=row.purpose,
        contact_id=row.contact_id,
        contact=str(row.contact) if row.contact else "",
        given_on=row.given_on,
        withdrawn_on=row.withdrawn_on,
        source=row.source,
        recorded_by=row.recorded_by,
        is_active=row.withdrawn_on is None or row.withdrawn_on > as_of,
    )


def _attempt(row: ContactAttempt) -> AttemptRow:
    return AttemptRow(
        id=row.pk,
        customer_id=row.customer_id,
        customer_number=row.customer.number,
        customer_name=row.customer.name,
        channel=row.channel,
        purpose=row.purpose,
        is_inbound=row.is_inbound,
        outcome=row.outcome,
        outcome_label=str(ContactAttempt.Outcome(row.outcome).label),
        message_id=row.message_id,
        verdict=row.verdict,
        by=row.by,
        at=row.at,
    )
