"""Who handed out or erased what is known of whom, and for what; and what stops erasing."""

from dataclasses import dataclass
from datetime import date, datetime

from dunwell.models import Company, Customer, Erasure, Event
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.personal import PersonalField
from dunwell.queries.persons import legal_holds, open_matters

PURPOSES = ("access", "moving", "authority", "checking")
"""Why a file is handed out: the person asks (Article 15), takes it elsewhere (Article 20), an
authority or court asks, or we check it ourselves."""

VERBS = ("person.handed_out", "person.erased", "person.retention_ended", "retention.ended")


@dataclass(frozen=True, kw_only=True, slots=True)
class PrivacyLogRow:
    """One entry of the purpose log; `rows` were handed out, or erased."""

    id: int
    at: datetime
    by: str
    verb: str
    purpose: str
    customer_id: int | None
    customer_number: str
    contact_id: int | None
    kind: str
    rows: int


@dataclass(frozen=True, kw_only=True, slots=True)
class ErasureRow:
    """One erased person; `gone` and `kept` count rows by table."""

    id: int
    customer_id: int
    customer_number: str
    contact_id: int | None
    status: str
    status_label: str
    ground: str
    gone: dict[str, int]
    kept: dict[str, int]
    by: str
    erased_on: date
    keep_until_on: date
    finished_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LegalHoldRow:
    """A customer of whom nothing is erased, and what stops it: a hold, or a legal matter."""

    customer_id: int
    customer_number: str
    hold_id: int | None
    matter_id: int | None
    what: str
    from_on: date
    until_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class PersonalFieldRow:
    """One field of the register, as the API shows it."""

    model: str
    field: str
    whose: str
    purpose: str
    basis: str
    years: int
    goes: str
    since: str


def field_row(one: PersonalField) -> PersonalFieldRow:
    """Return a field of the register as a row."""
    return PersonalFieldRow(
        model=one.model, field=one.field, whose=one.whose, purpose=one.purpose, basis=one.basis,
        years=one.years, goes=one.goes, since=one.since,
    )  # fmt: skip


def privacy_log(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[PrivacyLogRow]:
    """Return one page of the log, the newest first; two queries."""
    limit = page_limit(limit)
    events = list(
        Event.objects.filter(after(cursor, ("-seq",), (int,)), company=company, verb__in=VERBS)
        .order_by("-seq")[: limit + 1]
    )  # fmt: skip
    keys = {one.customer_id for one in events if one.customer_id is not None}
    numbers = dict(Customer.objects.filter(pk__in=keys).values_list("pk", "number"))
    page = page_of(events, limit=limit, key=lambda one: (one.seq,))
    return Page(
        rows=tuple(_logged(one, numbers.get(one.customer_id or 0, "")) for one in page.rows),
        next=page.next,
    )


def erasure_rows(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[ErasureRow]:
    """Return one page of erasures, the newest first."""
    limit = page_limit(limit)
    rows = (
        Erasure.objects.filter(after(cursor, ("-erased_on", "-id"), (date, int)), company=company)
        .select_related("customer")
        .order_by("-erased_on", "-id")[: limit + 1]
    )
    return page_of(
        [_erasure(one) for one in rows], limit=limit, key=lambda row: (row.erased_on, row.id)
    )


def legal_hold_rows(company: Company, *, as_of: date) -> tuple[LegalHoldRow, ...]:
    """Return what stops erasing on a day, by customer."""
    rows = [
        LegalHoldRow(
            customer_id=one.customer_id, customer_number=one.customer.number, hold_id=one.pk,
            matter_id=None, what=one.reason, from_on=one.from_on, until_on=one.until_on,
        )
        for one in legal_holds(as_of=as_of).filter(company=company).select_related("customer")
    ]  # fmt: skip
    rows += [
        LegalHoldRow(
            customer_id=one.customer_id, customer_number=one.customer.number, hold_id=None,
            matter_id=one.pk, what=one.number, from_on=one.opened_on, until_on=None,
        )
        for one in open_matters().filter(company=company).select_related("customer")
    ]  # fmt: skip
    return tuple(sorted(rows, key=lambda row: (row.customer_number, row.what)))


def _logged(event: Event, number: str) -> PrivacyLogRow:
    data = event.data
    rows = data.get("rows", 0) or sum(data.get("gone", {}).values())
    contact = event.subject_id if event.subject == "contact" else data.get("contact_id")
    return PrivacyLogRow(
        id=event.pk, at=event.at, by=event.actor, verb=event.verb,
        purpose=data.get("purpose", ""), customer_id=event.customer_id, customer_number=number,
        contact_id=contact, kind=data.get("kind", ""), rows=rows,
    )  # fmt: skip


def _erasure(one: Erasure) -> ErasureRow:
    return ErasureRow(
        id=one.pk, customer_id=one.customer_id, customer_number=one.customer.number,
        contact_id=one.contact_id, status=one.status,
        status_label=str(Erasure.Status(one.status).label), ground=one.ground,
        gone=one.counts.get("gone", {}), kept=one.counts.get("kept", {}), by=one.by,
        erased_on=one.erased_on, keep_until_on=one.keep_until_on, finished_on=one.finished_on,
    )  # fmt: skip
