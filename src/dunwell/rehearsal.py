"""The pages most people open, asked for before anybody does.

A process that has just started composes every query, reads every template and adds up every sum of
a large book for the first page that needs it. Where many people work that is all at once and in
every process, and they wait for minutes. So a server of a large book opens these pages for itself
before it says that it is ready; of a small one the first page is as quick as the others.
"""

import io
import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import monotonic
from typing import cast
from urllib.parse import urlencode

from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.backends.db import SessionStore
from django.core.handlers.wsgi import WSGIRequest
from django.db import connection, transaction
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.urls import resolve, reverse
from django.utils import translation
from django_htmx.middleware import HtmxMiddleware

from dunwell import clock, walls
from dunwell.actions.gate import staff
from dunwell.actions.users import lacks_second_factor
from dunwell.jobs.heavy_files import count_for
from dunwell.jobs.held_books import is_held
from dunwell.models import Company, Membership, OpenItem, Role, User, WorklistEntry
from dunwell.portal.debtors import SESSION_KEY
from dunwell.queries.kept_sums import MANY_ITEMS
from dunwell.queries.portal_seats import open_seats
from dunwell.web.staff import StaffMiddleware

logger = logging.getLogger(__name__)

MOST_COMPANIES, MOST_CUSTOMERS, MOST_SEATS, MOST_ITEMS = 3, 8, 4, 2
"""How many of each are opened: lists of other lengths are other queries, composed each once."""
Safely = Callable[[], AbstractContextManager[None]]
"""What is around the opening of a page so that nothing is written by it."""

LONGEST_SECONDS = 20
"""After so long no further page is begun: whoever waits for the server has waited enough."""

LONGEST_LOCK_MS = 200

WORKING = (Role.COLLECTOR, Role.CREDIT_MANAGER, Role.ADMIN)
"""Whose pages are asked for: people who see the whole desk."""


def rehearse(*, many: int = MANY_ITEMS) -> list[tuple[str, int]]:
    """Open the pages of every company with so many open items; return addresses and statuses.

    Nothing is written by it. A page that fails is told in the log and left out; where others are
    writing, as in the night, nothing more is opened, for a server is not to wait for them.
    """
    done: list[tuple[str, int]] = []
    ends = monotonic() + LONGEST_SECONDS
    try:
        with walls.everything(), _impatient():
            for request, safely in _requests(many):
                if monotonic() > ends:
                    break
                done += _answered(request, safely)
    except _OthersWrite:
        logger.warning("Others are writing; the rest of the pages is not tried before the start.")
    except Exception:
        # a server without its database starts as well, and says so when it is asked
        logger.warning("The pages could not be tried before the start.", exc_info=True)
    return done


def _answered(request: HttpRequest, safely: Safely) -> list[tuple[str, int]]:
    address = request.get_full_path()
    try:
        with walls.everything(), translation.override(None), safely():
            return [(address, cast("HttpResponse", _CHAIN(request)).status_code)]
    except Exception as error:
        if is_held(error):
            raise _OthersWrite from error
        logger.warning("%s failed when it was tried before the start.", address, exc_info=True)
        return []
    finally:
        count_for(None)


def _opened(request: HttpRequest) -> HttpResponse:
    found = request.resolver_match = resolve(request.path)
    answer: HttpResponse = found.func(request, *found.args, **found.kwargs)
    return answer


_CHAIN = LocaleMiddleware(MessageMiddleware(HtmxMiddleware(StaffMiddleware(_opened))))
"""What of the middleware pages cannot do without; nobody signs in and no session is kept."""


class _OthersWrite(Exception):
    """Somebody else writes to the books, and a page of the portal would wait for them."""


@contextmanager
def _impatient() -> Iterator[None]:
    """Wait for nobody's lock for long; a request waits for twenty seconds."""
    on, off = (
        (f"SET lock_timeout = {LONGEST_LOCK_MS}", "RESET lock_timeout")
        if connection.vendor == "postgresql"
        else (
            f"PRAGMA busy_timeout = {LONGEST_LOCK_MS}",
            f"PRAGMA busy_timeout = {connection.settings_dict['OPTIONS']['timeout'] * 1000}",
        )
    )
    yield from _between(on, off)


@contextmanager
def _only_reading() -> Iterator[None]:
    """Let the database refuse what would write; outside transactions sums are kept."""
    on, off = (
        ("SET default_transaction_read_only = on", "RESET default_transaction_read_only")
        if connection.vendor == "postgresql"
        else ("PRAGMA query_only = 1", "PRAGMA query_only = 0")
    )
    yield from _between(on, off)


def _between(on: str, off: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute(on)
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute(off)


@contextmanager
def _taken_back() -> Iterator[None]:
    """Take back whatever was written: pages of the portal note who looked, and nobody did."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def _requests(many: int) -> Iterator[tuple[HttpRequest, Safely]]:
    """Yield a request for each page, in the order in which they are missed most."""
    counted = OpenItem.objects.values("company").annotate(items=Count("pk"))
    rows = counted.filter(items__gte=many).order_by("-items").values_list("company", flat=True)
    for company in Company.objects.filter(pk__in=list(rows[:MOST_COMPANIES])):
        yield from ((request, _only_reading) for request in _of_staff(company))
        yield from ((request, _taken_back) for request in _of_debtors(company))


def _of_staff(company: Company) -> Iterator[HttpRequest]:
    user = _member(company)
    if user is None:
        return
    addresses = [
        f"{reverse('worklist')}?show=all",
        reverse("home"),
        f"{reverse('items')}?scope=overdue",
    ]
    for customer in _customers(company):
        addresses.append(reverse("customer", args=[customer]))
        owed = OpenItem.objects.filter(customer=customer, open_minor__gt=0).order_by("item_id")
        for item, number in owed.values_list("item_id", "item__number")[:1]:
            addresses += [
                reverse("item", args=[item]),
                f"{reverse('search')}?{urlencode({'q': number})}",
            ]
        addresses += [reverse(form, args=[customer]) for form in ("note-add", "call-add")]
    for address in addresses:
        request = _request(address)
        request.user = user
        request.session["company_id"] = company.pk
        yield request


def _customers(company: Company) -> list[int]:
    """Return who is worked on first, or who was billed last while no day was planned yet."""
    ranked = WorklistEntry.objects.filter(company=company).order_by("rank")
    found = list(ranked.values_list("customer_id", flat=True)[:MOST_CUSTOMERS])
    if found:
        return found
    newest = OpenItem.objects.filter(company=company, open_minor__gt=0).order_by("-item_id")
    keys = newest.values_list("customer_id", flat=True)[: 10 * MOST_CUSTOMERS]
    return list(dict.fromkeys(keys))[:MOST_CUSTOMERS]


def _member(company: Company) -> User | None:
    """Return somebody who works there and has all that it takes to be let in."""
    at = clock.now()
    rows = Membership.objects.filter(company=company, role__in=WORKING, user__is_active=True)
    for one in rows.select_related("user").order_by("pk")[:20]:
        if not lacks_second_factor(one.user, staff(one.user, company, at=at)):
            return one.user
    return None


def _of_debtors(company: Company) -> Iterator[HttpRequest]:
    seats = open_seats().filter(company=company).select_related("person").order_by("-pk")
    for seat in seats[:MOST_SEATS]:
        owed = OpenItem.objects.filter(customer=seat.customer_id, open_minor__gt=0)
        items = owed.order_by("item_id").values_list("item_id", flat=True)[:MOST_ITEMS]
        names = ("home", "items", "statement", "pay", "documents", "receipts", "arrangements")
        addresses = [reverse(f"portal-{name}") for name in (*names, "messages", "message-new")]
        addresses += [reverse("portal-item", args=[item]) for item in items]
        for address in addresses:
            request = _request(address)
            request.user = AnonymousUser()
            told = {"seat": seat.pk, "nonce": seat.person.session_nonce}
            request.session[SESSION_KEY] = told
            yield request


def _request(address: str) -> WSGIRequest:
    """Return a request as a browser on this machine makes it, with a session nobody keeps."""
    path, _, query = address.partition("?")
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "REMOTE_ADDR": "127.0.0.1",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(),
    }
    request = WSGIRequest(environ)
    request.session = SessionStore()
    return request
