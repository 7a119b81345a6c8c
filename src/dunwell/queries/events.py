"""The audit trail as pages and the API show it, and the proof that nobody changed it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from dunwell.formats import event_chain
from dunwell.formats.event_chain import START, first_line, last_line, line_of
from dunwell.models import ChainHead, Company, Event
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of


@dataclass(frozen=True, kw_only=True, slots=True)
class EventRow:
    """One event; `data` is what the action wrote about it."""

    seq: int
    at: datetime
    actor: str
    verb: str
    subject: str
    subject_id: int
    customer_id: int | None
    data: Mapping[str, object]
    hash: str


@dataclass(frozen=True, kw_only=True, slots=True)
class ChainCheck:
    """Whether the chain holds; if not, the first event that breaks it and why."""

    events: int
    is_whole: bool
    broken_at: int | None
    finding: str


def event_rows(
    company: Company,
    *,
    verb: str = "",
    actor: str = "",
    subject: str = "",
    subject_id: int | None = None,
    customer_id: int | None = None,
    cursor: str = "",
    limit: int = PAGE_SIZE,
) -> Page[EventRow]:
    """Return one page of events, the newest first; "promise." as `verb` finds all of them."""
    found = Event.objects.filter(company=company)
    if verb:
        found = found.filter(verb__startswith=verb)
    if actor:
        found = found.filter(actor=actor)
    if subject:
        found = found.filter(subject=subject)
    if subject_id is not None:
        found = found.filter(subject_id=subject_id)
    if customer_id is not None:
        found = found.filter(customer_id=customer_id)
    limit = page_limit(limit)
    rows = found.filter(after(cursor, ("-seq",), (int,))).order_by("-seq")[: limit + 1]
    return page_of(
        [
            EventRow(
                seq=event.seq,
                at=event.at,
                actor=event.actor,
                verb=event.verb,
                subject=event.subject,
                subject_id=event.subject_id,
                customer_id=event.customer_id,
                data=event.data,
                hash=event.hash,
            )
            for event in rows
        ],
        limit=limit,
        key=lambda row: (row.seq,),
    )


def chain_check(company: Company) -> ChainCheck:
    """Walk the company's whole chain and return whether every hash follows from the one before.

    The hash is worked out here once more, apart from the code that writes it.
    """
    previous, seq = START, 0
    for event in Event.objects.filter(company=company).order_by("seq").iterator(chunk_size=5000):
        if event.seq != seq + 1:
            return _broken(seq, seq + 1, f"Event {seq + 1} is missing.")
        if event.previous_hash != previous:
            return _broken(seq, event.seq, f"Event {event.seq} does not follow event {seq}.")
        if event.hash != hash_of(event):
            return _broken(seq, event.seq, f"Event {event.seq} was changed after it was written.")
        previous, seq = event.hash, event.seq
    heads = list(ChainHead.objects.filter(company=company).values_list("seq", "hash"))
    if seq and not heads:
        return _broken(seq, seq + 1, "The end of the chain is not recorded.")
    if heads and heads != [(seq, previous)]:
        return _broken(seq, seq + 1, f"Events after event {seq} are missing.")
    return ChainCheck(events=seq, is_whole=True, broken_at=None, finding="")


def _broken(events: int, at: int, finding: str) -> ChainCheck:
    return ChainCheck(events=events, is_whole=False, broken_at=at, finding=finding)


def hash_of(event: Event) -> str:
    """Return the hash an event should bear, worked out apart from the code that writes it."""
    return event_chain.hash_of(event.company_id, _line(event), event.previous_hash)


def chain_lines(company: Company) -> Iterator[bytes]:
    """Yield the lines of a company's chain as a file that needs no database to be proved.

    Nothing is checked here: what is missing or changed shows in the file. Events that come
    meanwhile are in it.
    """
    yield first_line(company.pk)
    seq, before = 0, -1
    head: ChainHead | None = None
    # the end is read after the events, so it is never older than they are
    while seq != before and (head is None or head.seq > seq):
        before = seq
        for event in Event.objects.filter(company=company, seq__gt=seq).order_by("seq").iterator():
            yield line_of(_line(event))
            seq = event.seq
        head = ChainHead.objects.filter(company=company).first()
    yield last_line(head.seq, head.hash) if head else last_line(0, START)


def _line(event: Event) -> dict[str, object]:
    """Return what a line of a file of events says of one."""
    return {
        "seq": event.seq,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor,
        "verb": event.verb,
        "subject": event.subject,
        "subject_id": event.subject_id,
        "customer_id": event.customer_id,
        "data": event.data,
        "previous_hash": event.previous_hash,
        "hash": event.hash,
    }
