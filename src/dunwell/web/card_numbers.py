"""The door that no card number comes through: forms and API bodies are looked at before views.

Card numbers belong on the page of a payment provider. One that is typed here reaches no view, no
record and no log (PCI DSS requirement 3, SAQ A).
"""

import json
from collections.abc import Callable, Iterator
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.http.request import RawPostDataException, UnreadablePostError
from django.shortcuts import render
from django.utils.translation import gettext

from dunwell.engine.card_numbers import card_numbers

REFUSED = 422
MULTIPART = "multipart/form-data"
PROGRAMS = ("/api/", "/portal-api/")
UNSEEN = ("/hooks/", "/mcp/")
"""Where other programs bring whole messages: those are masked when they are taken in, and a
tool's arguments are looked at whichever way they come."""
ACCOUNTS = frozenset({"csrfmiddlewaretoken", "iban", "bic", "account", "sha256", "key"})
"""Fields that hold no words; account numbers of some countries look like cards."""
_TROUBLE = (
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
    MultiPartParserError,
    RawPostDataException,
    UnreadablePostError,
)


class CardNumberMiddleware:
    """Refuse what is sent with a card number in it, with a sentence that does not repeat it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Take the rest of the chain."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on; what is sent is looked at once the view is known."""
        return self.get_response(request)

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., Any],
        view_args: tuple[Any, ...],  # noqa: ARG002  as Django calls it
        view_kwargs: dict[str, Any],  # noqa: ARG002
    ) -> HttpResponse | None:
        """Return the refusal of a request that holds a card number, None to go on."""
        if request.method in {"GET", "HEAD", "OPTIONS"} or request.path.startswith(UNSEEN):
            return None
        is_program = request.path.startswith(PROGRAMS)
        is_exempt = getattr(view_func, "csrf_exempt", False) and not is_program
        if is_exempt and request.content_type == MULTIPART:
            # the view sets bounds on the upload before a byte of it is read
            _look_when_read(request)
            return None
        return _refused(request) if holds_card_number(request) else None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Refuse a form with files that turned out to hold a card number when it was read."""
        return _refused(request) if isinstance(error, CardNumberTyped) else None


class CardNumberTyped(ValueError):
    """A form with files holds a card number; nothing of it is to be kept."""


def _look_when_read(request: HttpRequest) -> None:
    """Look at the fields of a form with files as soon as somebody reads it."""
    read: Callable[[], None] = request._load_post_and_files  # noqa: SLF001

    def read_and_look() -> None:
        read()
        if holds_card_number(request):
            raise CardNumberTyped

    request._load_post_and_files = read_and_look  # type: ignore[method-assign]  # noqa: SLF001


def holds_card_number(request: HttpRequest) -> bool:
    """Return whether what was sent holds a card number."""
    return any(card_numbers(text) for text in _texts(request))


def _texts(request: HttpRequest) -> Iterator[str]:
    """Yield every text of a request's fields; a body that cannot be read is left to the view.

    What a program sends is read as a document too, whatever it is called: the API reads it so.
    """
    readers = [_fields]
    if request.content_type == "application/json" or request.path.startswith(PROGRAMS):
        # a form with files can be read once only; anything else stays to be read again
        readers.insert(request.content_type == MULTIPART, _document)
    for reader in readers:
        try:
            yield from reader(request)
        except (ValueError, RecursionError, *_TROUBLE):
            continue


def _fields(request: HttpRequest) -> Iterator[str]:
    for name, values in request.POST.lists():
        if name not in ACCOUNTS:
            yield from values


def _document(request: HttpRequest) -> Iterator[str]:
    return _strings(json.loads(request.body), "")


def _strings(value: object, name: str) -> Iterator[str]:
    if isinstance(value, str):
        if name not in ACCOUNTS:
            yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from _strings(one, str(key))
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one, name)


def _refused(request: HttpRequest) -> HttpResponse:
    told = gettext(
        "This holds a card number, so nothing of it was kept. Take the number out and send it "
        "again. Cards are only ever typed on the payment provider's own page."
    )
    if request.path.startswith(PROGRAMS):
        return JsonResponse({"detail": told}, status=REFUSED)
    if request.headers.get("HX-Request"):
        # above the form, which stays as it was typed
        page = render(request, "web/parts/card_number.html", {"told": told}, status=REFUSED)
        page.headers["HX-Reswap"] = "afterbegin"
        # whatever part of a page the form asked for
        page.headers["HX-Reselect"] = "[role=alert]"
        return page
    return render(request, "web/card_number.html", {"told": told}, status=REFUSED)
