"""Days a customer has to remember: due items, promises, instalments; and who may read them."""

from datetime import date

from django.utils import translation
from django.utils.translation import gettext

from dunwell.engine.money import amount_words
from dunwell.formats.calendar_file import CalendarEntry
from dunwell.models import Company, Customer, OpenItem, PortalCalendar, PortalSeat
from dunwell.queries.link_tokens import hashed_link, link_token
from dunwell.queries.portal_account import coming_events

CALENDAR = "portal_calendar"
MOST_ENTRIES = 1_000


def calendar_token(seat_id: int, nonce: str) -> str:
    """Return the secret of a seat's calendar address; computed, never stored."""
    return link_token(CALENDAR, seat_id, nonce)


def calendar_of(seat: PortalSeat) -> PortalCalendar | None:
    """Return the calendar address a seat has now, or None."""
    return PortalCalendar.objects.filter(seat=seat, revoked_at=None).first()


def calendar_of_token(token: str) -> PortalCalendar | None:
    """Return the calendar a secret opens; None for any other text, and once it ended."""
    return (
        PortalCalendar.objects.filter(
            token_hash=hashed_link(token), revoked_at=None, seat__ended_on=None
        )
        .select_related("company", "customer__company", "seat__person")
        .first()
    )


def calendar_entries(
    company: Company, customer: Customer, *, as_of: date, language: str
) -> tuple[CalendarEntry, ...]:
    """Return what is due, promised and agreed, in a language; a fixed number of queries."""
    home = f"company-{company.pk}.dunwell.invalid"
    found: list[CalendarEntry] = []
    with translation.override(language):
        opened = OpenItem.objects.filter(customer=customer, open_minor__gt=0)
        for row in opened.select_related("item").order_by("due_on", "item")[:MOST_ENTRIES]:
            told = {
                "number": row.item.number,
                "amount": amount_words(row.open_minor, row.currency),
                "company": company.name,
            }
            found.append(
                CalendarEntry(
                    uid=f"item-{row.pk}@{home}",
                    on=row.due_on,
                    summary=gettext("%(number)s due: %(amount)s to %(company)s") % told,
                    description=row.item.reference,
                )
            )
        for one in coming_events(customer, as_of=as_of):
            told = {
                "name": one.name,
                "amount": amount_words(one.amount_minor, one.currency),
                "company": company.name,
            }
            text = (
                gettext("Promised: %(amount)s to %(company)s")
                if one.kind == "promise"
                else gettext("Instalment %(name)s: %(amount)s to %(company)s")
            )
            found.append(
                CalendarEntry(uid=f"{one.kind}-{one.id}@{home}", on=one.on, summary=text % told)
            )
    return tuple(found)
