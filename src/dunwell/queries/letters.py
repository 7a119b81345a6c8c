"""Letters: those that wait for printing, batches taken and posted, and what stands on each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Exists, F, Max, OuterRef, Q, QuerySet

from dunwell.formats.letters_pdf import Letter
from dunwell.formats.payment_code import CURRENCY
from dunwell.formats.postcodes import postcode_in
from dunwell.models import Company, ContactAttempt, Message, Task
from dunwell.queries.kept_sums import of_large
from dunwell.queries.messages import MessageRow, rows_of
from dunwell.queries.pages import PAGE_SIZE, Page, after, page_limit, page_of
from dunwell.queries.portal_links import with_door
from dunwell.queries.statements import letterhead

CHANNEL = "letter"
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Status = Message.Status


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterBatch:
    """What was taken at one moment: `id` is that moment in microseconds since 1970, UTC."""

    id: int
    taken_at: datetime
    letters: int
    to_post: int
    posted_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterCounts:
    """Letters that wait: those that can be printed, and those without a postal address."""

    ready: int
    no_address: int


@dataclass(frozen=True, kw_only=True, slots=True)
class LetterDispatch:
    """Proof that a letter was posted: its words by their hash, to whom, when, by whom, and how.

    `tracking` is the number the post follows it by, empty for plain mail.
    """

    message_id: int
    customer_id: int
    customer_number: str
    customer_name: str
    address: str
    subject: str
    sha256: str
    printed_at: datetime | None
    posted_at: datetime | None
    posted_by: str
    way: str
    tracking: str


def letters_to_take(company: Company) -> QuerySet[Message]:
    """Return the letters that may be printed: somebody is asked to post them, and knows where."""
    return _waiting(company).exclude(customer__address="")


def letters_in(company: Company, taken_at: datetime) -> QuerySet[Message]:
    """Return the letters of a batch that are neither posted nor put back, ready to lock."""
    return Message.objects.filter(
        company=company, channel=CHANNEL, status=Status.CLAIMED, claimed_at=taken_at
    )


@of_large
def letter_counts(company: Company) -> LetterCounts:
    """Return how many letters wait."""
    counted = _waiting(company).aggregate(
        all=Count("pk"), no_address=Count("pk", filter=Q(customer__address=""))
    )
    return LetterCounts(
        ready=counted["all"] - counted["no_address"], no_address=counted["no_address"]
    )


def letter_rows(
    company: Company, *, cursor: str = "", limit: int = PAGE_SIZE
) -> Page[tuple[MessageRow, bool]]:
    """Return one page of letters that wait, the oldest first, and whether each has an address."""
    limit = page_limit(limit)
    found = list(
        _waiting(company)
        .filter(after(cursor, ("id",), (int,)))
        .select_related("customer")
        .defer("body", "decision")
        .order_by("id")[: limit + 1]
    )
    has_address = {message.pk: bool(message.customer.address) for message in found}
    rows = [(row, has_address[row.id]) for row in rows_of(found)]
    return page_of(rows, limit=limit, key=lambda pair: (pair[0].id,))


@of_large
def letter_batches(company: Company, *, most: int = 20) -> list[LetterBatch]:
    """Return the batches, those that wait to be posted first, then the newest."""
    grouped = (
        Message.objects.filter(
            company=company, channel=CHANNEL, status__in=(Status.CLAIMED, *Message.HANDED_OVER)
        )
        .exclude(claimed_at=None)
        .order_by()
        .values("claimed_at")
        .annotate(
            letters=Count("pk"),
            to_post=Count("pk", filter=Q(status=Status.CLAIMED)),
            posted_at=Max("sent_at"),
        )
        .order_by(F("to_post").desc(), F("claimed_at").desc())[:most]
    )
    return [_batch(row) for row in grouped]


def letter_batch(company: Company, batch_id: int) -> LetterBatch | None:
    """Return a batch by its id, None where there is none."""
    found = _batch_letters(company, batch_id).aggregate(
        letters=Count("pk"),
        to_post=Count("pk", filter=Q(status=Status.CLAIMED)),
        posted_at=Max("sent_at"),
    )
    if not found["letters"]:
        return None
    return _batch({**found, "claimed_at": taken_at(batch_id)})


def batch_letters(company: Company, batch_id: int) -> list[Message]:
    """Return the letters of a batch with their customers, as they go to the post.

    Those within the country first, then by country, and by postcode within each.
    """
    found = _batch_letters(company, batch_id).select_related("customer", "company")
    return sorted(found.order_by("customer__number", "pk"), key=_postal_order)


def _postal_order(letter: Message) -> tuple[bool, str, str]:
    customer, home = letter.customer, letter.company.country
    country = customer.country or home
    return country != home, country, postcode_in(customer.address)


def batch_rows(company: Company, batch_id: int) -> Sequence[MessageRow]:
    """Return the letters of a batch as rows, in the order they are printed."""
    return rows_of(batch_letters(company, batch_id))


def dispatch_rows(company: Company, batch_id: int) -> list[LetterDispatch]:
    """Return how each letter of a batch went, in the order they are printed; two queries."""
    letters = batch_letters(company, batch_id)
    posted = dict(
        ContactAttempt.objects.filter(
            message__in=[letter.pk for letter in letters], channel=CHANNEL
        ).values_list("message_id", "by")
    )
    return [
        LetterDispatch(
            message_id=letter.pk,
            customer_id=letter.customer_id,
            customer_number=letter.customer.number,
            customer_name=letter.customer.name,
            address=", ".join(plain for plain in letter.customer.address.splitlines() if plain),
            subject=letter.subject,
            sha256=letter.body_sha256,
            printed_at=letter.claimed_at,
            posted_at=letter.sent_at,
            posted_by=posted.get(letter.pk, ""),
            way=letter.provider if letter.sent_at else "",
            tracking=letter.provider_id,
        )
        for letter in letters
    ]


def letter_of(message: Message) -> Letter:
    """Return a letter as it is set; its message comes with customer and company.

    Raises AddressUnknown where it leads to the portal and its address is not set.
    """
    return Letter(
        reference=message.customer.number,
        language=message.language,
        subject=message.subject,
        body=with_door(message.body),
        on=message.as_of,
        head=letterhead(message.company, message.customer),
        demand_minor=_demand(message),
        currency=CURRENCY,
    )


def _demand(message: Message) -> int:
    """Return what a letter asks for in euro; 0 where it asks for none, or says no amount."""
    told = message.decision.get("demand_minor")
    amount = told.get(CURRENCY, 0) if isinstance(told, dict) else 0
    return amount if isinstance(amount, int) else 0


def taken_at(batch_id: int) -> datetime:
    """Return the moment a batch was taken; raise OverflowError for one beyond all calendars."""
    return EPOCH + timedelta(microseconds=batch_id)


def _waiting(company: Company) -> QuerySet[Message]:
    asked = Task.objects.filter(
        message=OuterRef("pk"), kind=Task.Kind.LETTER, status=Task.Status.OPEN
    )
    return Message.objects.filter(Exists(asked), company=company, status=Status.READY).filter(
        channel=CHANNEL
    )


def _batch_letters(company: Company, batch_id: int) -> QuerySet[Message]:
    try:
        moment = taken_at(batch_id)
    except OverflowError:
        return Message.objects.none()
    return Message.objects.filter(
        company=company,
        channel=CHANNEL,
        claimed_at=moment,
        status__in=(Status.CLAIMED, *Message.HANDED_OVER),
    )


def _batch(row: Mapping[str, object]) -> LetterBatch:
    moment = row["claimed_at"]
    if not isinstance(moment, datetime):
        raise TypeError("a batch has a moment")
    posted = row["posted_at"]
    return LetterBatch(
        id=(moment - EPOCH) // timedelta(microseconds=1),
        taken_at=moment,
        letters=int(str(row["letters"])),
        to_post=int(str(row["to_post"])),
        posted_at=posted if isinstance(posted, datetime) else None,
    )
